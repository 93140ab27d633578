"""Figures in words: units, ratios, tables in Markdown. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.figures import Figure, Spread

MISSING = "–"


def value(number: float, unit: str) -> str:
    """A number in the unit that suits it."""
    if unit == "s":
        return seconds(number)
    if unit in {"B", "B/s"}:
        return bytes_of(number) + unit[1:]
    if unit == "%":
        return f"{number:.0f} %"
    if unit == "1/s":
        return f"{number:,.0f}/s"
    return f"{number:,.0f}"


def seconds(number: float) -> str:
    """A time."""
    for factor, unit in ((1e6, "µs"), (1e3, "ms")):
        if number * factor < 1000:
            return f"{_rounded(number * factor)} {unit}"
    return f"{_rounded(number)} s"


def bytes_of(number: float) -> str:
    """An amount of bytes."""
    for factor, unit in ((1, "B"), (1024, "KiB"), (1024**2, "MiB")):
        if number / factor < 1000:
            return f"{_rounded(number / factor)} {unit}"
    return f"{_rounded(number / 1024**3)} GiB"


def _rounded(number: float) -> str:
    """Three digits, which is more than rounds agree on."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def shown(figure: Figure | None) -> str:
    """The median of a figure."""
    return value(figure.median, figure.unit) if figure else MISSING


def times(spread: Spread) -> str:
    """A ratio with its spread."""
    if spread.least == spread.most:
        return f"{_ratio(spread.median)} ×"
    return f"{_ratio(spread.median)} × ({_ratio(spread.least)}–{_ratio(spread.most)})"


def _ratio(number: float) -> str:
    return f"{number:.0f}" if number >= 100 else f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table in Markdown."""
    return [_row(head), "|" + "---|" * len(head), *map(_row, rows)]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
