"""Patience with a slow peer: a socket's own timeout begins anew with every byte, so a trickle would never end.

Connections and answers for the pool to build upon: it puts them before those of urllib3, whose ``request`` hands over
body and fields. Nothing here knows what travels.
"""

from __future__ import annotations

import http.client
import io
import math
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django_selectel_storage.transport.heads import LeanResponse

LEAST = 16 * 1024  # bytes that have to arrive in each read_timeout, as long as the answer goes on
TOGETHER = 64 * 1024  # bytes of a body that leaves together with its head
SLICE = 256 * 1024  # bytes that the peer has to take in one read_timeout
# S3 (CopyObject, CompleteMultipartUpload) and Swift (bulk-delete) send white space while they work, for minutes.
WORKING = frozenset({"PUT", "POST"})
LONGEST_WORK = 20  # read_timeouts
_FIELD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+: [^\r\n\0]*"  # RFC 9110, sections 5.1 and 5.5
_ONE, _SOME = re.compile(_FIELD), re.compile(f"{_FIELD}(?:\r\n{_FIELD})*")


class PacedStream(io.RawIOBase):
    """Bytes off a socket, at no less than a certain pace. Only the time spent waiting for them counts.

    Args:
        raw: the bytes; it has a timeout of its own for each read, which alone counts for the first.
        patience: seconds in which ``LEAST`` bytes have to come.
        clock: gives a time in seconds that never goes back.

    Attributes:
        patience: as given; it may be changed on the way.
        ended: whether the other side has nothing more to send.
    """

    def __init__(self, raw: io.RawIOBase, patience: float, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._raw = raw
        self.patience = patience
        self.ended = False
        self._clock = clock
        self._waited = 0.0
        self._came = LEAST

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer with what comes next.

        Raises:
            TimeoutError: the bytes come too slowly.
        """
        begun = self._clock()
        count = self._raw.readinto(buffer) or 0
        self._waited += self._clock() - begun
        self._came += count
        self.ended = not count
        if self._came >= LEAST:
            self._waited, self._came = 0.0, 0
        elif count and self._waited > self.patience:
            raise TimeoutError(f"only {self._came} bytes in {self._waited:.0f} seconds")
        return count

    def close(self) -> None:
        """Close the socket's file."""
        self._raw.close()
        super().close()


class PacedResponse(LeanResponse):
    """An answer that may not trickle, and whose head has to be there as a whole."""

    def __init__(self, sock: Any, debuglevel: int = 0, method: str | None = None, url: str | None = None) -> None:
        super().__init__(sock, debuglevel, method, url)
        self._stream = PacedStream(self.fp.detach(), sock.gettimeout() or math.inf)
        self._works = method in WORKING
        self.fp = io.BufferedReader(self._stream)

    def begin(self) -> None:
        """Read the head; http.client alone takes one that was cut off for a short one.

        Raises:
            RemoteDisconnected: the connection ended within the head.
        """
        super().begin()
        if self._stream.ended:
            raise http.client.RemoteDisconnected("the connection ended within the head of an answer")
        if self._works:
            self._stream.patience *= LONGEST_WORK


class PacedConnection(http.client.HTTPConnection):
    """A connection that gives the peer time to take the bytes, slice by slice.

    Without it, urllib3 applies the timeout for connecting to the whole of a body. A small body leaves together with its
    head: one system call instead of two, which are the dearest thing about a small save. The fields of a head are
    written all at once.

    Attributes:
        patience: seconds in which the peer has to take one slice.
    """

    response_class = PacedResponse
    patience: ClassVar[float]
    _given: Mapping[str | bytes, object] = {}  # the fields of the head that comes next, as the caller gave them
    _written: tuple[bytes, ...] = ()  # the same as they travel
    _added: tuple[bytes, ...] = ()  # what is put before them: Host, Content-Length
    _head: bytes | None = None  # kept back for the body that follows it; b"" until it comes

    def request(self, method: str, url: str, body: Any = None, headers: Any = None, **named: Any) -> None:
        """Send a request.

        Raises:
            ValueError: a field has a character that would end its line, and forge another field, or that none can have.
        """
        self._given = headers or {}
        self._written, self._added = _together(self._given), ()
        if self.sock is not None:  # otherwise the timeout is still that of connecting
            self.timeout = self.patience  # which urllib3 sets now, so that sending need not set it again
        self._head = b"" if isinstance(body, bytes) and 0 < len(body) <= TOGETHER else None
        super().request(method, url, body, self._given, **named)

    def putheader(self, header: str | bytes, *values: Any) -> None:
        """Take a field of the head, unless it was given, and is written already."""
        if header not in self._given:
            self._added += (_line(_text(header), _text(*values)),)

    def send(self, data: Any) -> None:
        """Send bytes.

        Raises:
            TimeoutError: the peer takes them too slowly.
        """
        if self.sock is None:
            self.connect()
        if self._added or self._written:
            data = b"".join([data[:-2], b"\r\n".join((*self._added, *self._written)), b"\r\n\r\n"])
            self._added = self._written = ()
        if self._head == b"":
            self._head = bytes(data)
            return
        if self._head:
            data, self._head = self._head + data, None
        if self.sock.gettimeout() != self.patience:  # setting one is a system call
            self.sock.settimeout(self.patience)
        view = memoryview(data)
        for start in range(0, len(view), SLICE):
            super().send(view[start : start + SLICE])


def _together(headers: Mapping[str | bytes, object]) -> tuple[bytes, ...]:
    """Write fields at once; a value that would end its line, and forge another field, makes a line too many.

    Raises:
        ValueError: one has a character that no header can have.
    """
    head = "\r\n".join([f"{_text(name)}: {_text(value)}" for name, value in headers.items()])
    if head and _SOME.fullmatch(head) and head.count("\n") == len(headers) - 1 and _is_latin(head):
        return (head.encode("latin-1"),)
    return tuple(_line(_text(name), _text(value)) for name, value in headers.items())


def _line(name: str, value: str) -> bytes:
    line = f"{name}: {value}"
    if _ONE.fullmatch(line) and _is_latin(line):
        return line.encode("latin-1")
    raise ValueError(f"The header {name!a} cannot be sent: it has a character that no header can have.")


def _is_latin(text: str) -> bool:
    return text.isascii() or max(text) <= "\xff"


def _text(said: object) -> str:
    return said.decode("latin-1") if isinstance(said, bytes) else str(said)
