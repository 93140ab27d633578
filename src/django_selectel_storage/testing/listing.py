"""Pages of a listing, as object stores cut them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice

from django_selectel_storage.protocols.base import Listing, ObjectInfo
from django_selectel_storage.protocols.listing import page_of_objects

PAGE = 1000  # entries


def page_of(
    objects: Mapping[str, ObjectInfo], prefix: str, delimiter: str, page: str | None, limit: int | None
) -> Listing:
    """Cut one page.

    Args:
        objects: everything in the container, by key.
        prefix: what the keys begin with.
        delimiter: what ends a folder; empty for no folders.
        page: the last entry of the page before; None for the first page.
        limit: the most entries.
    """
    size = min(limit or PAGE, PAGE)
    entries = list(islice(_entries(sorted(objects, key=str.encode), prefix, delimiter, page), size + 1))
    shown = entries[:size]
    return page_of_objects(
        objects=tuple(_as_listed(objects[entry]) for entry, is_folder in shown if not is_folder),
        folders=tuple(entry for entry, is_folder in shown if is_folder),
        next_page=shown[-1][0] if len(entries) > size else None,
    )


def _entries(keys: list[str], prefix: str, delimiter: str, after: str | None) -> Iterator[tuple[str, bool]]:
    """Give keys and folders behind a mark, each folder once, and say which is which."""
    last = after
    for key in keys:
        if not key.startswith(prefix):
            continue
        inner, found, _ = key[len(prefix) :].partition(delimiter) if delimiter else (key, "", "")
        entry = f"{prefix}{inner}{delimiter}" if found else key
        if last is None or entry.encode() > last.encode():
            last = entry
            yield entry, bool(found)


def _as_listed(info: ObjectInfo) -> ObjectInfo:
    """Leave out what a listing does not tell."""
    return replace(info, headers={}, metadata={})
