"""How a save finds a free name: by trying, and with Django's own rules for the next one to try.

Knows Django's naming, and nothing of how bytes travel.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.core.files.storage import Storage

MOST_NAMES = 10_000  # that are tried for one file; a server that finds all of them taken is not to be believed
_VERBS = ("get_available_name", "is_name_available", "exists")


class NameTaken(Exception):
    """The key of a guarded write is taken. It passes from ``_save`` to ``save``, and no further."""


# The storage whose save() is running in this context: its _save() must not overwrite.
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


def chooses_names_itself(kind: type[Storage], base: type[Storage]) -> bool:
    """Whether a subclass overrides the way in which Django finds a free name."""
    return any(getattr(kind, verb, None) is not getattr(base, verb, None) for verb in _VERBS)


class NameSearch(Storage):
    """Django's own search for a free name, told which names are taken instead of asking the server.

    Args:
        storage: whose ``get_alternative_name`` makes the names.
        taken: the names that were tried and are taken.
    """

    def __init__(self, storage: Storage, taken: set[str]) -> None:
        self._storage = storage
        self._taken = taken

    def exists(self, name: str) -> bool:
        """Say whether the name was tried and is taken."""
        return name in self._taken

    def get_alternative_name(self, file_root: str, file_ext: str) -> str:
        """Make another name in the storage's own way."""
        return self._storage.get_alternative_name(file_root, file_ext)
