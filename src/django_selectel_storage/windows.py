"""The bytes of an object as a raw stream that fetches windows of it as they are needed. Knows no Django."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from django_selectel_storage import compression
from django_selectel_storage.protocols.base import ObjectClient, ObjectInfo
from django_selectel_storage.protocols.integrity import Checksum
from django_selectel_storage.protocols.reading import AT_ONCE, Stretch

FIRST_WINDOW = 256 * 1024  # bytes; a smaller file costs one request
LARGEST_WINDOW = 8 * 1024 * 1024  # bytes; windows double until they are that large


@dataclass(frozen=True, slots=True)
class Source:
    """Where the bytes of a file are.

    Attributes:
        client: the object store.
        key: the object key.
        resumes: how often a broken connection is taken up again.
        max_memory_size: bytes that an unpacked object may take in memory, and what is written before it is stored.
    """

    client: ObjectClient
    key: str
    resumes: int
    max_memory_size: int

    def stretch(self, start: int, stop: int | None, if_match: str = "", checksum: Checksum | None = None) -> Stretch:
        """Ask for the bytes from ``start`` up to but without ``stop``."""
        return Stretch(self.client, self.key, start, stop, if_match=if_match, resumes=self.resumes, checksum=checksum)


class Window:
    """Bytes that lie together in an object. The room they take serves for those of later windows, too.

    Attributes:
        start: where in the object they begin.
        stop: where they end.
    """

    def __init__(self) -> None:
        self.start = self.stop = 0
        self._room = memoryview(bytearray())

    def __contains__(self, position: int) -> bool:
        """Whether the byte at a position is here."""
        return self.start <= position < self.stop

    def piece(self, position: int, length: int | None = None) -> memoryview:
        """Give the bytes at a position; they are others after the next ``fill``."""
        first = position - self.start
        last = self.stop - self.start
        return self._room[first : last if length is None else min(first + length, last)]

    def fill(self, stretch: Stretch) -> None:
        """Take the bytes of a stretch in place of what was here; after an error there are none.

        Raises:
            StorageError: they do not arrive, or are not those that were stored.
        """
        self.start = self.stop = 0
        size = stretch.stop - stretch.start
        if len(self._room) < size:
            self._room = memoryview(b"")  # the old one is freed before there is a new one
            self._room = memoryview(bytearray(size))
        filled = 0
        for chunk in stretch.chunks(AT_ONCE):
            self._room[filled : filled + len(chunk)] = chunk
            filled += len(chunk)
        self.start, self.stop = stretch.start, stretch.start + filled


class Windows(io.RawIOBase):
    """The bytes of an object, fetched in windows that grow while they are read one after the other.

    Each window after the first names the ETag of the first, so that two versions of an object never mix. An object that
    this package compressed is fetched whole and unpacked.
    """

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source
        self._checksum = Checksum()
        self._info: ObjectInfo | None = None
        self._unpacked: IO[bytes] | None = None
        self._position = 0
        self._window, self._spare = Window(), Window()
        self._next_size = FIRST_WINDOW

    @property
    def info(self) -> ObjectInfo:
        """What the store knows of the object; asks for the first window if nothing was read yet."""
        return self._info or self._fetch(0)

    @property
    def size(self) -> int:
        """The size in bytes, before compression by this package."""
        size = compression.original_size(self.info.headers, self.info.metadata)
        return self.info.size if size is None else size

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def tell(self) -> int:
        """Give the position in bytes."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to another position; nothing is fetched unless the end has to be known."""
        if whence == io.SEEK_END:
            offset += self.size
        position = offset + (self._position if whence == io.SEEK_CUR else 0)
        if position < 0:
            raise ValueError(f"There is no position {position} in a file.")
        self._position = position
        return position

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer from the window at the position, fetching it if necessary."""
        piece = self._piece(len(buffer))
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def readall(self) -> bytes:
        """Give everything from the position on: what is in the window, and the rest in one request."""
        content = bytes(self._piece(None))
        stop = self._position + len(content)
        if self._unpacked is None and stop < self.size:
            content = b"".join([content, *self._stretch(stop, None).chunks(AT_ONCE)])
        self._position += len(content)
        return content

    def close(self) -> None:
        """Free the window and the unpacked bytes."""
        self._window, self._spare = Window(), Window()
        if self._unpacked is not None:
            self._unpacked.close()
        super().close()

    def _piece(self, length: int | None) -> bytes | memoryview:
        """Give bytes at the position, as far as they lie in one window."""
        if not self._in_window() and not self._is_behind_the_end():
            self._fetch(self._position)
        if self._unpacked is not None:
            self._unpacked.seek(self._position)
            return self._unpacked.read(-1 if length is None else length)
        return self._window.piece(self._position, length) if self._in_window() else b""

    def _in_window(self) -> bool:
        if self._unpacked is not None:
            return True
        return self._position in self._window and not self._checksum.found_damage  # it may be in this window

    def _is_behind_the_end(self) -> bool:
        return self._info is not None and self._position >= self.size

    def _fetch(self, start: int) -> ObjectInfo:
        before, in_sequence = self._window, self._window.start < start == self._window.stop
        window = self._spare if in_sequence else Window()  # after an error, the one before is still there
        self._next_size = min(self._next_size * 2, LARGEST_WINDOW) if in_sequence else FIRST_WINDOW
        stretch = self._stretch(start, start + self._next_size)
        window.fill(stretch)
        if self._info is None:
            self._unpacked = self._all_unpacked(stretch.info, window)
            self._info = stretch.info  # known from here on: what is compressed has been unpacked
        if self._unpacked is None:
            self._window, self._spare = window, before if in_sequence else Window()
        return self._info

    def _stretch(self, start: int, stop: int | None) -> Stretch:
        """Ask for more of the same object."""
        return self._source.stretch(start, stop, self._info.etag if self._info else "", self._checksum)

    def _all_unpacked(self, info: ObjectInfo, window: Window) -> IO[bytes] | None:
        """Fetch all of an object that this package compressed, but for the beginning if the window has it."""
        size = compression.original_size(info.headers, info.metadata)
        if size is None:
            return None
        beginning = bytes(window.piece(0)) if 0 in window else b""
        return compression.unpacked(self._all_chunks(info, beginning), size, self._source.max_memory_size)

    def _all_chunks(self, info: ObjectInfo, beginning: bytes) -> Iterator[bytes]:
        if beginning:
            yield beginning
        if len(beginning) < info.size:
            yield from self._source.stretch(len(beginning), None, info.etag, self._checksum).chunks()
