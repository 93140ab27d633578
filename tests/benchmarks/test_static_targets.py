"""The aims of collectstatic are judged by its figures."""

from __future__ import annotations

import pytest

from benchmarks.figures import Figure, Results
from benchmarks.measures import static
from benchmarks.peers import FASTA, OURS, STORAGES
from benchmarks.report.targets import targets

FIRST, AGAIN = (static.case(static.MANIFEST, phase) for phase in (static.FIRST, static.AGAIN))
AIM_OF_FIRST = f"collectstatic of 1,000 files, {FIRST}: django-storages takes 15 × as long"
AIM_OF_FASTA = f"collectstatic of 1,000 files, {FIRST}: collectfasta takes 2 × as long"
AIM_OF_AGAIN = f"collectstatic of 1,000 files, {AGAIN}: django-storages takes 100 × as long"
AIM_OF_REQUESTS = "collectstatic with nothing changed: one request"
AIM_OF_MEMORY = "collectstatic, 20,000 files, memory of the process: at most 300 MiB"
AIM_OF_TIME = "collectstatic, 20,000 files, time a file: at most 1.25 × that of 1,000"


def seconds(case: str, who: str, value: float, server: str = "nginx") -> Figure:
    return Figure(static.MEASURE, case, server, who, "s", (value,))


def grown(files: int, what: str, unit: str, value: float) -> Figure:
    return Figure(static.GROWTH, static.files_and(files, what), "nginx", OURS, unit, (value,))


def verdicts(*figures: Figure) -> dict[str, bool]:
    return {target.aim: target.met for target in targets(Results({}, figures))}


@pytest.mark.parametrize(("factor", "met"), [(1.0, True), (0.9, False)])
def test_ratios_are_those_of_hashed_names_far_away_on_nginx(factor: float, met: bool) -> None:
    files = Figure(static.MEASURE, static.FILES, "nginx", OURS, "files", (1000,))
    on_swift = [seconds(case, who, 1, "Swift") for case in (FIRST, AGAIN) for who in (OURS, STORAGES, FASTA)]
    near = [seconds(static.case(static.MANIFEST, static.FIRST, static.NEAR), who, 1) for who in (OURS, STORAGES)]
    ours = [seconds(case, OURS, 2) for case in (FIRST, AGAIN)]
    theirs = [seconds(FIRST, STORAGES, 30), seconds(FIRST, FASTA, 4), seconds(AGAIN, STORAGES, 200)]
    slower = [seconds(figure.case, figure.who, figure.median * factor) for figure in theirs]
    assert verdicts(files, *on_swift, *near, *ours, *slower) == dict.fromkeys(
        (AIM_OF_FIRST, AIM_OF_FASTA, AIM_OF_AGAIN), met
    )


@pytest.mark.parametrize(("requests", "met"), [(1, True), (2, False)])
def test_nothing_changed_costs_one_request(requests: int, met: bool) -> None:
    case = static.case(static.STATIC, static.AGAIN)
    assert verdicts(Figure(static.MEASURE, case, "nginx", OURS, "requests", (requests,))) == {AIM_OF_REQUESTS: met}


@pytest.mark.parametrize(("share", "memory", "met"), [(0.0024, 300, True), (0.0026, 301, False)])
def test_the_most_files_are_compared_with_the_fewest(share: float, memory: float, met: bool) -> None:
    figures = (
        grown(1000, static.SHARE, "s", 0.002),
        grown(1000, static.MEMORY, "B", 60 * 1024**2),
        grown(20_000, static.SHARE, "s", share),
        grown(20_000, static.MEMORY, "B", memory * 1024**2),
    )
    assert verdicts(*figures) == {AIM_OF_MEMORY: met, AIM_OF_TIME: met}
