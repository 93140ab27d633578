"""Compressing where it pays, and undoing it for what is ours alone."""

from __future__ import annotations

import gzip
import io
import os
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_selectel_storage.compression import compressed, is_chosen, original_size, unpacked
from django_selectel_storage.exceptions import DamagedTransfer
from django_selectel_storage.headers import ORIGINAL_SIZE, ObjectHeaders
from django_selectel_storage.options import TEXT_TYPES, StorageOptions
from django_selectel_storage.transport.body import BytesBody, FileBody

ON = StorageOptions(gzip=True)
TEXT = b"the same line again and again\n" * 100
PLAIN = ObjectHeaders("text/plain", metadata={"author": "somebody"})


def stored(content: bytes, headers: ObjectHeaders = PLAIN, options: StorageOptions = ON) -> tuple[bytes, ObjectHeaders]:
    body, described = compressed(BytesBody(content), headers, options)
    try:
        written = b"".join(body.chunks())
        assert len(written) == body.size
        return written, described
    finally:
        body.close()


def test_text_becomes_gzip_that_anybody_can_read_and_says_its_size() -> None:
    written, described = stored(TEXT)

    assert gzip.decompress(written) == TEXT
    assert described.content_encoding == "gzip"
    assert described.content_type == "text/plain"
    assert described.metadata == {"author": "somebody", ORIGINAL_SIZE: str(len(TEXT))}


def test_equal_bytes_give_equal_bytes_without_time_and_name() -> None:
    first, second = stored(TEXT)[0], stored(TEXT)[0]

    assert first == second
    assert first[4:8] == b"\0\0\0\0"  # RFC 1952, section 2.3.1: MTIME, 0 where there is none
    assert first[3] == 0  # no FNAME


@pytest.mark.parametrize(
    ("content", "headers", "options"),
    [
        pytest.param(TEXT, PLAIN, StorageOptions(), id="not wished"),
        pytest.param(TEXT, ObjectHeaders("image/png"), ON, id="no text"),
        pytest.param(TEXT, ObjectHeaders("application/gzip"), ON, id="an archive"),
        pytest.param(TEXT, ObjectHeaders("text/plain", content_encoding="br"), ON, id="encoded already"),
        pytest.param(b"", PLAIN, ON, id="nothing"),
        pytest.param(b"short", PLAIN, ON, id="smaller as it is"),
        pytest.param(os.urandom(1000), PLAIN, ON, id="noise"),
    ],
)
def test_what_does_not_gain_stays_as_it_is(content: bytes, headers: ObjectHeaders, options: StorageOptions) -> None:
    assert stored(content, headers, options) == (content, headers)


def test_the_callers_file_stays_open() -> None:
    file = io.BytesIO(TEXT)
    body, _ = compressed(FileBody(file, len(TEXT)), PLAIN, ON)
    body.close()

    assert not file.closed


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("text/css", True),
        ("text/html; charset=utf-8", True),
        ("TEXT/HTML", True),
        ("image/svg+xml", True),
        ("application/json", True),
        ("application/javascript", True),
        ("image/png", False),
        ("application/zip", False),
        ("application/gzip", False),
        ("application/octet-stream", False),
        ("", False),
        ("x-text/plain", False),
    ],
)
def test_text_is_known_by_its_type(content_type: str, expected: bool) -> None:
    assert is_chosen(content_type, TEXT_TYPES) is expected


@pytest.mark.parametrize(
    ("headers", "metadata", "expected"),
    [
        pytest.param({"content-encoding": "gzip"}, {ORIGINAL_SIZE: "12"}, 12, id="ours"),
        pytest.param({"content-encoding": "gzip"}, {}, None, id="somebody else's"),
        pytest.param({}, {ORIGINAL_SIZE: "12"}, None, id="not encoded"),
        pytest.param({"content-encoding": "br"}, {ORIGINAL_SIZE: "12"}, None, id="encoded otherwise"),
        pytest.param({"content-encoding": "gzip"}, {ORIGINAL_SIZE: "-1"}, None, id="below zero"),
        pytest.param({"content-encoding": "gzip"}, {ORIGINAL_SIZE: "1e3"}, None, id="no whole number"),
        pytest.param({"content-encoding": "gzip"}, {ORIGINAL_SIZE: "²"}, None, id="a digit that is none"),
        pytest.param({"content-encoding": "gzip"}, {ORIGINAL_SIZE: ""}, None, id="empty"),
    ],
)
def test_only_what_is_ours_has_an_original_size(
    headers: dict[str, str], metadata: dict[str, str], expected: int | None
) -> None:
    assert original_size(headers, metadata) == expected


@given(st.binary(max_size=5000), st.integers(1, 700))
def test_whatever_was_packed_comes_out_again_in_pieces_of_any_size(content: bytes, size: int) -> None:
    packed = gzip.compress(content * 3)
    chunks = (packed[start : start + size] for start in range(0, len(packed), size))

    with unpacked(chunks, len(content) * 3, 1000) as file:
        assert file.read() == content * 3


class Watched:
    """Chunks of which it is known how many were taken."""

    def __init__(self, content: bytes, size: int) -> None:
        self.taken = 0
        self._chunks = [content[start : start + size] for start in range(0, len(content), size)]

    def __len__(self) -> int:
        return len(self._chunks)

    def __iter__(self) -> Watched:
        return self

    def __next__(self) -> bytes:
        if self.taken == len(self._chunks):
            raise StopIteration
        self.taken += 1
        return self._chunks[self.taken - 1]


def test_a_bomb_is_defused_as_soon_as_it_exceeds_its_promise() -> None:
    bomb = Watched(gzip.compress(bytes(50_000_000)), 1000)

    with pytest.raises(DamagedTransfer, match="1000 bytes"):
        unpacked(bomb, 1000, 10_000)
    assert bomb.taken < len(bomb) / 10


@pytest.mark.parametrize(
    ("packed", "size"),
    [
        pytest.param(gzip.compress(TEXT), len(TEXT) - 1, id="more than promised"),
        pytest.param(gzip.compress(TEXT), len(TEXT) + 1, id="less than promised"),
        pytest.param(gzip.compress(TEXT)[:-30], len(TEXT), id="cut off"),
        pytest.param(b"this is no gzip at all", 22, id="no gzip"),
        pytest.param(zlib.compress(TEXT), len(TEXT), id="zlib, which is not gzip"),
        pytest.param(b"", 10, id="nothing"),
        pytest.param(gzip.compress(TEXT)[:-8] + bytes(8), len(TEXT), id="a wrong checksum"),
        pytest.param(gzip.compress(TEXT)[:-8], len(TEXT), id="no checksum"),
    ],
)
def test_what_does_not_keep_its_promise_is_an_error(packed: bytes, size: int) -> None:
    with pytest.raises(DamagedTransfer), unpacked([packed], size, 10_000):
        pass


def test_the_reason_why_chunks_end_comes_through() -> None:
    class Broken:
        def __iter__(self) -> Broken:
            return self

        def __next__(self) -> bytes:
            raise DamagedTransfer("the line is cut")

    with pytest.raises(DamagedTransfer, match="the line is cut"):
        unpacked(Broken(), 10, 10)
