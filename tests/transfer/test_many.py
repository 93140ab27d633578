"""Many files, in listings of many pages: a share of the 20,000 that ``make bench`` moves."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest

from django_selectel_storage.transfer.mover import Wishes
from django_selectel_storage.transfer.progress import Silence
from django_selectel_storage.transfer.report import Report
from django_selectel_storage.transfer.run import Run, Scope
from django_selectel_storage.transfer.values import Entry, Item, Known, Place, Result
from tests.transfer.conftest import Command, Define, content_of

COUNT, PAGE = 150, 12
FILES = {f"{'яzй'[number % 3]}/{number}{'.txt' * (number % 2)}": str(number).encode() for number in range(COUNT)}
PAGES = -(-COUNT // PAGE)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django_selectel_storage.protocols.s3.wire.PAGE", PAGE)
    monkeypatch.setattr("django_selectel_storage.protocols.swift.wire.PAGE", PAGE)


@pytest.mark.usefixtures("small_pages")
def test_many_files_go_from_a_disk_to_s3_and_on_to_swift(
    transfer: Command, define: Define, disk: Any, kinds_for: Callable[[], dict[str, int]]
) -> None:
    define("s3", "s3")
    swift, folder = define("swift", "swift"), str(disk(FILES))
    assert f"{COUNT} copied" in transfer(folder, "s3", "--workers=32").words
    kinds_for()
    assert f"{COUNT} same" in transfer(folder, "s3").words
    assert kinds_for() == {"list": PAGES}
    for share in range(2):
        transfer("s3", "swift", "--workers=32", f"--shard={share}/2")
    kinds_for()
    assert f"{COUNT} same" in transfer("s3", "swift").words
    assert kinds_for().keys() == {"list"}
    assert content_of(swift) == FILES


class Endless:
    """A place that has any number of files, all alike, and takes up no room."""

    title = "the endless"
    keeps_headers = True
    lists_cheaply = True
    folder = None

    def __init__(self, count: int) -> None:
        self._count = count

    def entries(self, prefix: str) -> Iterator[Entry]:
        return (Entry(f"{prefix}{number:09}", 1, "etag") for number in range(self._count))

    def overlaps(self, other: Place) -> bool:
        return False

    def refusal(self, entry: Entry) -> str:
        return "It is refused." if entry.name.endswith("7") else ""

    def look(self, entry: Entry, *, as_stored: bool) -> Known:
        return Known(1, "etag")

    def open(self, entry: Entry, *, as_stored: bool) -> AbstractContextManager[Item]:
        raise NotImplementedError

    def write(self, name: str, item: Item) -> None:
        raise NotImplementedError

    def memory_for(self, size: int) -> int:
        return 1

    def part_size(self, size: int) -> int:
        return 0


@pytest.mark.parametrize(("there", "wishes"), [(30_000, Wishes()), (0, Wishes(dry_run=True))], ids=["same", "absent"])
def test_memory_does_not_grow_with_the_number_of_files(there: int, wishes: Wishes) -> None:
    tracemalloc.start()
    try:
        run = Run(Endless(30_000), Endless(there), Scope(workers=4), wishes, Report(None), Silence())
        tally = run.carry_out()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert tally.done == 30_000
    assert tally.files[Result.SAME if there else Result.FAILED] == (30_000 if there else 3_000)
    assert peak < 1_000_000
