"""save() on all faces: names, bytes, requests."""

from __future__ import annotations

import io
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile

from django_selectel_storage.devserver import Hooks
from django_selectel_storage.devserver.hooks import LoggedRequest
from django_selectel_storage.storage import SelectelStaticStorage, SelectelStorage
from tests.conftest import MakeStorage

Requests = Callable[[], list[LoggedRequest]]


def test_a_saved_file_is_there_byte_for_byte(storage: SelectelStorage) -> None:
    content = os.urandom(70_000)
    name = storage.save("folder/file.bin", ContentFile(content))
    assert name == "folder/file.bin"
    assert storage.open(name).read() == content


def test_an_empty_file_is_a_file(storage: SelectelStorage) -> None:
    name = storage.save("empty.txt", ContentFile(b""))
    assert storage.exists(name)
    assert storage.size(name) == 0
    assert storage.open(name).read() == b""
    assert storage.open(name, "r").read() == ""


@pytest.mark.parametrize(
    "name",
    [
        "photo.jpg",
        "with space.txt",
        "плюс+знак и кириллица.txt",
        "100% & more? #1 = 'quoted' \"twice\".txt",
        "日本/中文/😀.png",
        "semi;colon,comma@at:colon.txt",
        "~tilde_under-dash.(paren)[bracket]{brace}.txt",
        "e\u0301-decomposed.txt",
        "\u00e9-composed.txt",
    ],
)
def test_any_name_comes_back_as_it_was_saved(storage: SelectelStorage, name: str) -> None:
    assert storage.save(name, ContentFile(name.encode())) == name
    assert storage.open(name).read() == name.encode()
    folder, _, last = name.rpartition("/")
    assert storage.listdir(folder)[1] == [last]


def test_a_taken_name_gets_an_alternative_and_nothing_is_overwritten(storage: SelectelStorage) -> None:
    first = storage.save("a.tar.gz", ContentFile(b"first"))
    second = storage.save("a.tar.gz", ContentFile(b"second"))
    assert (first, second != first) == ("a.tar.gz", True)
    assert second.startswith("a")
    assert second.endswith(".gz")
    assert storage.open(first).read() == b"first"
    assert storage.open(second).read() == b"second"


