"""All pages of a listing, one after the other: only what was asked for, and never the same page for ever.

``listdir`` looks at the keys of a page alone, ``walk`` has its objects described.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django_selectel_storage.exceptions import StorageError
from django_selectel_storage.protocols.base import Listing, ObjectClient, ObjectInfo


def pages(client: ObjectClient, prefix: str, *, delimiter: str = "") -> Iterator[Listing]:
    """Give the pages of a listing, in the store's order.

    Args:
        client: the object store.
        prefix: what all keys begin with.
        delimiter: what ends a folder; empty for everything, at any depth.

    Raises:
        StorageError: the server lists other keys than those that were asked for, or does not turn the page.
    """
    page: str | None = None
    while True:
        listing = client.list(prefix, delimiter=delimiter, page=page)
        if not (_all_begin_with(prefix, listing.keys) and _all_begin_with(prefix, listing.folders)):
            raise StorageError(
                f"The server lists other keys than those that begin with {prefix!r}, as it was asked to."
            )
        yield listing
        if listing.next_page is None:
            return
        if listing.next_page == page:
            raise StorageError(f"The server gives the same page of the listing of {prefix!r} again and again.")
        page = listing.next_page


def _all_begin_with(prefix: str, keys: Sequence[str]) -> bool:
    """Whether all keys do: what lies between two that begin alike begins like them."""
    return not keys or (min(keys).startswith(prefix) and max(keys).startswith(prefix))


def page_of_objects(
    objects: tuple[ObjectInfo, ...], folders: tuple[str, ...] = (), next_page: str | None = None
) -> Listing:
    """Make a page of objects that are at hand."""
    return Listing(tuple(info.key for info in objects), lambda: objects, folders, next_page)
