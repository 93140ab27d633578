"""Real servers behind proxies, and storages that reach them only through those."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any
from unittest import mock
from urllib.parse import urlsplit
from uuid import uuid4

from django_selectel_storage.protocols import factory
from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.transport.pool import Pool, WireOptions
from tests.conftest import CONTAINER, FACES, face_options
from tests.faults.observers import Observer, observer_of
from tests.faults.operations import MIB, SMALL_LIMITS, Numbered
from tests.servers.proxy import Proxy
from tests.servers.stack import Stack

if TYPE_CHECKING:
    from typing_extensions import Self


class Waiting:
    """Takes the place of sleeping before a retry: notes for how long, and lets something happen meanwhile."""

    def __init__(self) -> None:
        self.delays: list[float] = []
        self.meanwhile: Callable[[int], object] = lambda _: None

    def __call__(self, seconds: float) -> None:
        self.delays.append(seconds)
        self.meanwhile(len(self.delays))


_waiting: dict[int, Waiting] = {}
_serials = itertools.count(1000)


@contextmanager
def small_limits_and_no_waiting() -> Iterator[None]:
    """While this lasts, retries do not wait, and little is already large: two names are a page, 5 MiB a large copy.

    Storages of a bench know their own connections by a `pool_maxsize` that no other has.
    """

    def make(origin: str, wire: WireOptions) -> Pool:
        return Pool(origin, wire, sleep=_waiting[wire.pool_maxsize])

    with ExitStack() as patches:
        for target, value in {**SMALL_LIMITS, **{shared: {} for shared in _SHARED}}.items():
            patches.enter_context(mock.patch(target, value))
        patches.enter_context(mock.patch.object(factory, "Pool", make))
        yield


_SHARED = ("django_selectel_storage.protocols.factory._pools", "django_selectel_storage.protocols.factory._keepers")


class Bench:
    """Where cases are carried out; a context manager.

    Attributes:
        storage_proxy: stands before Swift (with its S3 API and auth v1.0).
        keystone_proxy: stands before Keystone.
    """

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.storage_proxy = Proxy(_port(stack.server.info.endpoint))
        self.keystone_proxy = Proxy(_port(stack.keystone.auth_url))
        self.observers: dict[str, Observer] = {face: observer_of(stack, face) for face in FACES}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        for proxy in (self.storage_proxy, self.keystone_proxy):
            self._open.enter_context(proxy)
        for observer in self.observers.values():
            self._open.callback(observer.close)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def login_proxy(self, face: str) -> Proxy:
        """The proxy through which a face logs in."""
        return self.keystone_proxy if face == "keystone" else self.storage_proxy

    def behave(self) -> None:
        """Everything back to normal."""
        self.storage_proxy.behave()
        self.keystone_proxy.behave()

    def revoke_tokens(self) -> None:
        """Make every token invalid."""
        self.stack.server.hooks.revoke_tokens()
        for observer in self.observers.values():
            observer.close()

    def options(self, face: str, folder: str = "", **changes: Any) -> dict[str, Any]:
        """The options that lead to a face through the proxies."""
        options = face_options(self.stack, face) | {"endpoint": self.storage_proxy.origin}
        if face != "s3":
            path = urlsplit(options["auth_url"]).path
            options["auth_url"] = self.login_proxy(face).origin + path
        wanted = {"multipart_threshold": 5 * MIB, "multipart_chunksize": 5 * MIB, "max_concurrency": 2}
        return {"container": CONTAINER, "location": folder or f"t{uuid4().hex}", **wanted, **options, **changes}

    def storage(self, face: str, folder: str = "", **changes: Any) -> tuple[SelectelStorage, Waiting]:
        """A storage with connections and a login of its own, that does not wait between tries."""
        serial, waiting = next(_serials), Waiting()
        _waiting[serial] = waiting
        return Numbered(**self.options(face, folder, **changes, pool_maxsize=serial)), waiting


def _port(url: str) -> int:
    return urlsplit(url).port or 80
