"""A stretch of an object over connections that break: no byte twice, none lost, none foreign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_selectel_storage.exceptions import (
    AccessDenied,
    ConnectionFailed,
    DamagedTransfer,
    ObjectChanged,
    ObjectNotFound,
    StorageError,
    TimedOut,
)
from django_selectel_storage.protocols.base import ObjectRange
from django_selectel_storage.protocols.reading import Stretch
from django_selectel_storage.transport.body import CHUNK
from tests.pure.doubles import DictClient, Heedless, Pieces, with_bytes

CONTENT = bytes(range(250)) * 4


def rest_of(coming: ObjectRange) -> bytes:
    return CONTENT[coming.start : coming.stop]


def broken(coming: ObjectRange, after: int, error: StorageError | None) -> ObjectRange:
    """Let a connection break after some bytes."""
    return with_bytes(coming, Pieces(rest_of(coming), breaks_after=after, error=error))


def breaking(after: int, error: StorageError | None, times: int) -> Callable[[ObjectRange], ObjectRange]:
    """Let the first connections break after some bytes."""
    left = [times]

    def arrange(coming: ObjectRange) -> ObjectRange:
        left[0] -= 1
        if left[0] < 0:
            return coming
        return broken(coming, after, error)

    return arrange


@pytest.mark.parametrize(
    ("start", "stop", "expected"),
    [
        pytest.param(0, None, CONTENT, id="everything"),
        pytest.param(10, None, CONTENT[10:], id="from somewhere on"),
        pytest.param(10, 20, CONTENT[10:20], id="a part"),
        pytest.param(990, 5000, CONTENT[990:], id="over the end"),
        pytest.param(0, 0, b"", id="nothing"),
    ],
)
def test_a_stretch_holds_the_bytes_that_were_asked_for(start: int, stop: int | None, expected: bytes) -> None:
    client = DictClient({"k": CONTENT})
    stretch = Stretch(client, "k", start, stop)

    assert stretch.read() == expected
    assert stretch.info.size == len(CONTENT)
    assert client.sent[0].closed


def test_an_empty_object_is_an_empty_stretch() -> None:
    assert Stretch(DictClient({"k": b""}), "k", 0, None).read() == b""


@pytest.mark.parametrize(
    ("content", "start", "stop"),
    [
        pytest.param(b"", 0, 100, id="a window on an empty object"),
        pytest.param(CONTENT, len(CONTENT), None, id="at the end"),
        pytest.param(CONTENT, 5000, 6000, id="behind the end"),
    ],
)
def test_a_stretch_that_begins_at_the_end_is_empty(content: bytes, start: int, stop: int | None) -> None:
    client = DictClient({"k": content})
    stretch = Stretch(client, "k", start, stop)

    assert stretch.read() == b""
    assert stretch.info == client.infos["k"]


def test_a_stretch_that_begins_at_the_end_of_another_version_is_not_empty_but_changed() -> None:
    with pytest.raises(ObjectChanged):
        Stretch(Heedless({"k": b"short"}), "k", 100, 200, if_match="of a longer version")


def test_pieces_are_as_large_as_asked_for() -> None:
    stretch = Stretch(DictClient({"k": CONTENT}), "k", 0, None)

    assert [len(piece) for piece in stretch.chunks(300)] == [300, 300, 300, 100]
    assert CHUNK == 256 * 1024


@pytest.mark.parametrize(
    "error", [ConnectionFailed("reset"), TimedOut("slow"), DamagedTransfer("short"), None], ids=repr
)
def test_a_broken_connection_is_taken_up_where_it_broke_and_names_the_version(error: StorageError | None) -> None:
    client = DictClient({"k": CONTENT})
    client.arrange = breaking(after=100, error=error, times=2)
    stretch = Stretch(client, "k", 5, 905)

    assert stretch.read() == CONTENT[5:905]
    etag = client.infos["k"].etag
    assert client.calls == [
        ("get", "k", 5, 905, ""),
        ("get", "k", 105, 905, etag),
        ("get", "k", 205, 905, etag),
    ]
    assert all(pieces.closed for pieces in client.sent)


def test_a_connection_is_not_taken_up_for_ever() -> None:
    client = DictClient({"k": CONTENT})
    client.arrange = breaking(after=1, error=ConnectionFailed("reset"), times=99)

    with pytest.raises(ConnectionFailed, match="reset"):
        Stretch(client, "k", 0, None, resumes=3).read()

    assert len(client.calls) == 4
    assert all(pieces.closed for pieces in client.sent)


def test_without_resumes_the_first_break_is_the_last() -> None:
    client = DictClient({"k": CONTENT})
    client.arrange = breaking(after=500, error=None, times=1)

    with pytest.raises(DamagedTransfer, match="500 bytes did not arrive"):
        Stretch(client, "k", 0, None, resumes=0).read()


def test_an_object_that_is_replaced_meanwhile_is_not_mixed_with_the_old_one() -> None:
    client = DictClient({"k": CONTENT})

    def arrange(coming: ObjectRange) -> ObjectRange:
        client.store("k", b"another" * 200)
        return broken(coming, 100, ConnectionFailed("reset"))

    client.arrange = arrange
    with pytest.raises(ObjectChanged):
        Stretch(client, "k", 0, None).read()


def test_a_server_that_ignores_the_condition_cannot_mix_two_versions() -> None:
    client = Heedless({"k": CONTENT})

    def arrange(coming: ObjectRange) -> ObjectRange:
        client.arrange = lambda second: second
        client.store("k", b"x" * len(CONTENT))
        return broken(coming, 100, ConnectionFailed("reset"))

    client.arrange = arrange
    with pytest.raises(ObjectChanged):
        Stretch(client, "k", 0, None).read()


def test_an_object_that_is_deleted_meanwhile_is_not_found() -> None:
    client = DictClient({"k": CONTENT})

    def arrange(coming: ObjectRange) -> ObjectRange:
        del client.infos["k"]
        return broken(coming, 100, ConnectionFailed("reset"))

    client.arrange = arrange
    with pytest.raises(ObjectNotFound):
        Stretch(client, "k", 0, None).read()


def test_the_version_that_the_caller_names_is_asked_for() -> None:
    client = DictClient({"k": CONTENT})

    with pytest.raises(ObjectChanged):
        Stretch(client, "k", 0, None, if_match="another")


def test_a_missing_object_is_told_at_once() -> None:
    with pytest.raises(ObjectNotFound):
        Stretch(DictClient(), "k", 0, None)


def test_a_refusal_is_not_taken_for_a_broken_connection() -> None:
    client = DictClient({"k": CONTENT})
    client.arrange = breaking(after=10, error=AccessDenied("no"), times=1)

    with pytest.raises(AccessDenied):
        Stretch(client, "k", 0, None).read()

    assert len(client.calls) == 1
    assert client.sent[0].closed


def test_a_server_that_ignores_the_range_sends_all_and_only_the_stretch_is_kept() -> None:
    client = DictClient({"k": CONTENT})
    client.arrange = lambda coming: replace(coming, start=0, stop=len(CONTENT), incoming=Pieces(CONTENT))

    assert Stretch(client, "k", 300, 400).read() == CONTENT[300:400]
    assert b"".join(Stretch(client, "k", 333, 777).chunks(50)) == CONTENT[333:777]


def test_a_server_that_sends_later_bytes_than_asked_for_is_refused() -> None:
    client = DictClient({"k": CONTENT})
    client.arrange = lambda coming: replace(coming, start=20, incoming=Pieces(CONTENT[20:]))

    with pytest.raises(DamagedTransfer, match="other bytes"):
        Stretch(client, "k", 10, None).read()


def test_whoever_stops_reading_gives_the_connection_back() -> None:
    client = DictClient({"k": CONTENT})
    chunks = Stretch(client, "k", 0, None).chunks(10)
    next(chunks)
    chunks.close()  # type: ignore[attr-defined]

    assert client.sent[0].closed


def test_a_stretch_that_is_not_read_can_be_closed() -> None:
    client = DictClient({"k": CONTENT})
    Stretch(client, "k", 0, None).close()

    assert client.sent[0].closed


@given(
    st.binary(max_size=300),
    st.integers(0, 300),
    st.none() | st.integers(0, 400),
    st.lists(st.integers(0, 120), max_size=5),
    st.integers(1, 100),
)
def test_whatever_breaks_wherever_the_bytes_are_the_objects(
    content: bytes, start: int, stop: int | None, breaks: list[int], size: int
) -> None:
    start = min(start, len(content))
    stop = None if stop is None else max(stop, start)
    client = DictClient({"k": content})
    after = iter(breaks)

    def arrange(coming: ObjectRange) -> ObjectRange:
        place = next(after, None)
        error = None if place is None or place % 2 else ConnectionFailed("reset")
        return with_bytes(coming, Pieces(content[coming.start : coming.stop], breaks_after=place, error=error))

    client.arrange = arrange
    chunks = list(Stretch(client, "k", start, stop, resumes=len(breaks)).chunks(size))

    assert b"".join(chunks) == content[start:stop]
    assert all(len(chunk) <= size for chunk in chunks)
