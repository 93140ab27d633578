"""What may be uploaded into a field: how much, and of which types. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_PATTERN = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/(?:[A-Za-z0-9!#$&^_.+-]+|\*)")  # RFC 6838, section 4.2; or a whole family


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one field.

    Attributes:
        max_size: bytes.
        content_types: media types, as ``image/png`` or ``image/*``; empty for any.

    Raises:
        ValueError: they are not limits.
    """

    max_size: int
    content_types: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is no limit."""
        if isinstance(self.max_size, bool) or not isinstance(self.max_size, int) or self.max_size < 1:
            raise ValueError("'max_size' is a whole number of bytes, 1 at least.")
        wrong = [pattern for pattern in self.content_types if not _PATTERN.fullmatch(pattern)]
        if wrong:
            raise ValueError(f"'content_types' are media types, as 'image/png' or 'image/*', not {wrong[0]!r}.")

    def broken_by(self, size: int, content_type: str) -> str:
        """Say which limit a file breaks: ``empty``, ``too_large`` or ``wrong_type``; nothing when it breaks none."""
        if size < 1:
            return "empty"
        if size > self.max_size:
            return "too_large"
        return "" if self._allows(content_type) else "wrong_type"

    def _allows(self, content_type: str) -> bool:
        wanted = content_type.partition(";")[0].strip().lower()
        return not self.content_types or any(_covers(pattern.lower(), wanted) for pattern in self.content_types)


def limits(max_size: int, content_types: Iterable[str] | str = ()) -> Limits:
    """Make limits of what somebody wrote down."""
    patterns = [content_types] if isinstance(content_types, str) else content_types
    return Limits(max_size, tuple(patterns))


def _covers(pattern: str, content_type: str) -> bool:
    family, _, kind = pattern.partition("/")
    return content_type.partition("/")[0] == family if kind == "*" else content_type == pattern
