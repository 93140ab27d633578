"""What an operation costs the client: CPU through Django's Storage API, beside django-storages[s3], in one run.

    python -m benchmarks.client_cost

Starts real OpenStack Swift on loopback, runs both storages against its S3 API in interleaved rounds, and prints the CPU
time per operation, and what the first request with all its imports takes in a process
of its own. Needs the extras devserver and bench.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any
from uuid import uuid4

from django_selectel_storage.devserver import DevServer, ServerInfo

OURS, PEER = "django-selectel-storage", "django-storages"
BACKENDS = {
    OURS: "django_selectel_storage.storage.SelectelStorage",
    PEER: "storages.backends.s3.S3Storage",
}
SIZE = 4096  # bytes of a file

FIRST_REQUEST = """
import json, resource, sys, time
import django
from django.conf import settings
settings.configure(USE_TZ=True)
django.setup()
from django.core.files.storage import storages
from django.utils.module_loading import import_string
def rss():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()
backend, options = json.load(sys.stdin)
before, started, cpu = rss(), time.perf_counter(), time.process_time()
storage = import_string(backend)(**options)
storage.exists("nothing.txt")
print(json.dumps([time.perf_counter() - started, time.process_time() - cpu, rss() - before]))
"""


def options_for(server: ServerInfo, *, location: str) -> dict[str, dict[str, Any]]:
    """The options with which each storage reaches the same bucket."""
    keys = {"access_key": server.access_key, "secret_key": server.secret_key, "location": location}
    return {
        OURS: {**keys, "container": "media", "endpoint": server.endpoint, "region": server.region,
               "conditional_writes": True},
        PEER: {**keys, "bucket_name": "media", "endpoint_url": server.endpoint, "region_name": server.region,
               "addressing_style": "path", "signature_version": "s3v4", "file_overwrite": False},
    }  # fmt: skip


def operations(storage: Any) -> dict[str, Callable[[], object]]:
    """The operations that are measured, each on a small file."""
    from django.core.files.base import ContentFile  # noqa: PLC0415 - settings come first

    content = bytes(SIZE)
    name = storage.save("read.bin", ContentFile(content))

    def save() -> None:
        storage.save(f"{uuid4().hex}.bin", ContentFile(content))

    def read() -> None:
        with storage.open(name) as file:
            if len(file.read()) != SIZE:
                raise RuntimeError("The file is not what was saved.")

    return {"save 4 KiB": save, "open + read 4 KiB": read, "exists": lambda: storage.exists(name),
            "url": lambda: storage.url(name)}  # fmt: skip


def cpu_of(operation: Callable[[], object], times: int) -> float:
    """Seconds of this process's CPU that one call takes, on average."""
    started = time.process_time()
    for _ in range(times):
        operation()
    return (time.process_time() - started) / times


def measure_operations(server: ServerInfo, rounds: int, times: int) -> dict[str, dict[str, list[float]]]:
    """CPU seconds per call: operation -> storage -> one figure a round. The storages take turns in each round."""
    from django.utils.module_loading import import_string  # noqa: PLC0415 - settings come first

    given = options_for(server, location=f"bench-{uuid4().hex}")
    ready = {name: operations(import_string(backend)(**given[name])) for name, backend in BACKENDS.items()}
    results: dict[str, dict[str, list[float]]] = {label: {name: [] for name in ready} for label in ready[OURS]}
    for verbs in ready.values():
        for verb in verbs.values():
            cpu_of(verb, 3)
    for _ in range(rounds):
        for label, by_storage in results.items():
            for name, figures in by_storage.items():
                figures.append(cpu_of(ready[name][label], times))
    return results


def measure_first_request(server: ServerInfo, rounds: int) -> dict[str, dict[str, list[float]]]:
    """Wall clock, CPU and memory of the first request with its imports, each time in a new process."""
    given = options_for(server, location="bench")
    labels = ("first request, wall clock", "first request, CPU", "first request, memory")
    results: dict[str, dict[str, list[float]]] = {label: {name: [] for name in BACKENDS} for label in labels}
    for _ in range(rounds + 1):
        for name, backend in BACKENDS.items():
            done = subprocess.run(
                [sys.executable, "-c", FIRST_REQUEST],
                input=json.dumps([backend, given[name]]),
                capture_output=True,
                text=True,
                check=True,
            )
            for label, figure in zip(labels, json.loads(done.stdout), strict=True):
                results[label][name].append(figure)
    return {label: {name: figures[1:] for name, figures in by.items()} for label, by in results.items()}


def shown(figure: float, label: str) -> str:
    """A figure in the unit that suits it."""
    if "memory" in label:
        return f"{figure / 2**20:8.2f} MiB"
    return f"{figure * 1e6:8.1f} µs" if figure < 1e-3 else f"{figure * 1e3:8.2f} ms"


def report(results: Mapping[str, Mapping[str, list[float]]]) -> None:
    """Print a line for each measurement: the medians of both, their ratio, and the ratio of the best rounds.

    What else runs on the machine only ever adds CPU time (cold caches), so the best rounds tell the cost itself.
    """
    print(f"{'':28}{OURS:>26}{PEER:>20}{'medians':>10}{'best':>8}")
    for label, by_storage in results.items():
        ours, peer = by_storage[OURS], by_storage[PEER]
        print(
            f"{label:28}{shown(statistics.median(ours), label):>26}{shown(statistics.median(peer), label):>20}"
            f"{statistics.median(peer) / statistics.median(ours):9.1f}x{min(peer) / min(ours):7.1f}x"
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--times", type=int, default=10, help="calls of an operation in a round")
    arguments = parser.parse_args()
    import django  # noqa: PLC0415 - settings come first
    from django.conf import settings  # noqa: PLC0415

    settings.configure(USE_TZ=True)
    django.setup()
    print(", ".join(f"{name} {version(name)}" for name in (OURS, PEER, "boto3", "Django")), "on Python",
          sys.version.split()[0])  # fmt: skip
    with DevServer() as server:
        report(measure_operations(server.info, arguments.rounds, arguments.times))
        report(measure_first_request(server.info, max(3, arguments.rounds // 5)))


if __name__ == "__main__":
    main()
