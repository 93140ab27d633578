"""docs/reliability.md: what its scripts have measured stands between two marks, and only they write there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs/reliability.md"


def marks(section: str, script: str) -> tuple[str, str]:
    """Give the lines before and behind the figures of a section."""
    return f"<!-- {section}: written by python -m {script} -->", f"<!-- {section}: end -->"


def replaced(page: str, begin: str, end: str, lines: Iterable[str]) -> str:
    """Give the page with other lines between two marks."""
    text = "\n".join([begin, "", *lines, "", end])
    return re.sub(f"{re.escape(begin)}.*{re.escape(end)}", lambda _: text, page, flags=re.DOTALL)


def record(section: str, script: str, lines: Iterable[str]) -> None:
    """Write what a script has measured into the page.

    Raises:
        ValueError: the page has no such section.
    """
    begin, end = marks(section, script)
    page = PAGE.read_text(encoding="utf-8")
    if begin not in page:
        raise ValueError(f"{PAGE.name} has no line {begin}")
    PAGE.write_text(replaced(page, begin, end, lines), encoding="utf-8")
