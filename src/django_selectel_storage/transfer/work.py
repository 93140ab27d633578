"""Doing many things side by side, in any order, with a bounded number under way and a bounded amount of memory.

Knows nothing of files. (``protocols.workers`` keeps the order of few things; here there may be millions.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from threading import Condition
from typing import TypeVar

Given = TypeVar("Given")
Done = TypeVar("Done")

_AHEAD = 4  # things taken from the list for each worker, so that none waits for the next page of a listing
_GLANCE = 0.5  # seconds after which a wait looks up, whether a signal has come that did not end it


def unordered(
    work: Callable[[Given], Done], items: Iterable[Given], workers: int, give_up: Callable[[], None] = lambda: None
) -> Iterator[Done]:
    """Apply ``work`` to each item, ``workers`` at a time, and give each result when it is there.

    Args:
        work: what is done to an item, in a thread.
        items: taken when there is room for more.
        workers: how many threads.
        give_up: called before what is under way is waited for, when not everything was done.

    Raises:
        Exception: the first failure of ``work`` or ``items``; what was not begun never begins.
    """
    finished: SimpleQueue[Future[Done]] = SimpleQueue()
    under_way = 0
    pool = ThreadPoolExecutor(workers, thread_name_prefix="selectel")
    try:
        for item in items:
            pool.submit(work, item).add_done_callback(finished.put)
            under_way += 1
            while under_way >= workers * _AHEAD or not finished.empty():
                under_way -= 1
                yield _next(finished)
        for _ in range(under_way):
            yield _next(finished)
    except BaseException:
        give_up()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _next(finished: SimpleQueue[Future[Done]]) -> Done:
    """Wait for what is finished next; Ctrl-C ends the wait soon, also where another thread took the signal."""
    while True:
        with suppress(Empty):
            future = finished.get(timeout=_GLANCE)
            break
    return future.result()


class Memory:
    """An amount of memory that workers share.

    Args:
        size: bytes.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._left = size
        self._change = Condition()

    @contextmanager
    def taken(self, size: int) -> Iterator[None]:
        """Take some for as long as the block runs, and wait until there is enough; what wants more gets all of it."""
        size = min(size, self._size)
        with self._change:
            self._change.wait_for(lambda: self._left >= size)
            self._left -= size
        try:
            yield
        finally:
            with self._change:
                self._left += size
                self._change.notify_all()
