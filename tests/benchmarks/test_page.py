"""docs/benchmarks.md and its charts say what docs/benchmarks.json holds, and nothing else."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.figures import Figure, Results, ratios
from benchmarks.peers import OURS, REQUIREMENTS, STORAGES
from benchmarks.report import charts, page, words
from benchmarks.report.targets import targets

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / page.PAGE).read_text(encoding="utf-8")
RESULTS = Results.read(DOCS / page.DATA)
CHARTS = dict(charts.drawn(RESULTS))


def test_the_page_s_tables_are_those_of_the_figures() -> None:
    assert page.written_in(TEXT, page.section(RESULTS)) == TEXT


@pytest.mark.parametrize("name", sorted(CHARTS))
def test_a_chart_is_that_of_the_figures(name: str) -> None:
    assert (DOCS / page.IMAGES / name).read_text(encoding="utf-8") == CHARTS[name].svg
    ElementTree.fromstring(CHARTS[name].svg)


def test_no_chart_is_left_over_from_another_run() -> None:
    assert {path.name for path in (DOCS / page.IMAGES).glob("benchmarks-*")} == CHARTS.keys()


def test_the_page_names_every_environment_that_is_built() -> None:
    assert [name for name in REQUIREMENTS if name not in TEXT] == []


def test_the_figures_tell_no_place_and_no_name_of_a_machine() -> None:
    text = (DOCS / page.DATA).read_text(encoding="utf-8")
    assert str(Path.home()) not in text
    assert "/tmp" not in text
    assert RESULTS.about["cores"] >= 1


def test_figures_that_are_written_are_read_again(tmp_path: Path) -> None:
    RESULTS.write(tmp_path / "figures.json")
    assert Results.read(tmp_path / "figures.json") == RESULTS


def test_what_a_run_did_not_measure_is_not_shown() -> None:
    nothing = Results(RESULTS.about, ())
    assert list(targets(nothing)) == []
    assert list(charts.drawn(nothing)) == []
    assert "| aim |" not in page.section(nothing)


def figure(who: str, *values: float) -> Figure:
    return Figure("client CPU", "url", "nginx", who, "s", values)


def test_a_ratio_is_taken_round_by_round() -> None:
    spread = ratios(figure(OURS, 1.0, 2.0, 4.0), figure(STORAGES, 20.0, 60.0, 40.0))
    assert (spread.median, spread.least, spread.most) == (20, 10, 30)


def test_a_missed_aim_is_said_to_be_missed() -> None:
    slow = Results(RESULTS.about, (figure(OURS, 1e-5), figure(STORAGES, 1e-4)))
    verdicts = {target.aim: target.met for target in targets(slow)}
    assert verdicts == {
        "CPU of url: django-storages takes 20 × as much": False,
        "url() signed: at most 12 µs": True,
    }


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        (1.23456e-5, "s", "12.3 µs"),
        (0.9999e-3, "s", "1,000 µs"),
        (0.0123, "s", "12.3 ms"),
        (12.3, "s", "12.3 s"),
        (512, "B", "512 B"),
        (3 * 1024**2, "B", "3 MiB"),
        (250 * 1024**2, "B/s", "250 MiB/s"),
        (1234.6, "1/s", "1,235/s"),
        (2, "requests", "2"),
    ],
)
def test_numbers_are_written_in_the_unit_that_suits_them(number: float, unit: str, text: str) -> None:
    assert words.value(number, unit) == text
