"""One large file up and down: how fast, and by how much the process's memory grows."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.address import ACCOUNT, BUCKET, Address
from benchmarks.bench import Bench, say
from benchmarks.figures import Collected, Figure
from benchmarks.measures.growth import size_of
from benchmarks.peers import Peer
from benchmarks.worker import Worker

MEASURE = "large"
CURL = "curl"
READY = "large/ready.bin"  # what all read
UP, DOWN = "up", "down"
UP_MEMORY, DOWN_MEMORY = "memory up", "memory down"


def large(bench: Bench) -> Iterator[Figure]:
    """Bytes a second and bytes of memory, on both servers; curl speaks to Swift beside them."""
    path = bench.folder / "large.bin"
    path.write_bytes(os.urandom(1024 * 1024) * (bench.scale.large // (1024 * 1024)))
    for server in (bench.swift, bench.nginx):
        collected = Collected()
        _make_ready(server, path)

        def once(peer: Peer, server: Address = server, collected: Collected = collected) -> None:
            say(f"  {server.name}: {peer.name}, {size_of(bench.scale.large)}")
            with Worker(peer, server, bench.environments) as worker:
                _up(worker, path, bench.scale.large, collected)
                _down(worker, READY, bench.scale.large, collected)

        for _ in range(bench.scale.large_rounds):
            bench.rounds(1, once, bench.peers if server is bench.swift else bench.with_floor)
            if server is bench.swift:
                _curl(server, path, collected, bench.scale.large)
        yield from collected.figures(MEASURE, server.name)
    path.unlink()


def _up(worker: Worker, path: Path, size: int, collected: Collected) -> None:
    name = f"large/{os.urandom(8).hex()}.bin"
    up = worker.order("upload", name=name, path=str(path))
    collected.add(UP, worker.peer.name, "B/s", size / up["wall"])
    collected.add(UP_MEMORY, worker.peer.name, "B", up["memory"])
    worker.order("forget", name=name)


def _down(worker: Worker, name: str, size: int, collected: Collected) -> None:
    down = worker.order("download", name=name, size=size)
    collected.add(DOWN, worker.peer.name, "B/s", size / down["wall"])
    collected.add(DOWN_MEMORY, worker.peer.name, "B", down["memory"])


def _make_ready(server: Address, path: Path) -> None:
    """Store the file that all read: in one piece, since nginx would keep nothing but the last of several parts."""
    for bucket in (f"v1/{ACCOUNT}/{BUCKET}", BUCKET) if server.name == "nginx" else (f"v1/{ACCOUNT}/{BUCKET}",):
        _run_curl(server, f"{server.endpoint}/{bucket}/{READY}", "--upload-file", str(path))


def _run_curl(server: Address, url: str, *arguments: str) -> None:
    login = f"X-Auth-Token: {server.token}"
    command = ["curl", "--silent", "--fail", "--header", login, "--output", os.devnull, *arguments, url]
    subprocess.run(command, check=True)


def _curl(server: Address, path: Path, collected: Collected, size: int) -> None:
    url = f"{server.endpoint}/v1/{ACCOUNT}/{BUCKET}/large/curl.bin"
    for case, arguments in ((UP, ("--upload-file", str(path))), (DOWN, ())):
        started = time.perf_counter()
        _run_curl(server, url, *arguments)
        collected.add(case, CURL, "B/s", size / (time.perf_counter() - started))
