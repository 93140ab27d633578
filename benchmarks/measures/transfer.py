"""``selectel_transfer``: many small files off a disk into a bucket that is 20 ms away, on nginx."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.bench import Bench
from benchmarks.figures import Collected, Figure
from benchmarks.peers import ours_s3
from benchmarks.proxy import Proxy
from benchmarks.worker import SMALL, Worker

MEASURE = "transfer"
DISTANCE = 20  # milliseconds
WORKERS = 32
RATE, CPU = "files a second", "CPU a file"


def transfer(bench: Bench) -> Iterator[Figure]:
    """Files a second, and CPU seconds a file; the bound is the number of workers by the distance."""
    collected = Collected()
    count = bench.scale.transferred
    with TemporaryDirectory(dir=bench.folder) as name, Proxy(bench.nginx.port, DISTANCE / 1000) as proxy:
        _make_files(Path(name), count)
        options = {**ours_s3(bench.nginx.behind(proxy.port)), "location": "moved"}
        settings = {
            "USE_TZ": True,
            "INSTALLED_APPS": ["django_selectel_storage"],
            "SELECTEL_STORAGES": {"target": {key.upper(): value for key, value in options.items()}},
        }
        for _ in range(bench.scale.large_rounds):
            with Worker(bench.ours, bench.nginx, bench.environments, settings) as worker:
                done = worker.order(
                    "command", name="selectel_transfer", arguments=[name, "target"],
                    options={"workers": WORKERS, "verbosity": 0},
                )  # fmt: skip
            collected.add(RATE, bench.ours.name, "1/s", count / done["wall"])
            collected.add(CPU, bench.ours.name, "s", done["cpu"] / count)
    yield from collected.figures(MEASURE, bench.nginx.name)


def _make_files(folder: Path, count: int) -> None:
    """Write small files, a thousand to a folder."""
    for number in range(count):
        path = folder / f"{number // 1000:03}" / f"{number:06}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(number.to_bytes(8, "big") * (SMALL // 8))
