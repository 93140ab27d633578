"""What was aimed at, and whether it was reached. Pure: made of the figures of one run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from benchmarks.figures import Figure, Results, Spread, ratios
from benchmarks.measures import cpu, large, latency, requests, start, static, threads, transfer
from benchmarks.measures.cases import EXISTS, LISTDIR, MEBIBYTE, NEAR, READ, SAVE, SINGLE, URL, WRITE
from benchmarks.peers import FASTA, FLOOR, OURS, STORAGES, WORKING_FLOOR
from benchmarks.report import words

NGINX, SWIFT = "nginx", "Swift"
LARGEST_GROWTH = 64 * 1024**2  # bytes
LARGEST_THREAD = 100 * 1024  # bytes
LARGEST_COLLECT = 300 * 1024**2  # bytes
MOST_GROWTH = 1.25  # of the time a file, from the fewest files to the most
MOST_REQUESTS = {SAVE: 1, MEBIBYTE: 1, WRITE: 1, READ: 1, EXISTS: 1, "size": 1, "delete": 1, LISTDIR: 1, URL: 0}
CPU_RATIOS = {SAVE: 10, READ: 15, EXISTS: 4, URL: 20}
STATIC_RATIOS = ((static.FIRST, STORAGES, 15), (static.FIRST, FASTA, 2), (static.AGAIN, STORAGES, 100))


@dataclass(frozen=True)
class Target:
    """One aim.

    Attributes:
        aim: what was aimed at.
        measured: what came out, in words.
        met: whether that is enough.
    """

    aim: str
    measured: str
    met: bool


def targets(results: Results) -> Iterator[Target]:
    """Every aim for which the run has figures."""
    yield from _cpu(results)
    yield from _requests(results)
    yield from _latency(results)
    yield from _urls(results)
    yield from _large(results)
    yield from _start(results)
    yield from _many(results)
    yield from _static(results)
    yield from _static_growth(results)


def _cpu(results: Results) -> Iterator[Target]:
    for case, aim in CPU_RATIOS.items():
        ours, theirs = (results.find(cpu.MEASURE, case, who, NGINX) for who in (OURS, STORAGES))
        if ours and theirs:
            spread = ratios(ours, theirs)
            yield Target(
                f"CPU of {case}: django-storages takes {aim} × as much", words.times(spread), spread.median >= aim
            )
    for floor, single in product((FLOOR, WORKING_FLOOR), (case for case in SINGLE if case.label != URL)):
        ours, bare = (results.find(cpu.MEASURE, single.label, who, NGINX) for who in (OURS, floor))
        if ours and bare:
            spread = ratios(bare, ours)
            yield Target(f"CPU of {single.label}: at most 1.5 × {floor}", words.times(spread), spread.median <= 1.5)


def _requests(results: Results) -> Iterator[Target]:
    found = {case: results.find(requests.MEASURE, case, OURS) for case in MOST_REQUESTS}
    if all(found.values()):
        over = [
            f"{case}: {words.shown(figure)}"
            for case, figure in found.items()
            if figure and figure.median > MOST_REQUESTS[case]
        ]
        yield Target("Requests: one for each operation, none for url", "; ".join(over) or "so it is", not over)


def _latency(results: Results) -> Iterator[Target]:
    found = {figure.case.rpartition(", ")[2] for figure in results.of(latency.MEASURE) if figure.who == OURS}
    distances = sorted(found, key=lambda text: int(text.split()[0]))
    for distance in distances:
        beyond = {}
        for case in NEAR:
            ours, bare = (results.find(latency.MEASURE, f"{case.label}, {distance}", who) for who in (OURS, FLOOR))
            if ours and bare:
                beyond[case.label] = ours.median - bare.median
        worst = max(beyond, key=lambda label: beyond[label])
        yield Target(f"Latency, {distance} away: at most 1 ms more than bare urllib3",
                     f"{words.seconds(max(0.0, beyond[worst]))} ({worst})", beyond[worst] <= 1e-3)  # fmt: skip


def _urls(results: Results) -> Iterator[Target]:
    for case, label, aim in ((URL, "signed", 12e-6), (cpu.CUSTOM_DOMAIN, "on a custom domain", 3e-6)):
        figure = results.find(cpu.MEASURE, case, OURS, NGINX)
        if figure:
            yield Target(f"url() {label}: at most {words.seconds(aim)}", words.shown(figure), figure.median <= aim)


def _large(results: Results) -> Iterator[Target]:
    for case in (large.UP, large.DOWN):
        yield from _throughput(results, case, SWIFT, "the fastest of peers and curl, on Swift")
        yield from _throughput(results, case, SWIFT, "curl that is told the MD5 first, on Swift", large.HASHING_CURL)
        yield from _throughput(results, case, NGINX, "a client that hashes the same bytes, on nginx", FLOOR)
    grown = [figure for figure in results.of(large.MEASURE) if figure.who == OURS and figure.unit == "B"]
    if grown:
        most = max(value for figure in grown for value in figure.values)
        yield Target("Memory grows by at most 64 MiB", words.bytes_of(most), most <= LARGEST_GROWTH)


def _throughput(results: Results, case: str, server: str, whom: str, other: str = "") -> Iterator[Target]:
    """Compare the faster of ours with one other, or with the fastest of all."""
    figures = list(results.of(large.MEASURE, server, case))
    ours = [figure for figure in figures if figure.who.startswith(OURS.partition(",")[0])]
    others = [figure for figure in figures if figure not in ours and other in {"", figure.who}]
    if ours and others:
        best, fastest = max(ours, key=_median), max(others, key=_median)
        spread = ratios(fastest, best)
        yield Target(
            f"Large file {case}: at least 0.9 × {whom}", f"{words.times(spread)}, {fastest.who}", spread.median >= 0.9
        )


def _median(figure: Figure) -> float:
    return figure.median


def _start(results: Results) -> Iterator[Target]:
    for case, share in ((start.FIRST, 3), (start.MEMORY, 2), (start.SIZE, 2)):
        ours, theirs = (results.find(start.MEASURE, case, who) for who in (OURS, STORAGES))
        if ours and theirs:
            spread = ratios(theirs, ours)
            yield Target(f"{case.capitalize()}: at most 1/{share} of django-storages", words.times(spread),
                         spread.median <= 1 / share)  # fmt: skip


def _many(results: Results) -> Iterator[Target]:
    memory = [figure for figure in results.of(threads.MEASURE) if figure.who == OURS and figure.unit == "B"]
    if memory:
        last = memory[-1]
        yield Target(f"{last.case.capitalize()}: at most 100 KiB", words.shown(last), last.median <= LARGEST_THREAD)
    rate = results.find(transfer.MEASURE, transfer.RATE, OURS)
    if rate:
        bound = transfer.WORKERS / (transfer.DISTANCE / 1000)
        aim = f"selectel_transfer: at least 0.7 × {bound:,.0f} files a second, the bound of {transfer.WORKERS} workers"
        share = words.times(Spread.of(value / bound for value in rate.values))
        yield Target(aim, f"{share}: {words.shown(rate)}", rate.median >= 0.7 * bound)


def _static(results: Results) -> Iterator[Target]:
    files = results.find(static.MEASURE, static.FILES, OURS, NGINX)
    what = f"collectstatic of {words.shown(files)} files" if files else "collectstatic"
    for phase, other, aim in STATIC_RATIOS:
        case = static.case(static.MANIFEST, phase)
        ours, theirs = (results.find(static.MEASURE, case, who, NGINX, "s") for who in (OURS, other))
        if ours and theirs:
            spread = ratios(ours, theirs)
            yield Target(f"{what}, {case}: {other} takes {aim} × as long", words.times(spread),
                         spread.median >= aim)  # fmt: skip
    again = results.find(static.MEASURE, static.case(static.STATIC, static.AGAIN), OURS, unit="requests")
    if again:
        yield Target("collectstatic with nothing changed: one request", words.shown(again), again.median <= 1)


def _static_growth(results: Results) -> Iterator[Target]:
    shares = [figure for figure in results.of(static.GROWTH) if figure.case.endswith(static.SHARE)]
    memory = [figure for figure in results.of(static.GROWTH) if figure.unit == "B"]
    if memory:
        most = max(value for figure in memory for value in figure.values)
        yield Target(
            f"collectstatic, {memory[-1].case}: at most 300 MiB", words.bytes_of(most), most <= LARGEST_COLLECT
        )
    if shares:
        fewest, most_files = shares[0], shares[-1]
        aim = f"collectstatic, {most_files.case}: at most {MOST_GROWTH} × that of {fewest.case.partition(' files')[0]}"
        spread = ratios(fewest, most_files)
        yield Target(aim, words.times(spread), spread.median <= MOST_GROWTH)
