"""MD5s of bytes that pass by. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from django_selectel_storage.exceptions import DamagedTransfer


def _md5() -> Any:
    """Begin an MD5; it tells files apart, and protects nothing."""
    return hashlib.md5(usedforsecurity=False)


def md5_of(chunks: Iterable[bytes]) -> str:
    """Give the MD5 of all chunks together."""
    state = _md5()
    for chunk in chunks:
        state.update(chunk)
    return str(state.hexdigest())


def checked(chunks: Iterable[bytes], md5: str, what: str) -> Iterator[bytes]:
    """Pass bytes on, and raise at their end if they are not the expected ones.

    Args:
        chunks: the bytes.
        md5: what their MD5 has to be; empty when it is not known.
        what: whose bytes they are, for the error.

    Raises:
        DamagedTransfer: they have another MD5.
    """
    state = _md5()
    for chunk in chunks:
        state.update(chunk)
        yield chunk
    if md5 and state.hexdigest() != md5:
        raise damaged(what, md5)


def damaged(what: str, md5: str) -> DamagedTransfer:
    """Give the error for bytes that have another MD5 than they should."""
    return DamagedTransfer(f"The bytes of {what!r} that arrived are not those that the store promises (MD5 {md5}).")


class Running:
    """The MD5 of stretches that come one after the other, from the first byte on."""

    def __init__(self) -> None:
        self._state = _md5()
        self._position = 0

    def after(self, start: int, content: bytes) -> str:
        """Take a stretch; give the MD5 of everything up to its end, empty when a stretch is missing."""
        if start == 0:
            self._state, self._position = _md5(), 0
        if start != self._position:
            self._position = -1
            return ""
        self._state.update(content)
        self._position += len(content)
        return str(self._state.hexdigest())
