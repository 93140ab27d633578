"""How a save finds a free name: by trying, and with Django's own rules for the next one to try.

Who is asked: a subclass that has ``get_available_name`` or ``is_name_available`` of its own; otherwise ``NameSearch``,
which asks a subclass's own ``exists``, and else nobody: a name that is taken shows when it is written. All others than
``save`` get Django's ordinary search. Knows Django's naming, and nothing of how bytes travel.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.core.files.storage import Storage

from django_selectel_storage.exceptions import ObjectExists

MOST_NAMES = 10_000  # that are tried for one file; a server that finds all of them taken is not to be believed
_VERBS = ("get_available_name", "is_name_available")


class NameTaken(Exception):
    """The key of a guarded write is taken. It passes from ``_save`` to ``save``, and no further."""


@dataclass
class Attempt:
    """One try of ``save`` to store a file, while its storage's ``_save`` runs.

    Attributes:
        storage: whose ``save`` it is.
        name: the name that is tried.
        refused: whether the server said of a write that its key is taken.
        written: the names under which this try has stored something.
    """

    storage: Storage
    name: str
    refused: bool = False
    written: set[str] = field(default_factory=set)

    def guards(self, name: str) -> bool:
        """Whether a write must not overwrite; this try may replace what it has stored itself.

        When the file itself is stored, what a subclass's ``_save`` stores beside it must not give it another name.
        """
        return not {name, self.name} & self.written


_attempt: ContextVar[Attempt | None] = ContextVar("_attempt", default=None)


@contextmanager
def attempted(storage: Storage, name: str, *, guarded: bool) -> Iterator[Attempt]:
    """Let the storage's ``_save`` write only what does not exist yet, if ``guarded``, for as long as the block runs."""
    attempt = Attempt(storage, name)
    token = _attempt.set(attempt if guarded else None)
    try:
        yield attempt
    finally:
        _attempt.reset(token)


def attempt_of(storage: Storage) -> Attempt | None:
    """Give the guarded try of the storage's ``save`` that runs now; without one, ``_save`` overwrites."""
    attempt = _attempt.get()
    return attempt if attempt is not None and attempt.storage is storage else None


def all_taken(name: str) -> ObjectExists:
    """Give the error for a server that finds every name taken."""
    return ObjectExists(f"The server says of {MOST_NAMES} names in a row that they are taken, from {name!r} on.")


def chooses_names_itself(storage: Storage, base: type[Storage]) -> bool:
    """Whether a storage overrides the way in which Django finds a free name."""
    return any(_overrides(storage, base, verb) for verb in _VERBS)


def asks_first(storage: Storage, base: type[Storage]) -> bool:
    """Whether a storage has an ``exists`` of its own, which may know of more names that are taken."""
    return _overrides(storage, base, "exists")


def _overrides(storage: Storage, base: type[Storage], verb: str) -> bool:
    return getattr(getattr(storage, verb), "__func__", None) is not getattr(base, verb)


class NameSearch(Storage):
    """Django's own search for a free name, told which names are taken instead of asking the server.

    Args:
        storage: whose ``get_alternative_name`` makes the names.
        taken: the names that were tried and are taken.
        asks: whether the storage's ``exists`` is asked too.
    """

    def __init__(self, storage: Storage, taken: set[str], *, asks: bool) -> None:
        self._storage = storage
        self._taken = taken
        self._asks = asks

    def exists(self, name: str) -> bool:
        """Say whether the name is known to be taken."""
        return name in self._taken or (self._asks and self._storage.exists(name))

    def get_alternative_name(self, file_root: str, file_ext: str) -> str:
        """Make another name in the storage's own way."""
        return self._storage.get_alternative_name(file_root, file_ext)

    def name_to_try(self, name: str, max_length: int | None = None) -> str:
        """Give the next name to try: the wished one, unless something speaks against it.

        Args:
            name: what is wished, and has been validated.
            max_length: the most characters that it may have.
        """
        fits = max_length is None or len(name) <= max_length
        if fits and "\\" not in name and not self._taken and not self._asks:
            return name
        return self.get_available_name(name, max_length=max_length)
