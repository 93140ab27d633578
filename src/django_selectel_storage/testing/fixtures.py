"""Fixtures for pytest, loaded by name: ``pytest_plugins = ["django_selectel_storage.testing.fixtures"]``.

They need pytest and, for the server, the extra ``devserver`` (Linux).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from django_selectel_storage.devserver import DevServer
from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.transport import pauses

CONTAINER = "tests"


@pytest.fixture(scope="session")
def selectel_server() -> Iterator[DevServer]:
    """Real OpenStack Swift for the whole run: ``info`` tells addresses and keys, ``hooks`` let it misbehave."""
    with DevServer(containers=(CONTAINER,), hooks=True) as server:
        yield server


@pytest.fixture
def selectel_options(selectel_server: DevServer) -> dict[str, Any]:
    """Options for a schema of SELECTEL_STORAGES: over S3 to the server, into a folder that no other test uses."""
    info = selectel_server.info
    return {
        "access_key": info.access_key,
        "secret_key": info.secret_key,
        "endpoint": info.endpoint,
        "region": info.region,
        "container": CONTAINER,
        "location": f"test-{uuid4().hex}",
        "conditional_writes": True,
    }


@pytest.fixture
def selectel_storage(selectel_server: DevServer, selectel_options: dict[str, Any]) -> Iterator[SelectelStorage]:
    """A storage on the server; it is empty, and emptied after the test, whose faults end with it."""
    storage = SelectelStorage(**selectel_options)
    yield storage
    selectel_server.hooks.reset()
    storage.delete_many(info.name for info in storage.walk())


@pytest.fixture
def no_waiting() -> Iterator[None]:
    """Requests are tried again at once, without back-off."""
    with pauses.no_waiting():
        yield
