"""What is stored beside the bytes: types, rules of the options, metadata, and nothing that breaks a header."""

from __future__ import annotations

import mimetypes
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_selectel_storage.exceptions import InvalidOption
from django_selectel_storage.headers import ObjectHeaders, checked_metadata, content_type, for_object
from django_selectel_storage.options import StorageOptions

DEFAULT = "application/octet-stream"
OPTIONS = StorageOptions(container="media", username="user", password="password")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("photo.jpg", "image/jpeg"),
        ("PHOTO.JPG", "image/jpeg"),
        ("style.css", "text/css"),
        ("script.js", "text/javascript"),
        ("module.mjs", "text/javascript"),
        ("drawing.svg", "image/svg+xml"),
        ("page.html", "text/html"),
        ("data.json", "application/json"),
        ("paper.pdf", "application/pdf"),
        ("picture.webp", "image/webp"),
        ("picture.avif", "image/avif"),
        ("font.woff2", "font/woff2"),
        ("site.webmanifest", "application/manifest+json"),
        ("code.wasm", "application/wasm"),
        ("archive.tar.gz", "application/gzip"),
        ("archive.tgz", "application/gzip"),
        ("ARCHIVE.TAR.GZ", "application/gzip"),
        ("script.js.gz", "application/gzip"),
        ("archive.tar.bz2", "application/x-bzip"),
        ("archive.tar.xz", "application/x-xz"),
        ("README", DEFAULT),
        ("folder.css/README", DEFAULT),
        (".css", DEFAULT),
        ("name.unknown-extension", DEFAULT),
        ("", DEFAULT),
        ("data:text/html,x", DEFAULT),
        ("C:photo.jpg", "image/jpeg"),
        ("deep/folder/фото.png", "image/png"),
        ("a?b#c.txt", "text/plain"),
        ("letter.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("song.OGG", "audio/ogg"),
        ("drawing.svg.gz", "application/gzip"),
    ],
)
def test_the_extension_of_a_name_tells_its_type(name: str, expected: str) -> None:
    assert content_type(name, DEFAULT) == expected


def test_a_type_that_a_project_has_added_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    types = mimetypes.MimeTypes()
    monkeypatch.setattr(mimetypes, "guess_type", types.guess_type)
    assert content_type("a.ours", DEFAULT) == DEFAULT
    types.add_type("application/x-ours", ".ours")
    assert content_type("a.ours", DEFAULT) == "application/x-ours"


def test_a_packed_picture_is_shown_as_one() -> None:
    headers = for_object("a/b.SVGZ", OPTIONS)
    assert (headers.content_type, headers.content_encoding) == ("image/svg+xml", "gzip")


def test_the_types_of_the_machine_do_not_count() -> None:
    mimetypes.add_type("application/x-of-this-machine", ".jpg")
    try:
        assert content_type("photo.jpg", DEFAULT) == "image/jpeg"
    finally:
        mimetypes.init()


@pytest.mark.parametrize(
    "declared",
    [
        "text/x-special",
        "text/plain; charset=utf-8",
        "application/vnd.ms-excel.sheet.macroEnabled.12",
        "image/svg+xml ;x=1",
        "multipart/form-data; boundary=a b",
    ],
)
def test_the_type_that_came_with_an_upload_counts(declared: str) -> None:
    assert content_type("photo.jpg", DEFAULT, declared) == declared


@pytest.mark.parametrize(
    "declared",
    [
        "",
        "text",
        "text/",
        "/plain",
        "text/plain/more",
        "text/pl ain",
        "text/plain\r\nX-Evil: 1",
        "text/plain\n",
        "text/plain;\r\n x=1",
        "text/plain\r\n;x=1",
        "text/plain\r\n ;x=1",
        "text/plain\n\t;x=1",
        "text/plain;x=\x00",
        "тип/текст",
        b"text/plain",
        None,
        5,
    ],
    ids=ascii,
)
def test_a_declared_type_that_is_none_is_ignored(declared: object) -> None:
    assert content_type("photo.jpg", DEFAULT, declared) == "image/jpeg"


@given(st.text() | st.from_regex(r"[a-z]+/[a-z]+\s*;?.*"))
def test_no_declared_type_brings_a_control_character_into_a_header(declared: str) -> None:
    chosen = content_type("photo.jpg", DEFAULT, declared)

    assert not any(character < " " or character == "\x7f" for character in chosen)


@given(st.text())
def test_any_name_has_a_type(name: str) -> None:
    assert "/" in content_type(name, DEFAULT)


def test_options_and_rules_become_headers() -> None:
    options = StorageOptions(
        cache_control=lambda name: f"max-age=60, private={name}",
        content_disposition=lambda _: None,
        content_language="ru",
        metadata=lambda name: {"Origin": name},
    )

    assert for_object("a.css", options) == ObjectHeaders(
        content_type="text/css",
        cache_control="max-age=60, private=a.css",
        content_language="ru",
        metadata={"origin": "a.css"},
    )


def test_without_rules_only_the_type_is_sent() -> None:
    assert for_object("a", OPTIONS).standard() == {"Content-Type": DEFAULT}
    assert for_object("a", OPTIONS).metadata == {}


def test_all_standard_headers_have_their_names_of_http() -> None:
    headers = ObjectHeaders("text/css", "no-store", "inline", "ru", "gzip", {"a": "b"})

    assert headers.standard() == {
        "Content-Type": "text/css",
        "Cache-Control": "no-store",
        "Content-Disposition": "inline",
        "Content-Language": "ru",
        "Content-Encoding": "gzip",
    }


def test_the_type_of_an_upload_and_the_default_of_the_options_are_heeded() -> None:
    options = StorageOptions(default_content_type="text/x-default")

    assert for_object("a", options).content_type == "text/x-default"
    assert for_object("a.css", options, "text/x-own").content_type == "text/x-own"


@pytest.mark.parametrize("option", ["cache_control", "content_disposition", "content_language"])
@pytest.mark.parametrize("value", ["a\r\nb", "a\x00", "\x7f", 5, b"a"], ids=ascii)
def test_a_rule_that_gives_what_no_header_can_hold_is_refused(option: str, value: object) -> None:
    rules: dict[str, Any] = {option: lambda _: value}

    with pytest.raises(InvalidOption, match=option):
        for_object("a.css", StorageOptions(**rules))


@pytest.mark.parametrize("value", [None, ""])
def test_a_rule_may_give_nothing(value: str | None) -> None:
    assert for_object("a.css", StorageOptions(cache_control=lambda _: value)).cache_control is None


def test_a_metadata_rule_may_give_nothing() -> None:
    assert for_object("a.css", StorageOptions(metadata=lambda _: None)).metadata == {}


def test_metadata_names_lose_their_case_and_values_keep_everything() -> None:
    assert checked_metadata({"Author-Name": "Ёлка = дерево"}) == {"author-name": "Ёлка = дерево"}


@pytest.mark.parametrize(
    "metadata",
    [
        {"a b": "c"},
        {"": "c"},
        {"a:b": "c"},
        {"a\n": "c"},
        {"имя": "c"},
        {"a_b": "c"},
        {1: "c"},
        {"a": "b\r\nc"},
        {"a": "b\x00"},
        {"a": 1},
        {"a": None},
    ],
    ids=ascii,
)
def test_metadata_that_no_header_can_hold_is_refused(metadata: dict[str, str]) -> None:
    with pytest.raises(InvalidOption, match="metadata"):
        checked_metadata(metadata)