def test_a_save_is_one_request_and_a_conflict_costs_one_more(storage: SelectelStorage, requests_for: Requests) -> None:
    storage.exists("warm-up")
    requests_for()
    storage.save("once.txt", ContentFile(b"1"))
    assert [entry.method for entry in requests_for()] == ["PUT"]
    storage.save("once.txt", ContentFile(b"2"))
    refused, stored = requests_for()
    assert (refused.method, refused.status) == ("PUT", 412)
    assert (stored.method, stored.status // 100) == ("PUT", 2)


def test_an_unknown_s3_server_is_asked_before_a_write(
    make_storage: MakeStorage, face: str, requests_for: Requests
) -> None:
    storage = make_storage(conditional_writes=None)
    storage.exists("warm-up")
    requests_for()
    storage.save("asked.txt", ContentFile(b"1"))
    assert [entry.method for entry in requests_for()] == (["HEAD", "PUT"] if face == "s3" else ["PUT"])


@pytest.mark.parametrize("conditional_writes", [None, False])
def test_a_server_that_ignores_the_condition_does_not_overwrite(
    make_storage: MakeStorage, face: str, hooks: Hooks, conditional_writes: bool | None
) -> None:
    if face != "s3" and conditional_writes is None:
        conditional_writes = False  # on Swift, None trusts the server: it always knew the header
    hooks.drop_header("If-None-Match")
    storage = make_storage(conditional_writes=conditional_writes)
    first = storage.save("same.txt", ContentFile(b"first"))
    second = storage.save("same.txt", ContentFile(b"second"))
    assert first != second
    assert storage.open(first).read() == b"first"


def test_file_overwrite_replaces_without_asking(make_storage: MakeStorage, requests_for: Requests) -> None:
    storage = make_storage(file_overwrite=True)
    storage.exists("warm-up")
    requests_for()
    for content in (b"first", b"second"):
        assert storage.save("same.txt", ContentFile(content)) == "same.txt"
    assert [entry.method for entry in requests_for()] == ["PUT", "PUT"]
    assert storage.open("same.txt").read() == b"second"


def test_static_files_are_overwritten_by_default(make_storage: MakeStorage) -> None:
    storage = make_storage(SelectelStaticStorage)
    for content in (b"first", b"second"):
        assert storage.save("site.css", ContentFile(content)) == "site.css"
    assert storage.open("site.css").read() == b"second"


def test_the_names_length_is_kept_below_max_length(storage: SelectelStorage) -> None:
    names = [storage.save("a" * 50 + ".txt", ContentFile(b"x"), max_length=30) for _ in range(3)]
    assert len(set(names)) == 3
    assert all(len(name) <= 30 for name in names)
    taken = storage.save("b" * 26 + ".txt", ContentFile(b"x"), max_length=30)
    other = storage.save("b" * 26 + ".txt", ContentFile(b"y"), max_length=30)
    assert len(other) <= 30
    assert storage.open(taken).read() == b"x"


def test_no_room_for_an_alternative_is_said(storage: SelectelStorage) -> None:
    storage.save("short.txt", ContentFile(b"x"), max_length=9)
    with pytest.raises(SuspiciousFileOperation, match="can not find an available filename"):
        storage.save("short.txt", ContentFile(b"y"), max_length=9)


@pytest.mark.parametrize("name", ["../up.txt", "a/../../up.txt", "/etc/passwd", "a/..", "..", "a/../b.txt"])
def test_names_that_django_refuses_stay_refused(storage: SelectelStorage, name: str) -> None:
    with pytest.raises(SuspiciousFileOperation):
        storage.save(name, ContentFile(b"x"))


def test_backslashes_in_a_new_name_are_folders_as_in_django(storage: SelectelStorage) -> None:
    assert storage.save("a\\b.txt", ContentFile(b"x")) == "a/b.txt"
    assert storage.listdir("a") == ([], ["b.txt"])


class Unseekable(io.RawIOBase):
    """A stream that gives a few bytes at a time and cannot go back, like a socket."""

    def __init__(self, content: bytes) -> None:
        self.left = content

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece, self.left = self.left[: min(1000, len(buffer))], self.left[min(1000, len(buffer)) :]
        buffer[: len(piece)] = piece
        return len(piece)


@pytest.fixture
def on_disk(tmp_path: Path) -> Path:
    path = tmp_path / "file.bin"
    path.write_bytes(b"0123456789" * 20_000)
    return path


CONTENTS: dict[str, Callable[[], Any]] = {
    "bytes of a ContentFile": lambda: ContentFile(b"abc" * 1000),
    "text of a ContentFile": lambda: ContentFile("abc" * 1000),
    "BytesIO": lambda: io.BytesIO(b"abc" * 1000),
    "StringIO": lambda: io.StringIO("abc" * 1000),
    "an upload in memory": lambda: SimpleUploadedFile("x.bin", b"abc" * 1000),
    "a stream of unknown size": lambda: Unseekable(b"abc" * 1000),
}


@pytest.mark.parametrize("make", CONTENTS.values(), ids=CONTENTS.keys())
def test_content_of_any_kind_is_saved_whole_and_not_closed(storage: SelectelStorage, make: Callable[[], Any]) -> None:
    content = make()
    name = storage.save("content.bin", content)
    assert storage.open(name).read() == b"abc" * 1000
    assert not content.closed


@pytest.mark.parametrize(
    "content", [b"abc", bytearray(b"abc"), memoryview(b"abc"), "abc"], ids=lambda it: type(it).__name__
)
def test_bytes_and_text_are_content_too(storage: SelectelStorage, content: Any) -> None:
    assert storage.open(storage.save("content.bin", content)).read() == b"abc"


def test_a_closed_file_of_python_is_refused_and_nothing_on_the_disk_is_read(
    storage: SelectelStorage, on_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with on_disk.open("rb") as content:
        pass
    with pytest.raises(ValueError, match="closed"):
        storage.save("file.bin", content)
    assert not storage.exists("file.bin")


class Generated(File):  # type: ignore[type-arg]
    """A file that hands out its bytes in its own way."""

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        yield from (b"abc" for _ in range(1000))


def test_a_file_with_chunks_of_its_own_is_read_by_them(storage: SelectelStorage) -> None:
    name = storage.save("generated.bin", Generated(io.BytesIO(b"not this")))
    assert storage.open(name).read() == b"abc" * 1000


def test_a_stream_that_cannot_go_back_survives_a_taken_name(storage: SelectelStorage) -> None:
    storage.save("stream.bin", ContentFile(b"other"))
    name = storage.save("stream.bin", Unseekable(b"abc" * 1000))
    assert name != "stream.bin"
    assert storage.open(name).read() == b"abc" * 1000


def test_text_is_stored_as_utf_8(storage: SelectelStorage) -> None:
    name = storage.save("text.txt", ContentFile("Привет, мир\n"))
    assert storage.open(name).read() == "Привет, мир\n".encode()
    assert storage.open(name, "r").read() == "Привет, мир\n"


def test_a_file_is_read_from_its_start_wherever_it_stands(storage: SelectelStorage, on_disk: Path) -> None:
    with on_disk.open("rb") as file:
        file.seek(777)
        name = storage.save("file.bin", File(file))
        assert not file.closed
    assert storage.open(name).read() == on_disk.read_bytes()


def test_a_closed_file_is_opened_again(storage: SelectelStorage, on_disk: Path) -> None:
    with on_disk.open("rb") as file:
        content = File(file, name=str(on_disk))
    assert content.closed
    name = storage.save("again.bin", content)
    assert storage.open(name).read() == on_disk.read_bytes()
    content.close()


def test_a_temporary_upload_is_saved_and_stays_open(storage: SelectelStorage) -> None:
    with TemporaryUploadedFile("big.bin", "application/x-thing", 3, None) as upload:
        upload.write(b"xyz" * 1_000_000)
        upload.flush()
        name = storage.save("big.bin", upload)
        assert not upload.closed
        assert Path(upload.temporary_file_path()).exists()
    assert storage.size(name) == 3_000_000
    assert storage.open(name).read() == b"xyz" * 1_000_000


def test_the_content_type_comes_from_the_upload_and_then_from_the_name(storage: SelectelStorage) -> None:
    declared = storage.save("a.bin", SimpleUploadedFile("a.bin", b"x", content_type="application/x-declared"))
    guessed = storage.save("b.jpg", ContentFile(b"x"))
    unknown = storage.save("c.no-such-extension", ContentFile(b"x"))
    types = [storage.client.head(storage._key(name)).content_type for name in (declared, guessed, unknown)]
    assert types == ["application/x-declared", "image/jpeg", "application/octet-stream"]


def test_eight_writers_of_one_name_lose_nothing_where_writes_are_serialised(
    storage: SelectelStorage, hooks: Hooks
) -> None:
    hooks.serialize_writes(True)
    for number in range(5):
        saved = written_at_once(storage, f"{number}.txt", [f"{number} {writer}".encode() for writer in range(8)])
        assert len({name for name, _ in saved}) == 8
        assert all(storage.open(name).read() == content for name, content in saved)


def written_at_once(storage: SelectelStorage, name: str, contents: list[bytes]) -> list[tuple[str, bytes]]:
    """Save all contents under one name at the same time; give the names they got."""
    barrier = threading.Barrier(len(contents))

    def write(content: bytes) -> tuple[str, bytes]:
        barrier.wait()
        return storage.save(name, ContentFile(content)), content

    with ThreadPoolExecutor(len(contents)) as pool:
        return list(pool.map(write, contents))


def test_writers_of_equal_bytes_get_a_file_each(storage: SelectelStorage, hooks: Hooks) -> None:
    hooks.serialize_writes(True)
    saved = written_at_once(storage, "equal.txt", [b"equal"] * 4)
    assert len({name for name, _ in saved}) == 4


def test_a_conflict_with_another_write_is_tried_again(
    storage: SelectelStorage, hooks: Hooks, location: str, requests_for: Requests
) -> None:
    storage.exists("warm-up")
    requests_for()
    hooks.fault(status=409, method="PUT", match=location, count=2)
    assert storage.save("conflict.txt", ContentFile(b"x")) == "conflict.txt"
    assert [entry.status // 100 for entry in requests_for()] == [4, 4, 2]


def test_an_answer_that_was_lost_does_not_make_a_second_file(
    storage: SelectelStorage, hooks: Hooks, location: str
) -> None:
    storage.exists("warm-up")
    hooks.fault(method="PUT", match=location, stage="after", reset=True)
    assert storage.save("lost.txt", ContentFile(b"once")) == "lost.txt"
    assert storage.listdir("") == ([], ["lost.txt"])
    assert storage.open("lost.txt").read() == b"once"


def test_two_files_in_a_temporary_folder_do_not_share_a_spool(storage: SelectelStorage) -> None:
    with tempfile.TemporaryFile() as one, tempfile.TemporaryFile() as two:
        one.write(b"1" * 2_000_000)
        two.write(b"2" * 2_000_000)
        names = [storage.save("spool.bin", File(file, "spool.bin")) for file in (one, two)]
    assert [storage.open(name).read(1) for name in names] == [b"1", b"2"]
