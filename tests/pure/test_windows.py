"""The bytes of an object in growing windows: any position, one version, and no more than is needed."""

from __future__ import annotations

import gzip
import io
import os
from collections.abc import Callable
from dataclasses import replace
from typing import IO, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_selectel_storage import compression
from django_selectel_storage.exceptions import ConnectionFailed, DamagedTransfer, ObjectChanged, SpoolFailed
from django_selectel_storage.protocols.base import ObjectRange
from django_selectel_storage.windows import FIRST_WINDOW, LARGEST_WINDOW, Source, Window, Windows
from tests.pure.doubles import DictClient, Heedless, Pieces, with_bytes

SMALL = b"0123456789" * 100
LARGE = os.urandom(FIRST_WINDOW * 40)


def windows_on(client: DictClient, key: str = "k") -> Windows:
    return Windows(Source(client, key, 3, 1000))


def stretches(client: DictClient) -> list[tuple[object, object]]:
    return [(call[2], call[3]) for call in client.calls if call[0] == "get"]


def test_nothing_is_asked_before_it_is_needed() -> None:
    client = DictClient({"k": SMALL})
    windows = windows_on(client)
    windows.seek(100)
    windows.seek(5, io.SEEK_CUR)

    assert windows.tell() == 105
    assert client.calls == []


def test_the_size_of_a_file_that_was_not_read_yet_costs_one_window() -> None:
    client = DictClient({"k": SMALL})
    windows = windows_on(client)

    assert windows.size == len(SMALL)
    assert windows.read() == SMALL
    assert stretches(client) == [(0, FIRST_WINDOW)]


def test_windows_double_while_reading_goes_on() -> None:
    client = DictClient({"k": LARGE})
    windows = windows_on(client)
    assert b"".join(iter(lambda: windows.read(100_000), b"")) == LARGE

    starts = [start for start, _ in stretches(client)]
    assert starts == [FIRST_WINDOW * factor for factor in (0, 1, 3, 7, 15, 31)]


def test_windows_do_not_grow_for_ever() -> None:
    client = DictClient({"k": bytes(3 * LARGEST_WINDOW + FIRST_WINDOW * 63)})
    windows = windows_on(client)
    while windows.read(1_000_000):
        pass

    lengths = [int(str(stop)) - int(str(start)) for start, stop in stretches(client)]
    assert max(lengths) == LARGEST_WINDOW


def test_after_a_jump_windows_are_small_again() -> None:
    client = DictClient({"k": LARGE})
    windows = windows_on(client)
    for _ in range(10):
        windows.read(100_000)
    windows.seek(FIRST_WINDOW * 30)
    windows.read(10)

    start, stop = stretches(client)[-1]
    assert (start, stop) == (FIRST_WINDOW * 30, FIRST_WINDOW * 31)


def test_a_window_is_used_again() -> None:
    client = DictClient({"k": LARGE})
    windows = windows_on(client)
    for position in (0, 1000, 5, FIRST_WINDOW - 1):
        windows.seek(position)
        assert windows.read(1) == LARGE[position : position + 1]

    assert len(client.calls) == 1


def test_every_window_after_the_first_names_the_version() -> None:
    client = DictClient({"k": LARGE})
    windows = windows_on(client)
    windows.read(FIRST_WINDOW)
    windows.read(10)

    assert [call[4] for call in client.calls] == ["", client.infos["k"].etag]


@pytest.mark.parametrize("all_at_once", [True, False])
@pytest.mark.parametrize("kind", [DictClient, Heedless])
def test_two_versions_never_mix(kind: type[DictClient], all_at_once: bool) -> None:
    client = kind({"k": b"1" * FIRST_WINDOW * 3})
    windows = windows_on(client)
    windows.read(10)
    client.store("k", b"2" * FIRST_WINDOW * 3)
    windows.seek(FIRST_WINDOW)

    with pytest.raises(ObjectChanged):
        windows.read() if all_at_once else windows.read(10)


@pytest.mark.parametrize("position", [len(SMALL), len(SMALL) + 1, 10**9])
def test_behind_the_end_there_is_nothing(position: int) -> None:
    windows = windows_on(DictClient({"k": SMALL}))
    windows.seek(position)

    assert windows.read(10) == b""
    assert windows.read() == b""
    assert windows.tell() == position
    windows.seek(0)
    assert windows.read() == SMALL


def test_an_empty_object_is_an_empty_file() -> None:
    windows = windows_on(DictClient({"k": b""}))

    assert windows.read() == b""
    assert windows.size == 0
    assert windows.seek(0, io.SEEK_END) == 0


@pytest.mark.parametrize(("offset", "whence"), [(-1, io.SEEK_SET), (-1, io.SEEK_CUR), (-1001, io.SEEK_END)])
def test_there_is_no_position_before_the_start(offset: int, whence: int) -> None:
    windows = windows_on(DictClient({"k": SMALL}))

    with pytest.raises(ValueError, match="position"):
        windows.seek(offset, whence)
    assert windows.read(3) == SMALL[:3]


