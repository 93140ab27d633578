"""open() for reading, on all faces: few requests, any position, one version."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import pairwise

import pytest
from django.core.files.base import ContentFile

from django_selectel_storage.devserver.hooks import LoggedRequest
from django_selectel_storage.exceptions import ObjectChanged
from django_selectel_storage.files import ObjectFile
from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.windows import FIRST_WINDOW
from tests.conftest import MakeStorage

Requests = Callable[[], list[LoggedRequest]]
BIG = os.urandom(3_000_000)


@pytest.fixture
def big(storage: SelectelStorage) -> str:
    return storage.save("big.bin", ContentFile(BIG))


def test_a_small_file_is_read_with_one_request(storage: SelectelStorage, requests_for: Requests) -> None:
    name = storage.save("small.txt", ContentFile(b"small"))
    requests_for()
    with storage.open(name) as file:
        assert file.read() == b"small"
    assert [entry.method for entry in requests_for()] == ["GET"]


def test_opening_asks_for_nothing(storage: SelectelStorage, requests_for: Requests) -> None:
    name = storage.save("lazy.txt", ContentFile(b"lazy"))
    requests_for()
    storage.open(name).close()
    assert requests_for() == []


def test_the_beginning_of_a_large_file_is_a_small_request(
    storage: SelectelStorage, big: str, requests_for: Requests
) -> None:
    requests_for()
    assert storage.open(big).read(100) == BIG[:100]
    (request,) = requests_for()
    assert request.headers["range"] == f"bytes=0-{FIRST_WINDOW - 1}"


def test_a_large_file_is_read_whole(storage: SelectelStorage, big: str, requests_for: Requests) -> None:
    requests_for()
    assert storage.open(big).read() == BIG
    assert len(requests_for()) == 2


def test_reading_on_and_on_asks_for_growing_windows(storage: SelectelStorage, big: str, requests_for: Requests) -> None:
    requests_for()
    assert b"".join(storage.open(big).chunks(10_000)) == BIG
    starts = [int(entry.headers["range"].removeprefix("bytes=").partition("-")[0]) for entry in requests_for()]
    gaps = [after - before for before, after in pairwise(starts)]
    assert gaps == sorted(gaps)
    assert len(starts) <= 5


def test_any_position_can_be_read(storage: SelectelStorage, big: str) -> None:
    with storage.open(big) as file:
        for position in (2_999_990, 5, 1_500_000, 0, 2_000_000):
            file.seek(position)
            assert file.read(10) == BIG[position : position + 10]
            assert file.tell() == position + 10 if position < 2_999_990 else len(BIG)
        file.seek(-5, os.SEEK_END)
        assert file.read() == BIG[-5:]
        file.seek(len(BIG) + 100)
        assert file.read() == b""


def test_the_size_is_known(storage: SelectelStorage, big: str) -> None:
    file = storage.open(big)
    assert file.size == len(BIG)
    assert len(file) == len(BIG)
    assert storage.size(big) == len(BIG)


def test_lines_come_one_by_one(storage: SelectelStorage) -> None:
    name = storage.save("lines.txt", ContentFile(b"one\ntwo\nthree"))
    with storage.open(name) as file:
        assert list(file) == [b"one\n", b"two\n", b"three"]
    with storage.open(name, "r") as file:
        assert file.readlines() == ["one\n", "two\n", "three"]


def test_a_missing_file_is_a_file_not_found_error_that_names_it(storage: SelectelStorage) -> None:
    with pytest.raises(FileNotFoundError, match=r"nowhere\.txt"):
        storage.open("nowhere.txt").read()


def test_a_replaced_file_raises_instead_of_mixing_versions(
    make_storage: MakeStorage,
) -> None:
    storage = make_storage(file_overwrite=True)
    name = storage.save("versions.bin", ContentFile(b"1" * 1_000_000))
    with storage.open(name) as file:
        assert file.read(10) == b"1" * 10
        storage.save(name, ContentFile(b"2" * 1_000_000))
        with pytest.raises(ObjectChanged):
            file.read()


def test_a_closed_file_can_be_opened_again(storage: SelectelStorage) -> None:
    name = storage.save("again.txt", ContentFile(b"again"))
    file = storage.open(name)
    assert isinstance(file, ObjectFile)
    assert file.read() == b"again"
    file.close()
    assert file.open().read() == b"again"
    file.close()


@pytest.mark.parametrize("mode", ["a", "ab", "x", "r+", "w+", "rw", "U"])
def test_modes_that_an_object_store_cannot_do_are_refused(storage: SelectelStorage, mode: str) -> None:
    with pytest.raises(ValueError, match="mode"):
        storage.open("any.txt", mode)
