"""How a large upload is cut. Pure."""

from __future__ import annotations

MOST = 2000  # parts; a browser keeps account of each
_STEP = 1024**2  # parts grow by whole MiB


def size_of_parts(size: int, wished: int) -> int:
    """Give the bytes of a part: as wished, or more where ``MOST`` of those would not suffice."""
    least = -(-size // MOST)
    return wished if least <= wished else -(-least // _STEP) * _STEP


def sizes(size: int, part_size: int) -> dict[int, int]:
    """Give the bytes of each part, by its number from 1 on; nothing for an upload that has none."""
    if not part_size:
        return {}
    starts = range(0, size, part_size)
    return {number: min(part_size, size - start) for number, start in enumerate(starts, start=1)}