@given(st.lists(st.tuples(st.integers(0, 1200), st.none() | st.integers(0, 500)), max_size=12), st.booleans())
def test_windows_read_like_a_file_in_memory(steps: list[tuple[int, int | None]], packed: bool) -> None:
    client = packed_client(SMALL) if packed else DictClient({"k": SMALL})
    ours, theirs = io.BufferedReader(windows_on(client), 64), io.BytesIO(SMALL)
    for position, length in steps:
        assert ours.seek(position) == theirs.seek(position)
        assert ours.read(length) == theirs.read(length)
        assert ours.tell() == theirs.tell()


def packed_client(content: bytes, size: int | None = None) -> DictClient:
    """A store with one object that this package compressed."""
    client = DictClient()
    promised = len(content) if size is None else size
    client.store("k", gzip.compress(content), {"original-size": str(promised)})
    client.infos["k"] = replace(client.infos["k"], headers={"content-encoding": "gzip"})
    return client


def test_what_was_compressed_is_read_unpacked_with_its_own_size() -> None:
    windows = windows_on(packed_client(SMALL))

    assert windows.size == len(SMALL)
    assert windows.seek(-10, io.SEEK_END) == len(SMALL) - 10
    assert windows.read() == SMALL[-10:]


def test_unpacking_fetches_every_byte_once() -> None:
    client = packed_client(LARGE)
    windows = windows_on(client)

    assert windows.read() == LARGE
    assert stretches(client) == [(0, FIRST_WINDOW), (FIRST_WINDOW, None)]


def test_a_promise_that_is_not_kept_is_an_error() -> None:
    with pytest.raises(DamagedTransfer):
        windows_on(packed_client(SMALL, size=10)).read()


# --- reading on after an error ---------------------------------------------------------------------------------------


def proving_client(content: bytes) -> DictClient:
    """A store that tells the MD5 of its one object."""
    client = DictClient({"k": content})
    client.infos["k"] = replace(client.infos["k"], md5=client.infos["k"].etag)
    return client


def damaging(first: int, times: int) -> Callable[[ObjectRange], ObjectRange]:
    """Let one byte arrive damaged, so many times."""
    left = [times]

    def arrange(coming: ObjectRange) -> ObjectRange:
        if not coming.start <= first < coming.stop or not left[0]:
            return coming
        left[0] -= 1
        content = bytearray(b"".join(coming.incoming.chunks(coming.stop)))
        content[first - coming.start] ^= 1
        return with_bytes(coming, Pieces(bytes(content)))

    return arrange


def breaking_from(position: int, times: int) -> Callable[[ObjectRange], ObjectRange]:
    """Let the connections that bring a byte break before it, so many times."""
    left = [times]

    def arrange(coming: ObjectRange) -> ObjectRange:
        if not coming.start <= position < coming.stop or not left[0]:
            return coming
        left[0] -= 1
        content = b"".join(coming.incoming.chunks(coming.stop))
        broken = Pieces(content, breaks_after=position - coming.start, error=ConnectionFailed("broke"))
        return with_bytes(coming, broken)

    return arrange


@pytest.mark.parametrize("moves_back", [True, False])
@pytest.mark.parametrize("damaged", [0, FIRST_WINDOW * 2, len(LARGE) - 1], ids=["first", "middle", "last"])
def test_damaged_bytes_are_not_handed_out_by_a_second_try_either(damaged: int, moves_back: bool) -> None:
    client = proving_client(LARGE)
    client.arrange = damaging(damaged, times=100)
    file = io.BufferedReader(windows_on(client), 64)
    file.read(10)
    for _ in range(3):
        with pytest.raises(DamagedTransfer, match="MD5"):
            file.read()
        if moves_back:
            file.seek(0)


def test_a_small_damaged_object_is_not_handed_out_by_a_second_try_either() -> None:
    client = proving_client(SMALL)
    client.arrange = damaging(5, times=100)
    windows = windows_on(client)
    for _ in range(3):
        windows.seek(0)
        with pytest.raises(DamagedTransfer, match="MD5"):
            windows.read()


@pytest.mark.parametrize("damaged", [0, FIRST_WINDOW * 2, len(LARGE) - 1], ids=["first", "middle", "last"])
def test_what_was_damaged_on_its_way_only_is_read_from_the_start_again(damaged: int) -> None:
    client = proving_client(LARGE)
    client.arrange = damaging(damaged, times=1)
    windows = windows_on(client)
    with pytest.raises(DamagedTransfer, match="MD5"):
        windows.read()
    windows.seek(0)

    assert windows.read() == LARGE


