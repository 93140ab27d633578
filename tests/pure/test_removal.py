"""Removing many: in pages, together where it is known how, and nobody's failure forgotten."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from django_selectel_storage.exceptions import AccessDenied, ServerError, StorageError
from django_selectel_storage.protocols.removal import NotTogether, delete_many
from django_selectel_storage.protocols.swift import wire
from django_selectel_storage.transport.messages import Answer

KEYS = [f"k{number}" for number in range(7)]


class Store:
    """Remembers what was removed, and how."""

    def __init__(self, *, together: bool = True, stubborn: Sequence[str] = ()) -> None:
        self.batches: list[list[str]] = []
        self.single: list[str] = []
        self.knows = together
        self.stubborn = set(stubborn)

    def together(self, keys: Sequence[str]) -> dict[str, StorageError]:
        self.batches.append(list(keys))
        if not self.knows:
            raise NotTogether
        return {key: AccessDenied(key) for key in keys if key in self.stubborn}

    def alone(self, key: str) -> None:
        self.single.append(key)
        if key in self.stubborn:
            raise ServerError(key)

    def delete(self, keys: Sequence[str], page: int = 3) -> dict[str, StorageError]:
        return delete_many(keys, self.together, self.alone, page)


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (1, [1]), (3, [3]), (4, [3, 1]), (7, [3, 3, 1])])
def test_keys_go_in_pages(count: int, sizes: list[int]) -> None:
    store = Store()

    assert store.delete(KEYS[:count]) == {}
    assert [len(batch) for batch in store.batches] == sizes
    assert [key for batch in store.batches for key in batch] == KEYS[:count]
    assert store.single == []


def test_the_failures_of_all_pages_are_told() -> None:
    failures = Store(stubborn=["k0", "k4", "k6"]).delete(KEYS)

    assert failures.keys() == {"k0", "k4", "k6"}
    assert all(isinstance(error, AccessDenied) for error in failures.values())


def test_where_the_server_does_not_know_how_they_go_one_by_one() -> None:
    store = Store(together=False, stubborn=["k4"])

    failures = store.delete(KEYS)

    assert store.single == KEYS
    assert failures.keys() == {"k4"}
    assert isinstance(failures["k4"], ServerError)


def test_a_page_that_fails_as_a_whole_does_not_hide_the_failures_of_others() -> None:
    class Failing(Store):
        def together(self, keys: Sequence[str]) -> dict[str, StorageError]:
            failures = super().together(keys)
            if len(self.batches) == 2:
                raise ServerError("the second page")
            return failures

    store = Failing(stubborn=["k0"])
    failures = store.delete(KEYS)

    assert failures.keys() == {"k0", "k3", "k4", "k5"}
    assert store.batches[2:] == [["k6"]]


def bulk_answer(status: str, body: str, errors: str = "") -> Answer:
    text = f'{{"Response Status": "{status}", "Response Body": "{body}", "Errors": [{errors}], "Number Deleted": 1}}'
    return Answer(200, {}, text.encode())


def test_the_failures_of_a_bulk_deletion_are_read_by_key() -> None:
    answer = bulk_answer("400 Bad Request", "", '["/media/a%20b", "403 Forbidden"], ["/media/%D1%8F", "409 Conflict"]')

    assert wire.read_bulk_failures(answer, "media") == {"a b": 403, "я": 409}


def test_a_bulk_deletion_that_was_broken_off_is_not_taken_for_done() -> None:
    answer = bulk_answer("400 Bad Request", "Max delete failures exceeded", '["/media/a", "403 Forbidden"]')

    with pytest.raises(StorageError, match="Max delete failures"):
        wire.read_bulk_failures(answer, "media")
