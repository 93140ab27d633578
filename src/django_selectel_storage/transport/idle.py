"""Idle connections, in a queue that a child process can use and end with, whatever its parent's threads were doing."""

from __future__ import annotations

import os
import queue
import threading
import weakref
from contextlib import suppress
from typing import Any


class IdleConnections(queue.LifoQueue[Any]):
    """urllib3's queue of idle connections.

    A thread of the parent may hold the queue's lock in the moment of a fork; in the child nobody would ever let it go,
    and urllib3 asks for it once more when the process ends. So the child gets a new lock.
    """

    def __init__(self, maxsize: int = 0) -> None:
        super().__init__(maxsize)
        _QUEUES.add(self)

    def forget(self) -> None:
        """Close this process's copies of the connections, and begin empty with a new lock."""
        idle, self.queue = self.queue, []
        self.mutex = threading.Lock()
        self.not_empty = threading.Condition(self.mutex)
        self.not_full = threading.Condition(self.mutex)
        for connection in filter(None, idle):
            with suppress(OSError):
                connection.close()


_QUEUES: weakref.WeakSet[IdleConnections] = weakref.WeakSet()


def _forget_all() -> None:
    for idle in list(_QUEUES):
        idle.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)
