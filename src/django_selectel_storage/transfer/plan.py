"""What is to be done: two sorted listings side by side, which share of them is ours, what a listing alone decides.

Pure: listings come in, pairs and verdicts come out.
"""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

from django.utils.translation import gettext as _

from django_selectel_storage.exceptions import StorageError
from django_selectel_storage.transfer.values import Entry, Pair

MOST_WORKERS = 64
_SHARD = re.compile(r"(\d{1,9})/(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Shard:
    """One of several equal shares of all names.

    Attributes:
        number: which one, from 0 on.
        of: how many there are.
    """

    number: int = 0
    of: int = 1

    def holds(self, name: str) -> bool:
        """Whether a name belongs to this share; each belongs to exactly one, on every machine and in every version."""
        if self.of == 1:
            return True
        digest = blake2b(name.encode("utf-8", "surrogateescape"), digest_size=8).digest()
        return int.from_bytes(digest, "big") % self.of == self.number


def shard(text: str) -> Shard:
    """Read ``i/n``, with i from 0 to n - 1.

    Raises:
        ArgumentTypeError: it is nothing of the kind.
    """
    match = _SHARD.fullmatch(text.strip())
    if not match or int(match[1]) >= int(match[2]):
        raise ArgumentTypeError(
            _("A share is written i/n, with i from 0 to n - 1, as 0/8; not {text!r}.").format(text=text)
        )
    return Shard(int(match[1]), int(match[2]))


def workers(text: str) -> int:
    """Read a number of workers.

    Raises:
        ArgumentTypeError: it is none, or not a sensible one.
    """
    if not text.isdecimal() or not 1 <= int(text) <= MOST_WORKERS:
        words = _("The number of workers lies between 1 and {most}; not {text!r}.")
        raise ArgumentTypeError(words.format(most=MOST_WORKERS, text=text))
    return int(text)


def pairs(source: Iterable[Entry], target: Iterable[Entry]) -> Iterator[Pair]:
    """Walk along two listings in the order of their names, and give each file of the source with its counterpart."""
    others = iter(target)
    other = next(others, None)
    for one in source:
        while other is not None and other.name < one.name:
            other = next(others, None)
        yield Pair(one, other if other is not None and other.name == one.name else None)


def in_order(entries: Iterable[Entry], title: str) -> Iterator[Entry]:
    """Pass a listing on, as long as it is in the order of its names.

    Raises:
        StorageError: it is not, so that nothing can be said of what is missing.
    """
    before = ""
    for entry in entries:
        if entry.name < before:
            raise StorageError(
                f"The listing of {title} is not in the order of UTF-8 ({entry.name!a} comes after {before!a}), as S3 "
                "and Swift promise. It cannot be compared."
            )
        before = entry.name
        yield entry


def is_same(pair: Pair) -> bool:
    """Whether the listings alone prove that both files are the same: by size and ETag.

    No bytes prove nothing: Swift lists an object that is segmented by prefix (X-Object-Manifest) as an empty one.
    """
    one, other = pair.one, pair.other
    if other is None or one.problem or other.problem:
        return False
    return one.size == other.size > 0 and bool(one.etag) and one.etag == other.etag


def has_parts(etag: str) -> int:
    """Give the number of parts that an ETag of a multipart upload names (``…-3``); 0 for any other."""
    _, dash, count = etag.rpartition("-")
    return int(count) if dash and count.isascii() and count.isdigit() and len(count) < 6 else 0
