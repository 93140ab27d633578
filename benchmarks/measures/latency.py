"""How long an operation takes over a distance; bare urllib3 over the same shows what server and proxy add."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import Bench, say
from benchmarks.figures import Collected, Figure
from benchmarks.measures.cases import NEAR, Case
from benchmarks.peers import BARE, Peer
from benchmarks.proxy import Proxy

MEASURE, PROXY = "latency", "bare urllib3, exists"


def at(case: Case, distance: int) -> str:
    """What a case is called at a distance."""
    return f"{case.label}, {distance} ms"


def latency(bench: Bench) -> Iterator[Figure]:
    """Seconds of each operation at each distance, on nginx."""
    collected = Collected()
    for distance in bench.scale.distances:
        say(f"  {distance} ms")
        times = max(3, min(bench.scale.times, 400 // (distance + 1)) // 4)
        with (
            Proxy(bench.nginx.port, distance / 1000) as proxy,
            bench.at_work(bench.nginx.behind(proxy.port), bench.with_floor) as workers,
        ):
            for case in NEAR:
                able = [peer for peer in bench.with_floor if case.concerns(peer)]
                for peer in able:
                    workers[peer.name].repeat(case.verb, 2, case.size)

                def once(peer: Peer, case: Case = case) -> None:
                    wall = workers[peer.name].repeat(case.verb, times, case.size, "wall")  # noqa: B023 - used at once
                    collected.add(at(case, distance), peer.name, "s", wall)  # noqa: B023 - used at once

                bench.rounds(bench.scale.rounds, once, able)
    yield from collected.figures(MEASURE, bench.nginx.name)


def without_proxy(bench: Bench) -> Iterator[Figure]:
    """Seconds of bare urllib3 straight to nginx: beside 0 ms, it shows what the proxy adds."""
    collected = Collected()
    with bench.at_work(bench.nginx, [BARE]) as workers:
        for case in NEAR:
            for _ in range(bench.scale.rounds):
                wall = workers[BARE.name].repeat(case.verb, bench.scale.times, case.size, "wall")
                collected.add(f"{case.label}, no proxy", BARE.name, "s", wall)
    yield from collected.figures(MEASURE, bench.nginx.name)
