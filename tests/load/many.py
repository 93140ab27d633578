"""A development server whose container has a hundred thousand names, and what listing them takes."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django_selectel_storage.devserver import DevServer
from django_selectel_storage.devserver.offspring import environment
from django_selectel_storage.storage import SelectelStorage
from tests.load.processes import ROOT

FEW = 20_000
MANY = 100_000


@contextmanager
def filled_server() -> Iterator[DevServer]:
    """A server of its own, with ``few/`` and ``many/`` in its container."""
    with tempfile.TemporaryDirectory() as folder, DevServer(hooks=True, data=folder) as server:
        for prefix, number in (("few", FEW), ("many", MANY)):
            command = ["-W", "ignore", "-m", "tests.load.programs.filling", folder, "media", prefix, str(number)]
            subprocess.run([sys.executable, *command], env=environment([ROOT]), cwd=ROOT, check=True)
        yield server


def walk_peak(storage: SelectelStorage, prefix: str, number: int) -> int:
    """Walk through a number of objects, and give the most memory that it took meanwhile, in bytes."""
    tracemalloc.start()
    try:
        assert sum(1 for _ in storage.walk(prefix)) == number
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def requests_for(server: DevServer, act: Callable[[], object]) -> int:
    """Give how many requests an action makes."""
    server.hooks.clear_requests()
    act()
    return len(server.hooks.requests())
