"""The temporary file, and the words about a disk that does not take it."""

from __future__ import annotations

import errno
import tempfile

import pytest

from django_selectel_storage.exceptions import SpoolFailed, StorageError
from django_selectel_storage.transport.spool import Spool

FULL = "/dev/full"  # every write fails with ENOSPC


def test_what_is_written_can_be_read_from_memory_and_from_disk() -> None:
    for limit in (10, 10**6):
        with Spool(limit) as spool:
            spool.write(b"a" * 1000)
            assert spool.seek(0) == 0
            assert spool.read() == b"a" * 1000


def write_and_rewind(spool: Spool, size: int) -> None:
    spool.write(b"a" * size)
    spool.seek(0)


@pytest.mark.parametrize("size", [10, 10**6])
def test_a_full_disk_is_named_when_it_is_noticed(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: open(FULL, "w+b"))  # noqa: SIM115, PTH123
    spool = Spool(1)
    with pytest.raises(SpoolFailed, match=r"No space left.*TMPDIR.*max_memory_size") as raised:
        write_and_rewind(spool, size)
    assert raised.value.errno == errno.ENOSPC
    assert isinstance(raised.value, StorageError)
    spool.close()


def test_what_a_full_disk_did_not_take_does_not_hide_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: open(FULL, "w+b"))  # noqa: SIM115, PTH123
    with pytest.raises(SpoolFailed, match="No space left"), Spool(1) as spool:  # noqa: PT012 - the end of the block counts
        spool.write(b"kept in a buffer")
        spool.truncate(10**6)


def test_a_missing_folder_for_temporary_files_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    with Spool(1) as spool, pytest.raises(SpoolFailed, match="/nowhere"):
        spool.write(b"more than one byte")
