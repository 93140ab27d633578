"""Many objects: walked in constant memory, listed with little for each name, each page asked for once.

Here they are as many as make several pages; ``python -m tests.load.report`` does the same with 100,000.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from django_selectel_storage.devserver import DevServer
from tests.load.many import FACES, PAGES, Listed, filled_server, listed

MIB = 1024 * 1024
SIZES = {"s3": (2_000, 6_000), "swift": (20_000, 40_000)}


@pytest.fixture(scope="module")
def server() -> Iterator[DevServer]:
    with filled_server(sorted(number for sizes in SIZES.values() for number in sizes)) as running:
        yield running


@pytest.mark.parametrize("face", FACES)
def test_more_objects_take_more_requests_and_the_same_memory(server: DevServer, face: str) -> None:
    few, many = (listed(server, face, number) for number in SIZES[face])

    for found in (few, many):
        assert_each_page_was_asked_for_once(found, PAGES[face])
        assert found.kept_for_a_name < 200
    assert many.peak_of_walk < few.peak_of_walk * 1.25
    assert many.peak_of_walk < 32 * MIB


def assert_each_page_was_asked_for_once(found: Listed, page: int) -> None:
    pages = found.number / page
    assert pages <= found.requests_of_walk <= pages + 1
    assert pages <= found.requests_of_listdir <= pages + 1
