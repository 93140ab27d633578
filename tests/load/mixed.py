"""Mixed work of many threads on one storage, and what it cost."""

from __future__ import annotations

import os
import threading
import time
import tracemalloc
from dataclasses import dataclass, field

from django.core.files.base import ContentFile

from django_selectel_storage.storage import SelectelStorage
from tests.load import measures

REQUESTS_OF_A_ROUND = 9  # save, three reads, size, listdir, delete, twice exists
WARMING_UP = 0.4  # of the time; after it, memory has to be flat


@dataclass
class Figures:
    """What came of it; growth is in bytes, from the end of the warming-up on."""

    rounds: int = 0
    errors: list[BaseException] = field(default_factory=list)
    connections: int = 0
    descriptors: int = 0
    traced_growth: int = 0
    resident_growth: int = 0


def mixed_work(storage: SelectelStorage, server: str, *, threads: int, seconds: float) -> Figures:
    """Let threads save, read, look up, list, sign and delete until the time is over; measure meanwhile.

    Args:
        storage: the one storage of all threads; it has been used before.
        server: the address of the server, to count its connections.
        threads: how many.
        seconds: for how long.
    """
    figures, stop = Figures(), threading.Event()
    workers = [threading.Thread(target=_work, args=[storage, f"w{number}", stop, figures]) for number in range(threads)]
    tracemalloc.start()
    try:
        for worker in workers:
            worker.start()
        _watch(server, figures, seconds * WARMING_UP)
        traced, resident = measures.traced(), measures.resident()
        _watch(server, figures, seconds * (1 - WARMING_UP))
        figures.traced_growth, figures.resident_growth = measures.traced() - traced, measures.resident() - resident
    finally:
        stop.set()
        for worker in workers:
            worker.join()
        tracemalloc.stop()
    return figures


def _watch(server: str, figures: Figures, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        figures.connections = max(figures.connections, measures.connections_to(server))
        time.sleep(0.05)


def _work(storage: SelectelStorage, who: str, stop: threading.Event, figures: Figures) -> None:
    try:
        while not stop.is_set():
            _round(storage, who)
            figures.rounds += 1
    except BaseException as error:  # noqa: BLE001 - told to the main thread
        figures.errors.append(error)


def _round(storage: SelectelStorage, who: str) -> None:
    content = os.urandom(3000)
    name = storage.save(f"{who}/file.bin", ContentFile(content))
    with storage.open(name) as file:
        _same(file.read(), content)
    with storage.open_stream(name, 1000, 500) as stream:
        _same(stream.read(), content[1000:1500])
    with storage.open_stream(name) as left:
        _same(left.read(10), content[:10])
    _same(storage.size(name), len(content))
    _same(storage.exists(f"{who}/other.bin"), False)
    _same(storage.listdir(who), ([], ["file.bin"]))
    storage.url(name)
    storage.delete(name)
    _same(storage.exists(name), False)


def _same(found: object, expected: object) -> None:
    if found != expected:
        raise AssertionError(f"{found!r:.100} instead of {expected!r:.100}")
