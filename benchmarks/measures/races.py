"""How many files are lost when eight threads save one name at the same moment, on real Swift.

Swift's own If-None-Match is not atomic; with its writes of one key carried out one after the other, the development
server behaves as a store with atomic conditions does.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import Bench, say
from benchmarks.figures import Collected, Figure
from benchmarks.peers import OURS, OURS_SWIFT, STORAGES
from benchmarks.worker import Worker

MEASURE = "races"
BARE, ATOMIC = "as bare Swift writes", "with atomic conditions"
WRITERS = 8


def races(bench: Bench) -> Iterator[Figure]:
    """Files lost, of eight a round."""
    collected = Collected()
    for case in (BARE, ATOMIC):
        bench.hooks.hooks.serialize_writes(case == ATOMIC)
        for peer in (peer for peer in bench.peers if peer.name in {OURS, OURS_SWIFT, STORAGES}):
            say(f"  {case}: {peer.name}")
            with Worker(peer, bench.swift, bench.environments) as worker:
                for lost in worker.order("race", rounds=bench.scale.races):
                    collected.add(case, peer.name, "files", lost)
    bench.hooks.hooks.serialize_writes(False)
    yield from collected.figures(MEASURE, bench.swift.name)
