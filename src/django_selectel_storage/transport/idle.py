"""Idle connections, handed to those who wait in the order in which they came, and usable in a child after a fork."""

from __future__ import annotations

import os
import queue
import threading
import weakref
from collections import deque
from contextlib import suppress
from typing import Any


class IdleConnections:
    """What urllib3 keeps idle connections in (its ``QueueCls``), with two differences from Python's LifoQueue.

    A thread that gives a connection back and wants one again does not overtake those that wait already: under load,
    some would wait until their time is over. And a child process gets a new lock: a thread of the parent may hold it in
    the moment of the fork, and urllib3 asks for it once more when the process ends.

    Args:
        maxsize: how many are kept; 0 means any number.
    """

    def __init__(self, maxsize: int = 0) -> None:
        self._maxsize = maxsize
        self._lock = threading.Lock()
        self._idle: list[Any] = []
        self._waiting: deque[queue.SimpleQueue[Any]] = deque()
        _QUEUES.add(self)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Take a connection; wait for one in turn.

        Raises:
            Empty: none became free in time.
        """
        with self._lock:
            if self._idle:
                return self._idle.pop()
            if not block:
                raise queue.Empty
            turn: queue.SimpleQueue[Any] = queue.SimpleQueue()
            self._waiting.append(turn)
        try:
            return turn.get(timeout=timeout)
        except BaseException:
            self._leave(turn)
            raise

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:  # noqa: ARG002 - it never waits
        """Give a connection to whoever waits longest, or keep it.

        Raises:
            Full: as many are idle as may be.
        """
        with self._lock:
            if self._waiting:
                self._waiting.popleft().put(item)
            elif 0 < self._maxsize <= len(self._idle):
                raise queue.Full
            else:
                self._idle.append(item)

    def qsize(self) -> int:
        """Give how many are idle."""
        return len(self._idle)

    def forget(self) -> None:
        """Close this process's copies of the connections, and begin empty with a new lock."""
        idle, self._idle = self._idle, []
        self._waiting = deque()
        self._lock = threading.Lock()
        for connection in filter(None, idle):
            with suppress(OSError):
                connection.close()

    def _leave(self, turn: queue.SimpleQueue[Any]) -> None:
        """Wait no longer; a connection that came in the last moment goes to the next one."""
        with self._lock:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return
        self.put(turn.get())


_QUEUES: weakref.WeakSet[IdleConnections] = weakref.WeakSet()


def _forget_all() -> None:
    for idle in list(_QUEUES):
        idle.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)
