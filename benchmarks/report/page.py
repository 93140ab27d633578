"""docs/benchmarks.md: the tables stand between two marks, what surrounds them is written by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.figures import Results
from benchmarks.report import charts, words
from benchmarks.report.tables import all_tables

BEGIN, END = "<!-- figures: written by make bench -->", "<!-- figures: end -->"
DATA, PAGE, IMAGES = "benchmarks.json", "benchmarks.md", "images"


def section(results: Results) -> str:
    """What stands between the marks: one run, and nothing that it did not measure."""
    return "\n".join([BEGIN, "", *_lines(results), END])


def _lines(results: Results) -> Iterator[str]:
    about = results.about
    yield (
        f"Scale {about['scale']}, {about['rounds']} rounds, {about['minutes']} minutes{_sittings(about)} on "
        f"{about['date']}: "
        f"{about['processor']}, {about['cores']} cores, {about['system']}; load before it {about['load before']}. "
        f"nginx {about['nginx']}, curl {about['curl']}."
    )
    yield ""
    drawn = dict(charts.drawn(results))
    for heading, lines in all_tables(results):
        yield f"### {heading}"
        yield ""
        for name, chart in drawn.items():
            if chart.heading == heading:
                yield f"![{chart.title}]({IMAGES}/{name})"
                yield ""
        yield from lines
        yield ""
    yield "### Versions"
    yield ""
    yield from words.table(("", "with"), ((peer, _versions(found)) for peer, found in about["peers"].items()))
    yield ""


def _sittings(about: Mapping[str, Any]) -> str:
    return f" in {about['sittings']} sittings" if about.get("sittings", 1) > 1 else ""


def _versions(found: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in found.items())


def written_in(page: str, text: str) -> str:
    """The page with another section."""
    return re.sub(f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: text, page, flags=re.DOTALL)


def write(results: Results, folder: Path) -> None:
    """Write the figures, the page's section and the charts."""
    results.write(folder / DATA)
    page = folder / PAGE
    page.write_text(written_in(page.read_text(encoding="utf-8"), section(results)), encoding="utf-8")
    for name, chart in charts.drawn(results):
        (folder / IMAGES / name).write_text(chart.svg, encoding="utf-8")
