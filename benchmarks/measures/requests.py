"""How many requests an operation takes, once connections stand and everything is known: counted by the proxy."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.figures import Collected, Figure
from benchmarks.measures.cases import SINGLE
from benchmarks.proxy import Proxy

MEASURE = "requests"


def requests(bench: Bench) -> Iterator[Figure]:
    """Requests to real Swift, an operation."""
    bench.fill_swift()
    collected = Collected()
    with Proxy(bench.swift.port, 0) as proxy, bench.at_work(bench.swift.behind(proxy.port), bench.peers) as workers:
        for peer in bench.peers:
            worker = workers[peer.name]
            for case in SINGLE:
                if case.concerns(peer):
                    worker.repeat(case.verb, 1, case.size)
                    worker.prepare(case.verb, 1, case.size)
                    proxy.take()
                    worker.act(case.verb, case.size)
                    collected.add(case.label, peer.name, "requests", proxy.take().total())
    yield from collected.figures(MEASURE, bench.swift.name)
