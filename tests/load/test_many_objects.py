"""A hundred thousand objects: walked in constant memory, listed with little for each name, at a cost that is linear."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from django_selectel_storage.devserver import DevServer, Hooks
from django_selectel_storage.storage import SelectelStorage
from tests.conftest import face_options
from tests.load.many import FEW, MANY, filled_server, requests_for, walk_peak
from tests.servers.stack import Stack

MIB = 1024 * 1024
PAGES = {"s3": 1000, "swift": 10_000}


@pytest.fixture(scope="module")
def server() -> Iterator[DevServer]:
    with filled_server() as running:
        yield running


@pytest.fixture(params=PAGES)
def storage(request: pytest.FixtureRequest, server: DevServer) -> SelectelStorage:
    return SelectelStorage(container="media", **face_options(Stack(server, None), request.param))  # type: ignore[arg-type]


def page_of(storage: SelectelStorage) -> int:
    return PAGES["s3" if storage.options.protocol == "s3" else "swift"]


def hooks_of(server: DevServer) -> Hooks:
    return server.hooks


def test_walk_takes_the_same_memory_for_100000_objects_as_for_20000(storage: SelectelStorage) -> None:
    storage.exists("before")
    few, many = walk_peak(storage, "few/", FEW), walk_peak(storage, "many/", MANY)

    assert many < few * 1.25
    assert many < 32 * MIB


def test_walk_and_listdir_ask_for_each_page_once(storage: SelectelStorage, server: DevServer) -> None:
    ways: list[Callable[[str], object]] = [lambda folder: sum(1 for _ in storage.walk(folder)), storage.listdir]
    for way in ways:
        for folder, number in (("few/", FEW), ("many/", MANY)):
            asked = requests_for(server, lambda way=way, folder=folder: way(folder))  # type: ignore[misc]
            assert number / page_of(storage) <= asked <= number / page_of(storage) + 1


def test_listdir_keeps_little_beside_the_names(storage: SelectelStorage) -> None:
    storage.exists("before")
    tracemalloc.start()
    try:
        folders, files = storage.listdir("many")
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert (len(folders), len(files)) == (0, MANY)
    assert kept < MANY * (sys.getsizeof(files[0]) + 24)
    assert peak < kept + 32 * MIB