@pytest.mark.parametrize("damaged", [False, True])
def test_a_window_that_broke_is_checked_when_it_is_fetched_again(damaged: bool) -> None:
    client = proving_client(LARGE)
    client.arrange = breaking_from(FIRST_WINDOW + 1000, times=1 + 3)
    windows = windows_on(client)
    assert windows.read(FIRST_WINDOW) == LARGE[:FIRST_WINDOW]
    with pytest.raises(ConnectionFailed):
        windows.read(10)
    client.arrange = damaging(len(LARGE) - 1, times=int(damaged))

    if damaged:
        with pytest.raises(DamagedTransfer, match="MD5"):
            windows.read()
    else:
        assert windows.read() == LARGE[FIRST_WINDOW:]


def test_reading_everything_does_not_move_on_when_it_fails() -> None:
    client = DictClient({"k": LARGE})
    windows = windows_on(client)
    windows.read(10)
    client.arrange = breaking_from(len(LARGE) - 1, times=1 + 3)
    with pytest.raises(ConnectionFailed):
        windows.read()

    assert windows.tell() == 10
    assert windows.read() == LARGE[10:]


@given(st.lists(st.tuples(st.integers(0, len(LARGE) + 1), st.none() | st.integers(0, 2**20)), max_size=12))
def test_who_moves_about_in_a_sound_object_meets_no_damage(steps: list[tuple[int, int | None]]) -> None:
    windows = windows_on(proving_client(LARGE))
    for position, length in steps:
        windows.seek(position)
        stop = len(LARGE) if length is None else position + length
        assert LARGE[position:stop].startswith(windows.read(-1 if length is None else length) or b"")


def unpacking_that_fails(client: DictClient, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let unpacking fail once: the connection, the bytes, or the disk."""
    if isinstance(error, ConnectionFailed):
        client.arrange = breaking_from(FIRST_WINDOW, times=1 + 3)
    elif isinstance(error, DamagedTransfer):
        client.arrange = damaging(FIRST_WINDOW, times=1)
    else:
        full = [error]
        unpacked = compression.unpacked

        def unpacked_on_a_full_disk(*arguments: Any) -> IO[bytes]:
            if full:
                raise full.pop()
            return unpacked(*arguments)

        monkeypatch.setattr(compression, "unpacked", unpacked_on_a_full_disk)


@pytest.mark.parametrize("moves_back", [True, False])
@pytest.mark.parametrize("error", [ConnectionFailed("broke"), DamagedTransfer("damaged"), SpoolFailed("disk full")])
def test_after_unpacking_failed_it_is_done_anew(
    error: Exception, moves_back: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = packed_client(LARGE)
    windows = windows_on(client)
    unpacking_that_fails(client, monkeypatch, error)
    with pytest.raises(type(error)):
        windows.read()
    if moves_back:
        windows.seek(0)

    assert windows.read() == LARGE
    assert windows.size == len(LARGE)


def test_the_room_of_a_window_serves_for_the_next_one() -> None:
    source = Source(DictClient({"k": LARGE}), "k", 3, 1000)
    window = Window()
    window.fill(source.stretch(0, 2000))
    room = window.piece(0).obj
    window.fill(source.stretch(2000, 3000))

    assert window.piece(2000).obj is room
    assert bytes(window.piece(2990, 500)) == LARGE[2990:3000]
    assert (bytes(window.piece(2000)), 1999 in window, 3000 in window) == (LARGE[2000:3000], False, False)


@pytest.mark.parametrize("broken", [FIRST_WINDOW, FIRST_WINDOW + 1000], ids=["at its first byte", "in its midst"])
def test_after_a_window_did_not_arrive_the_one_before_is_there_and_all_is_compared(broken: int) -> None:
    client = proving_client(LARGE)
    windows = windows_on(client)
    assert windows.read(FIRST_WINDOW) == LARGE[:FIRST_WINDOW]
    client.arrange = breaking_from(broken, times=1 + 3)
    with pytest.raises(ConnectionFailed):
        windows.read(10)
    asked = len(stretches(client))
    windows.seek(10)
    assert windows.read(10) == LARGE[10:20]
    assert len(stretches(client)) == asked

    client.arrange = damaging(len(LARGE) - 1, times=1)
    with pytest.raises(DamagedTransfer):
        list(iter(lambda: windows.read(100_000), b""))


def test_after_a_jump_back_a_file_takes_no_more_room_than_its_window() -> None:
    windows = windows_on(DictClient({"k": LARGE}))
    while windows.read(1_000_000):
        pass
    windows.seek(0)
    windows.read(10)

    rooms = [window._room.nbytes for window in (windows._window, windows._spare)]
    assert sum(rooms) == FIRST_WINDOW


def test_a_window_that_breaks_holds_nothing() -> None:
    client = DictClient({"k": LARGE})
    source, window = Source(client, "k", 0, 1000), Window()
    window.fill(source.stretch(0, 2000))
    client.arrange = breaking_from(2500, times=1)
    with pytest.raises(ConnectionFailed):
        window.fill(source.stretch(2000, 3000))

    assert [position for position in (0, 1999, 2000, 2400) if position in window] == []
