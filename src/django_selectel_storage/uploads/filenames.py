"""The name that a browser gives a file, made harmless. Pure."""

from __future__ import annotations

_LONGEST = 255  # characters; what common file systems allow


def harmless(name: str, max_length: int | None = None) -> str:
    """Give the last step of a path, without what cannot be printed; empty when nothing usable is left.

    Args:
        name: what the browser said.
        max_length: the most characters that the field takes; of a longer name the end remains.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    printable = "".join(character for character in last if character.isprintable()).strip()
    short = printable[-min(_LONGEST, max_length or _LONGEST) :].strip()
    return "" if short in {"", ".", ".."} else short
