"""A small HTTP proxy in front of a real server, for what goes wrong between two machines. Nothing is answered by itself
unless a test asks for it: requests and answers pass byte for byte."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from tests.servers.mischief import Message, Mischief, error_answer, pieces

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

PATIENCE = 60  # seconds that nobody is waited for any longer
SLICE = 64 * 1024
LINGER_NOT = struct.pack("ii", 1, 0)  # close() sends RST


@dataclass(frozen=True)
class Exchange:
    """A request that came, and the answer's status; 0 when none was sent."""

    method: str
    target: str
    status: int


class Proxy:
    """Passes requests on to a server on this machine, unless it was told to do mischief with the next ones."""

    def __init__(self, upstream: int) -> None:
        self._upstream = ("127.0.0.1", upstream)
        self._listener: socket.socket | None = None
        self._clients: set[socket.socket] = set()
        self._mischief: list[list[Mischief]] = []
        self._lock = threading.Lock()
        self.exchanges: list[Exchange] = []
        self.port = 0

    @property
    def origin(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.listen()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.refuse()

    def listen(self) -> None:
        """Accept connections, always on the same port; harmless when it does already."""
        if self._listener is None:
            self._listener = _listener(self.port)
            self.port = self._listener.getsockname()[1]
            threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def refuse(self) -> None:
        """Accept no connections any more, and end those that there are."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        self.hang_up()

    def hang_up(self) -> None:
        """End all connections, as a server does with those that were idle for long."""
        with self._lock:
            clients = list(self._clients)
        for client in clients:
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)

    def plan(self, mischief: Mischief) -> None:
        """Do this to the next requests that match."""
        with self._lock:
            self._mischief.append([mischief] * mischief.count)

    def behave(self) -> None:
        """Forget all plans and what has happened, and listen."""
        with self._lock:
            self._mischief.clear()
            self.exchanges.clear()
        self.listen()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        client.settimeout(PATIENCE)
        with self._lock:
            self._clients.add(client)
        try:
            with client, client.makefile("rb") as incoming, suppress(OSError):
                while self._exchange(client, incoming):
                    pass
        finally:
            with self._lock:
                self._clients.discard(client)

    def _exchange(self, client: socket.socket, incoming: BinaryIO) -> bool:
        """Handle one request; whether the connection lives on."""
        request = Message(_head(incoming))
        if not request.head:
            return False
        method, target, _ = request.words
        mischief = self._take(method, target)
        length = int(request.field("content-length") or 0)
        if mischief and mischief.stage == "middle":
            incoming.read(length // 2)
            return _hang_up(client, mischief)
        request = Message(request.head, _body(incoming, length, mischief))
        answer = self._answer(request, mischief)
        status = int(answer.words[1]) if answer and not (mischief and (mischief.reset or mischief.silent)) else 0
        self.exchanges.append(Exchange(method, target, status))
        if mischief and mischief.silent:
            client.recv(1)  # until the other side has enough
            return False
        if answer is None or (mischief and mischief.reset):
            return _hang_up(client, mischief)
        return _send(client, answer, mischief) or method == "HEAD"

    def _take(self, method: str, target: str) -> Mischief | None:
        with self._lock:
            for planned in self._mischief:
                if planned and planned[0].matches(method, target):
                    return planned.pop()
        return None

    def _answer(self, request: Message, mischief: Mischief | None) -> Message | None:
        if mischief is None:
            return self._forwarded(request)
        if mischief.corrupt_upload:
            request = request.with_a_wrong_byte()
        answer = self._forwarded(request) if mischief.reaches_the_server else None
        if mischief.lets_pass:
            return answer.with_a_wrong_byte() if answer and mischief.corrupt else answer
        return error_answer(mischief)

    def _forwarded(self, request: Message) -> Message:
        request = request.with_field("Connection", "close")
        with socket.create_connection(self._upstream, timeout=PATIENCE) as upstream:
            with suppress(BrokenPipeError, ConnectionResetError):  # it may have answered before it read all
                upstream.sendall(request.head + request.body)
            with upstream.makefile("rb") as incoming:
                return Message(_head(incoming), incoming.read()).without("connection")


def _listener(port: int) -> socket.socket:
    """With small buffers, so that a client notices when nobody takes its bytes."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SLICE)
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    return listener


def _head(incoming: BinaryIO) -> bytes:
    lines = []
    while (line := incoming.readline()) not in {b"\r\n", b""}:
        lines.append(line)
    return b"".join([*lines, b"\r\n"]) if lines else b""


def _body(incoming: BinaryIO, length: int, mischief: Mischief | None) -> bytes:
    """The body of a request; if asked for, taken as slowly as a busy server takes it."""
    if mischief is None or not mischief.slow:
        return incoming.read(length)
    parts = []
    for start in range(0, length, SLICE):
        threading.Event().wait(mischief.pause)
        parts.append(incoming.read(min(SLICE, length - start)))
    return b"".join(parts)


def _hang_up(client: socket.socket, mischief: Mischief | None) -> bool:
    if mischief and mischief.hard:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
    else:
        client.shutdown(socket.SHUT_RDWR)
    return False


def _send(client: socket.socket, answer: Message, mischief: Mischief | None) -> bool:
    """Send an answer; whether it tells where it ends, so that another one may follow."""
    if mischief and mischief.truncate:
        client.sendall(answer.cut())
        client.shutdown(socket.SHUT_RDWR)
        return False
    for piece in pieces(answer, mischief):
        client.sendall(piece)
    return bool(answer.field("content-length") or answer.field("transfer-encoding")) or answer.words[1] == "204"
