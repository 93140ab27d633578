"""Which pages of other origins a browser lets talk to the container: the rules, and the one that uploads need. Pure.

Source: Fetch standard, "CORS protocol".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

OURS = "django-selectel-storage"  # the name of the rule that this package sets, where rules have names
# What an upload sends beside its bytes: the fields that a signed link asks for.
_HEADERS = (
    "content-type",
    "if-none-match",
    "cache-control",
    "content-disposition",
    "content-language",
    "content-encoding",
    "x-amz-meta-*",
)
_SECONDS = 3600  # for which a browser need not ask again


@dataclass(frozen=True, slots=True)
class CorsRule:
    """Permission for the pages of some origins.

    Attributes:
        origins: scheme, host and port of the pages; ``*`` is every page.
        methods: the HTTP methods that they may use; empty where the server names none (Swift).
        headers: the header fields that they may send; empty where the server names none.
        exposed: the header fields of an answer that they may read.
        max_age: for how many seconds a browser may remember the permission; 0 when nothing is said.
        name: what the rule is called; empty when it has no name.
    """

    origins: tuple[str, ...]
    methods: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()
    max_age: int = 0
    name: str = ""


class CrossOrigin(Protocol):
    """The rules of one container."""

    def rules(self) -> list[CorsRule]:
        """Give the rules that are set."""
        ...

    def store(self, rules: Sequence[CorsRule]) -> None:
        """Set these rules in place of all others; none takes all away."""
        ...


class KeptRules:
    """Rules of a container that no browser reaches, as one in memory: they are kept, and heeded by nobody."""

    def __init__(self) -> None:
        self._rules: list[CorsRule] = []

    def rules(self) -> list[CorsRule]:
        """Give the rules that were set."""
        return list(self._rules)

    def store(self, rules: Sequence[CorsRule]) -> None:
        """Keep these rules in place of all others."""
        self._rules = list(rules)


def for_uploads(origins: Iterable[str]) -> CorsRule:
    """Give the rule that lets pages of these origins upload with signed links, and nothing else."""
    return CorsRule(tuple(sorted(set(origins))), ("PUT",), _HEADERS, ("ETag",), _SECONDS, OURS)


def allowing(rules: Iterable[CorsRule], origins: Iterable[str]) -> list[CorsRule]:
    """Give the rules with these origins added to our own one; those of others stay as they are."""
    rules = list(rules)
    known = [origin for rule in rules if rule.name == OURS for origin in rule.origins]
    return [*without_ours(rules), for_uploads([*known, *origins])]


def without_ours(rules: Iterable[CorsRule]) -> list[CorsRule]:
    """Give the rules that others have set."""
    return [rule for rule in rules if rule.name != OURS]
