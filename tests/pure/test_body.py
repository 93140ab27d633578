"""Bytes on their way out, of whatever a caller hands over: complete, from the start, and as often as needed."""

from __future__ import annotations

import gzip
import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any

import pytest
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from django_selectel_storage.transport.body import CHUNK, EMPTY, SMALL, Body, BytesBody, FileBody, body_of

MEMORY = 64 * 1024
SMALL_CONTENT = bytes(range(256)) * 4
LARGE_CONTENT = bytes(range(251)) * ((SMALL + 3 * CHUNK) // 251)


class Unseekable(io.RawIOBase):
    """A stream like a pipe; it gives a few bytes at a time."""

    def __init__(self, content: bytes, at_a_time: int = 1000) -> None:
        self._source = io.BytesIO(content)
        self._at_a_time = at_a_time

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        return self._source.read(self._at_a_time if size is None or size < 0 else min(size, self._at_a_time))


class OnlyReads:
    """The least that a file-like object can be."""

    def __init__(self, content: bytes | str) -> None:
        self._source: Any = io.BytesIO(content) if isinstance(content, bytes) else io.StringIO(content)

    def read(self, size: int) -> Any:
        return self._source.read(size)


def uploaded(content: bytes) -> InMemoryUploadedFile:
    return SimpleUploadedFile("a.bin", content)


def spooled(content: bytes) -> Any:
    spool = SpooledTemporaryFile(max_size=1024)  # noqa: SIM115 - the test reads it
    spool.write(content)
    return spool


def zipped(content: bytes) -> gzip.GzipFile:
    return gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(content, 1)))


SOURCES: dict[str, Callable[[bytes], Any]] = {
    "BytesIO": io.BytesIO,
    "BufferedReader": lambda content: io.BufferedReader(io.BytesIO(content)),
    "Django's File": lambda content: File(io.BytesIO(content), "a.bin"),
    "Django's ContentFile": ContentFile,
    "Django's upload": uploaded,
    "a spool": spooled,
    "a file inside a gzip file": zipped,
    "a stream that gives a little at a time": Unseekable,
    "a stream that only reads": OnlyReads,
}


def everything(body: Body) -> bytes:
    return b"".join(body.chunks())


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the sources are closed by nobody: they are the caller's
@pytest.mark.parametrize("make", SOURCES.values(), ids=SOURCES.keys())
@pytest.mark.parametrize(
    "content", [b"", b"a", SMALL_CONTENT, LARGE_CONTENT[:SMALL], LARGE_CONTENT[: SMALL + 1], LARGE_CONTENT], ids=len
)
def test_a_body_holds_all_bytes_as_often_as_they_are_asked_for(make: Callable[[bytes], Any], content: bytes) -> None:
    body = body_of(make(content), MEMORY)

    assert body.size == len(content)
    assert everything(body) == content
    assert everything(body) == content
    assert body.digest("sha256") == hashlib.sha256(content).hexdigest()
    assert body.digest("md5") == hashlib.md5(content).hexdigest()
    assert everything(body) == content
    body.close()


TEXT = "Привет, мир! 🙂\r\n"


