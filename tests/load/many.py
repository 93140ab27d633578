"""A development server whose container has many names, and what listing them takes."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django_selectel_storage.devserver import DevServer, ServerInfo
from django_selectel_storage.devserver.offspring import environment
from django_selectel_storage.devserver.settings_text import s3_options, swift_options
from django_selectel_storage.storage import SelectelStorage
from tests.load.processes import ROOT

FACES: dict[str, Callable[[ServerInfo], dict[str, Any]]] = {"s3": s3_options, "swift": swift_options}
PAGES = {"s3": 1000, "swift": 10_000}


@dataclass(frozen=True)
class Listed:
    """What it took to list a number of objects; memory in bytes, time in seconds of this process's CPU."""

    number: int
    requests_of_walk: int
    peak_of_walk: int
    cpu_of_walk: float
    requests_of_listdir: int
    kept_for_a_name: float


@contextmanager
def filled_server(numbers: Iterable[int]) -> Iterator[DevServer]:
    """A server of its own, whose container has a folder for each number, with as many names in it."""
    with tempfile.TemporaryDirectory() as folder, DevServer(hooks=True, data=folder) as server:
        for number in numbers:
            command = ["-W", "ignore", "-m", "tests.load.programs.filling", folder, "media", f"n{number}", str(number)]
            subprocess.run([sys.executable, *command], env=environment([ROOT]), cwd=ROOT, check=True)
        yield server


def listed(server: DevServer, face: str, number: int) -> Listed:
    """Walk through a folder, and list it."""
    storage = SelectelStorage(**FACES[face](server.info))
    storage.exists("before")
    server.hooks.clear_requests()
    cpu_of_walk = _walk(storage, number)
    requests_of_walk = len(server.hooks.requests())
    tracemalloc.start()
    try:
        _walk(storage, number)
        peak = tracemalloc.get_traced_memory()[1]
        server.hooks.clear_requests()
        before = tracemalloc.get_traced_memory()[0]
        folders, files = storage.listdir(f"n{number}")
        kept = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    if (len(folders), len(files)) != (0, number):
        raise AssertionError(f"{len(folders)} folders and {len(files)} files instead of {number} files")
    return Listed(number, requests_of_walk, peak, cpu_of_walk, len(server.hooks.requests()), kept / number)


def _walk(storage: SelectelStorage, number: int) -> float:
    """Walk through the folder of a number; give the CPU time."""
    begun = time.process_time()
    found = sum(1 for _ in storage.walk(f"n{number}/"))
    if found != number:
        raise AssertionError(f"{found} objects instead of {number}")
    return time.process_time() - begun
