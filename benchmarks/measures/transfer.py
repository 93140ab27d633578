"""``selectel_transfer``: many small files off a disk into a bucket that is 20 ms away, on nginx."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.bench import Bench
from benchmarks.figures import Collected, Figure
from benchmarks.peers import BARE, ours_s3
from benchmarks.proxy import Proxy
from benchmarks.worker import SMALL, Worker

MEASURE = "transfer"
DISTANCE = 20  # milliseconds
WORKERS = 32
RATE, SHARED, CPU = "files a second", "files a second, --shard 0/2 and 1/2", "CPU a file"


def transfer(bench: Bench) -> Iterator[Figure]:
    """Files a second, of one process and of two, and CPU seconds a file, beside bare urllib3 with as many threads.

    The bound is workers by the distance.
    """
    collected = Collected()
    count = bench.scale.transferred
    with TemporaryDirectory(dir=bench.folder) as name, Proxy(bench.nginx.port, DISTANCE / 1000) as proxy:
        _make_files(Path(name), count)
        far = bench.nginx.behind(proxy.port)
        options = {**ours_s3(far), "location": "moved"}
        settings = {
            "USE_TZ": True,
            "INSTALLED_APPS": ["django_selectel_storage"],
            "SELECTEL_STORAGES": {"target": {key.upper(): value for key, value in options.items()}},
        }
        for _ in range(bench.scale.large_rounds):
            (done,) = _moved(bench, settings, name, shards=1)
            collected.add(RATE, bench.ours.name, "1/s", count / done["wall"])
            collected.add(CPU, bench.ours.name, "s", done["cpu"] / count)
            slowest = max(done["wall"] for done in _moved(bench, settings, name, shards=2))
            collected.add(SHARED, bench.ours.name, "1/s", count / slowest)
            with Worker(BARE, far, bench.environments) as worker:
                done = worker.order("put files", folder=name, workers=WORKERS)
            collected.add(RATE, BARE.name, "1/s", count / done["wall"])
            collected.add(CPU, BARE.name, "s", done["cpu"] / count)
    yield from collected.figures(MEASURE, bench.nginx.name)


def _moved(bench: Bench, settings: dict[str, Any], folder: str, shards: int) -> list[dict[str, float]]:
    """Let so many processes begin at once, which share the files and the workers; give what each took."""
    with ExitStack() as stack:
        workers = [
            stack.enter_context(Worker(bench.ours, bench.nginx, bench.environments, settings)) for _ in range(shards)
        ]

        def move(number: int) -> dict[str, float]:
            options = {"workers": WORKERS // shards, "verbosity": 0}
            arguments = [folder, "target", "--shard", f"{number}/{shards}"]
            done: dict[str, float] = workers[number].order(
                "command", name="selectel_transfer", arguments=arguments, options=options
            )
            return done

        return list(stack.enter_context(ThreadPoolExecutor(shards)).map(move, range(shards)))


def _make_files(folder: Path, count: int) -> None:
    """Write small files, a thousand to a folder."""
    for number in range(count):
        path = folder / f"{number // 1000:03}" / f"{number:06}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(number.to_bytes(8, "big") * (SMALL // 8))
