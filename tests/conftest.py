"""Real servers for the whole run, and storages on their three faces: S3, Swift with auth v1.0, Swift with Keystone."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.utils.translation import trans_real
from pytest_django import Settings

from django_selectel_storage.devserver import Hooks
from django_selectel_storage.devserver.hooks import LoggedRequest
from django_selectel_storage.storage import SelectelStorage
from tests.servers.stack import Stack, storage_stack

FACES = ("s3", "swift", "keystone")
CONTAINER = "media"

MakeStorage = Callable[..., SelectelStorage]


def pytest_configure() -> None:
    """Let Ctrl-C reach what tests start: a run in the background ignores it, and so would all that it starts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Swift and Keystone, with test hooks."""
    with storage_stack(keystone=True, containers=(CONTAINER, "other"), public_containers=("public",)) as running:
        yield running


@pytest.fixture
def hooks(stack: Stack) -> Iterator[Hooks]:
    """The server's test hooks; everything is back to normal afterwards."""
    stack.server.hooks.reset()
    yield stack.server.hooks
    stack.server.hooks.reset()


@pytest.fixture
def russian(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site in Russian; the catalogues are read when they are asked for, of the applications that are there then."""
    monkeypatch.setattr(trans_real, "_translations", {})
    settings.LANGUAGE_CODE = "ru"


@pytest.fixture
def location() -> str:
    """A folder that no other test uses."""
    return f"t{uuid4().hex}"


def face_options(stack: Stack, face: str) -> dict[str, Any]:
    """The options that lead to one face of the servers."""
    server, keystone = stack.server.info, stack.keystone
    faces: dict[str, dict[str, Any]] = {
        "s3": {
            "access_key": server.access_key,
            "secret_key": server.secret_key,
            "endpoint": server.endpoint,
            "region": server.region,
            "conditional_writes": True,
        },
        "swift": {"username": server.username, "password": server.password, "auth_url": server.auth_url},
        "keystone": {
            "username": keystone.user,
            "password": keystone.password,
            "account": keystone.account,
            "project": keystone.project,
            "auth_url": keystone.auth_url,
        },
    }
    return faces[face]


@pytest.fixture
def options_of(stack: Stack) -> Callable[[str], dict[str, Any]]:
    """The options of a face, by its name."""
    return lambda face: face_options(stack, face)


@pytest.fixture(params=FACES)
def face(request: pytest.FixtureRequest) -> str:
    """Each of the three faces in turn."""
    return str(request.param)


@pytest.fixture
def make_storage(stack: Stack, face: str, location: str) -> MakeStorage:
    """Makes a storage on the face, in a folder of its own; keywords add and replace options, None takes one away."""

    def make(kind: type[SelectelStorage] = SelectelStorage, **options: Any) -> SelectelStorage:
        return kind(**{"container": CONTAINER, "location": location, **face_options(stack, face), **options})

    return make


@pytest.fixture
def storage(make_storage: MakeStorage) -> SelectelStorage:
    """A storage on the face, in a folder of its own."""
    return make_storage()


@pytest.fixture
def subdomains(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names under localhost are this machine (RFC 6761, section 6.3); not every resolver knows."""
    resolve = socket.getaddrinfo

    def resolved(host: Any, *arguments: Any, **keywords: Any) -> Any:
        local = isinstance(host, str) and host.endswith(".localhost")
        return resolve("127.0.0.1" if local else host, *arguments, **keywords)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)


@pytest.fixture
def requests_for(hooks: Hooks, location: str) -> Callable[[], list[LoggedRequest]]:
    """The requests for this test's folder since the last call (logins and other tests' left out)."""

    def requests() -> list[LoggedRequest]:
        found = [entry for entry in hooks.requests() if location in entry.path or location in entry.query]
        hooks.clear_requests()
        return found

    return requests
