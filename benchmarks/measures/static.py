"""collectstatic: how long it takes, how many requests it makes, beside django-storages and collectfasta.

On nginx, which is too fast to matter, and with a tenth of the files on real Swift; on both through S3. Each run is a
process of its own; what is measured is the command.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from benchmarks.address import Address
from benchmarks.bench import Bench, say
from benchmarks.figures import Collected, Figure
from benchmarks.measures.sites import Site, built, collectors
from benchmarks.peers import OURS, Peer
from benchmarks.proxy import Proxy

MEASURE, GROWTH = "collectstatic", "collectstatic grows"
STATIC, MANIFEST = "plain names", "hashed names"
NEAR, FAR = 0, 20  # milliseconds
FIRST, AGAIN, ONE = "first run", "nothing changed", "one stylesheet changed"
PHASES = (FIRST, AGAIN, ONE)
OF_MANY = (FIRST, AGAIN)  # one that changed takes some round trips more than none
FILES, SHARE, MEMORY = "files", "time a file", "memory of the process"
Course = tuple[str, int, tuple[str, ...]]  # plain or hashed names, milliseconds, phases
FEWEST = 10  # so many at the least, or there is nothing to refer to


def case(kind: str, phase: str, distance: int = FAR) -> str:
    """What a case is called."""
    return f"{kind}, {phase}, {distance} ms"


def on_nginx(bench: Bench) -> Iterator[Figure]:
    """Seconds and requests: of plain names near, where the client's own work shows; of hashed ones far, as deployed."""
    courses = ((STATIC, NEAR, OF_MANY), (MANIFEST, FAR, OF_MANY))
    yield from _collected(bench, bench.nginx, courses, bench.scale.static_files)


def on_swift(bench: Bench) -> Iterator[Figure]:
    """Both far, with fewer files, and one changed: it takes longer over a request than any client does."""
    courses = ((STATIC, FAR, PHASES), (MANIFEST, FAR, PHASES))
    yield from _collected(bench, bench.swift, courses, max(FEWEST, bench.scale.static_files // 10))


def _collected(bench: Bench, address: Address, courses: Iterable[Course], files: int) -> Iterator[Figure]:
    """Run every course."""
    collected = Collected()
    able = collectors(bench)
    for peer in able:
        collected.add(FILES, peer.name, "files", files)
    for kind, distance, phases in courses:
        with Proxy(address.port, distance / 1000) as proxy:

            def once(peer: Peer, proxy: Proxy = proxy, course: Course = (kind, distance, phases)) -> None:
                kind, distance, phases = course
                say(f"  {files:,} files, {kind}, {distance} ms from {address.name}: {peer.name}")
                with built(bench, peer, address.behind(proxy.port), files, hashed=kind == MANIFEST) as site:
                    for phase, requests, seconds in _runs(bench, site, proxy, phases):
                        collected.add(case(kind, phase, distance), peer.name, "requests", requests)
                        collected.add(case(kind, phase, distance), peer.name, "s", seconds)

            bench.rounds(bench.scale.static_rounds if kind == MANIFEST else bench.scale.plain_rounds, once, able)
    yield from collected.figures(MEASURE, address.name)


def _runs(bench: Bench, site: Site, proxy: Proxy, phases: tuple[str, ...]) -> Iterator[tuple[str, int, float]]:
    """Run on nothing, on what is there, with one stylesheet changed; give requests and seconds of each."""
    for phase in phases:
        if phase == ONE:
            site.change()
        proxy.take()
        seconds = site.collect(bench)["wall"]
        yield phase, proxy.take().total(), seconds


def files_and(number: int, what: str = "") -> str:
    """What a case of growing cost is called."""
    return f"{number:,} files, {what}" if what else f"{number:,} files"


def growth(bench: Bench) -> Iterator[Figure]:
    """Seconds and memory of first runs of ours with hashed names, with more and more files, straight on nginx."""
    collected = Collected()
    (ours,) = (peer for peer in collectors(bench) if peer.name == OURS)
    for number in bench.scale.static_growth:
        say(f"  {number:,} files")
        for _ in range(bench.scale.plain_rounds):
            with built(bench, ours, bench.nginx, number, hashed=True) as site:
                taken = site.collect(bench)
            collected.add(files_and(number), ours.name, "s", taken["wall"])
            collected.add(files_and(number, SHARE), ours.name, "s", taken["wall"] / number)
            collected.add(files_and(number, MEMORY), ours.name, "B", taken["peak"])
    yield from collected.figures(GROWTH, bench.nginx.name)
