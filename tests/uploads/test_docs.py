"""docs/direct-uploads.md: its example in Python works, and its lists are those of the code."""

from __future__ import annotations

import os
import re
from dataclasses import fields
from typing import Any

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.uploads import checks
from django_selectel_storage.uploads.grants import Receipt, opened
from django_selectel_storage.uploads.settings import UploadSettings
from tests.honesty.source import ROOT
from tests.uploads.conftest import DOCUMENT, MIB, Visitor

TEXT = (ROOT / "docs" / "direct-uploads.md").read_text(encoding="utf-8")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", [5, 6 * MIB + 1], ids=["small", "large"])
def test_the_example_in_python_uploads(
    visitor: Visitor, live_server: LiveServer, storage: SelectelStorage, settings: Settings, size: int
) -> None:
    settings.SELECTEL_UPLOADS = {"FIELDS": {DOCUMENT: {}}, "PARTS_FROM": 6 * MIB, "PART_SIZE": 5 * MIB}
    (example,) = (block for block in re.findall(r"```python\n(.+?)```", TEXT, re.DOTALL) if "def upload" in block)
    names: dict[str, Any] = {}
    exec(example, names)
    token = "t" * 32
    cookies = f"sessionid={visitor.client.session.session_key}; csrftoken={token}"
    content = os.urandom(size)
    value = names["upload"](live_server.url, cookies, token, DOCUMENT, "a.bin", content, "video/x-test")
    assert storage.open(opened(Receipt, value, 60).name).read() == content


@pytest.mark.parametrize("face", ["s3"])
def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", TEXT, re.MULTILINE)) == {
        item.name.upper() for item in fields(UploadSettings)
    }


@pytest.mark.parametrize("face", ["s3"])
def test_every_check_is_documented() -> None:
    names = ("missing_middleware", "missing_addresses", "unusable_settings", "files_among_staged_ones")
    numbers = [str(getattr(checks, name).__doc__)[:4] for name in names]
    assert numbers == ["E001", "E002", "E003", "E004"]
    assert all(f"selectel_uploads.{number}" in TEXT for number in numbers)


@pytest.mark.parametrize("face", ["s3"])
def test_a_good_set_up_hears_nothing() -> None:
    assert checks.missing_middleware() + checks.missing_addresses() + checks.unusable_settings() == []


@pytest.mark.parametrize("face", ["s3"])
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"PERMISSION": "nowhere.at_all"}, "there is no 'nowhere.at_all'"),
        ({"RATE_LIMIT": "os.sep"}, "is no function"),
        ({"FIELDS": {"auth.User.password": {}}}, "no such field"),
        ({"FIELDS": {DOCUMENT: {"max_size": 0}}}, "max_size"),
        ({"FIELDS": {DOCUMENT: {"size": 1}}}, "size"),
        ({"MAXAGE": 1}, "MAX_AGE"),
        ({"LINK_AGE": 604801}, "at most 604800 seconds"),
    ],
)
def test_settings_that_cannot_be_used_are_told(settings: Settings, wrong: Any, words: str) -> None:
    settings.SELECTEL_UPLOADS = wrong
    (found,) = checks.unusable_settings()
    assert words in found.msg
    assert found.id == "selectel_uploads.E003"


@pytest.mark.parametrize("face", ["s3"])
def test_a_site_without_middleware_or_addresses_is_told(settings: Settings) -> None:
    settings.MIDDLEWARE = []
    settings.ROOT_URLCONF = "tests.uploads.nothing"
    (first,), (second,) = checks.missing_middleware(), checks.missing_addresses()
    assert (first.id, second.id) == ("selectel_uploads.E001", "selectel_uploads.E002")
