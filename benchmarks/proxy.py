"""A proxy in front of a local server: it adds round-trip time and counts requests. Knows only HTTP/1.1's framing."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from concurrent.futures import Future
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

PIECE = 256 * 1024  # bytes
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
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0, limit=PIECE))
        self._started.set_result(server.sockets[0].getsockname()[1])
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(_ended())
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self._way * 2)  # the handshake is a round trip, too
        there = await asyncio.open_connection("127.0.0.1", self._target, limit=PIECE)
        towards, back = _Line(there[1], self._way), _Line(writer, self._way)
        tasks = [asyncio.create_task(task) for task in (
            self._count(reader, towards), _copy(there[0], back), towards.carry(), back.carry(),
        )]  # fmt: skip
        try:
            await asyncio.gather(*tasks)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # one end has gone, or the proxy ends
        finally:
            for task in tasks:
                task.cancel()
            writer.close()
            there[1].close()

    async def _count(self, reader: asyncio.StreamReader, line: _Line) -> None:
        """Pass requests on, whose bodies announce their length, and count them."""
        while True:
            try:
                head = await reader.readuntil(_END_OF_HEAD)
            except asyncio.IncompleteReadError:
                line.send(b"")
                return
            self.requests[head.split(b" ", 1)[0].decode()] += 1
            line.send(head)
            left = _length(head)
            while left > 0 and (piece := await reader.read(min(left, PIECE))):
                left -= len(piece)
                line.send(piece)


class _Line:
    """One way of a connection: what is sent arrives later, in order."""

    def __init__(self, writer: asyncio.StreamWriter, delay: float) -> None:
        self._writer = writer
        self._delay = delay
        self._under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    def send(self, piece: bytes) -> None:
        """Let a piece start; an empty one ends the connection."""
        self._under_way.put_nowait((asyncio.get_running_loop().time() + self._delay, piece))

    async def carry(self) -> None:
        """Let the pieces arrive."""
        while True:
            arrival, piece = await self._under_way.get()
            left = arrival - asyncio.get_running_loop().time()
            if left > 0:
                await asyncio.sleep(left)
            if not piece:
                self._writer.close()
                return
            self._writer.write(piece)
            await self._writer.drain()


async def _ended() -> None:
    """Let connections go that are still open."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    await asyncio.sleep(0)  # sockets are closed in the next turn of the loop


async def _copy(reader: asyncio.StreamReader, line: _Line) -> None:
    while piece := await reader.read(PIECE):
        line.send(piece)
    line.send(b"")


def _length(head: bytes) -> int:
    for field in head.split(b"\r\n")[1:]:
        name, _, value = field.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return 0
