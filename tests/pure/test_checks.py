"""The system checks: each by its id, with the settings that make it speak and those that do not."""

from __future__ import annotations

from typing import Any

import django
import pytest

from django_selectel_storage import checks, conf

OURS = "django_selectel_storage.storage.SelectelStorage"
STATIC = "django_selectel_storage.storage.SelectelStaticStorage"


@pytest.mark.parametrize("name", ["SELECTEL_USERNAME", "SELECTEL_PASSWORD", "SELECTEL_CONTAINER_NAME"])
def test_a_setting_of_0x_is_w001_and_its_value_is_not_repeated(settings: Any, name: str) -> None:
    setattr(settings, name, "hunter2")
    (found,) = checks.obsolete_settings()

    assert found.id == "django_selectel_storage.W001"
    assert name in str(found.msg)
    assert "hunter2" not in f"{found.msg}{found.hint}"


def test_without_settings_of_0x_there_is_no_w001() -> None:
    assert checks.obsolete_settings() == []


@pytest.mark.parametrize(
    ("name", "value", "backends", "ids"),
    [
        ("DEFAULT_FILE_STORAGE", OURS, {}, ["django_selectel_storage.W002"]),
        ("STATICFILES_STORAGE", STATIC, {}, ["django_selectel_storage.W002"]),
        ("DEFAULT_FILE_STORAGE", OURS, {"default": {"BACKEND": OURS}}, []),
        ("DEFAULT_FILE_STORAGE", "another.Storage", {}, []),
        ("DEFAULT_FILE_STORAGE", None, {}, []),
    ],
    ids=["media", "static", "both", "another", "none"],
)
def test_a_setting_that_django_ignores_is_w002(
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str | None,
    backends: dict[str, Any],
    ids: list[str],
) -> None:
    monkeypatch.setattr(django, "VERSION", (5, 2, 0, "final", 0))
    settings.STORAGES = backends
    monkeypatch.setattr(conf, "setting", {name: value}.get)

    assert [message.id for message in checks.ignored_default_file_storage()] == ids


def test_a_django_that_heeds_the_setting_is_not_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(django, "VERSION", (4, 2, 0, "final", 0))
    monkeypatch.setattr(conf, "setting", {"DEFAULT_FILE_STORAGE": OURS}.get)

    assert checks.ignored_default_file_storage() == []
