"""The documents, as tests read them: their blocks of code, their tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
# The first line of a block that belongs into a file: its path, and whether it is appended.
_TARGET = re.compile(r"^(?:# |<!-- )(?P<path>[\w./-]+\.\w+)(?P<appended>, at the end)?(?: -->)?\n")


@dataclass(frozen=True)
class Block:
    """A block of code: its language, its text, and the heading above it."""

    language: str
    text: str
    heading: str = ""

    @property
    def path(self) -> str:
        """The file that the block belongs into; empty when it says none."""
        found = _TARGET.match(self.text)
        return found["path"] if found else ""

    @property
    def is_appended(self) -> bool:
        found = _TARGET.match(self.text)
        return bool(found and found["appended"])


def markdown() -> list[Path]:
    """All documents of the repository, the README included."""
    return sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: str) -> list[Block]:
    """The blocks of code of a page, in their order."""
    text = text_of(page)
    return [Block(found[1], found[2], _heading_above(text, found.start())) for found in _BLOCK.finditer(text)]


def _heading_above(text: str, position: int) -> str:
    headings = [found[1] for found in _HEADING.finditer(_without_code(text[:position]))]
    return headings[-1] if headings else ""


def _without_code(text: str) -> str:
    return _BLOCK.sub("", text)


def block(page: str, heading: str, language: str = "python") -> str:
    """The text of the one block of this language below a heading."""
    (found,) = [entry.text for entry in blocks(page) if entry.heading == heading and entry.language == language]
    return found


def rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the rows of the table below a heading, without its head."""
    _, _, rest = text_of(page).partition(f" {heading}\n")
    section = re.split(r"^#+ ", rest, maxsplit=1, flags=re.MULTILINE)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def words_in(cell: str) -> set[str]:
    """What stands in a cell between backticks."""
    return set(re.findall(r"`([^`]+)`", cell))
