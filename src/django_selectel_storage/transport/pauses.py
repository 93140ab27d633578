"""Waiting between two tries; tests switch it off, for all threads of the process."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class _Pauses:
    """Counts who wants no waiting at the moment."""

    def __init__(self) -> None:
        self.impatient = 0
        self.changing = threading.Lock()

    def change(self, by: int) -> None:
        with self.changing:
            self.impatient += by


_PAUSES = _Pauses()


def wait(seconds: float) -> None:
    """Sleep for so long, unless waiting is switched off."""
    if not _PAUSES.impatient:
        time.sleep(seconds)


@contextmanager
def no_waiting() -> Iterator[None]:
    """Let requests be tried again at once while the block runs: as often as ever, but without back-off."""
    _PAUSES.change(+1)
    try:
        yield
    finally:
        _PAUSES.change(-1)
