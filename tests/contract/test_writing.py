"""open() for writing, on all faces: stored on close, stored whole, and not stored after an error."""

from __future__ import annotations

import contextlib
import csv
import gc
import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files import storage as django_storage
from django.core.files.base import ContentFile
from PIL import Image

from django_selectel_storage.devserver import Hooks
from django_selectel_storage.devserver.hooks import LoggedRequest
from django_selectel_storage.exceptions import ServerError
from django_selectel_storage.storage import SelectelStorage
from tests.conftest import MakeStorage
from tests.site.models import Document

Requests = Callable[[], list[LoggedRequest]]
MIB = 1024**2


class Mishap(Exception):
    """What goes wrong inside of a block."""


def fail(error: type[BaseException] = Mishap) -> None:
    """Go wrong."""
    raise error


def write_half(file: Any, error: type[BaseException] = Mishap) -> None:
    """Write something, and go wrong before the rest."""
    file.write(b"half of")
    raise error


@pytest.fixture
def old(storage: SelectelStorage) -> str:
    """A file that is there already."""
    return storage.save("file.txt", ContentFile(b"the old content, which is longer"))


@pytest.fixture
def document(storage: SelectelStorage, old: str, monkeypatch: pytest.MonkeyPatch) -> Document:
    """A model with that file, in the storage as Django's default one."""
    monkeypatch.setattr(django_storage.default_storage, "_wrapped", storage)
    return Document(file=old)


def content_of(storage: SelectelStorage, name: str | None) -> bytes:
    assert name
    with storage.open(name) as file:
        content: bytes = file.read()
    return content


# --- what is stored, and when ----------------------------------------------------------------------------------------


def test_what_was_written_is_stored_on_close_and_not_before(storage: SelectelStorage) -> None:
    file = storage.open("new.txt", "wb")
    file.write(b"one ")
    file.write(b"two")
    file.flush()
    assert not storage.exists("new.txt")
    file.close()
    assert content_of(storage, "new.txt") == b"one two"


def test_opening_for_writing_asks_for_nothing_and_a_small_file_is_one_request(
    storage: SelectelStorage, requests_for: Requests
) -> None:
    storage.exists("warm-up")
    requests_for()
    with storage.open("new.txt", "wb") as file:
        file.write(b"content")
    assert [entry.method for entry in requests_for()] == ["PUT"]


@pytest.mark.parametrize("content", [b"new", b""], ids=["shorter", "nothing"])
def test_what_was_there_is_replaced_whole(storage: SelectelStorage, old: str, content: bytes) -> None:
    with storage.open(old, "wb") as file:
        file.write(content)
    assert content_of(storage, old) == content
    assert storage.listdir("") == ([], [old])


def test_opening_for_writing_without_writing_truncates(storage: SelectelStorage, old: str) -> None:
    storage.open(old, "w").close()
    assert storage.size(old) == 0


def test_a_file_that_is_closed_while_a_later_error_is_handled_is_not_stored_and_that_is_logged(
    storage: SelectelStorage, caplog: pytest.LogCaptureFixture
) -> None:
    file = storage.open("new.txt", "wb")
    file.write(b"half")
    try:
        fail()
    except Mishap:
        file.close()
    assert not storage.exists("new.txt")
    assert "'new.txt' was not stored: it was closed after an error (Mishap)." in caplog.text


def test_closing_twice_stores_once(storage: SelectelStorage, old: str, requests_for: Requests) -> None:
    requests_for()
    with storage.open(old, "wb") as file:
        file.write(b"once")
        file.close()
        file.close()
    assert [entry.method for entry in requests_for()] == ["PUT"]
    assert content_of(storage, old) == b"once"


def test_a_closed_file_takes_nothing_more(storage: SelectelStorage) -> None:
    file = storage.open("new.txt", "wb")
    file.close()
    assert file.closed
    with pytest.raises(ValueError, match="closed"):
        file.write(b"more")


def test_a_type_follows_from_the_name(storage: SelectelStorage) -> None:
    with storage.open("page.html", "w") as file:
        file.write("<p>")
    assert storage.stat("page.html").content_type == "text/html"


@pytest.mark.parametrize("size", [0, 1, 100_000, 300_000], ids=lambda size: f"{size} bytes")
def test_files_larger_than_memory_allows_are_stored_too(make_storage: MakeStorage, size: int) -> None:
    storage = make_storage(max_memory_size=100_000)
    content = os.urandom(size)
    with storage.open("spooled.bin", "wb") as file:
        for start in range(0, size, 777):
            file.write(content[start : start + 777])
    assert content_of(storage, "spooled.bin") == content


def test_large_files_go_up_in_parts_on_s3(make_storage: MakeStorage, face: str, requests_for: Requests) -> None:
    storage = make_storage(multipart_threshold=6 * MIB, multipart_chunksize=5 * MIB)
    content = os.urandom(11 * MIB)
    storage.exists("warm-up")
    requests_for()
    with storage.open("large.bin", "wb") as file:
        file.write(content)
    methods = [entry.method for entry in requests_for()]
    assert methods == (["POST", "PUT", "PUT", "PUT", "POST"] if face == "s3" else ["PUT"])
    assert content_of(storage, "large.bin") == content


