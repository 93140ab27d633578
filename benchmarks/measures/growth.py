"""How cost grows: with the number of objects that are listed, and with the size of what is uploaded."""

from __future__ import annotations

import os
from collections.abc import Iterator

from benchmarks.bench import Bench, say
from benchmarks.figures import Collected, Figure
from benchmarks.peers import OURS, OURS_SWIFT, Peer
from benchmarks.worker import Worker

LISTINGS, UPLOADS = "listings", "uploads"


def size_of(number: int) -> str:
    """A number of bytes in words."""
    mebibytes = number // (1024 * 1024)
    return f"{mebibytes // 1024} GiB" if mebibytes >= 1024 else f"{mebibytes} MiB"


def listings(bench: Bench) -> Iterator[Figure]:
    """CPU seconds and memory of listing folders of more and more objects, on nginx."""
    collected = Collected()
    for number in bench.scale.listings:
        say(f"  {number:,} objects")
        for verb in ("listdir", "walk"):
            label = f"{verb} of {number:,}"

            def once(peer: Peer, verb: str = verb, number: int = number, label: str = label) -> None:
                with Worker(peer, bench.nginx, bench.environments) as worker:
                    done = worker.order("walk", verb=verb, path=f"listed{number}", number=number)
                collected.add(label, peer.name, "s", done["cpu"])
                collected.add(f"{label}, memory", peer.name, "B", done["memory"])

            able = [peer for peer in bench.peers if _can(peer, verb, number)]
            bench.rounds(min(bench.scale.rounds, 5), once, able)
    yield from collected.figures(LISTINGS, bench.nginx.name)


def _can(peer: Peer, verb: str, number: int) -> bool:
    """``walk`` is a verb of ours; 1.0.2 never turns the page."""
    return (verb == "listdir" or peer.name in {OURS, OURS_SWIFT}) and number <= peer.lists


def uploads(bench: Bench) -> Iterator[Figure]:
    """Seconds, CPU seconds and memory of saving larger and larger files, on nginx."""
    collected = Collected()
    path = bench.folder / "growing.bin"
    for size in bench.scale.uploads:
        say(f"  {size_of(size)}")
        path.write_bytes(os.urandom(1024 * 1024) * (size // (1024 * 1024)))

        def once(peer: Peer, size: int = size) -> None:
            name = f"growing/{os.urandom(8).hex()}.bin"
            with Worker(peer, bench.nginx, bench.environments) as worker:
                done = worker.order("upload", name=name, path=str(path))
                worker.order("forget", name=name)
            collected.add(size_of(size), peer.name, "s", done["wall"])
            collected.add(f"{size_of(size)}, CPU", peer.name, "s", done["cpu"])
            collected.add(f"{size_of(size)}, memory", peer.name, "B", done["memory"])

        bench.rounds(bench.scale.large_rounds, once, [peer for peer in bench.peers if peer.name in {OURS, OURS_SWIFT}])
    path.unlink(missing_ok=True)
    yield from collected.figures(UPLOADS, bench.nginx.name)
