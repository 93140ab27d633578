"""One server with hooks for the whole run, one beside Keystone, and clients that are not ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from django_selectel_storage.devserver import DevServer
from tests.devserver.clients import s3_client, swift_client
from tests.devserver.web import log_in
from tests.servers.stack import storage_stack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django_selectel_storage.devserver import Hooks, ServerInfo
    from tests.servers.stack import Stack


@pytest.fixture(scope="session")
def server() -> Iterator[DevServer]:
    with DevServer(containers=("media", "other"), public_containers=("public",), hooks=True) as running:
        yield running


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    with storage_stack(keystone=True, containers=("media", "other")) as running:
        yield running


@pytest.fixture
def info(server: DevServer) -> ServerInfo:
    return server.info


@pytest.fixture
def hooks(server: DevServer, token: str) -> Iterator[Hooks]:
    server.hooks.reset()
    yield server.hooks
    server.hooks.reset()


@pytest.fixture
def token(info: ServerInfo) -> str:
    return log_in(info)


@pytest.fixture
def key() -> str:
    """A name that no other test uses."""
    return uuid4().hex


@pytest.fixture
def url(info: ServerInfo, key: str) -> str:
    """The address of that key in the private container."""
    return f"{info.storage_url}/media/{key}"


@pytest.fixture
def swift(info: ServerInfo) -> Iterator[Any]:
    client = swift_client(info.auth_url, info.username, info.password, auth_version="1")
    yield client
    client.close()


@pytest.fixture
def s3(info: ServerInfo) -> Iterator[Any]:
    client = s3_client(info.endpoint, info.access_key, info.secret_key, info.region)
    yield client
    client.close()
