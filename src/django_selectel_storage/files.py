"""What ``open()`` hands back: a lazy reader that asks for stretches of the object as they are needed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any, cast

from django.core.files import File

from django_selectel_storage.protocols.base import ObjectClient, ObjectInfo
from django_selectel_storage.protocols.reading import Stretch
from django_selectel_storage.transport.body import reopen_if_closed

if TYPE_CHECKING:
    _File = File[Any]
else:
    _File = File

FIRST_WINDOW = 256 * 1024  # bytes; a smaller file costs one request
LARGEST_WINDOW = 8 * 1024 * 1024  # bytes; windows double until they are that large
READING_MODES = frozenset({"rb", "r", "rt"})
_BUFFER = 64 * 1024  # bytes between the windows and the caller


class ObjectFile(_File):
    """A file in the object store, open for reading. Nothing is asked of the server before the first read.

    Args:
        name: the storage name.
        mode: ``"rb"``, or ``"r"`` for text in UTF-8.
        client: the object store.
        key: the object key.
        resumes: how often a broken connection is taken up again.
    """

    def __init__(self, name: str, mode: str, client: ObjectClient, key: str, resumes: int) -> None:
        self._source = (client, key, resumes)
        super().__init__(self._begin(mode), name)
        self.mode = mode

    @property
    def size(self) -> int:
        """The object's size in bytes."""
        return self._windows.info.size

    @property
    def info(self) -> ObjectInfo:
        """What the store knows of the object."""
        return self._windows.info

    def open(self, mode: str | None = None, *args: Any, **kwargs: Any) -> ObjectFile:  # noqa: ARG002 - Django's signature
        """Begin again at the start, also after the file was closed; ``mode`` may be another one."""
        if self.closed or mode not in {None, self.mode}:
            self.close()
            self.file = self._begin(mode or self.mode)
            self.mode = mode or self.mode
        else:
            self.seek(0)
        return self

    def _begin(self, mode: str) -> IO[Any]:
        if mode not in READING_MODES:
            raise ValueError(f"Files of an object store open with the modes 'rb' and 'r', not {mode!r}.")
        self._windows = Windows(*self._source)
        buffered = io.BufferedReader(self._windows, _BUFFER)
        return cast("IO[Any]", buffered if "b" in mode else io.TextIOWrapper(buffered, "utf-8"))


class Windows(io.RawIOBase):
    """The bytes of an object, fetched in windows that grow while they are read one after the other.

    Each window after the first names the ETag of the first, so that two versions of an object never mix.
    """

    def __init__(self, client: ObjectClient, key: str, resumes: int) -> None:
        super().__init__()
        self._source = (client, key, resumes)
        self._info: ObjectInfo | None = None
        self._position = 0
        self._window = b""
        self._window_start = 0
        self._next_size = FIRST_WINDOW

    @property
    def info(self) -> ObjectInfo:
        """What the store knows of the object; asks for the first window if nothing was read yet."""
        return self._info or self._fetch(0)

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
            offset += self.info.size
        position = offset + (self._position if whence == io.SEEK_CUR else 0)
        if position < 0:
            raise ValueError(f"There is no position {position} in a file.")
        self._position = position
        return position

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer from the window at the position, fetching it if necessary."""
        if not self._in_window():
            if self._info and self._position >= self._info.size:
                return 0
            self._fetch(self._position)
        offset = self._position - self._window_start
        piece = self._window[offset : offset + len(buffer)]
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def readall(self) -> bytes:
        """Give everything from the position on: what is in the window, and the rest in one request."""
        if not self._in_window() and not (self._info and self._position >= self._info.size):
            self._fetch(self._position)
        here = self._window[self._position - self._window_start :] if self._in_window() else b""
        position = self._position + len(here)
        rest = self._stretch(position, None).read() if position < self.info.size else b""
        self._position = max(self._position, self.info.size)
        return here + rest

    def _in_window(self) -> bool:
        return self._window_start <= self._position < self._window_start + len(self._window)

    def _fetch(self, start: int) -> ObjectInfo:
        in_sequence = start == self._window_start + len(self._window)
        self._next_size = min(self._next_size * 2, LARGEST_WINDOW) if in_sequence and self._window else FIRST_WINDOW
        stretch = self._stretch(start, start + self._next_size)
        self._info = self._info or stretch.info
        self._window, self._window_start = stretch.read(), start
        return self._info

    def _stretch(self, start: int, stop: int | None) -> Stretch:
        client, key, resumes = self._source
        return Stretch(client, key, start, stop, if_match=self._info.etag if self._info else "", resumes=resumes)


@contextmanager
def rewindable(content: Any, max_memory_size: int) -> Iterator[Any]:
    """Give content that can be read from its start more than once; a stream is copied into a spool first.

    Args:
        content: what a caller handed to ``save``.
        max_memory_size: bytes of the spool that stay in memory.
    """
    reopen_if_closed(content)
    try:
        content.seek(0)
    except (AttributeError, OSError, ValueError):
        with SpooledTemporaryFile(max_size=max_memory_size) as spool:
            _copy(content, spool)
            copy = File(spool, getattr(content, "name", None))
            copy.content_type = getattr(content, "content_type", None)  # type: ignore[attr-defined]
            yield copy
    else:
        yield content


def _copy(content: Any, spool: IO[bytes]) -> None:
    while piece := content.read(_BUFFER):
        spool.write(piece.encode() if isinstance(piece, str) else piece)
