"""Removing many objects: together where the server knows how, otherwise one by one; failures are told by key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from django_selectel_storage.exceptions import StorageError

# Statuses with which servers say that they cannot delete many, or so many, at once.
NOT_KNOWN = frozenset({400, 404, 405, 411, 412, 413, 415, 501})


class NotTogether(Exception):
    """The server does not know how to remove these together."""


def delete_many(
    keys: Sequence[str],
    together: Callable[[Sequence[str]], dict[str, StorageError]],
    alone: Callable[[str], None],
    page: int,
) -> dict[str, StorageError]:
    """Remove objects.

    Args:
        keys: what to remove.
        together: removes some with one request and gives the failures by key; raises NotTogether.
        alone: removes one.
        page: how many go together at the most.

    Returns:
        The failures by key.
    """
    failures: dict[str, StorageError] = {}
    for batch in _pages(keys, page):
        try:
            failures |= together(batch)
        except NotTogether:
            failures |= _one_by_one(batch, alone)
        except StorageError as error:
            failures |= dict.fromkeys(batch, error)
    return failures


def _one_by_one(keys: Sequence[str], alone: Callable[[str], None]) -> dict[str, StorageError]:
    failures = {}
    for key in keys:
        try:
            alone(key)
        except StorageError as error:
            failures[key] = error
    return failures


def _pages(keys: Sequence[str], page: int) -> Iterator[Sequence[str]]:
    return (keys[start : start + page] for start in range(0, len(keys), page))
