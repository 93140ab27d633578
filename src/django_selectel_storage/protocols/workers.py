"""Doing one thing to many in parallel, bounded in number and memory; the first failure ends it. Knows no protocol."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Given = TypeVar("Given")
Result = TypeVar("Result")


def in_parallel(work: Callable[[Given], Result], items: Iterable[Given], workers: int) -> list[Result]:
    """Apply ``work`` to each item, at most ``workers`` at a time, and give the results in the items' order.

    An item is taken from ``items`` only when a worker is about to be free: no more exist than there are workers.

    Raises:
        Exception: the first failure; what was under way is waited for, what was not begun never begins.
    """
    results: list[Result] = []
    under_way: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="selectel") as pool:
        try:
            for item in items:
                under_way.append(pool.submit(work, item))
                del item
                while len(under_way) >= workers:
                    results.append(under_way.popleft().result())
            while under_way:
                results.append(under_way.popleft().result())
        except BaseException:
            for future in under_way:
                future.cancel()
            raise
    return results
