"""Whether the bytes of an object are those that were stored: their MD5, where the store knows it. Pure."""

from __future__ import annotations

import hashlib

from django_selectel_storage.exceptions import DamagedTransfer
from django_selectel_storage.protocols.base import ObjectInfo

_NOTHING = hashlib.md5(usedforsecurity=False)  # is never updated


class Checksum:
    """The MD5 of an object whose bytes come in stretches, one after the other, from the first to the last.

    Stretches out of their order are passed over: of an object that is read in part, nothing is known. One that is
    fetched again, because it broke, takes the place of the first try. After damage was found, every stretch is refused
    but one that begins at byte 0: with that, everything begins anew.
    """

    def __init__(self) -> None:
        self.found_damage = ""
        self._state, self._position = _NOTHING.copy(), 0
        self._before = _NOTHING, 0  # what was there when the last stretch was begun

    def begin(self, start: int) -> None:
        """Begin a stretch.

        Args:
            start: where in the object it begins.

        Raises:
            DamagedTransfer: the bytes before it were damaged.
        """
        if start == 0:
            self.found_damage = ""
            self._before = _NOTHING, 0
        if self.found_damage:
            raise DamagedTransfer(self.found_damage)
        state, position = self._before
        if start == position:
            self._state, self._position = state.copy(), position
        elif start == self._position:
            self._before = self._state.copy(), start

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
            self.found_damage = (
                f"The bytes of {info.key!r} were damaged on their way: their MD5 is {self._state.hexdigest()}, the "
                f"store's is {info.md5}. Read again; if it stays like this, the stored object itself is damaged."
            )
            raise DamagedTransfer(self.found_damage)