def test_a_store_that_fails_is_heard_of_at_close(storage: SelectelStorage, old: str, hooks: Hooks) -> None:
    file = storage.open(old, "wb")
    file.write(b"new")
    hooks.fault(status=501, method="PUT")
    with pytest.raises(ServerError):
        file.close()
    assert file.closed
    file.close()
    assert content_of(storage, old).startswith(b"the old")


def test_a_store_that_fails_is_heard_of_at_the_end_of_the_block(storage: SelectelStorage, hooks: Hooks) -> None:
    hooks.fault(status=501, method="PUT")
    with pytest.raises(ServerError), storage.open("new.txt", "wb") as file:
        file.write(b"new")
    assert not storage.exists("new.txt")


# --- errors ----------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def through_a_generator(storage: SelectelStorage, name: str) -> Iterator[Any]:
    file = storage.open(name, "wb")
    try:
        yield file
    finally:
        file.close()


WAYS: dict[str, Callable[[SelectelStorage, str], Any]] = {
    "with open": lambda storage, name: storage.open(name, "wb"),
    "closing": lambda storage, name: contextlib.closing(storage.open(name, "wb")),
    "a generator": through_a_generator,
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_a_block_that_raises_stores_nothing(
    storage: SelectelStorage, old: str, requests_for: Requests, way: Callable[[SelectelStorage, str], Any]
) -> None:
    requests_for()
    with pytest.raises(Mishap), way(storage, old) as file:
        write_half(file)
    assert requests_for() == []
    assert content_of(storage, old).startswith(b"the old")


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_also_what_is_no_error_but_ends_a_block_stores_nothing(
    storage: SelectelStorage, way: Callable[[SelectelStorage, str], Any], kind: type[BaseException]
) -> None:
    if kind is GeneratorExit and way is WAYS["a generator"]:
        kind = KeyboardInterrupt
    with pytest.raises(kind), way(storage, "new.txt") as file:
        write_half(file, kind)
    assert not storage.exists("new.txt")


def test_an_error_that_passes_through_nested_blocks_stores_none_of_the_files(storage: SelectelStorage) -> None:
    def write_both() -> None:
        with storage.open("outer.txt", "wb") as outer:
            outer.write(b"x")
            with storage.open("inner.txt", "wb") as inner:
                write_half(inner)

    with pytest.raises(Mishap):
        write_both()
    assert storage.listdir("") == ([], [])


def test_an_error_that_is_caught_inside_the_block_is_none(storage: SelectelStorage) -> None:
    with storage.open("outer.txt", "wb") as outer:
        with contextlib.suppress(Mishap), storage.open("inner.txt", "wb") as inner:
            write_half(inner)
        outer.write(b"went on")
    assert storage.listdir("") == ([], ["outer.txt"])
    assert content_of(storage, "outer.txt") == b"went on"


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_a_file_opened_while_an_error_is_handled_is_stored(
    storage: SelectelStorage, way: Callable[[SelectelStorage, str], Any]
) -> None:
    try:
        fail()
    except Mishap as error:
        with way(storage, "report.txt") as file:
            file.write(repr(error).encode())
    assert content_of(storage, "report.txt") == b"Mishap()"


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_a_second_error_while_a_first_one_is_handled_stores_nothing(
    storage: SelectelStorage, way: Callable[[SelectelStorage, str], Any]
) -> None:
    try:
        fail()
    except Mishap:
        with pytest.raises(ZeroDivisionError), way(storage, "report.txt") as file:
            write_half(file, ZeroDivisionError)
    assert not storage.exists("report.txt")


def test_a_block_that_ends_well_is_stored_also_where_an_older_error_is_handled(storage: SelectelStorage) -> None:
    file = storage.open("fallback.txt", "wb")
    try:
        fail()
    except Mishap:
        with file:
            file.write(b"the way out")
    assert content_of(storage, "fallback.txt") == b"the way out"


@pytest.mark.parametrize("size", [10, 500_000], ids=["in memory", "in a temporary file"])
@pytest.mark.parametrize("mode", ["wb", "w"])
def test_a_file_that_is_only_forgotten_stores_nothing_and_warns_of_nothing(
    make_storage: MakeStorage, requests_for: Requests, size: int, mode: str
) -> None:
    storage = make_storage(max_memory_size=100_000)
    requests_for()
    file = storage.open("forgotten.txt", mode)
    file.write(b"x" * size if mode == "wb" else "x" * size)
    del file
    gc.collect()
    assert requests_for() == []


def test_abort_stores_nothing(storage: SelectelStorage, old: str) -> None:
    file: Any = storage.open(old, "wb")
    file.write(b"half of")
    file.abort()
    file.close()
    assert content_of(storage, old).startswith(b"the old")


# --- through a model's field -----------------------------------------------------------------------------------------


def test_a_field_file_is_written_and_read_again(document: Document) -> None:
    with document.file.open("wb") as file:
        file.write(b"new")
    assert document.file.size == 3
    with document.file.open("rb") as file:
        assert file.read() == b"new"
    with document.file.open("w") as file:
        file.write("Привет\n")
    with document.file.open("r") as file:
        assert file.read() == "Привет\n"


def test_a_field_file_is_stored_when_it_is_opened_for_reading_next(document: Document) -> None:
    document.file.open("wb")
    document.file.write(b"new")
    with document.file.open("rb") as file:
        assert file.read() == b"new"


def test_a_field_file_whose_block_raises_keeps_the_old_content(storage: SelectelStorage, document: Document) -> None:
    with pytest.raises(Mishap), document.file.open("wb") as file:
        write_half(file)
    assert content_of(storage, document.file.name).startswith(b"the old")
    with document.file.open("rb") as file:
        assert file.read().startswith(b"the old")


def test_a_field_file_opened_while_an_error_is_handled_is_stored(storage: SelectelStorage, document: Document) -> None:
    try:
        fail()
    except Mishap:
        with document.file.open("wb") as file:
            file.write(b"report")
    assert content_of(storage, document.file.name) == b"report"


def test_a_field_file_with_a_second_error_keeps_the_old_content(storage: SelectelStorage, document: Document) -> None:
    try:
        fail()
    except Mishap:
        with pytest.raises(ZeroDivisionError), document.file.open("wb") as file:
            write_half(file, ZeroDivisionError)
    assert content_of(storage, document.file.name).startswith(b"the old")


# --- what programs do with files -------------------------------------------------------------------------------------


def test_positions_can_be_changed_while_writing(storage: SelectelStorage) -> None:
    with storage.open("seek.bin", "wb") as file:
        assert file.tell() == 0
        file.write(b"0123456789")
        assert file.tell() == 10
        file.seek(2)
        file.write(b"xx")
        assert file.tell() == 4
        file.seek(-1, os.SEEK_END)
        file.write(b"z!")
        assert file.size == 11
        assert file.tell() == 11
    assert content_of(storage, "seek.bin") == b"01xx45678z!"


@pytest.mark.parametrize(("mode", "piece"), [("wb", b"abc"), ("w", "abc")])
def test_the_size_is_known_while_writing(storage: SelectelStorage, mode: str, piece: Any) -> None:
    with storage.open("size.txt", mode) as file:
        assert file.size == 0
        file.write(piece)
        assert file.size == 3
        file.write(piece)
        assert file.size == 6
    assert storage.size("size.txt") == 6


def test_text_is_written_in_utf_8_and_its_ends_of_line_as_they_are(storage: SelectelStorage) -> None:
    text = "Привет, мир\r\nдве\nстроки 😀"
    with storage.open("text.txt", "w") as file:
        for character in text:
            file.write(character)
    assert content_of(storage, "text.txt") == text.encode()


def test_bytes_do_not_go_into_text_nor_text_into_bytes(storage: SelectelStorage) -> None:
    for mode, piece in (("w", b"x"), ("wb", "x")):
        with pytest.raises(TypeError), storage.open("new.txt", mode) as file:
            file.write(piece)
    assert not storage.exists("new.txt")


def test_an_archive_is_written_right_into_the_storage(storage: SelectelStorage) -> None:
    content = os.urandom(300_000)
    with storage.open("archive.zip", "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "a" * 10_000)
        archive.writestr("b.bin", content)
    with storage.open("archive.zip") as file, zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        assert archive.read("b.bin") == content


def test_an_archive_whose_writing_fails_is_not_stored(storage: SelectelStorage) -> None:
    with (
        pytest.raises(Mishap),
        storage.open("archive.zip", "wb") as file,
        zipfile.ZipFile(file, "w"),
    ):
        fail()
    assert not storage.exists("archive.zip")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "GIF"])
