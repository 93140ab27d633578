"""The pairs of Python and Django that the suite runs on, as tox.ini names them. Pure, but for reading tox.ini."""

from __future__ import annotations

import configparser
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

TOX_INI = Path(__file__).resolve().parents[1] / "tox.ini"
_NAME = re.compile(r"py(?P<python>3\d+)-django(?P<django>\d\d)")


@dataclass(frozen=True, order=True)
class Pair:
    """A Python and a Django that go together; older pairs come first.

    Attributes:
        python: major and minor version.
        django: major and minor version.
    """

    python: tuple[int, int]
    django: tuple[int, int]

    @property
    def name(self) -> str:
        """What tox calls the pair."""
        return f"py{self.python[0]}{self.python[1]}-django{self.django[0]}{self.django[1]}"


def parse(name: str) -> Pair:
    """Read a pair's name.

    Args:
        name: as ``py310-django42``.

    Raises:
        ValueError: it is another kind of name.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise ValueError(f"A pair is named like 'py310-django42', not {name!r}.")
    return Pair(_version(match["python"]), _version(match["django"]))


def _version(digits: str) -> tuple[int, int]:
    return int(digits[0]), int(digits[1:])


def supported(tox_ini: str) -> list[Pair]:
    """Give the pairs of a tox.ini, the oldest first.

    Args:
        tox_ini: its text.
    """
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(tox_ini)
    return sorted(map(parse, parser["tox"]["env_list"].replace(",", " ").split()))


def chosen(wanted: str, pairs: Sequence[Pair]) -> list[Pair]:
    """Give the pairs that are asked for.

    Args:
        wanted: ``all``, ``oldest``, ``newest``, or names; commas between them.
        pairs: those to choose from, the oldest first.

    Raises:
        ValueError: a name is not among them.
    """
    groups = {"all": pairs, "oldest": pairs[:1], "newest": pairs[-1:]}
    named = [pair for word in wanted.split(",") for pair in (groups[word] if word in groups else [parse(word)])]
    strange = [pair.name for pair in named if pair not in pairs]
    if strange:
        raise ValueError(f"{', '.join(strange)}: not among {', '.join(pair.name for pair in pairs)}.")
    return list(dict.fromkeys(named))


def for_github(pairs: Iterable[Pair]) -> str:
    """Give the pairs as the matrix of a workflow: one line of JSON."""
    rows = [{"pair": pair.name, "python": ".".join(map(str, pair.python))} for pair in pairs]
    return json.dumps({"include": rows})


if __name__ == "__main__":
    print(for_github(supported(TOX_INI.read_text(encoding="utf-8"))))
