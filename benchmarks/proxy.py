"""A proxy in front of a local server: it adds round-trip time and counts requests. Knows only HTTP/1.1's framing."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter, deque
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from typing_extensions import Self

_END_OF_HEAD = b"\r\n\r\n"


class Proxy:
    """Runs in a thread of its own, for as long as the ``with`` block lasts.

    Args:
        port: where the server listens on loopback.
        delay: seconds that are added to each round trip, half of them on each way.
    """

    def __init__(self, port: int, delay: float) -> None:
        self.requests: Counter[str] = Counter()
        self._target = port
        self._way = delay / 2
        self._loop = asyncio.new_event_loop()
        self._started: Future[int] = Future()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def port(self) -> int:
        """Where the proxy listens on loopback."""
        return self._started.result(10)

    def take(self) -> Counter[str]:
        """Give the requests by method since the last call."""
        taken, self.requests = self.requests, Counter()
        return taken

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.result(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        ends: set[_End] = set()

        def called() -> _Caller:
            return _Caller(self._way, ends, self._target, self._count)

        listening = self._loop.create_server(called, "127.0.0.1", 0)
        server = self._loop.run_until_complete(listening)
        self._started.set_result(server.sockets[0].getsockname()[1])
        self._loop.run_forever()
        server.close()
        for end in list(ends):
            end.transport.abort()
        self._loop.run_until_complete(asyncio.sleep(0.01))  # sockets are closed in the next turns of the loop
        self._loop.close()

    def _count(self, method: str) -> None:
        self.requests[method] += 1


class _End(asyncio.Protocol):
    """One end of a connection: what it is sent arrives later, in order.

    Args:
        way: seconds under way.
        ends: the ends that are open.
    """

    transport: asyncio.Transport
    other: _End

    def __init__(self, way: float, ends: set[_End]) -> None:
        self.way = way
        self.ends = ends
        self._under_way: deque[bytes] = deque()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self.transport = cast("asyncio.Transport", transport)
        self.ends.add(self)

    def data_received(self, data: bytes) -> None:
        """Send on what came in."""
        self.other.deliver(data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the signature of Protocol
        """End the other end, too, once everything has arrived there; an empty piece says so."""
        self.ends.discard(self)
        self.other.deliver(b"")

    def pause_writing(self) -> None:
        """Let the other end wait until this one has taken what it has."""
        self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        """Let the other end go on."""
        self.other.transport.resume_reading()

    def deliver(self, piece: bytes) -> None:
        """Let a piece start on its way to this end."""
        self._under_way.append(piece)
        asyncio.get_running_loop().call_later(self.way, self._arrive)

    def _arrive(self) -> None:
        piece = self._under_way.popleft()
        if piece:
            self.transport.write(piece)
        else:
            self.transport.close()


class _Caller(_End):
    """The end that a client has opened.

    Args:
        way: seconds under way.
        ends: the ends that are open.
        target: the port of the server.
        count: is told the method of each request.
    """

    def __init__(self, way: float, ends: set[_End], target: int, count: Callable[[str], None]) -> None:
        super().__init__(way, ends)
        self._target = target
        self._requests = _Requests(count)
        self._opening: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Open the other end before anything is read."""
        super().connection_made(transport)
        self.transport.pause_reading()
        self._opening = asyncio.get_running_loop().create_task(self._open())

    def data_received(self, data: bytes) -> None:
        """Count the requests in what came in, and send it on."""
        self._requests.take(data)
        super().data_received(data)

    async def _open(self) -> None:
        await asyncio.sleep(self.way * 2)  # the handshake is a round trip, too
        self.other = _End(self.way, self.ends)
        self.other.other = self
        with suppress(RuntimeError):  # the client has gone already
            await asyncio.get_running_loop().create_connection(lambda: self.other, "127.0.0.1", self._target)
            self.transport.resume_reading()


class _Requests:
    """Finds requests, whose bodies announce their length, in what a client sends.

    Args:
        count: is told the method of each.
    """

    def __init__(self, count: Callable[[str], None]) -> None:
        self._count = count
        self._head = b""
        self._left = 0  # bytes of a body

    def take(self, data: bytes) -> None:
        """Take the next bytes."""
        skipped = min(self._left, len(data))
        self._left -= skipped
        self._head += data[skipped:]
        while not self._left and (end := self._head.find(_END_OF_HEAD)) >= 0:
            head, rest = self._head[:end], self._head[end + len(_END_OF_HEAD) :]
            self._count(head.split(b" ", 1)[0].decode())
            length = _length(head)
            self._left, self._head = max(0, length - len(rest)), rest[length:]


def _length(head: bytes) -> int:
    for field in head.split(b"\r\n")[1:]:
        name, _, value = field.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return 0
