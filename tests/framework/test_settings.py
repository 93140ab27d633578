"""How Django finds the storage: STORAGES, DEFAULT_FILE_STORAGE, system checks, the constructor."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import django
import pytest
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage.handler import StorageHandler
from pytest_django import Settings

from django_selectel_storage.exceptions import SelectelException, UnknownOption
from django_selectel_storage.storage import SelectelStorage

BACKEND = "django_selectel_storage.storage.SelectelStorage"
SCRIPT = """
import django
from django.conf import settings
settings.configure(
    DEFAULT_FILE_STORAGE={backend!r},
    SELECTEL_STORAGES={{"default": {{"USERNAME": "u", "PASSWORD": "p", "CONTAINER_NAME": "box",
                                     "AUTH_URL": "https://swift.example.com/auth/v1.0",
                                     "CUSTOM_DOMAIN": "cdn.example.com"}}}},
    INSTALLED_APPS=["django_selectel_storage"],
)
django.setup()
from django.core.checks import run_checks
from django.core.files.storage import default_storage
try:
    print(default_storage.url("x.txt"))
except Exception as error:
    print(type(error).__name__)
print(",".join(message.id for message in run_checks()))
"""


def test_options_may_stand_in_storages() -> None:
    options = {"USERNAME": "user", "password": "x", "BUCKET_NAME": "box", "custom_domain": "cdn.example.com"}
    backends: Any = {"default": {"BACKEND": BACKEND, "OPTIONS": options}}
    storages = StorageHandler(backends)
    assert storages["default"].url("x.txt") == "https://cdn.example.com/x.txt"


def test_a_schema_may_stand_in_storages(settings: Settings) -> None:
    settings.SELECTEL_STORAGES = {"archive": "selectel://user:password@cdn.example.com/box"}
    backends: Any = {"default": {"BACKEND": BACKEND, "OPTIONS": {"storage": "archive"}}}
    storages = StorageHandler(backends)
    assert storages["default"].url("x.txt") == "https://cdn.example.com/x.txt"


def test_default_file_storage_works_on_django_4_2_and_is_pointed_out_later(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT.format(backend=BACKEND)],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    url, found = done.stdout.splitlines()
    if django.VERSION < (5, 1):
        assert (url, found) == ("https://cdn.example.com/x.txt", "")
    else:
        assert found == "django_selectel_storage.W002"


@pytest.mark.parametrize("name", ["SELECTEL_USERNAME", "SELECTEL_PASSWORD", "SELECTEL_CONTAINER_NAME"])
def test_the_settings_of_0_x_are_pointed_out(settings: Settings, name: str) -> None:
    assert not [message for message in checks.run_checks() if message.id == "django_selectel_storage.W001"]
    setattr(settings, name, "value")
    (message,) = [message for message in checks.run_checks() if message.id == "django_selectel_storage.W001"]
    assert name in message.msg
    assert "value" not in message.msg


@pytest.mark.parametrize(
    ("given", "nearest"),
    [
        ("contaner", "container"),
        ("custom_domian", "custom_domain"),
        ("SECRET_KEYS", "secret_key"),
        ("bukcet", "bucket"),
    ],
)
def test_a_misspelt_keyword_is_refused_at_once_and_the_nearest_named(given: str, nearest: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"{given}.*{nearest}") as caught:
        SelectelStorage(**{given: "x"})
    assert isinstance(caught.value, UnknownOption)
    assert isinstance(caught.value, ValueError)


def test_making_a_storage_reads_no_setting(settings: Settings) -> None:
    if hasattr(settings, "SELECTEL_STORAGES"):
        del settings.SELECTEL_STORAGES
    for args, keywords in CONSTRUCTORS:
        SelectelStorage(*args, **keywords)


CONSTRUCTORS: list[tuple[tuple[str, ...], dict[str, Any]]] = [
    ((), {}),
    (("default",), {}),
    ((), {"storage": "default"}),
    ((), {"schema": "default"}),
    (("other",), {}),
    (("selectel://user:password@box",), {}),
    ((), {"storage": "selectel://user:password@box"}),
    ((), {"dsn": "selectel://user:password@box"}),
    ((), {"username": "user", "password": "password", "container": "box"}),
]


@pytest.mark.parametrize(("args", "keywords"), CONSTRUCTORS, ids=str)
def test_every_documented_form_of_the_constructor_works(
    settings: Settings, args: tuple[str, ...], keywords: dict[str, Any]
) -> None:
    settings.SELECTEL_STORAGES = {
        "default": {"USERNAME": "user", "PASSWORD": "password", "CONTAINER": "box"},
        "other": "selectel://user:password@box",
    }
    options = SelectelStorage(*args, **keywords).options
    assert (options.username, options.password, options.container) == ("user", "password", "box")
    assert options.protocol == "legacy"
    assert options.login_url == "https://api.selcdn.ru/auth/v1.0"


def test_a_schema_that_is_not_there_is_named(settings: Settings) -> None:
    settings.SELECTEL_STORAGES = {"default": "selectel://user:password@box"}
    with pytest.raises(ImproperlyConfigured, match=r"'archive' \(known: 'default'\)") as caught:
        SelectelStorage("archive").exists("x")
    assert isinstance(caught.value, SelectelException)
