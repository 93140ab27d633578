"""What measuring gives: figures, by what was measured, where, and of whom. Pure, but for the file they are kept in."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One thing measured of one contestant, once a round.

    Attributes:
        measure: what kind of measurement it is.
        case: which operation, at which size or distance.
        server: which server answered.
        who: the contestant.
        unit: ``s``, ``B``, ``B/s``, ``1/s``, ``%`` or ``requests``.
        values: a value for each round, in the order of the rounds.
    """

    measure: str
    case: str
    server: str
    who: str
    unit: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one of the rounds."""
        return statistics.median(self.values)


@dataclass(frozen=True)
class Spread:
    """The median of some values, and how far apart they lie."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """The spread of values."""
        found = list(values)
        return cls(statistics.median(found), min(found), max(found))


@dataclass(frozen=True)
class Results:
    """Everything that one run measured.

    Attributes:
        about: versions, machine and scale.
        figures: what was measured.
    """

    about: Mapping[str, Any]
    figures: tuple[Figure, ...]

    def of(self, measure: str, server: str | None = None, case: str | None = None) -> Iterator[Figure]:
        """The figures of a measurement, of one server or one case where that is asked for."""
        return (
            figure
            for figure in self.figures
            if figure.measure == measure and server in {None, figure.server} and case in {None, figure.case}
        )

    def find(
        self, measure: str, case: str, who: str, server: str | None = None, unit: str | None = None
    ) -> Figure | None:
        """One figure, if this run measured it."""
        found = (
            figure for figure in self.of(measure, server, case) if figure.who == who and unit in {None, figure.unit}
        )
        return next(found, None)

    def write(self, path: Path) -> None:
        """Keep them, one figure a line."""
        lines = ",\n".join(f"    {json.dumps(asdict(figure), ensure_ascii=False)}" for figure in self.figures)
        about = json.dumps(self.about, indent=2, ensure_ascii=False).replace("\n", "\n  ")
        path.write_text(f'{{\n  "about": {about},\n  "figures": [\n{lines}\n  ]\n}}\n', encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Results:
        """What ``write`` kept."""
        found = json.loads(path.read_text(encoding="utf-8"))
        figures = (Figure(**{**entry, "values": tuple(entry["values"])}) for entry in found["figures"])
        return cls(found["about"], tuple(figures))


def ratios(mine: Figure, other: Figure) -> Spread:
    """By how much the other one's value is larger, round by round: what disturbs a round disturbs both."""
    return Spread.of(theirs / own for own, theirs in zip(mine.values, other.values, strict=True))


@dataclass
class Collected:
    """Values as they come in, to be figures in the end."""

    values: dict[tuple[str, str, str], list[float]] = field(default_factory=dict)

    def add(self, case: str, who: str, unit: str, value: float) -> None:
        """Take one value of a round, with as many digits as mean anything."""
        self.values.setdefault((case, who, unit), []).append(float(f"{value:.5g}"))

    def figures(self, measure: str, server: str) -> Iterator[Figure]:
        """Everything that came in."""
        for (case, who, unit), values in self.values.items():
            yield Figure(measure, case, server, who, unit, tuple(values))
