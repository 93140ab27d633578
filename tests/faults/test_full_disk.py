"""A disk that does not take what is spooled: a clear error, and nothing stored."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest

from django_selectel_storage.exceptions import SpoolFailed
from django_selectel_storage.storage import SelectelStorage
from tests.faults.bench import Bench
from tests.faults.operations import KEPT, LARGE, MIB, NEW

LINES = b"All work and no play makes Jack a dull boy.\n" * 60_000


@contextmanager
def full_disk(at: int = 256 * 1024) -> Iterator[None]:
    """No file of this process may grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (at, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class Pipe:
    """Content that cannot be read twice, and so has to be spooled."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def read(self, size: int) -> bytes:
        piece, self._content = self._content[:size], self._content[size:]
        return piece


def save_a_pipe(storage: SelectelStorage) -> None:
    storage.save("large.bin", Pipe(LARGE))


def save_a_pipe_with_metadata(storage: SelectelStorage) -> None:
    storage.save_with_metadata("large.bin", Pipe(LARGE), {"author": "somebody"})


def write_a_large_file(storage: SelectelStorage) -> None:
    with storage.open("kept.bin", "wb") as file:
        file.write(LARGE)


def write_in_small_steps(storage: SelectelStorage) -> None:
    with storage.open("kept.bin", "wb") as file:
        for start in range(0, len(LARGE), 5000):
            file.write(LARGE[start : start + 5000])


def end_on_the_last_byte(storage: SelectelStorage) -> None:
    """What no longer fits is still in a buffer when the file is closed."""
    with storage.open("kept.bin", "wb") as file:
        file.write(NEW)
        file.write(LARGE[: 256 * 1024 - len(NEW) + 1])


WAYS: list[Callable[[SelectelStorage], None]] = [
    save_a_pipe,
    save_a_pipe_with_metadata,
    write_a_large_file,
    write_in_small_steps,
    end_on_the_last_byte,
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("face", ["s3", "swift"])
def test_a_full_disk_is_named_and_nothing_is_stored(
    bench: Bench, face: str, way: Callable[[SelectelStorage], None]
) -> None:
    folder = f"t{uuid4().hex}"
    bench.observers[face].put(folder, KEPT)
    storage, _ = bench.storage(face, folder, max_memory_size=1024)
    with full_disk(), pytest.raises(SpoolFailed, match="TMPDIR") as raised:
        way(storage)
    assert raised.value.errno is not None
    assert bench.observers[face].contents(folder) == KEPT
    assert bench.observers[face].parts(folder) == 0


@pytest.mark.parametrize("face", ["s3", "swift"])
def test_a_compressed_file_that_does_not_fit_on_the_disk_is_not_handed_out_in_part(bench: Bench, face: str) -> None:
    folder = f"t{uuid4().hex}"
    storage, _ = bench.storage(face, folder, gzip=True, max_memory_size=64 * 1024)
    storage.save_with_metadata("lines.txt", Pipe(LINES))
    assert len(LINES) > MIB > storage.stat("lines.txt").size
    with full_disk(), storage.open("lines.txt") as file, pytest.raises(SpoolFailed, match="could not be used"):
        file.read()
    with storage.open("lines.txt") as file:
        assert file.read() == LINES
