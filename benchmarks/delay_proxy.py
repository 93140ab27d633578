"""A TCP proxy that delays what passes by half a round trip in each direction, without limiting how much does.

    python -m benchmarks.delay_proxy 127.0.0.1:8090 --rtt 0.02

Prints the port on which it listens, and runs until it is killed.
"""

from __future__ import annotations

import argparse
import asyncio
from contextlib import suppress

_PIECE = 256 * 1024


async def delayed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
    """Pass on what comes, each piece ``delay`` seconds later."""
    loop = asyncio.get_running_loop()
    pieces: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def read() -> None:
        piece = b"more"
        while piece:
            piece = await reader.read(_PIECE)
            await pieces.put((loop.time() + delay, piece))

    reading = asyncio.ensure_future(read())
    with suppress(OSError):
        while True:
            due, piece = await pieces.get()
            await asyncio.sleep(due - loop.time())
            if not piece:
                break
            writer.write(piece)
            await writer.drain()
    reading.cancel()
    writer.close()


async def serve(host: str, port: int, delay: float) -> None:
    """Listen, and connect each client with the server."""

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection(host, port)
        await asyncio.gather(delayed(reader, there_writer, delay), delayed(there_reader, writer, delay))

    server = await asyncio.start_server(connect, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("server", help="host:port")
    parser.add_argument("--rtt", type=float, default=0.02, help="seconds")
    arguments = parser.parse_args()
    host, _, port = arguments.server.partition(":")
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(host, int(port), arguments.rtt / 2))


if __name__ == "__main__":
    main()
