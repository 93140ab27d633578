"""What tests may do to a running server: cause faults, revoke tokens, read what was asked. Standard library only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from .faults import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .faults import Stage

PREFIX = "/_devserver/"
TIMEOUT = 30


@dataclass(frozen=True)
class LoggedRequest:
    """A request as it reached the server; status 0: it got no answer (yet)."""

    method: str
    path: str
    query: str
    status: int
    headers: Mapping[str, str]
    port: int


class Hooks:
    """The test hooks of one server."""

    def __init__(self, url: str) -> None:
        self._address = urlsplit(url).netloc

    def fault(
        self,
        *,
        status: int = 503,
        count: int = 1,
        method: str = "",
        match: str = "",
        stage: Stage = "before",
        delay: float = 0.0,
        retry_after: str | int = "",
        reset: bool = False,
        truncate: int = 0,
        trickle: int = 0,
        pause: float = 0.01,
        corrupt: bool = False,
        corrupt_upload: bool = False,
    ) -> None:
        """Let the next requests that match go wrong; see `Fault`."""
        fault = Fault(
            status=status,
            count=count,
            method=method,
            match=match,
            stage=stage,
            delay=delay,
            retry_after=str(retry_after),
            reset=reset,
            truncate=truncate,
            trickle=trickle,
            pause=pause,
            corrupt=corrupt,
            corrupt_upload=corrupt_upload,
        )
        self._call("POST", f"fault?{fault.query()}")

    def clear_faults(self) -> None:
        """Forget the faults that have not happened yet."""
        self._call("POST", "faults-clear")

    def revoke_tokens(self) -> int:
        """Make every token invalid; how many they were."""
        return int(self._call("POST", "revoke")["dropped"])

    def flush_cache(self) -> int:
        """Forget what the proxy has remembered of accounts and containers; how many facts they were."""
        return int(self._call("POST", "flush")["dropped"])

    def serialize_writes(self, on: bool = True) -> None:
        """Carry out writes of one path one after the other: it makes `If-None-Match: *` atomic."""
        self._call("POST", f"serialize?on={int(on)}")

    def drop_header(self, name: str) -> None:
        """Take this header out of every request, as a server does that has never heard of it."""
        self._call("POST", "drop?" + urlencode({"header": name}))

    def requests(self) -> list[LoggedRequest]:
        """The requests so far, oldest first, at most 10,000."""
        return [LoggedRequest(**entry) for entry in self._call("GET", "log")]

    def clear_requests(self) -> None:
        """Forget the requests so far."""
        self._call("POST", "log-clear")

    def reset(self) -> None:
        """Everything back to normal: no faults, no dropped headers, an empty log."""
        self._call("POST", "reset")

    def run_updater(self) -> None:
        """Bring the account's statistics up to date."""
        self._call("POST", "update")

    def run_expirer(self) -> None:
        """Remove the objects whose time has come."""
        self._call("POST", "expire")

    def _call(self, method: str, verb: str) -> Any:
        connection = HTTPConnection(self._address, timeout=TIMEOUT)
        try:
            connection.request(method, PREFIX + verb)
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        if answer.status != HTTPStatus.OK:
            raise RuntimeError(f"The hook {verb} answered {answer.status}: {body.decode(errors='replace')}")
        return json.loads(body)
