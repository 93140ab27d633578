"""What things take: CPU time, wall clock, memory, room on the disk. Knows no peer."""

from __future__ import annotations

import gc
import os
import resource
import statistics
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from benchmarks.inside.verbs import content_of

Act = Callable[[Any, str, bytes], object]
ATTRIBUTES: dict[str, object] = {}  # set before the storage is made, by dotted path
NOT_THE_STORAGE = {"pip", "setuptools", "wheel", "django", "asgiref", "sqlparse"}
PIECE = 1024 * 1024  # bytes


@cache
def the_storage() -> Any:
    """The storage of the settings, made once."""
    from django.core.files.storage import storages  # noqa: PLC0415 - Django is configured first
    from django.utils.module_loading import import_string  # noqa: PLC0415

    for path, value in ATTRIBUTES.items():
        owner, _, name = path.rpartition(".")
        setattr(import_string(owner), name, value)
    return storages["default"]


def cpu_of_one(storage: Any, act: Act, names: list[str], content: bytes) -> float:
    """Do one thing with each name; give the seconds of this process's CPU that one took, on average.

    No clock is read in between: it would count as a part of what a quick ``url()`` takes.
    """
    gc.collect()
    started = time.process_time()
    for name in names:
        act(storage, name, content)
    return (time.process_time() - started) / len(names)


def wall_of_one(storage: Any, act: Act, names: list[str], content: bytes) -> float:
    """Do one thing with each name; give the seconds that one took, the median."""
    walls = []
    gc.collect()
    for name in names:
        started = time.perf_counter()
        act(storage, name, content)
        walls.append(time.perf_counter() - started)
    return statistics.median(walls)


def in_threads(storage: Any, act: Act, names: list[list[str]], content: bytes) -> dict[str, float]:
    """Do one thing with each name, each list of names in a thread of its own.

    Returns:
        ``rate``: how many were done in a second, of all threads together; ``memory``: bytes that the process had more
        of when all were through, for each thread.
    """
    number = len(names)
    ready, done = threading.Barrier(number + 1), threading.Barrier(number + 1)

    def work(mine: list[str]) -> None:
        ready.wait()
        try:
            for name in mine:
                act(storage, name, content)
        finally:
            done.wait()

    with ThreadPoolExecutor(number) as pool:
        before = resident()
        futures = [pool.submit(work, mine) for mine in names]
        started = time.perf_counter()
        ready.wait()
        done.wait()
        seconds = time.perf_counter() - started
        memory = resident() - before
        for future in futures:
            future.result()
    return {"rate": sum(map(len, names)) / seconds, "memory": max(0, memory) / number}


def first_request() -> dict[str, float]:
    """Import the storage, make it, and ask it for a file that is not there: in a new process."""
    before, cpu, started = resident(), time.process_time(), time.perf_counter()
    the_storage().exists("nothing.txt")
    seconds = time.perf_counter() - started
    return {"wall": seconds, "cpu": time.process_time() - cpu, "memory": resident() - before}


def upload(name: str, path: str) -> dict[str, float]:
    """Save a file of this machine."""
    from django.core.files.base import File  # noqa: PLC0415 - Django is configured first

    storage = the_storage()
    storage.exists("nothing.bin")
    with Path(path).open("rb") as source, measured() as taken:
        storage.save(name, File(source, name=name))
    return taken


def download(name: str, size: int) -> dict[str, float]:
    """Read a file in pieces, and throw them away."""
    storage = the_storage()
    storage.exists("nothing.bin")
    got = 0
    with measured() as taken, storage.open(name) as file:
        while piece := file.read(PIECE):
            got += len(piece)
    if got != size:
        raise RuntimeError(f"{name} has {got} bytes instead of {size}.")
    return taken


def walk(verb: str, path: str, number: int) -> dict[str, float]:
    """List a folder with ``listdir``, or go through it with ``walk``."""
    storage = the_storage()
    storage.exists("nothing.bin")
    with measured() as taken:
        found = len(storage.listdir(path)[1]) if verb == "listdir" else sum(1 for _ in storage.walk(path))
    if found != number:
        raise RuntimeError(f"{path} is said to have {found} files instead of {number}.")
    return taken


def put_files(folder: str, workers: int) -> dict[str, float]:
    """Save every file of a folder, in so many threads."""
    storage = the_storage()

    def put(path: Path) -> None:
        storage.save(path.relative_to(folder).as_posix(), content_of(path.read_bytes()))

    with measured() as taken, ThreadPoolExecutor(workers) as pool:
        deque(pool.map(put, [path for path in Path(folder).rglob("*") if path.is_file()]), maxlen=0)
    return taken


def management_command(name: str, *, arguments: list[str], options: Mapping[str, Any]) -> dict[str, float]:
    """Run a command of Django's."""
    from django.core.management import call_command  # noqa: PLC0415 - Django is configured first

    with measured() as taken:
        call_command(name, *arguments, **options)
    return taken


def installed() -> dict[str, Any]:
    """Tell which distributions are there beside Django, and how many bytes of the disk they take."""
    found = {dist.metadata["Name"].lower(): dist for dist in distributions()}
    theirs = {name: dist for name, dist in found.items() if name not in NOT_THE_STORAGE}
    versions = {name: dist.version for name, dist in sorted(found.items()) if name not in {"pip", "setuptools"}}
    return {"versions": versions, "bytes": sum(map(_size, theirs.values())), "python": sys.version.split()[0]}


def _size(distribution: Distribution) -> int:
    files = (Path(str(distribution.locate_file(file))) for file in distribution.files or ())
    return sum(path.stat().st_size for path in files if path.exists())


@contextmanager
def measured() -> Iterator[dict[str, float]]:
    """Fill in what the block takes: seconds, seconds of CPU, and by how many bytes memory grew to its ``peak``."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew, see proc(5)
    before, cpu, started = resident(), time.process_time(), time.perf_counter()
    taken: dict[str, float] = {}
    yield taken
    taken["wall"] = time.perf_counter() - started
    taken["cpu"] = time.process_time() - cpu
    taken["peak"] = peak()
    taken["memory"] = max(0, taken["peak"] - before)


def peak() -> int:
    """Bytes of memory that this process had at its largest."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def resident() -> int:
    """Bytes of memory that this process has now."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGESIZE")
