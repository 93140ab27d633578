"""Where the built distributions lie, and whether a tag may be published: ``python -m release.dist 2.0.0``."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"


def only(folder: Path, pattern: str) -> Path:
    """Give the one file of a pattern.

    Raises:
        SystemExit: there is none, or more than one.
    """
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise SystemExit(f"error: {folder.name}/ holds {len(found)} files like {pattern}; run: make dist")
    return found[0]


def version_of(wheel: Path) -> str:
    """Give the version that a wheel's file name says (PEP 427)."""
    return wheel.name.split("-")[1]


def refuse_other_tag(tag: str, version: str) -> None:
    """Make sure that a tag is the version itself, without a letter before it.

    Raises:
        SystemExit: it is not.
    """
    if tag != version:
        raise SystemExit(f"error: the tag is {tag!r}, but the version that was built is {version!r}.")


if __name__ == "__main__":
    refuse_other_tag(sys.argv[1], version_of(only(DIST, "*.whl")))
