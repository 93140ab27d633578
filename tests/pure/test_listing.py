"""All pages of a listing: only what was asked for, and never the same page for ever."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_selectel_storage.exceptions import StorageError
from django_selectel_storage.protocols.base import Listing, ObjectInfo
from django_selectel_storage.protocols.listing import page_of_objects, pages
from tests.pure.doubles import DictClient


class Pages(DictClient):
    """A store that gives these pages, whatever it is asked for."""

    def __init__(self, *listings: Listing) -> None:
        super().__init__()
        self._listings = list(listings)

    def list(self, prefix: str, *, delimiter: str = "", page: str | None = None, limit: int | None = None) -> Listing:
        self.calls.append(("list", prefix, delimiter, page))
        return self._listings.pop(0)


def page(*keys: str, folders: tuple[str, ...] = (), after: str | None = None) -> Listing:
    return page_of_objects(tuple(ObjectInfo(key, 1) for key in keys), folders, after)


def test_each_page_is_asked_for_with_the_mark_of_the_one_before() -> None:
    client = Pages(page("m/a", after="1"), page("m/b", folders=("m/c/",), after="2"), page())
    found = list(pages(client, "m/", delimiter="/"))
    assert [entry.key for listing in found for entry in listing.objects] == ["m/a", "m/b"]
    assert client.calls == [("list", "m/", "/", mark) for mark in (None, "1", "2")]


@pytest.mark.parametrize("foreign", [page("other/a"), page("m/a", folders=("other/",)), page("m")])
def test_a_key_that_was_not_asked_for_is_an_error(foreign: Listing) -> None:
    with pytest.raises(StorageError, match="'m/'"):
        list(pages(Pages(foreign), "m/"))


def test_the_same_page_twice_is_an_error() -> None:
    with pytest.raises(StorageError, match="again and again"):
        list(pages(Pages(page(after="1"), page(after="1")), ""))


def test_a_page_is_described_only_when_it_is_asked_for() -> None:
    asked: list[str] = []

    def described() -> list[ObjectInfo]:
        asked.append("described")
        return [ObjectInfo("m/a", 1)]

    (listing,) = pages(Pages(Listing(("m/a",), described)), "m/")
    assert (listing.keys, asked) == (("m/a",), [])
    assert listing.objects == (ObjectInfo("m/a", 1),)


@given(st.lists(st.text(max_size=3), max_size=5), st.text(max_size=2))
def test_keys_that_were_asked_for_are_told_from_others(keys: list[str], prefix: str) -> None:
    with contextlib.ExitStack() as stack:
        if not all(key.startswith(prefix) for key in keys):
            stack.enter_context(pytest.raises(StorageError))
        list(pages(Pages(page(*keys)), prefix))
