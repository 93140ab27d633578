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
from benchmarks.nginx import MD5, READY
from benchmarks.peers import Peer
from benchmarks.worker import Worker

MEASURE = "large"
CURL, HASHING_CURL = "curl", "curl, MD5 first"
UP, DOWN = "up", "down"
UP_MEMORY, DOWN_MEMORY = "memory up", "memory down"


def large(bench: Bench) -> Iterator[Figure]:
    """Bytes a second and bytes of memory, on both servers; curl speaks to Swift beside them, also with an MD5."""
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

        for turn in range(bench.scale.large_rounds):
            bench.round(turn, once, bench.peers if server is bench.swift else bench.with_floor)
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
        url = f"{server.endpoint}/{bucket}/{READY}"
        _run_curl(server, url, "--upload-file", str(path))
        if server.name == "nginx":
            _run_curl(server, f"{url}{MD5}", "--request", "PUT", "--data-binary", _md5_of(path))


def _md5_of(path: Path) -> str:
    told = subprocess.run(["md5sum", "--binary", str(path)], check=True, stdout=subprocess.PIPE, text=True).stdout
    return told.split()[0]


def _run_curl(server: Address, url: str, *arguments: str) -> None:
    login = f"X-Auth-Token: {server.token}"
    command = ["curl", "--silent", "--fail", "--header", login, "--output", os.devnull, *arguments, url]
    subprocess.run(command, check=True)


def _curl(server: Address, path: Path, collected: Collected, size: int) -> None:
    url = f"{server.endpoint}/v1/{ACCOUNT}/{BUCKET}/large/curl.bin"
    for who, case, arguments in (
        (CURL, UP, ("--upload-file", str(path))),
        (CURL, DOWN, ()),
        (HASHING_CURL, UP, ("--upload-file", str(path))),
    ):
        started = time.perf_counter()
        tag = ("--header", f"ETag: {_md5_of(path)}") if who == HASHING_CURL else ()
        _run_curl(server, url, *tag, *arguments)
        collected.add(case, who, "B/s", size / (time.perf_counter() - started))
