"""The name that a browser gives a file, made harmless. Pure."""

from __future__ import annotations

_LONGEST = 255  # characters; what common file systems allow


def harmless(name: str) -> str:
    """Give the last step of a path, without what cannot be printed; empty when nothing usable is left."""
    last = name.replace("\\", "/").rpartition("/")[2]
    printable = "".join(character for character in last if character.isprintable()).strip()
    return "" if printable in {"", ".", ".."} else printable[-_LONGEST:]
