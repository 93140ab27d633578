"""Whether the bytes of an object are those that were stored: their MD5, where the store knows it. Pure."""

from __future__ import annotations

import hashlib

from django_selectel_storage.exceptions import DamagedTransfer
from django_selectel_storage.protocols.base import ObjectInfo


class Checksum:
    """The MD5 of an object whose bytes come in their order, from the first to the last.

    Bytes out of their order are passed over: of an object that is read in part, nothing is known.
    """

    def __init__(self) -> None:
        self._state = hashlib.md5(usedforsecurity=False)
        self._position = 0

    def take(self, info: ObjectInfo, start: int, chunk: bytes) -> None:
        """Take some bytes; with the last one, compare.

        Args:
            info: the object.
            start: where in it the bytes begin.
            chunk: the bytes.

        Raises:
            DamagedTransfer: the object has other bytes.
        """
        if not info.md5 or start != self._position or not chunk:
            return
        self._state.update(chunk)
        self._position += len(chunk)
        if self._position == info.size and self._state.hexdigest() != info.md5:
            raise DamagedTransfer(
                f"The bytes of {info.key!r} were damaged on their way: their MD5 is {self._state.hexdigest()}, the "
                f"store's is {info.md5}. Read again; if it stays like this, the stored object itself is damaged."
            )
