"""The fixtures of the contract, on storages in memory instead of servers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.testing import InMemory
from django_selectel_storage.testing.store import StoredObject
from tests.conftest import CONTAINER, FACES, MakeStorage

LOGIN: dict[str, dict[str, Any]] = {
    "s3": {"access_key": "a", "secret_key": "b", "conditional_writes": True},
    "swift": {"username": "a", "password": "b"},
    "keystone": {"username": "a", "password": "b", "account": "c", "project": "d"},
}


@pytest.fixture(params=FACES)
def face(request: pytest.FixtureRequest) -> str:
    """As which of the three a storage in memory poses."""
    return str(request.param)


@pytest.fixture
def make_storage(face: str, location: str) -> MakeStorage:
    """Makes a storage in memory, of any of our classes; those of one test share a container, as on a server."""
    container: dict[str, StoredObject] = {}

    def make(kind: type[SelectelStorage] = SelectelStorage, **options: Any) -> SelectelStorage:
        in_memory: Any = type(f"InMemory{kind.__name__}", (InMemory, kind), {})
        made: SelectelStorage = in_memory(**{"container": CONTAINER, "location": location, **LOGIN[face], **options})
        vars(made)["_objects"] = container
        return made

    return make


@pytest.fixture
def storage(make_storage: MakeStorage) -> SelectelStorage:
    """A storage in memory."""
    return make_storage()


@pytest.fixture
def stack() -> Any:
    """What the tests want to know of the servers: a key to sign with. There are no servers."""
    return SimpleNamespace(server=SimpleNamespace(info=SimpleNamespace(temp_url_key="temp-url-key")))
