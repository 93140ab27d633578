"""What an examination finds: a verdict, and with its title a finding."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise


class State(Enum):
    """How an examination ended; the value is what JSON says."""

    GOOD = "good"
    BAD = "bad"
    SKIPPED = "skipped"

    @property
    def mark(self) -> str:
        """The sign that stands before the line."""
        return {State.GOOD: "✓", State.BAD: "✗", State.SKIPPED: "\N{EN DASH}"}[self]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one examination says.

    Attributes:
        state: how it ended.
        detail: what was seen, or why nothing was looked at.
        hint: what to do; empty when there is nothing.
    """

    state: State
    detail: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict, and what it is about.

    Attributes:
        examination: the id, which stays the same from version to version.
        title: what was examined.
        verdict: what was found.
    """

    examination: str
    title: str
    verdict: Verdict

    @property
    def is_bad(self) -> bool:
        """Whether something has to be mended."""
        return self.verdict.state is State.BAD


def good(detail: str | Promise, hint: str | Promise = "") -> Verdict:
    """It works; a hint says what could be better."""
    return Verdict(State.GOOD, str(detail), str(hint))


def bad(detail: str | Promise, hint: str | Promise) -> Verdict:
    """It does not work; the hint says what to do."""
    return Verdict(State.BAD, str(detail), str(hint))


def skipped(reason: str | Promise) -> Verdict:
    """It was not examined."""
    return Verdict(State.SKIPPED, str(reason))