@pytest.mark.parametrize(
    "make",
    [
        io.StringIO,
        ContentFile,
        OnlyReads,
        lambda text: io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8", newline=""),
    ],
    ids=["StringIO", "ContentFile", "a stream that only reads", "a text file"],
)
@pytest.mark.parametrize("text", ["", TEXT, TEXT * (SMALL // len(TEXT) + 1)], ids=["none", "a line", "a lot"])
def test_text_is_sent_as_utf8(make: Callable[[str], Any], text: str) -> None:
    body = body_of(make(text), MEMORY)

    assert everything(body) == text.encode()
    assert body.size == len(text.encode())
    body.close()


@pytest.mark.parametrize("content", [SMALL_CONTENT, LARGE_CONTENT], ids=["small", "large"])
def test_a_file_is_read_from_its_start_wherever_it_stands(content: bytes) -> None:
    file = io.BytesIO(content)
    file.seek(100)

    assert everything(body_of(file, MEMORY)) == content


def test_little_text_is_held_in_memory_as_bytes_are() -> None:
    assert isinstance(body_of(io.StringIO(TEXT), MEMORY), BytesBody)


def test_text_is_read_from_its_start_wherever_it_stands() -> None:
    file = io.StringIO(TEXT)
    file.read(3)
    body = body_of(file, MEMORY)

    assert everything(body) == TEXT.encode()
    body.close()


@pytest.mark.parametrize("content", [SMALL_CONTENT, LARGE_CONTENT], ids=["small", "large"])
def test_a_closed_file_is_opened_again(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(content)
    file = File(path.open("rb"), name=str(path))
    file.close()
    body = body_of(file, MEMORY)

    assert everything(body) == content
    file.close()


@pytest.mark.parametrize(
    "make", [lambda: File(io.BytesIO(b"a"), name="gone.bin"), lambda: io.BytesIO(b"a")], ids=["Django's", "plain"]
)
def test_a_closed_file_that_cannot_be_opened_again_is_a_value_error(make: Callable[[], Any]) -> None:
    file = make()
    file.close()
    with pytest.raises(ValueError, match=r"opened|closed"):
        body_of(file, MEMORY)


@pytest.mark.parametrize("content", [SMALL_CONTENT, LARGE_CONTENT], ids=["small", "large"])
def test_the_callers_file_stays_open(content: bytes) -> None:
    file = io.BytesIO(content)
    body = body_of(file, MEMORY)
    list(body.chunks())
    body.close()

    assert not file.closed


def test_a_spool_of_our_own_is_closed_with_the_body() -> None:
    body = body_of(Unseekable(LARGE_CONTENT, 10**6), MEMORY)
    body.close()

    with pytest.raises(ValueError, match="closed"):
        everything(body)


def test_a_large_seekable_file_is_not_copied() -> None:
    file = io.BytesIO(LARGE_CONTENT)
    body = body_of(file, MEMORY)
    file.getbuffer()[0] = 255

    assert isinstance(body, FileBody)
    assert everything(body)[0] == 255


def test_a_large_file_is_handed_out_in_pieces() -> None:
    pieces = list(body_of(io.BytesIO(LARGE_CONTENT), MEMORY).chunks())

    assert max(map(len, pieces)) == CHUNK
    assert len(pieces) == -(-len(LARGE_CONTENT) // CHUNK)


def test_a_file_that_shrinks_meanwhile_is_an_error_and_not_a_shorter_object(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(LARGE_CONTENT)
    with path.open("r+b") as file:
        body = body_of(file, MEMORY)
        file.truncate(SMALL)

        with pytest.raises(OSError, match="shorter"):
            everything(body)


def test_a_file_that_grows_meanwhile_is_sent_as_long_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(LARGE_CONTENT)
    with path.open("r+b") as file:
        body = body_of(file, MEMORY)
        file.seek(0, io.SEEK_END)
        file.write(b"more")
        file.flush()

        assert everything(body) == LARGE_CONTENT


def test_a_failure_while_reading_the_stream_reaches_the_caller() -> None:
    class Breaking(OnlyReads):
        def read(self, size: int) -> Any:
            piece = super().read(size)
            if not piece:
                raise OSError("the disk is gone")
            return piece

    with pytest.raises(OSError, match="the disk is gone"):
        body_of(Breaking(LARGE_CONTENT), MEMORY)


def test_an_empty_body_yields_nothing() -> None:
    assert (EMPTY.size, list(EMPTY.chunks())) == (0, [])
    assert EMPTY.digest("md5") == "d41d8cd98f00b204e9800998ecf8427e"


@given(st.binary(max_size=5000), st.integers(1, 700))
def test_short_reads_lose_nothing(content: bytes, at_a_time: int) -> None:
    body = body_of(Unseekable(content, at_a_time), MEMORY)

    assert isinstance(body, BytesBody)
    assert body.content == content
