"""The pure rooms of direct uploads: limits, wishes, names, parts, words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_selectel_storage.exceptions import InvalidOption, UnknownOption
from django_selectel_storage.option_rules import LARGEST_PUT
from django_selectel_storage.protocols.s3.parts import LARGEST_OBJECT
from django_selectel_storage.uploads import parts
from django_selectel_storage.uploads.filenames import harmless
from django_selectel_storage.uploads.limits import Limits, limits
from django_selectel_storage.uploads.settings import UploadSettings, settings_of
from tests.honesty.source import SOURCE

UPLOADS = SOURCE / "uploads"
MIB = 1024**2


@pytest.mark.parametrize(
    ("size", "content_type", "broken"),
    [
        (1, "image/png", ""),
        (10, "IMAGE/PNG", ""),
        (10, "image/png; charset=x", ""),
        (10, "text/plain", ""),
        (10, "image/svg+xml", ""),
        (0, "image/png", "empty"),
        (-1, "image/png", "empty"),
        (11, "image/png", "too_large"),
        (10, "text/html", "wrong_type"),
        (10, "", "wrong_type"),
        (10, "images/png", "wrong_type"),
        (10, "text/plain+x", "wrong_type"),
    ],
)
def test_limits_tell_what_breaks_them(size: int, content_type: str, broken: str) -> None:
    assert limits(10, ["image/*", "text/plain"]).broken_by(size, content_type) == broken


@pytest.mark.parametrize("wrong", [0, -1, True, 1.5, "1"])
def test_a_size_that_is_none_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="max_size"):
        Limits(wrong)


@pytest.mark.parametrize("wrong", ["*", "image", "*/png", "image/*x", ".png", "image/ png"])
def test_a_type_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="content_types"):
        limits(1, wrong)


def test_without_wishes_the_defaults_hold() -> None:
    assert settings_of({}) == UploadSettings()
    assert UploadSettings().parts_from == 64 * MIB


@pytest.mark.parametrize(
    ("given", "kind", "words"),
    [
        ({"MAXSIZE": 1}, UnknownOption, "did you mean 'MAX_SIZE'"),
        ({"max_size": 1}, UnknownOption, "has no 'max_size'"),
        ("x", InvalidOption, "dictionary"),
        ({"MAX_AGE": 0}, InvalidOption, "MAX_AGE"),
        ({"MAX_SIZE": "5"}, InvalidOption, "MAX_SIZE"),
        ({"STALL": True}, InvalidOption, "STALL"),
        ({"PART_SIZE": MIB}, InvalidOption, "5 MiB"),
        ({"PARTS_FROM": LARGEST_PUT + 1}, InvalidOption, "5 GiB"),
        ({"STAGING": ""}, InvalidOption, "STAGING"),
        ({"STAGING": "a/"}, InvalidOption, "STAGING"),
        ({"STAGING": "a/./b"}, InvalidOption, "STAGING"),
    ],
)
def test_a_wish_that_cannot_be_carried_out_is_named(given: Any, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        settings_of(given)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.txt", "a.txt"),
        ("../a.txt", "a.txt"),
        ("C:\\fakepath\\a.txt", "a.txt"),
        ("..", ""),
        ("a/", ""),
        ("", ""),
        ("  ", ""),
        ("a\0\nb", "ab"),
        ("\u202egpj.exe", "gpj.exe"),
        ("отчёт.pdf", "отчёт.pdf"),
        ("x" * 300 + ".txt", "x" * 251 + ".txt"),
    ],
)
def test_a_browsers_name_is_made_harmless(name: str, expected: str) -> None:
    assert harmless(name) == expected


@given(st.integers(1, LARGEST_OBJECT), st.integers(5 * MIB, 64 * MIB))
def test_parts_are_few_whole_and_large_enough(size: int, wished: int) -> None:
    part_size = parts.size_of_parts(size, wished)
    sizes = parts.sizes(size, part_size)
    assert sum(sizes.values()) == size
    assert len(sizes) <= parts.MOST
    assert list(sizes) == list(range(1, len(sizes) + 1))
    assert all(one == part_size for one in list(sizes.values())[:-1])
    assert 5 * MIB <= part_size <= LARGEST_PUT


def test_an_upload_in_one_piece_has_no_parts() -> None:
    assert parts.sizes(5, 0) == {}


# --- words -----------------------------------------------------------------------------------------------------------


def test_the_script_asks_for_no_word_that_the_page_does_not_have() -> None:
    script = (UPLOADS / "static/selectel_uploads/direct_upload.js").read_text(encoding="utf-8")
    asked = set(re.findall(r"(?:messages|messagesOf\([^)]*\)|this\.messages)\.(\w+)", script))
    page = (UPLOADS / "widget.py").read_text(encoding="utf-8")
    assert asked == set(re.findall(r'^        "(\w+)": _\(', page, re.MULTILINE))


def test_the_script_is_whole_by_itself() -> None:
    script = (UPLOADS / "static/selectel_uploads/direct_upload.js").read_text(encoding="utf-8")
    assert '"use strict"' in script
    assert not re.search(r"https?://|\beval\b|innerHTML|\bimport\b|document\.write", script)
    assert Path(UPLOADS / "static").exists()