def test_a_picture_is_written_right_into_the_storage(storage: SelectelStorage, kind: str) -> None:
    with storage.open(f"picture.{kind.lower()}", "wb") as file:
        Image.new("RGB", (64, 48), "teal").save(file, kind)
    with storage.open(f"picture.{kind.lower()}") as file, Image.open(file) as picture:
        assert (picture.format, picture.size) == (kind, (64, 48))
        picture.load()


def test_csv_and_json_are_written_as_text(storage: SelectelStorage) -> None:
    with storage.open("table.csv", "w") as file:
        csv.writer(file).writerows([["имя", "1"], ["a,b", "2"]])
    assert content_of(storage, "table.csv") == 'имя,1\r\n"a,b",2\r\n'.encode()
    with storage.open("data.json", "w") as file:
        json.dump({"ключ": [1, 2]}, file, ensure_ascii=False)
    with storage.open("data.json", "r") as file:
        assert json.load(file) == {"ключ": [1, 2]}


def test_a_wrapper_for_text_of_another_encoding_fits_around(storage: SelectelStorage) -> None:
    with storage.open("latin.txt", "wb") as file:
        wrapper = io.TextIOWrapper(file, "latin-1")
        wrapper.write("é")
        wrapper.flush()
        wrapper.detach()
    assert content_of(storage, "latin.txt") == b"\xe9"
