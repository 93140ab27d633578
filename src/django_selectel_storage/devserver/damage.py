"""Bodies that arrive damaged, slowly or not to their end. Knows eventlet, not Swift."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import eventlet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .faults import Fault

# Where only a part of a body of unknown length is to be read.
PART = 65536


def close(body: Iterable[bytes]) -> None:
    """End an answer as WSGI demands."""
    closing = getattr(body, "close", None)
    if closing is not None:
        closing()


def flipped(chunk: bytes) -> bytes:
    """The chunk with its first byte changed."""
    return bytes([chunk[0] ^ 0xFF]) + chunk[1:] if chunk else chunk


def hang_up(environ: dict[str, Any]) -> None:
    """Close the connection under the client's feet."""
    with suppress(OSError):
        environ["eventlet.input"].get_socket().shutdown(socket.SHUT_RDWR)


def read_part(environ: dict[str, Any]) -> None:
    """Take half of the request body from the client."""
    length = int(environ.get("CONTENT_LENGTH") or 2 * PART)
    body = environ["wsgi.input"]
    left = length // 2
    while left > 0:
        chunk = body.read(min(left, PART))
        if not chunk:
            return
        left -= len(chunk)


def damaged(fault: Fault, environ: dict[str, Any], body: Iterable[bytes]) -> Iterator[bytes]:
    """The server's own answer as the client shall get it."""
    # Otherwise eventlet collects small pieces before it sends them; it looks before it asks for the first.
    environ["eventlet.minimum_write_chunk_size"] = 1
    pieces: Iterable[bytes] = body
    if fault.corrupt:
        pieces = corrupted(pieces)
    if fault.trickle:
        pieces = trickled(pieces, fault.trickle, fault.pause)
    if fault.truncate:
        pieces = truncated(pieces, fault.truncate, environ)
    return closed_at_the_end(pieces, body)


def closed_at_the_end(pieces: Iterable[bytes], body: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces; the body they were made of is closed after them."""
    try:
        yield from pieces
    finally:
        close(body)


def corrupted(body: Iterable[bytes]) -> Iterator[bytes]:
    """The body with its first byte changed."""
    done = False
    for chunk in body:
        yield chunk if done else flipped(chunk)
        done = done or bool(chunk)


def trickled(body: Iterable[bytes], size: int, pause: float) -> Iterator[bytes]:
    """The body in small pieces with pauses between them."""
    for chunk in body:
        for start in range(0, len(chunk), size):
            yield chunk[start : start + size]
            eventlet.sleep(pause)


def truncated(body: Iterable[bytes], size: int, environ: dict[str, Any]) -> Iterator[bytes]:
    """The first bytes of the body; then the connection is gone."""
    left = size
    for chunk in body:
        yield chunk[:left]
        left -= len(chunk)
        if left <= 0:
            hang_up(environ)
            return


class CorruptInput:
    """A request body whose first byte is another one than the client sent."""

    def __init__(self, body: Any) -> None:
        self._body = body
        self._done = False

    def read(self, *arguments: int) -> bytes:
        """Some of the body."""
        return self._once_flipped(self._body.read(*arguments))

    def readline(self, *arguments: int) -> bytes:
        """A line of the body."""
        return self._once_flipped(self._body.readline(*arguments))

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.read, b"")

    def _once_flipped(self, chunk: bytes) -> bytes:
        if self._done or not chunk:
            return chunk
        self._done = True
        return flipped(chunk)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._body, name)
