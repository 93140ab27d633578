"""Charts: bars in SVG, readable on light and on dark. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from benchmarks.figures import Results
from benchmarks.measures import cpu, latency, start, static
from benchmarks.measures.cases import EXISTS, READ, SAVE
from benchmarks.peers import FLOOR, OURS, WORKING_FLOOR
from benchmarks.report import words
from benchmarks.report.targets import NGINX

WIDTH, NAMES, BARS, ROW, GROUP = 760, 250, 380, 20, 34  # pixels
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#24292f}.head{font-weight:600}.bar{fill:#8c959f}.own{fill:#0969da}"
    ".floor{fill:none;stroke:#8c959f;stroke-dasharray:3 2}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.bar{fill:#6e7681}.own{fill:#4493f8}.floor{stroke:#6e7681}}"
)


@dataclass(frozen=True)
class Chart:
    """A drawing, and the heading of the page that it stands under."""

    heading: str
    title: str
    svg: str


@dataclass(frozen=True)
class Bar:
    """One bar: whose, how long, and what is written at its end."""

    who: str
    length: float
    text: str


def drawn(results: Results) -> Iterator[tuple[str, Chart]]:
    """Every chart for which the run has figures, by the name of its file."""
    distance = "20 ms"
    for name, heading, title, measure, server, cases, unit in (
        ("benchmarks-cpu.svg", "Client CPU an operation, on nginx", "CPU time of one operation", cpu.MEASURE, NGINX,
         (SAVE, READ, EXISTS), "s"),
        ("benchmarks-latency.svg", "Seconds an operation, by round-trip time, on nginx",
         f"Time of one operation with the server {distance} away", latency.MEASURE, NGINX,
         tuple(f"{case}, {distance}" for case in (SAVE, READ, EXISTS)), "s"),
        ("benchmarks-start.svg", "To begin", "Before the first answer: time, memory, disk", start.MEASURE, None,
         (start.FIRST, start.MEMORY, start.SIZE), ""),
        ("benchmarks-collectstatic.svg", "collectstatic, on nginx", f"collectstatic with the server {distance} away",
         static.MEASURE, NGINX, tuple(static.case(static.MANIFEST, phase) for phase in static.OF_MANY), "s"),
    ):  # fmt: skip
        groups = [(case, _bars(results, measure, server, case, unit)) for case in cases]
        if all(bars for _, bars in groups):
            yield name, Chart(heading, title, svg(title, groups))


def _bars(results: Results, measure: str, server: str | None, case: str, unit: str) -> list[Bar]:
    return [
        Bar(figure.who, figure.median, words.shown(figure))
        for figure in results.of(measure, server, case)
        if unit in {"", figure.unit}
    ]


def svg(title: str, groups: Sequence[tuple[str, Sequence[Bar]]]) -> str:
    """Bars below each other, in groups that have a scale each."""
    lines, y = [], GROUP
    for label, bars in groups:
        lines.append(f'<text class="head" x="0" y="{y}">{escape(label)}</text>')
        longest = max(bar.length for bar in bars) or 1
        for bar in bars:
            y += ROW
            lines.extend(_drawn(bar, y, BARS * bar.length / longest))
        y += GROUP
    head = f'<text class="head" x="0" y="14">{escape(title)}</text>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y - ROW + 4}" role="img" '
        f'aria-label="{escape(title)}"><style>{STYLE}</style>\n{head}\n' + "\n".join(lines) + "\n</svg>\n"
    )


def _drawn(bar: Bar, y: int, width: float) -> Iterator[str]:
    kind = (
        "own" if bar.who.startswith(OURS.partition(",")[0]) else "floor" if bar.who in {FLOOR, WORKING_FLOOR} else "bar"
    )
    yield f'<text x="{NAMES - 8}" y="{y}" text-anchor="end">{escape(bar.who)}</text>'
    yield f'<rect class="{kind}" x="{NAMES}" y="{y - 11}" width="{max(width, 1):.1f}" height="13" rx="2"/>'
    yield f'<text x="{NAMES + max(width, 1) + 6:.1f}" y="{y}">{escape(bar.text)}</text>'
