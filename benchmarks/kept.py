"""What a run has measured so far, in a file: a run that is interrupted goes on where it stopped, and loses nothing.

Each measure compares its contestants within itself, so that nothing is compared over an interruption.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure


@dataclass
class Kept:
    """The figures of one run, by measure.

    Attributes:
        path: where they are kept; None for a run that is not taken up again.
        run: what the run is made of: machine, versions, sources.
        seconds: how long was measured.
        sittings: how often it was begun.
        measures: what was measured.
    """

    path: Path | None
    run: Mapping[str, Any]
    seconds: float = 0.0
    sittings: int = 1
    measures: dict[str, tuple[Figure, ...]] = field(default_factory=dict)

    @classmethod
    def resumed(cls, path: Path, run: Mapping[str, Any]) -> Kept:
        """Take up a run that was interrupted.

        Raises:
            SystemExit: there is none, or it is another one: then its figures and the next ones do not belong together.
        """
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise SystemExit("There is no run to be resumed: leave --resume out.") from None
        others = sorted(name for name in {*run, *found["run"]} if run.get(name) != found["run"].get(name))
        if others:
            raise SystemExit(f"The run in {path.name} is another one ({', '.join(others)}): leave --resume out.")
        measures = {
            name: tuple(Figure(**{**entry, "values": tuple(entry["values"])}) for entry in entries)
            for name, entries in found["measures"].items()
        }
        return cls(path, run, found["seconds"], found["sittings"] + 1, measures)

    def add(self, name: str, figures: tuple[Figure, ...], seconds: float) -> None:
        """Keep what a measure gave."""
        self.measures[name] = figures
        self.seconds += seconds
        if self.path is None:
            return
        measures = {name: [asdict(figure) for figure in figures] for name, figures in self.measures.items()}
        text = json.dumps({"run": self.run, "seconds": self.seconds, "sittings": self.sittings, "measures": measures})
        beside = self.path.with_suffix(".new")
        beside.write_text(text, encoding="utf-8")
        beside.replace(self.path)
