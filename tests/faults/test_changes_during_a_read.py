"""An object that is replaced or deleted while it is being read: an error, never a mixture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest

from django_selectel_storage.exceptions import ObjectChanged, ObjectNotFound
from django_selectel_storage.storage import SelectelStorage
from tests.faults.bench import Bench
from tests.faults.operations import MIDDLING
from tests.servers.mischief import Mischief

OTHER = MIDDLING[::-1]
Reader = Callable[[SelectelStorage], Iterator[bytes]]


def in_windows(storage: SelectelStorage) -> Iterator[bytes]:
    with storage.open("middling.bin") as file:
        while piece := file.read(100_000):
            yield piece


def the_rest_at_once(storage: SelectelStorage) -> Iterator[bytes]:
    with storage.open("middling.bin") as file:
        yield file.read(10)
        yield file.read()


def as_a_stream_that_breaks(storage: SelectelStorage) -> Iterator[bytes]:
    """The connection breaks in the middle, and has to be taken up again."""
    with storage.open_stream("middling.bin") as stream:
        while piece := stream.read(50_000):
            yield piece


@pytest.mark.parametrize("change", ["replaced", "deleted"])
@pytest.mark.parametrize("reader", [in_windows, the_rest_at_once, as_a_stream_that_breaks])
@pytest.mark.parametrize("face", ["s3", "swift"])
def test_versions_never_mix(bench: Bench, face: str, reader: Reader, change: str) -> None:
    folder = f"t{uuid4().hex}"
    observer = bench.observers[face]
    observer.put(folder, {"middling.bin": MIDDLING})
    storage, _ = bench.storage(face, folder)
    if reader is as_a_stream_that_breaks:
        bench.storage_proxy.plan(Mischief(truncate=1, method="GET", match="middling.bin"))
    pieces = reader(storage)
    first = next(pieces)
    if change == "replaced":
        observer.put(folder, {"middling.bin": OTHER})
    else:
        bench.storage(face, folder)[0].delete("middling.bin")
    seen = [first]
    with pytest.raises((ObjectChanged, ObjectNotFound), match=r"middling\.bin"):
        seen.extend(pieces)
    assert MIDDLING.startswith(b"".join(seen))
