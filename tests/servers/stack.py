"""Swift and, if wanted, Keystone: both in one pipeline, one Swift account of each kind."""

from __future__ import annotations

import json
import socket
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, overload
from urllib.parse import quote
from urllib.request import Request, urlopen

from django_selectel_storage.devserver import DevServer
from tests.servers.keystone import KeystoneInfo, KeystoneServer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SERVICE_PASSWORD = "service-password"
PREFIX = "KEY_"


class Stack(NamedTuple):
    """Running servers."""

    server: DevServer
    keystone: KeystoneInfo


@overload
def storage_stack(
    *, keystone: Literal[True] = True, containers: Sequence[str] = ..., hooks: bool = ..., **others: Any
) -> AbstractContextManager[Stack]: ...


@overload
def storage_stack(
    *, keystone: Literal[False], containers: Sequence[str] = ..., hooks: bool = ..., **others: Any
) -> AbstractContextManager[tuple[DevServer, None]]: ...


def storage_stack(
    *, keystone: bool = True, containers: Sequence[str] = ("media",), hooks: bool = True, **others: Any
) -> AbstractContextManager[Stack | tuple[DevServer, None]]:
    """Start the servers and make the containers, in Keystone's project too; `others` are for `DevServer`."""
    start = swift_with_keystone if keystone else swift_alone
    return start(containers=containers, hooks=hooks, **others)


@contextmanager
def swift_alone(**options: Any) -> Iterator[tuple[DevServer, None]]:
    """Swift with auth v1.0 and S3."""
    with DevServer(**options) as server:
        yield server, None


@contextmanager
def swift_with_keystone(*, containers: Sequence[str], **options: Any) -> Iterator[Stack]:
    """Both servers, started side by side; each knows the other's address beforehand."""
    swift_port, keystone_port = free_port(), free_port()
    identity = KeystoneServer(
        port=keystone_port,
        swift=f"http://127.0.0.1:{swift_port}",
        service_password=SERVICE_PASSWORD,
        prefix=PREFIX,
    )
    server = DevServer(
        containers=containers,
        port=swift_port,
        keystone=identity.base_url,
        keystone_password=SERVICE_PASSWORD,
        keystone_prefix=PREFIX,
        **options,
    )
    with identity, server:
        create_containers(identity.info, containers)
        yield Stack(server, identity.info)


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def keystone_token(keystone: KeystoneInfo) -> str:
    """A new token for the user, scoped to the project."""
    domain = {"name": keystone.account}
    user = {"name": keystone.user, "password": keystone.password, "domain": domain}
    identity = {"methods": ["password"], "password": {"user": user}}
    scope = {"project": {"name": keystone.project, "domain": domain}}
    body = json.dumps({"auth": {"identity": identity, "scope": scope}}).encode()
    request = Request(keystone.auth_url + "/auth/tokens", body, {"Content-Type": "application/json"})
    with urlopen(request, timeout=30) as answer:
        return str(answer.headers["X-Subject-Token"])


def create_containers(keystone: KeystoneInfo, containers: Sequence[str]) -> None:
    """Make these containers in the project."""
    token = keystone_token(keystone)
    for name in containers:
        url = f"{keystone.storage_url}/{quote(name)}"
        urlopen(Request(url, headers={"X-Auth-Token": token}, method="PUT"), timeout=30).close()
