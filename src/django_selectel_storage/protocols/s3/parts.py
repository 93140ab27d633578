"""The plan of a large upload or copy: how many parts, how large, and which ETag comes of them. Pure.

Source: Amazon S3 User Guide, "Amazon S3 multipart upload limits".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import md5

from django_selectel_storage.exceptions import ObjectTooLarge

MOST_PARTS = 10_000
LARGEST_OBJECT = 5 * 1024**4  # bytes
_STEP = 1024**2  # parts grow by whole MiB


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the whole.

    Attributes:
        number: from 1 on.
        start: the first byte.
        stop: the byte after the last one.
    """

    number: int
    start: int
    stop: int


def part_size(size: int, chunksize: int) -> int:
    """Give the size of a part: ``chunksize``, or more where 10,000 of those would not suffice.

    Args:
        size: the bytes of the whole object.
        chunksize: the bytes that a part should have.

    Raises:
        ObjectTooLarge: the object is larger than S3 holds.
    """
    if size > LARGEST_OBJECT:
        raise ObjectTooLarge(f"S3 holds objects of at most 5 TiB; this one has {size} bytes.")
    least = -(-size // MOST_PARTS)
    return chunksize if least <= chunksize else -(-least // _STEP) * _STEP


def plan(size: int, chunksize: int) -> Iterator[Part]:
    """Give the parts of an object, in order.

    Raises:
        ObjectTooLarge: the object is larger than S3 holds.
    """
    step = part_size(size, chunksize)
    for number, start in enumerate(range(0, size, step), start=1):
        yield Part(number, start, min(start + step, size))


def etag_of_parts(chunks: Iterable[bytes], size: int) -> str:
    """Give the ETag that S3 gives to bytes that were uploaded in parts: the MD5 of the parts' MD5s, and their number.

    Source: Amazon S3 User Guide, "Checking object integrity", on multipart uploads.

    Args:
        chunks: all bytes of the object, in pieces of any size.
        size: the bytes of a part; the last one may have fewer.
    """
    digests, state, left = [], md5(usedforsecurity=False), size
    for chunk in chunks:
        rest = memoryview(chunk)
        while rest:
            state.update(rest[:left])
            taken = min(left, len(rest))
            rest, left = rest[taken:], left - taken
            if not left:
                digests.append(state.digest())
                state, left = md5(usedforsecurity=False), size
    if left < size:
        digests.append(state.digest())
    return f"{md5(b''.join(digests), usedforsecurity=False).hexdigest()}-{len(digests)}"
