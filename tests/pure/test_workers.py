"""Many things side by side: bounded, in order, and over at the first failure."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Iterator

import pytest

from django_selectel_storage.protocols.workers import in_parallel


class Counter:
    """How many are inside at the same time."""

    def __init__(self) -> None:
        self.now = self.most = self.ever = 0
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            self.now += 1
            self.ever += 1
            self.most = max(self.most, self.now)

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self.now -= 1


@pytest.mark.parametrize("workers", [1, 2, 4, 20])
def test_the_results_come_in_the_order_of_the_items(workers: int) -> None:
    def work(item: int) -> int:
        time.sleep((item * 7 % 5) / 1000)
        return item * item

    assert in_parallel(work, range(20), workers) == [item * item for item in range(20)]


def test_nothing_to_do_is_no_result() -> None:
    assert in_parallel(str, [], 4) == []


@pytest.mark.parametrize("workers", [1, 3])
def test_no_more_than_the_workers_are_busy_and_all_of_them_are(workers: int) -> None:
    busy = Counter()

    def work(_: int) -> None:
        with busy:
            time.sleep(0.01)

    in_parallel(work, range(12), workers)
    assert (busy.most, busy.ever) == (workers, 12)


class Item:
    """Something large, of which only a few may exist."""


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_at_most_one_item_more_than_workers_exists(workers: int) -> None:
    alive: weakref.WeakSet[Item] = weakref.WeakSet()
    most = 0

    def items() -> Iterator[Item]:
        nonlocal most
        for _ in range(20):
            item = Item()
            alive.add(item)
            most = max(most, len(alive))
            yield item
            del item

    def work(_: Item) -> None:
        time.sleep(0.002)

    in_parallel(work, items(), workers)
    gc.collect()
    assert most <= workers + 1
    assert len(alive) == 0


def test_the_first_failure_comes_out_and_what_was_not_begun_never_begins() -> None:
    begun = []

    def work(item: int) -> int:
        begun.append(item)
        if item == 2:
            raise LookupError("the third")
        return item

    with pytest.raises(LookupError, match="the third"):
        in_parallel(work, range(100), 2)
    assert max(begun) <= 4


def test_what_is_under_way_is_waited_for() -> None:
    slow_began, finished = threading.Event(), []

    def work(item: int) -> None:
        if item == 0:
            slow_began.wait()
            raise LookupError
        slow_began.set()
        time.sleep(0.05)
        finished.append(item)

    with pytest.raises(LookupError):
        in_parallel(work, range(2), 2)
    assert finished == [1]


@pytest.mark.parametrize("kind", [OSError, KeyboardInterrupt])
def test_items_that_cannot_be_had_end_it_too(kind: type[BaseException]) -> None:
    done: list[int] = []

    def items() -> Iterator[int]:
        yield from (1, 2, 3)
        raise kind

    with pytest.raises(kind):
        in_parallel(done.append, items(), 2)
    assert sorted(done) == [1, 2, 3]


def test_no_thread_is_left_behind() -> None:
    in_parallel(str, range(10), 4)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("selectel")]
