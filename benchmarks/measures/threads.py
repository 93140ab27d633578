"""Many threads of one process on one storage: what they get done, and what each adds to the process's memory."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import Bench, say
from benchmarks.figures import Collected, Figure
from benchmarks.measures.cases import READ, SAVE
from benchmarks.peers import Peer
from benchmarks.worker import SMALL, Worker

MEASURE = "threads"
MEMORY = "memory a thread"


def case(label: str, number: int) -> str:
    """What a case is called with a number of threads."""
    return f"{label}, {number} {'thread' if number == 1 else 'threads'}"


def threads(bench: Bench) -> Iterator[Figure]:
    """Operations a second and memory, on nginx; a new process for each number of threads."""
    collected = Collected()
    for number in bench.scale.threads:
        say(f"  {number} threads")
        times = max(5, bench.scale.times // number)

        def once(peer: Peer) -> None:
            with Worker(peer, bench.nginx, bench.environments) as worker:
                for label, verb in ((READ, "read"), (SAVE, "save")):
                    done = worker.order("threads", verb=verb, number=number, times=times, size=SMALL)  # noqa: B023
                    collected.add(case(label, number), peer.name, "1/s", done["rate"])  # noqa: B023
                    if verb == "read":
                        collected.add(case(MEMORY, number), peer.name, "B", done["memory"])  # noqa: B023

        bench.rounds(bench.scale.rounds, once, [peer for peer in bench.peers if peer.in_threads or number == 1])
    yield from collected.figures(MEASURE, bench.nginx.name)
