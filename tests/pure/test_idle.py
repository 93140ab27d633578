"""The queue of idle connections: fair to those who wait, and no trap for a child process."""

from __future__ import annotations

import os
import queue
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from django_selectel_storage.transport.idle import IdleConnections


class Connection:
    def __init__(self) -> None:
        self.closed = False

    def close(self) -> None:
        self.closed = True


def wait_for_waiting(idle: IdleConnections, number: int) -> None:
    while len(idle._waiting) < number:
        threading.Event().wait(0.001)


def test_the_last_connection_given_back_is_the_first_one_taken() -> None:
    idle = IdleConnections(2)
    idle.put("older")
    idle.put("newer")
    assert [idle.get(), idle.get()] == ["newer", "older"]


def test_who_waits_gets_a_connection_before_who_comes_later() -> None:
    idle = IdleConnections(1)
    with ThreadPoolExecutor(3) as pool:
        futures = []
        for number in range(3):
            futures.append(pool.submit(idle.get, timeout=30))
            wait_for_waiting(idle, number + 1)
        for number in range(3):
            idle.put(number)
            with pytest.raises(queue.Empty):  # the one who gave it back cannot take it again
                idle.get(block=False)
        assert [future.result() for future in futures] == [0, 1, 2]


def test_nothing_is_lost_when_somebody_stops_waiting() -> None:
    idle = IdleConnections(1)
    with pytest.raises(queue.Empty):
        idle.get(timeout=0.01)
    idle.put("connection")
    assert idle.get(block=False) == "connection"


def test_a_connection_that_comes_too_late_for_one_is_there_for_the_next() -> None:
    idle = IdleConnections(1)
    gone: queue.SimpleQueue[str] = queue.SimpleQueue()
    gone.put("connection")  # handed over, but its taker had stopped waiting
    idle._leave(gone)
    assert idle.get(block=False) == "connection"


def test_no_more_than_the_limit_are_idle() -> None:
    idle = IdleConnections(1)
    idle.put(None)
    with pytest.raises(queue.Full):
        idle.put(None, block=False)


@pytest.mark.filterwarnings(
    "ignore::DeprecationWarning"
)  # of eventlet and of threads, where other tests have left them
def test_a_child_process_is_not_stopped_by_a_lock_of_its_parent() -> None:
    idle = IdleConnections(1)
    connection = Connection()
    idle.put(connection)
    with idle._lock:
        pid = os.fork()
        if not pid:
            try:
                idle.get(block=False)
            except queue.Empty:
                os._exit(0 if connection.closed else 2)
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert not connection.closed
