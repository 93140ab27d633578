"""What became of the files: counted, written down one line of JSON each, and as exit code. Opens no file itself."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import ngettext, override, pgettext, pgettext_lazy

from django_selectel_storage.transfer.values import Outcome, Result

# Exit codes; 1 is that of every CommandError, 2 that of wrong arguments.
SOME_FAILED = 3
INTERRUPTED = 130  # as shells say it: 128 and the number of SIGINT
SHOWN = 20  # failures that are repeated at the end
_COUNTED: Mapping[Result, Promise] = {
    Result.COPIED: pgettext_lazy("transfer", "{count} copied"),
    Result.SAME: pgettext_lazy("transfer", "{count} same"),
    Result.WOULD_COPY: pgettext_lazy("transfer", "{count} would copy"),
    Result.FAILED: pgettext_lazy("transfer", "{count} failed"),
}
_UNITS: Mapping[int, Promise] = {  # the largest first
    1024**3: pgettext_lazy("transfer", "{size} GiB"),
    1024**2: pgettext_lazy("transfer", "{size} MiB"),
    1024: pgettext_lazy("transfer", "{size} KiB"),
}


@dataclass(slots=True)
class Tally:
    """How many files came to what.

    Attributes:
        files: the number of files, by result.
        copied_bytes: the bytes of those that were copied, or would be.
        failures: the first failures.
    """

    files: Counter[Result] = field(default_factory=Counter)
    copied_bytes: int = 0
    failures: list[Outcome] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Count a file."""
        self.files[outcome.result] += 1
        if outcome.result in {Result.COPIED, Result.WOULD_COPY}:
            self.copied_bytes += outcome.pair.one.size
        if outcome.result is Result.FAILED and len(self.failures) < SHOWN:
            self.failures.append(outcome)

    @property
    def done(self) -> int:
        """How many files there were."""
        return self.files.total()

    @property
    def failed(self) -> int:
        """How many failed."""
        return self.files[Result.FAILED]

    def summary(self) -> dict[str, Any]:
        """Give the numbers, by the words of the report."""
        return {**{result.value: self.files[result] for result in Result}, "bytes": self.copied_bytes}

    def __str__(self) -> str:
        words = ", ".join(counted(result, count) for result in Result if (count := self.files[result]))
        files = words or pgettext("transfer", "no files")
        return f"{files}; {size_text(self.copied_bytes)}"


def number(value: float, decimals: int = 0) -> str:
    """Write a number as it is written in the language of the reader."""
    return str(number_format(f"{value:.{decimals}f}", decimals, force_grouping=True))


def counted(result: Result, count: int) -> str:
    """Write how many files came to a result."""
    return str(_COUNTED[result]).format(count=number(count))


def size_text(size: float) -> str:
    """Write a number of bytes in the unit that suits it."""
    for unit, words in _UNITS.items():
        if size >= unit:
            return str(words).format(size=number(size / unit, 1))
    return ngettext("{size} byte", "{size} bytes", round(size)).format(size=number(size))


def printable(text: str) -> str:
    """Give a text as every terminal can show it: names of files may hold anything."""
    shown = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
    return shown.encode("utf-8", "backslashreplace").decode()


class Report:
    """A file with one line of JSON for each file, and one at the end with the numbers.

    Args:
        file: where the lines go; None for nowhere.
    """

    def __init__(self, file: IO[str] | None) -> None:
        self._file = file

    def add(self, outcome: Outcome) -> None:
        """Write a file's line."""
        entry = outcome.pair.one
        line: dict[str, Any] = {"name": entry.name, "result": outcome.result.value, "bytes": entry.size}
        if outcome.on_the_server:
            line["on_the_server"] = True
        if outcome.reason:
            with override(None):  # what machines read is in no language
                line["reason"] = str(outcome.reason)
        self._write(line)

    def end(self, tally: Tally) -> None:
        """Write the last line."""
        self._write({"summary": tally.summary()})

    def _write(self, line: dict[str, Any]) -> None:
        if self._file is not None:
            self._file.write(json.dumps(line) + "\n")
