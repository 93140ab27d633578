"""What it costs to begin: imports and the first request, memory they add to an idle worker, room on the disk."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.figures import Collected, Figure
from benchmarks.peers import OURS_SWIFT, Peer
from benchmarks.worker import Worker

MEASURE = "start"
FIRST, MEMORY, SIZE = "import and first request", "memory added to a worker", "installed size"


def start(bench: Bench) -> Iterator[Figure]:
    """Of each peer, in a new process each time."""
    collected = Collected()

    def once(peer: Peer) -> None:
        with Worker(peer, bench.nginx, bench.environments) as worker:
            done = worker.order("first")
            collected.add(FIRST, peer.name, "s", done["wall"])
            collected.add(MEMORY, peer.name, "B", done["memory"])

    bench.rounds(bench.scale.rounds, once, bench.peers)
    yield from collected.figures(MEASURE, bench.nginx.name)


def installed(bench: Bench) -> Iterator[Figure]:
    """Bytes on the disk, of the peer and all that it needs beside Django."""
    collected = Collected()
    for peer in bench.peers:
        if peer.name != OURS_SWIFT:
            with Worker(peer, bench.nginx, bench.environments) as worker:
                collected.add(SIZE, peer.name, "B", worker.order("installed")["bytes"])
    yield from collected.figures(MEASURE, "the disk")
