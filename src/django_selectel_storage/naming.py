"""How a save finds a free name: by trying, and with Django's own rules for the next one to try.

Knows Django's naming, and nothing of how bytes travel.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.core.files.storage import Storage

from django_selectel_storage.exceptions import ObjectExists

MOST_NAMES = 10_000  # that are tried for one file; a server that finds all of them taken is not to be believed
_VERBS = ("get_available_name", "is_name_available")


class NameTaken(Exception):
    """The key of a guarded write is taken. It passes from ``_save`` to ``save``, and no further."""


# The storage whose save() is running in this context and has written nothing yet: its _save() must not overwrite.
_saving: ContextVar[Storage | None] = ContextVar("_saving", default=None)


@contextmanager
def guarded(storage: Storage, *, on: bool) -> Iterator[None]:
    """Let the storage's ``_save`` write only what does not exist yet, for as long as the block runs."""
    token = _saving.set(storage if on else None)
    try:
        yield
    finally:
        _saving.reset(token)


def is_guarded(storage: Storage) -> bool:
    """Whether ``_save`` runs inside of ``save`` and must not overwrite; direct callers of it mean to."""
    return _saving.get() is storage


def lift_guard(storage: Storage) -> None:
    """The file of this ``save`` is stored: what a subclass's ``_save`` stores beside it must not give it a new name."""
    if is_guarded(storage):
        _saving.set(None)


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
