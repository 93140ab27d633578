"""The head of an answer: its status, its fields, and where its body ends. What the fields mean is not known here.

http.client gives every head to the parser of email messages, which takes longer than everything else about a small
answer. Fields as servers write them only have to be cut at their colons; a head that looks otherwise (folded lines,
spaces before a colon, lone line feeds) is left to that parser as before.
"""

from __future__ import annotations

import http.client
import io
import re
from collections.abc import Callable
from typing import Any

# Bytes. Only the length is limited, not the number of fields: what a store keeps of one object may be more than the 100
# that http.client takes (90 of metadata in Swift, beside some 15 others; in S3 2 KiB).
LONGEST_HEAD = 256 * 1024
MOST_INTERIM = 100  # answers before the one that counts
_PLAIN = re.compile(rb"(?:[!-9;-~]+:[^\r\n]*\r\n)*\r\n")


class LeanResponse(http.client.HTTPResponse):
    """An answer of http.client whose head is read more quickly."""

    fp: Any
    _method: str | None  # it and what follows is http.client's, which documents none of it, and has not changed it ever
    _read_status: Callable[[], tuple[str, int, str]]
    _check_close: Callable[[], bool]

    def begin(self) -> None:
        """Read the head, and those of interim answers before it (RFC 9110, section 15.2).

        Raises:
            HTTPException: it is no head of HTTP/1.
            OSError: it does not come.
        """
        version, status, reason = self._final_status()
        self.code = self.status = status
        self.reason = reason.strip()
        self.version = _version(version)
        self.headers = self.msg = message_of(_lines(self.fp))
        self.chunked = self.headers.get("Transfer-Encoding", "").lower() == "chunked"
        self.chunk_left = None
        self.will_close = self._check_close()
        self.length = self._length_of_body()
        if self.length is None and not self.chunked:
            self.will_close = True

    def _final_status(self) -> tuple[str, int, str]:
        """Give version, status and reason of the answer that counts."""
        for _ in range(MOST_INTERIM):
            version, status, reason = self._read_status()
            if not 100 <= status < 200 or status == http.client.SWITCHING_PROTOCOLS:
                return version, status, reason
            _lines(self.fp)
        raise http.client.HTTPException(f"more than {MOST_INTERIM} interim answers")

    def _length_of_body(self) -> int | None:
        """Give the bytes of the body; None where its chunks or the connection's end tell (RFC 9112, section 6.3)."""
        if self._method == "HEAD" or self.status < 200 or self.status in {204, 304}:
            return 0
        if self.chunked:
            return None
        try:
            length = int(self.headers.get("Content-Length", ""))
        except ValueError:
            return None
        return length if length >= 0 else None


def message_of(lines: list[bytes]) -> http.client.HTTPMessage:
    """Make of the lines of a head what ``http.client.parse_headers`` makes of them.

    Args:
        lines: the fields, and the empty line that ends them.
    """
    head = b"".join(lines)
    if not _PLAIN.fullmatch(head):
        return http.client.parse_headers(io.BytesIO(head))
    message = http.client.HTTPMessage()
    for line in lines[:-1]:
        name, _, value = line[:-2].decode("latin-1").partition(":")
        message.set_raw(name, value.lstrip(" \t"))
    message.set_payload("")
    return message


def _lines(fp: io.BufferedIOBase) -> list[bytes]:
    """Read the lines of a head; the last one is empty, or the connection has ended."""
    lines: list[bytes] = []
    left = LONGEST_HEAD
    while left > 0:
        line = fp.readline(left + 1)
        left -= len(line)
        lines.append(line)
        if line in {b"\r\n", b"\n", b""}:
            return lines
    raise http.client.HTTPException(f"a head of more than {LONGEST_HEAD} bytes")


def _version(said: str) -> int:
    """Give the version as http.client counts: 10, or 11 for all that came after it in HTTP/1."""
    if said in {"HTTP/1.0", "HTTP/0.9"}:
        return 10
    if said.startswith("HTTP/1."):
        return 11
    raise http.client.UnknownProtocol(said)
