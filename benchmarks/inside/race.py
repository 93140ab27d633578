"""How many files are lost when eight threads save one name at the same moment."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

from benchmarks.inside import gauges
from benchmarks.inside.verbs import content_of

WRITERS = 8


def lost(rounds: int) -> list[int]:
    """Let eight threads save different bytes under one name, on a fresh name each round; give the losses by round."""
    with ThreadPoolExecutor(WRITERS) as pool:
        return [_lost_in_a_round(pool) for _ in range(rounds)]


def _lost_in_a_round(pool: ThreadPoolExecutor) -> int:
    """Count the files that cannot be read back as they were saved."""
    storage, name, barrier = gauges.the_storage(), f"{uuid4().hex}.txt", threading.Barrier(WRITERS)

    def write(number: int) -> tuple[str, bytes]:
        content = f"writer {number}".encode()
        barrier.wait()
        return storage.save(name, content_of(content)), content

    saved = list(pool.map(write, range(WRITERS)))
    return sum(storage.open(stored).read() != content for stored, content in saved)
