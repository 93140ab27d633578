"""A peer that is no storage: it answers every request with the same bytes, with TLS or without, and notes what came."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

Answer = Callable[[], Iterable[bytes]]


class Rogue:
    """A listener on loopback.

    Attributes:
        requests: the heads of the requests that came, as text.
        sent: how many bytes of answers went out.
    """

    def __init__(self, answer: Answer, context: ssl.SSLContext | None = None) -> None:
        self.requests: list[str] = []
        self.sent = 0
        self._answer = answer
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._closing = False
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    @property
    def origin(self) -> str:
        """The address to put into an option."""
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self.port}"

    def close(self) -> None:
        """Stop listening, and wait for those that are being answered."""
        self._closing = True
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)

    def _accept(self) -> None:
        while not self._closing:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=[connection], daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, plain: socket.socket) -> None:
        with plain, suppress(OSError):
            plain.settimeout(10)
            connection = self._context.wrap_socket(plain, server_side=True) if self._context else plain
            with connection:
                head = self._read_head(connection)
                if not head:
                    return
                self.requests.append(head)
                for piece in self._answer():
                    connection.sendall(piece)
                    self.sent += len(piece)

    @staticmethod
    def _read_head(connection: socket.socket) -> str:
        head = b""
        while b"\r\n\r\n" not in head:
            piece = connection.recv(65536)
            if not piece:
                break
            head += piece
        announced = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
        while announced and len(head.partition(b"\r\n\r\n")[2]) < int(announced[1]):
            head += connection.recv(65536) or b"\0" * int(announced[1])
        return head.decode("latin-1")


@contextmanager
def rogue(answer: Answer, context: ssl.SSLContext | None = None) -> Iterator[Rogue]:
    """A peer for as long as the block runs."""
    peer = Rogue(answer, context)
    try:
        yield peer
    finally:
        peer.close()


def head(status: str = "200 OK", **fields: object) -> bytes:
    """The head of an answer; underscores in names become hyphens."""
    lines = [f"HTTP/1.1 {status}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def whole(body: bytes, status: str = "200 OK", **fields: object) -> Answer:
    """An answer of a known length."""
    return lambda: [head(status, Content_Length=len(body), **fields), body]
