"""Where the time of our own operations goes: the reason of what is out of reach."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.figures import Collected, Figure
from benchmarks.measures.cases import LISTDIR, MEBIBYTE, READ, SAVE, SINGLE, URL

MEASURE = "profile"
PROFILED = (SAVE, MEBIBYTE, READ, "size", LISTDIR, URL)


def profile(bench: Bench) -> Iterator[Figure]:
    """Percent of an operation's time by whose code it is spent in, on nginx, through S3."""
    collected = Collected()
    with bench.at_work(bench.nginx, [bench.ours]) as workers:
        worker = workers[bench.ours.name]
        for case in SINGLE:
            if case.label not in PROFILED:
                continue
            worker.repeat(case.verb, 3, case.size)
            for _ in range(bench.scale.rounds):
                worker.prepare(case.verb, max(2, int(bench.scale.times * case.share)), case.size)
                for owner, share in worker.order("shares", verb=case.verb, size=case.size).items():
                    collected.add(f"{case.label}: {owner}", bench.ours.name, "%", share)
    yield from collected.figures(MEASURE, bench.nginx.name)
