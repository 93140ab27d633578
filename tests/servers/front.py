"""A server in front of a real one: it may speak TLS, change the header fields of answers, and give answers of its own.

What a test wants of a server that OpenStack Swift is not (Selectel's words, another clock), it says here.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

_OF_THE_CONNECTION = {"connection", "transfer-encoding", "content-length"}


@dataclass(frozen=True)
class Reply:
    """An answer that the front gives itself."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Front:
    """A running front.

    `replies` are asked in turn with method, target and header fields; the first that gives a `Reply` answers.
    `changed` header fields replace those of the server behind; None takes one away. `seen` are the requests, as
    method, target and headers.
    """

    url: str
    replies: list[Callable[[str, str, Mapping[str, str]], Reply | None]] = field(default_factory=list)
    changed: dict[str, str | None] = field(default_factory=dict)
    seen: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)

    def reply(self, method: str, part: str, reply: Reply, *, count: int = 1000, header: str = "") -> None:
        """Answer so many requests of a method whose target has a part, and which have a header field."""
        left = [reply] * count

        def answer(asked: str, target: str, headers: Mapping[str, str]) -> Reply | None:
            meant = asked == method and part in target and (not header or header in headers)
            return left.pop() if meant and left else None

        self.replies.append(answer)


@contextmanager
def front_of(behind: str = "", tls: ssl.SSLContext | None = None) -> Iterator[Front]:
    """Run a front on loopback; without a server behind it, what it does not answer itself is a 404."""
    server = _Server(("127.0.0.1", 0), _Handler)
    scheme = "https" if tls else "http"
    front = Front(f"{scheme}://127.0.0.1:{server.server_address[1]}")
    server.front, server.behind, server.tls = front, behind, tls  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield front
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Any

    def setup(self) -> None:
        """Speak TLS in the connection's own thread."""
        if self.server.tls is not None:
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        """Close TLS too; the server closes only the socket beneath."""
        super().finish()
        if self.server.tls is not None:
            self.request.close()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def handle_any(self) -> None:
        """Answer, or ask the server behind."""
        front: Front = self.server.front
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        front.seen.append((self.command, self.path, dict(self.headers.items())))
        for ask in front.replies:
            own = ask(self.command, self.path, dict(self.headers.items()))
            if own is not None:
                self._send(own)
                return
        self._send(self._from_behind(body) if self.server.behind else Reply(404))

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_OPTIONS = handle_any  # noqa: N815 - http.server's names

    def _from_behind(self, body: bytes) -> Reply:
        connection = HTTPConnection(urlsplit(self.server.behind).netloc, timeout=30)
        try:
            connection.request(self.command, self.path, body, dict(self.headers.items()))
            answer = connection.getresponse()
            return Reply(answer.status, answer.read(), dict(answer.getheaders()))
        finally:
            connection.close()

    def _send(self, reply: Reply) -> None:
        changed = {name.lower(): value for name, value in self.server.front.changed.items()}
        kept = {name: value for name, value in reply.headers.items() if name.lower() not in changed}
        self.send_response_only(reply.status)
        for name, value in [*kept.items(), *changed.items()]:
            if value is not None and name.lower() not in _OF_THE_CONNECTION:
                self.send_header(name, value)
        length = dict(reply.headers).get("Content-Length", "") if self.command == "HEAD" else str(len(reply.body))
        if reply.status != 204:
            self.send_header("Content-Length", length or "0")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Say nothing: clients that do not trust the front hang up, and that is what they are to do."""
