"""What travels through the rooms of ``transfer``: a file as it is listed, as it is known, as it is under way.

And the seam: ``Place``, what can be moved from and moved to. Nothing here reads or writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol, TypeAlias

from django.utils.functional import Promise

from django_selectel_storage.exceptions import AuthenticationFailed, ConfigurationError, ContainerNotFound
from django_selectel_storage.headers import ObjectHeaders
from django_selectel_storage.transport.body import Body

Words: TypeAlias = "str | Promise"  # a promise is kept in the language of whoever reads it
# What concerns every file alike, and so ends a whole run.
FATAL = (AuthenticationFailed, ConfigurationError, ContainerNotFound)
FOLDER = "application/directory"  # the content type of Swift's marks of folders


@dataclass(frozen=True, slots=True)
class Entry:
    """A file as a listing tells of it.

    Attributes:
        name: its name, relative to the place.
        size: bytes, as stored.
        etag: the entity tag, without quotes; empty where files have none.
        problem: why it cannot be moved; empty when it can.
    """

    name: str
    size: int
    etag: str = ""
    problem: Words = ""


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that a place knows of a file.

    Attributes:
        size: bytes, as they come out of the place.
        etag: the entity tag; empty where files have none, or where it is not that of these bytes.
        md5: the MD5 of the bytes; empty when it is not known.
        modified: when the file was changed, in nanoseconds since 1970; None when nobody knows.
        headers: what is stored beside the bytes; None where nothing is.
    """

    size: int
    etag: str = ""
    md5: str = ""
    modified: int | None = None
    headers: ObjectHeaders | None = None

    @property
    def marks_a_folder(self) -> bool:
        """Whether it stands for a folder, as Swift's clients make it: without bytes, under the folder's own name."""
        return not self.size and self.headers is not None and self.headers.content_type == FOLDER


@dataclass(frozen=True, slots=True)
class Item:
    """A file under way: its bytes, and what is known of it."""

    body: Body
    known: Known


@dataclass(frozen=True, slots=True)
class Pair:
    """A file of the source, and what the target has under its name; None when that is nothing."""

    one: Entry
    other: Entry | None


class Result(Enum):
    """What became of a file."""

    COPIED = "copied"
    SAME = "same"
    WOULD_COPY = "would copy"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file, and how.

    Attributes:
        pair: the file.
        result: what became of it.
        on_the_server: whether the store copied it by itself.
        reason: why it failed.
        final: whether trying again would be of no use.
    """

    pair: Pair
    result: Result
    on_the_server: bool = False
    reason: Words = ""
    final: bool = True


class Place(Protocol):
    """Where files are moved from or to. Safe to use from many threads.

    Attributes:
        title: what it is called in messages; holds no secret.
        lists_cheaply: whether a listing has everything of an ``Entry``, so that listing twice does no harm.
        keeps_headers: whether it stores headers and metadata beside the bytes, and compressed bytes as they are.
    """

    title: str
    keeps_headers: bool
    lists_cheaply: bool

    @property
    def folder(self) -> Path | None:
        """The folder on a disk that its files lie in; None where nothing tells of one."""
        ...

    def entries(self, prefix: str) -> Iterator[Entry]:
        """Give all files whose names begin with a prefix, in the order of their names' code points."""
        ...

    def overlaps(self, other: Place) -> bool:
        """Whether files of the one may be files of the other."""
        ...

    def refusal(self, entry: Entry) -> Words:
        """Say why a file cannot be held under its name; empty when it can."""
        ...

    def look(self, entry: Entry, *, as_stored: bool) -> Known:
        """Give what is known of a file; where nothing but its bytes tells, they are read.

        Args:
            entry: the file.
            as_stored: whether bytes that this package compressed count as they are; otherwise unpacked.
        """
        ...

    def open(self, entry: Entry, *, as_stored: bool) -> AbstractContextManager[Item]:
        """Give a file's bytes and what is known of it; see ``look``."""
        ...

    def write(self, name: str, item: Item) -> None:
        """Store a file under exactly this name; what was there is replaced."""
        ...

    def memory_for(self, size: int) -> int:
        """Give how many bytes of memory it takes at most to write a file of ``size`` bytes."""
        ...

    def part_size(self, size: int) -> int:
        """Give the bytes of a part in which a file of this size is stored; 0 where it is stored in one piece."""
        ...
