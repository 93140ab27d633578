"""The tables of the page, each made of one measurement's figures. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from benchmarks.figures import Figure, Results, ratios
from benchmarks.measures import cpu, growth, large, latency, profile, races, requests, start, static, threads, transfer
from benchmarks.peers import OURS
from benchmarks.report import words
from benchmarks.report.targets import NGINX, SWIFT, targets

Lines = list[str]
Hashable = TypeVar("Hashable")


def all_tables(results: Results) -> Iterator[tuple[str, Lines]]:
    """A heading and its lines for everything that was measured."""
    for heading, lines in (
        ("What was aimed at", _targets(results)),
        ("Client CPU an operation, on nginx", _by_peer(results, cpu.MEASURE, NGINX, compared=True)),
        ("Client CPU an operation, on real Swift", _by_peer(results, cpu.MEASURE, SWIFT, compared=True)),
        ("Where the time goes, in ours over S3, on nginx", _shares(results)),
        ("Requests an operation, on real Swift", _by_peer(results, requests.MEASURE, SWIFT)),
        ("Seconds an operation, by round-trip time, on nginx", _by_peer(results, latency.MEASURE, NGINX)),
        ("To begin", _by_peer(results, start.MEASURE, None, compared=True)),
        ("Threads, on nginx", _by_peer(results, threads.MEASURE, NGINX)),
        ("A large file, on real Swift", _by_peer(results, large.MEASURE, SWIFT)),
        ("A large file, on nginx", _by_peer(results, large.MEASURE, NGINX)),
        ("collectstatic, on nginx", _by_peer(results, static.MEASURE, NGINX)),
        ("collectstatic, on real Swift", _by_peer(results, static.MEASURE, SWIFT)),
        ("Files moved by selectel_transfer, 20 ms from nginx", _by_peer(results, transfer.MEASURE, NGINX)),
        ("Listings of more and more objects, on nginx", _by_peer(results, growth.LISTINGS, NGINX)),
        ("Uploads of larger and larger files, on nginx", _by_peer(results, growth.UPLOADS, NGINX)),
        ("collectstatic of more and more files, on nginx", _by_peer(results, static.GROWTH, NGINX)),
        ("Files lost, of eight saved at once under one name, on real Swift", _races(results)),
    ):
        if lines:
            yield heading, lines


def _targets(results: Results) -> Lines:
    rows = [(target.aim, target.measured, "yes" if target.met else "**no**") for target in targets(results)]
    return words.table(("aim", "measured", "met"), rows) if rows else []


def _by_peer(results: Results, measure: str, server: str | None, *, compared: bool = False) -> Lines:
    """A row for each case, a column for each contestant; ratios beside the values where that is asked for."""
    figures = list(results.of(measure, server))
    peers = _in_order(figure.who for figure in figures)
    if not figures:
        return []
    rows = []
    for case, unit in _in_order((figure.case, figure.unit) for figure in figures):
        by_peer = {figure.who: figure for figure in figures if (figure.case, figure.unit) == (case, unit)}
        label = f"{case}: requests" if unit == "requests" and measure == static.MEASURE else case
        rows.append([label, *(_cell(by_peer, who, compared=compared) for who in peers)])
    return words.table(["", *peers], rows)


def _cell(by_peer: dict[str, Figure], who: str, *, compared: bool) -> str:
    figure = by_peer.get(who)
    own = by_peer.get(OURS)
    if not compared or figure is None or own is None or figure is own:
        return words.shown(figure)
    return f"{words.shown(figure)}, {words.times(ratios(own, figure))}"


def _shares(results: Results) -> Lines:
    """A row for each owner of code, a column for each operation."""
    figures = {tuple(figure.case.rsplit(": ", 1)): figure for figure in results.of(profile.MEASURE)}
    cases, owners = (_in_order(pair[place] for pair in figures) for place in (0, 1))
    rows = [[owner, *(words.shown(figures.get((case, owner))) for case in cases)] for owner in sorted(owners)]
    return words.table(["", *cases], rows) if rows else []


def _races(results: Results) -> Lines:
    figures = list(results.of(races.MEASURE))
    rows = [
        (
            f.case,
            f.who,
            f"{sum(f.values):,.0f} of {races.WRITERS * len(f.values):,}",
            f"{sum(map(bool, f.values))} of {len(f.values)}",
        )
        for f in figures
    ]
    return words.table(("", "", "files lost", "rounds with a loss"), rows) if rows else []


def _in_order(found: Iterable[Hashable]) -> list[Hashable]:
    return list(dict.fromkeys(found))
