"""What is done with a storage, verb by verb: how names are made ready, and what is then measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

FOLDER = "listed1000"  # what listdir is asked for: the static answers of nginx know it, and Swift is filled with it
LISTED = 1000

Names = Callable[[Any, int, int], Iterator[str]]


@dataclass(frozen=True)
class Verb:
    """One operation: ``names`` makes ready what it works on, and is not measured; ``act`` is."""

    names: Names
    act: Callable[[Any, str, bytes], object]


def fresh(storage: Any, times: int, size: int) -> Iterator[str]:  # noqa: ARG001 - the signature of Names
    """Names that are not taken."""
    return (f"bench/{uuid4().hex}.bin" for _ in range(times))


def stored(storage: Any, times: int, size: int) -> Iterator[str]:
    """Names of files of their own."""
    return iter([storage.save(name, content_of(bytes(size))) for name in fresh(storage, times, size)])


def one_stored(storage: Any, times: int, size: int) -> Iterator[str]:
    """The name of one file, again and again."""
    (name,) = stored(storage, 1, size)
    return (name for _ in range(times))


def content_of(content: bytes) -> Any:
    """Content as Django's forms and views hand it over."""
    from django.core.files.base import ContentFile  # noqa: PLC0415 - Django is configured first

    return ContentFile(content)


def read(storage: Any, name: str, content: bytes) -> None:
    """Read a file whole, and make sure that it is whole."""
    with storage.open(name) as file:
        if file.read() != content:
            raise RuntimeError(f"{name} is not what was saved.")


def write(storage: Any, name: str, content: bytes) -> None:
    """Write a file through ``open``."""
    with storage.open(name, "wb") as file:
        file.write(content)


def size(storage: Any, name: str, content: bytes) -> None:
    """Ask for a file's size, and make sure that it is right."""
    if storage.size(name) != len(content):
        raise RuntimeError(f"{name} has another size than what was saved.")


def exists(storage: Any, name: str, content: bytes) -> None:  # noqa: ARG001 - the signature of act
    """Ask for a file that is there."""
    if not storage.exists(name):
        raise RuntimeError(f"{name} is said not to be there.")


def missing(storage: Any, name: str, content: bytes) -> None:  # noqa: ARG001 - the signature of act
    """Ask for a file that is not there."""
    if storage.exists(name):
        raise RuntimeError(f"{name} is said to be there.")


def listdir(storage: Any, name: str, content: bytes) -> None:  # noqa: ARG001 - the signature of act
    """List a folder of a thousand files."""
    files = storage.listdir(FOLDER)[1]
    if len(files) != LISTED:
        raise RuntimeError(f"{FOLDER} is said to have {len(files)} files instead of {LISTED}.")


def fill(storage: Any) -> None:
    """Put the files into the folder that is listed, unless they are there."""
    if len(storage.listdir(FOLDER)[1]) == LISTED:
        return
    for number in range(LISTED):
        storage.save(f"{FOLDER}/{number:07}.bin", content_of(b"x"))


VERBS = {
    "save": Verb(fresh, lambda storage, name, content: storage.save(name, content_of(content))),
    "write": Verb(fresh, write),
    "read": Verb(one_stored, read),
    "exists": Verb(one_stored, exists),
    "missing": Verb(fresh, missing),
    "size": Verb(one_stored, size),
    "delete": Verb(stored, lambda storage, name, content: storage.delete(name)),  # noqa: ARG005
    "listdir": Verb(fresh, listdir),
    "url": Verb(one_stored, lambda storage, name, content: storage.url(name)),  # noqa: ARG005
    "fill": Verb(fresh, lambda storage, name, content: fill(storage)),  # noqa: ARG005
}
