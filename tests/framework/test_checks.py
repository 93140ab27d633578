"""The system checks as Django runs them: which speak when, how they are silenced, and that they ask nobody."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

import django
import pytest
from django.core.checks import Tags, run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from pytest_django import Settings

PREFIX = "django_selectel_storage."
OURS = "django_selectel_storage.storage.SelectelStorage"
STATIC = "django_selectel_storage.storage.SelectelStaticStorage"
S3 = {"access_key": "key", "secret_key": "hunter2", "container": "media"}
OLD = {"username": "user", "password": "hunter2", "container": "media"}
DISK = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
SCRIPT = """
import json, sys, django
from django.conf import settings
settings.configure(INSTALLED_APPS=["django_selectel_storage"], **json.loads(sys.argv[1]))
django.setup()
from django.core.checks import run_checks
print(json.dumps([message.id for message in run_checks(include_deployment_checks=True)]))
"""


def found(tags: Iterable[str] | None = None, *, deploy: bool = True) -> list[str]:
    """The ids of our messages."""
    messages = run_checks(tags=list(tags) if tags else None, include_deployment_checks=deploy)
    assert "hunter2" not in "".join(f"{message.msg}{message.hint}" for message in messages)
    ids = [str(message.id) for message in messages]
    return sorted(name.removeprefix(PREFIX) for name in ids if name.startswith(PREFIX))


def found_by_a_new_process(folder: Path, **given: Any) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT, json.dumps(given)],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
    )
    ids: list[str] = json.loads(done.stdout)
    return sorted(name.removeprefix(PREFIX) for name in ids if not name.startswith("security."))


def entry(options: dict[str, Any], kind: str = OURS) -> dict[str, Any]:
    return {"BACKEND": kind, "OPTIONS": options}


PLAIN: list[dict[str, Any]] = [
    {"STORAGES": {"default": entry({**S3, "pool": "ru-1"}), "staticfiles": DISK}},
    {
        "STORAGES": {"default": {"BACKEND": OURS}, "staticfiles": DISK},
        "SELECTEL_STORAGES": {
            "default": {"ACCESS_KEY": "key", "SECRET_KEY": "x", "CONTAINER": "media", "POOL": "ru-7"}
        },
    },
    {
        "STORAGES": {
            "default": entry({**S3, "location": "media"}),
            "staticfiles": entry({**S3, "location": "static", "custom_domain": "0f.selstorage.ru"}, STATIC),
        }
    },
    {
        "STORAGES": {
            "default": entry({**OLD, "account": "1", "project": "shop", "temp_url_key": "k"}),
            "staticfiles": DISK,
        }
    },
    {"STORAGES": {"default": entry({**S3, "endpoint": "https://s3.example.com"}), "staticfiles": DISK}},
]


@pytest.mark.parametrize("given", PLAIN, ids=["S3", "a schema", "static files too", "Swift", "another store"])
def test_a_good_set_up_hears_nothing(tmp_path: Path, settings: Settings, given: dict[str, Any]) -> None:
    assert found_by_a_new_process(tmp_path, **given) == []
    for name, value in given.items():
        setattr(settings, name, value)
    assert found() == []


def test_without_any_storage_of_ours_nothing_is_said() -> None:
    assert found() == []


def test_the_settings_of_older_djangos_are_looked_at_where_they_count(tmp_path: Path) -> None:
    schemas = {"default": {"ACCESS_KEY": "key", "SECRET_KEY": "x", "CONTAINER": "media"}}
    names = {"DEFAULT_FILE_STORAGE": OURS, "STATICFILES_STORAGE": STATIC}
    heeded = django.VERSION < (5, 1)

    assert found_by_a_new_process(tmp_path, **names) == (["E001", "E001"] if heeded else ["W002", "W002"])
    assert found_by_a_new_process(tmp_path, DEFAULT_FILE_STORAGE=OURS, SELECTEL_STORAGES=schemas) == (
        [] if heeded else ["W002"]
    )
    assert found_by_a_new_process(tmp_path, **names, SELECTEL_STORAGES=schemas) == (
        ["W003"] if heeded else ["W002", "W002"]
    )


EVERYTHING_WRONG: dict[str, Any] = {
    "STORAGES": {
        "default": entry({**S3, "file_overwrite": True, "querystring_auth": False}),
        "staticfiles": entry({**S3, "location": "static", "custom_domain": "s3.ru-1.storage.selcloud.ru"}, STATIC),
        "signed": entry(S3),
        "local": entry({**S3, "endpoint": "http://127.0.0.1:8080"}),
        "broken": entry({**S3, "contaner": "x"}),
    },
    "SELECTEL_STORAGES": {"old": "selectel://user:hunter2@media"},
    "SELECTEL_USERNAME": "hunter2",
}
NORMAL = ["E001", "W001", "W003", "W003", "W004", "W005", "W006", "W007", "W008", "W009", "W010"]


@pytest.fixture
def everything_wrong(settings: Settings) -> Settings:
    """A project that does everything that the checks know."""
    for name, value in EVERYTHING_WRONG.items():
        setattr(settings, name, value)
    return settings


@pytest.mark.usefixtures("everything_wrong")
def test_each_check_is_registered_and_only_one_waits_for_deploy() -> None:
    assert found(deploy=False) == NORMAL
    assert found(deploy=True) == [*NORMAL, "W011"]


@pytest.mark.usefixtures("everything_wrong")
@pytest.mark.parametrize(
    ("tag", "ids"),
    [
        (Tags.files, ["E001", "W003", "W003", "W004", "W005", "W006", "W007"]),
        (Tags.compatibility, ["W001", "W008", "W009"]),
        (Tags.security, ["W010", "W011"]),
        (Tags.staticfiles, []),  # what collectstatic runs: an image is built where there are no credentials
    ],
)
def test_a_check_runs_with_its_tag(tag: str, ids: list[str]) -> None:
    assert found([tag]) == ids


def test_what_cannot_be_used_stops_a_command_and_may_be_silenced(settings: Settings, capsys: Any) -> None:
    settings.SELECTEL_STORAGES = {"default": {"USERNAME": "user", "PASSWORD": "hunter2", "CONTANER": "media"}}
    with pytest.raises(SystemCheckError, match=r"E001.*SELECTEL_STORAGES\['default'\].*'CONTANER'.*'container'"):
        call_command("check")
    settings.SILENCED_SYSTEM_CHECKS = [f"{PREFIX}E001"]
    call_command("check")
    assert "hunter2" not in "".join(capsys.readouterr())


def test_a_warning_stops_nothing(everything_wrong: Settings, capsys: Any) -> None:
    everything_wrong.SILENCED_SYSTEM_CHECKS = [f"{PREFIX}E001", f"{PREFIX}W008"]
    call_command("check")
    told = "".join(capsys.readouterr())
    assert f"{PREFIX}W003" in told
    assert f"{PREFIX}W008" not in told


@pytest.mark.usefixtures("everything_wrong")
def test_no_server_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise AssertionError("a check asked somebody")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    assert found() == [*NORMAL, "W011"]


def test_our_filter_ends_the_warning_of_dsns(everything_wrong: Settings) -> None:
    everything_wrong.DEFAULT_EXCEPTION_REPORTER_FILTER = "django_selectel_storage.debug.SelectelExceptionReporterFilter"
    assert "W010" not in found()
