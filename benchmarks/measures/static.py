"""collectstatic: how long it takes, how many requests it makes, beside django-storages and collectfasta.

On nginx, which is too fast to matter, and with a tenth of the files on real Swift; on both through S3. Each run is a
process of its own; what is measured is the command.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.address import Address
from benchmarks.bench import Bench, say
from benchmarks.figures import Collected, Figure
from benchmarks.measures.sites import MANIFEST, STATIC, Place, Site, collectors, make_files
from benchmarks.peers import OURS, Peer
from benchmarks.proxy import Proxy

MEASURE, GROWTH = "collectstatic", "collectstatic grows"
NEAR, FAR = 0, 20  # milliseconds
FIRST, AGAIN, ONE = "first run", "nothing changed", "one stylesheet changed"
PHASES = (FIRST, AGAIN, ONE)
FILES, SHARE, MEMORY = "files", "time a file", "memory of the process"
FEWEST = 10  # so many at the least, or there is nothing to refer to


def case(kind: str, phase: str, distance: int = FAR) -> str:
    """What a case is called."""
    return f"{kind}, {phase}, {distance} ms"


def on_nginx(bench: Bench) -> Iterator[Figure]:
    """Seconds and requests near and far."""
    yield from _collected(bench, bench.nginx, (NEAR, FAR), bench.scale.static_files)


def on_swift(bench: Bench) -> Iterator[Figure]:
    """The same with fewer files, far away: it takes longer over a request than any client does."""
    yield from _collected(bench, bench.swift, (FAR,), max(FEWEST, bench.scale.static_files // 10))


def _collected(bench: Bench, address: Address, distances: tuple[int, ...], files: int) -> Iterator[Figure]:
    collected = Collected()
    able = collectors(bench)
    for peer in able:
        collected.add(FILES, peer.name, "files", files)
    for distance in distances:
        with Proxy(address.port, distance / 1000) as proxy:
            for kind in (STATIC, MANIFEST):

                def once(peer: Peer, proxy: Proxy = proxy, kind: str = kind, distance: int = distance) -> None:
                    say(f"  {files:,} files, {kind}, {distance} ms from {address.name}: {peer.name}")
                    with TemporaryDirectory(dir=bench.folder) as name:
                        place = Place.fresh(bench, address)
                        site = Site(Path(name), peer, kind, address.behind(proxy.port), place)
                        make_files(site.source, files)
                        _three_runs(bench, site, distance, proxy, collected)

                bench.rounds(bench.scale.static_rounds, once, able)
    yield from collected.figures(MEASURE, address.name)


def _three_runs(bench: Bench, site: Site, distance: int, proxy: Proxy, collected: Collected) -> None:
    """On nothing, on what is there, with one stylesheet changed."""
    for phase in PHASES:
        if phase == ONE:
            site.change()
        proxy.take()
        taken = site.collect(bench)
        collected.add(case(site.kind, phase, distance), site.peer.name, "requests", proxy.take().total())
        collected.add(case(site.kind, phase, distance), site.peer.name, "s", taken["wall"])


def files_and(number: int, what: str = "") -> str:
    """What a case of growing cost is called."""
    return f"{number:,} files, {what}" if what else f"{number:,} files"


def growth(bench: Bench) -> Iterator[Figure]:
    """Seconds and memory of first runs of ours with hashed names, with more and more files, straight on nginx."""
    collected = Collected()
    (ours,) = (peer for peer in collectors(bench) if peer.name == OURS)
    for number in bench.scale.static_growth:
        say(f"  {number:,} files")
        for _ in range(bench.scale.static_rounds):
            with TemporaryDirectory(dir=bench.folder) as name:
                site = Site(Path(name), ours, MANIFEST, bench.nginx, Place.fresh(bench, bench.nginx))
                make_files(site.source, number)
                taken = site.collect(bench)
            collected.add(files_and(number), ours.name, "s", taken["wall"])
            collected.add(files_and(number, SHARE), ours.name, "s", taken["wall"] / number)
            collected.add(files_and(number, MEMORY), ours.name, "B", taken["peak"])
    yield from collected.figures(GROWTH, bench.nginx.name)
