"""Nothing that a user gives becomes a header, a query parameter or a line of its own: looked at on the server."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured, SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from django_selectel_storage.devserver.hooks import LoggedRequest
from django_selectel_storage.exceptions import InvalidOption
from django_selectel_storage.storage import SelectelStorage
from tests.conftest import MakeStorage

Requests = Callable[[], list[LoggedRequest]]
NAMES = [
    "line\r\nX-Evil: 1\r\n\r\nGET / HTTP/1.1.txt", "line\nfeed.txt", "tab\there.txt", "a?x-evil=1&acl.txt",
    "a#fragment.txt", "a%0d%0aX-Evil:%201.txt", "%2e%2e/%2e%2e/a.txt", "%00.txt", "back\\slash.txt",
    " spaces around ", "a+b=c;d,e.txt", "'\"<script>.txt", "{}[]|^`.txt", "e\u0301.txt", "\u00e9.txt", "\u212b.txt",
    "\u202etxt.exe", "\u2028.txt", "\x85.txt", "\N{ZERO WIDTH SPACE}.txt", "😀.txt", "..a", "a..", "...", "CON",
    "~root", "-rf", "x" * 900,
]  # fmt: skip


def shown(names: list[str]) -> list[str]:
    return [ascii(name)[1:30] for name in names]


@pytest.mark.parametrize("face", ["s3", "swift"])
@pytest.mark.parametrize("name", NAMES, ids=shown(NAMES))
def test_a_name_is_one_key_and_nothing_else(storage: SelectelStorage, requests_for: Requests, name: str) -> None:
    content = name.encode()
    saved = storage._save(name, ContentFile(content))
    assert saved == name
    with storage.open(name) as file:
        assert file.read() == content
    assert storage.exists(name)
    assert [info.name for info in storage.walk()] == [name]
    storage.copy(name, "copy.txt")
    storage.delete_many([name])
    assert [info.name for info in storage.walk()] == ["copy.txt"]
    for request in requests_for():
        assert not [header for header in request.headers if "evil" in header]
        assert "evil" not in request.query.partition("prefix=")[0].lower()
        assert "acl" not in request.query.split("&")


UNFIT = [
    "a\0.txt",
    "\ud800.txt",
    "\udcff",
    "x" * 1025,
    "é" * 513,
]


@pytest.mark.parametrize("face", ["s3", "swift"])
@pytest.mark.parametrize("name", UNFIT, ids=shown(UNFIT))
def test_a_name_that_no_store_can_hold_is_refused_before_anything_is_sent(
    make_storage: MakeStorage, requests_for: Requests, name: str
) -> None:
    storage = make_storage(temp_url_key="key")
    storage._save("a.txt", ContentFile(b"a"))
    requests_for()
    attempts: list[Callable[[], object]] = [
        lambda: storage.save(name, ContentFile(b"x")),
        lambda: storage.save_with_metadata(name, ContentFile(b"x")),
        lambda: storage.copy("a.txt", name),
        lambda: storage.move("a.txt", name),
        lambda: storage.upload_url(name, overwrite=True),
        lambda: storage.send_me_file(name, 1),
    ]
    for attempt in attempts:
        with pytest.raises(SuspiciousFileOperation):
            attempt()
    assert requests_for() == []


def test_two_normal_forms_of_one_name_are_two_files(storage: SelectelStorage) -> None:
    composed = "\u00e9.txt"
    decomposed = unicodedata.normalize("NFD", composed)
    storage._save(composed, ContentFile(b"one"))
    storage._save(decomposed, ContentFile(b"two"))
    assert {info.name for info in storage.walk()} == {composed, decomposed}
    assert storage.open(composed).read() == b"one"


LINES = ["a\r\nX-Evil: 1", "a\nX-Evil: 1", "a\rX-Evil: 1", "a\0b", "\x1b[0m", "a\x7f", "\ud800"]


@pytest.mark.parametrize("face", ["s3", "swift"])
@pytest.mark.parametrize("text", LINES, ids=shown(LINES))
def test_no_header_field_can_be_smuggled_in(
    make_storage: MakeStorage, storage: SelectelStorage, requests_for: Requests, text: str
) -> None:
    storage._save("a.txt", ContentFile(b"a"))
    requests_for()
    attempts: list[Callable[[], object]] = [
        lambda: storage.save_with_metadata("b.txt", ContentFile(b"x"), {"note": text}),
        lambda: storage.save_with_metadata("b.txt", ContentFile(b"x"), {text: "note"}),
        *(lambda field=field: storage.update_headers("a.txt", **{field: text}) for field in FIELDS),  # type: ignore[arg-type]
        *(lambda field=field: make_storage(**{field: text})._save("b.txt", ContentFile(b"x")) for field in FIELDS[1:4]),
        *(
            lambda field=field: make_storage(**{field: lambda _: text})._save("b.txt", ContentFile(b"x"))
            for field in FIELDS[1:4]
        ),
    ]
    for attempt in attempts:
        with pytest.raises((ImproperlyConfigured, InvalidOption)):
            attempt()
    assert {request.method for request in requests_for()} <= {"HEAD"}


FIELDS = ["content_type", "cache_control", "content_disposition", "content_language", "content_encoding"]


@pytest.mark.parametrize("face", ["s3", "swift"])
@pytest.mark.parametrize("text", [*LINES, "no media type", "text/html; a=\u00e9", "/", ""], ids=ascii)
def test_a_content_type_that_is_none_gives_way_to_what_the_name_tells(storage: SelectelStorage, text: str) -> None:
    upload = SimpleUploadedFile("a.txt", b"x", content_type="text/html")
    upload.content_type = text
    storage._save("a.txt", upload)
    assert storage.stat("a.txt").content_type == "text/plain"


def test_the_name_of_an_uploaded_file_is_no_path(storage: SelectelStorage) -> None:
    for name in ("../../etc/passwd", "C:\\windows\\a.txt", "/etc/passwd", "a/../../b.txt"):
        upload = SimpleUploadedFile("x", b"x")
        upload.name = name
        stored = storage.save(None, upload)
        assert stored.rpartition("/")[2] in {"passwd", "a.txt", "b.txt"} or "_" in stored
        assert not stored.startswith("/")
        assert ".." not in stored


@pytest.mark.parametrize(
    "value", ["a&X-Evil=1", "a\r\nX-Evil: 1", "a#b", "a%26b=1", 'attachment; filename="a\r\n.txt"']
)
def test_a_parameter_of_a_url_is_one_parameter(make_storage: MakeStorage, face: str, value: str) -> None:
    storage = make_storage(temp_url_key="key")
    options: dict[str, Any] = {"parameters": {"response-content-disposition" if face == "s3" else "filename": value}}
    query = storage.url("a.txt", **options).partition("?")[2]
    assert "X-Evil=1" not in query.split("&")
    assert not set(query) & set("\r\n# ")


def test_an_http_method_is_one_of_four(make_storage: MakeStorage) -> None:
    with pytest.raises(ValueError, match="GET, HEAD, PUT, DELETE"):
        make_storage(temp_url_key="key").url("a.txt", http_method="GET\r\nX-Evil: 1")
