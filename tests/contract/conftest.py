"""Another program beside the storage, on the same face and in the same folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.outsider import Clients, Outsider
from tests.servers.stack import Stack


@pytest.fixture(scope="module")
def clients(stack: Stack) -> Iterator[Clients]:
    with Clients(stack) as clients:
        yield clients


@pytest.fixture
def outsider(clients: Clients, face: str, location: str) -> Outsider:
    return Outsider(clients, face, location)
