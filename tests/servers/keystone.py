"""Real Keystone in a child process, with a domain, a project and a user that may use object storage."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django_selectel_storage.devserver import DevServerError
from django_selectel_storage.devserver.offspring import Offspring

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

CHILD = "tests.servers.keystone_child"
ROOT = Path(__file__).resolve().parents[2]
# As in many installations, Keystone does not live at the root of its host.
PREFIX = "/identity"


@dataclass(frozen=True)
class KeystoneInfo:
    """Where Keystone is, and who its user is; `account` is the name of the domain."""

    auth_url: str
    account: str
    project: str
    project_id: str
    user: str
    password: str
    region: str
    storage_url: str
    access_key: str
    secret_key: str
    pid: int


class KeystoneServer:
    """Keystone whose catalogue names a Swift that need not run yet."""

    def __init__(self, *, port: int, swift: str, service_password: str, prefix: str, timeout: float = 60) -> None:
        self.timeout = timeout
        # Without a version, as middleware wants it.
        self.base_url = f"http://127.0.0.1:{port}{PREFIX}"
        self._arguments = [
            f"--port={port}",
            f"--swift={swift}",
            f"--swift-prefix={prefix}",
            f"--service-password={service_password}",
            f"--die-with-parent={os.getpid()}",
        ]
        self._child: Offspring | None = None
        self._info: KeystoneInfo | None = None

    @property
    def info(self) -> KeystoneInfo:
        """What the child told when it was ready; waits for it."""
        if self._child is None:
            raise DevServerError("Keystone does not run")
        if self._info is None:
            self._info = KeystoneInfo(**json.loads(self._first_line(self._child)))
        return self._info

    def start(self) -> None:
        """Start the child and do not wait: it takes seconds."""
        self._child = self._new_child()

    def stop(self) -> None:
        """End it; harmless when it does not run."""
        child, self._child, self._info = self._child, None, None
        if child is not None:
            child.end()

    def _new_child(self) -> Offspring:
        return Offspring("-m", CHILD, *self._arguments, name="Keystone", paths=[ROOT])

    def _first_line(self, child: Offspring) -> bytes:
        """Wait for the child; one that ends is replaced once: a start in many finds its own new database locked."""
        try:
            return child.first_line(self.timeout)
        except DevServerError:
            self._child = self._new_child()
            return self._child.first_line(self.timeout)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
