"""Bytes on their way out: how many they are, their digests, and how to begin with them again.

Nothing here knows HTTP. A body is always rewindable: what cannot be rewound is copied into a spool first. The caller's
file is read from its start and never closed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import IO, Any, Protocol

from django_selectel_storage.transport.spool import Spool

CHUNK = 256 * 1024  # bytes read from a file and handed to the socket at a time
SMALL = 1024 * 1024  # up to this many bytes (or characters of text), content is simply held in memory
_ALGORITHMS = {"md5": hashlib.md5, "sha256": hashlib.sha256}


class Body(Protocol):
    """Bytes to send.

    Attributes:
        size: how many bytes.
    """

    size: int

    def chunks(self) -> Iterator[bytes]:
        """Yield all bytes, from the first one on, each time it is called."""
        ...

    def digest(self, algorithm: str) -> str:
        """Give the hexadecimal digest of all bytes; ``algorithm`` is ``"md5"`` or ``"sha256"``."""
        ...

    def part(self, start: int, stop: int) -> bytes:
        """Give the bytes from ``start`` up to but without ``stop``."""
        ...

    def close(self) -> None:
        """Free what the body itself holds; the caller's file stays open."""
        ...


class BytesBody:
    """Bytes held in memory."""

    __slots__ = ("content", "size")

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.size = len(content)

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes at once."""
        if self.content:
            yield self.content

    def digest(self, algorithm: str) -> str:
        """Give the hexadecimal digest."""
        return _ALGORITHMS[algorithm](self.content, usedforsecurity=False).hexdigest()

    def part(self, start: int, stop: int) -> bytes:
        """Give a stretch of the bytes."""
        return self.content[start:stop]

    def close(self) -> None:
        """Do nothing: memory frees itself."""


class FileBody:
    """Bytes of a seekable binary file; the caller's, or a spool of our own."""

    __slots__ = ("_digests", "_file", "_own", "size")

    def __init__(self, file: IO[bytes], size: int, *, own: bool = False) -> None:
        self._file = file
        self._own = own
        self._digests: dict[str, str] = {}
        self.size = size

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes from the file's start."""
        yield from self._stretch(0, self.size)

    def digest(self, algorithm: str) -> str:
        """Give the hexadecimal digest; the file is read once for it."""
        if algorithm not in self._digests:
            state = _ALGORITHMS[algorithm](usedforsecurity=False)
            for chunk in self.chunks():
                state.update(chunk)
            self._digests[algorithm] = state.hexdigest()
        return self._digests[algorithm]

    def part(self, start: int, stop: int) -> bytes:
        """Give a stretch of the bytes."""
        return b"".join(self._stretch(start, stop))

    def _stretch(self, start: int, stop: int) -> Iterator[bytes]:
        self._file.seek(start)
        left = stop - start
        while left > 0 and (chunk := self._file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
        if left:
            raise OSError(f"The file became shorter while it was being sent: {left} bytes are missing.")

    def close(self) -> None:
        """Close the file if it is a spool of our own."""
        if self._own:
            self._file.close()


EMPTY = BytesBody(b"")


class Outgoing:
    """The bytes of a request; remembers when it was the caller's file, not the network, that failed."""

    __slots__ = ("body", "failure")

    def __init__(self, body: Body) -> None:
        self.failure: Exception | None = None
        self.body: bytes | Iterator[bytes] | None = None
        if body.size:
            self.body = body.content if isinstance(body, BytesBody) else self._watched(body)

    def _watched(self, body: Body) -> Iterator[bytes]:
        chunks = body.chunks()
        while True:
            try:
                chunk = next(chunks, None)
            except Exception as error:
                self.failure = error
                raise
            if chunk is None:
                return
            yield chunk


def body_of(content: Any, max_memory_size: int) -> Body:
    """Make a body of what a caller handed to ``save``.

    Args:
        content: any file-like object, open or closed, binary or text, seekable or not. Text is encoded as UTF-8.
        max_memory_size: bytes of a spool that stay in memory; beyond, it lies in a temporary file.

    Returns:
        A body that the caller closes.

    Raises:
        ValueError: the content is closed and cannot be opened again.
    """
    reopen_if_closed(content)
    seekable = rewound(content)
    first = _read(content.read, SMALL + 1)
    if len(first) <= SMALL:
        return BytesBody(first.encode() if isinstance(first, str) else first)
    if isinstance(first, str):
        return _spooled(first, content.read, max_memory_size)
    if seekable:
        return FileBody(content, content.seek(0, 2) or content.tell())
    return _spooled(first, content.read, max_memory_size)


def reopen_if_closed(content: Any) -> None:
    """Open content again that was closed, as Django's File can.

    Raises:
        ValueError: it cannot be opened again.
    """
    if not getattr(content, "closed", False):
        return
    if not hasattr(content, "open"):
        raise ValueError("The content to save is closed, and cannot be opened again.")
    content.open()


def rewound(content: Any) -> bool:
    """Put content back to its start; False when it is a stream, which cannot."""
    try:
        content.seek(0)
    except (AttributeError, OSError, ValueError):
        return False
    return True


def _read(read: Callable[[int], Any], size: int) -> Any:
    """Read until ``size`` or the end is reached: one ``read`` of a pipe or a socket may give less."""
    first = piece = read(size)
    pieces, length = [first], len(first)
    while piece and length < size and (piece := read(size - length)):
        pieces.append(piece)
        length += len(piece)
    return first if len(pieces) == 1 else first[:0].join(pieces)


def _spooled(first: bytes | str, read: Callable[[int], Any], max_memory_size: int) -> Body:
    spool = Spool(max_memory_size)
    try:
        piece: bytes | str = first
        while piece:
            spool.write(piece.encode() if isinstance(piece, str) else piece)
            piece = read(CHUNK)
        return FileBody(spool, spool.tell(), own=True)
    except BaseException:
        spool.close()
        raise
