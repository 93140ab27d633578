"""What ``open()`` hands back: a lazy reader, or a writer that stores on close and stores nothing after an error."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, AnyStr, cast

from django_selectel_storage.file_types import TypedFile
from django_selectel_storage.protocols.base import ObjectInfo
from django_selectel_storage.transport.spool import Spool
from django_selectel_storage.windows import Source, Windows

if TYPE_CHECKING:
    from typing_extensions import Self

log = logging.getLogger(__name__)

READING = frozenset({"rb", "r", "rt"})
WRITING = frozenset({"wb", "w", "wt"})
_BUFFER = 64 * 1024  # bytes between the windows and the caller


@dataclass(frozen=True, slots=True)
class Backing:
    """Where a file comes from and where it goes.

    Attributes:
        source: what is read.
        store: stores what was written, replacing what was there.
    """

    source: Source
    store: Callable[[IO[bytes]], None]


class ObjectFile(TypedFile[AnyStr]):
    """A file in the object store.

    Open for reading, nothing is asked of the server before the first read. Open for writing, everything is stored when
    the file is closed, in place of what was there; unless an exception is under way by then that was not when the file
    was opened, or the file is never closed: then nothing is stored.

    Args:
        name: the storage name.
        mode: ``"rb"`` or ``"wb"``; ``"r"`` or ``"w"`` for text in UTF-8.
        backing: where the bytes come from and go to.

    Raises:
        ValueError: the mode is another one.
    """

    def __init__(self, name: str, mode: str, backing: Backing) -> None:
        self._backing = backing
        self._windows: Windows | None = None
        self._spool: WriteSpool | None = None
        self._known_error: BaseException | None = None
        super().__init__(self._begin(mode), name)
        self.mode = mode

    @property
    def size(self) -> int:
        """The file's size in bytes; of one open for writing, what was written so far."""
        if self._spool is not None:
            self.flush()
            return self._spool.size
        return self._reading().size

    @property
    def info(self) -> ObjectInfo:
        """What the store knows of the object that is being read."""
        return self._reading().info

    def open(self, mode: str | None = None, *args: object, **kwargs: object) -> Self:  # noqa: ARG002 - as in Django
        """Begin again at the start, also after the file was closed; ``mode`` may be another one."""
        wanted = mode or self.mode
        if self.closed or wanted != self.mode or wanted in WRITING:
            self.close()
            self.file = self._begin(wanted)
            self.mode = wanted
        else:
            self.seek(0)
        return self

    def close(self) -> None:
        """Close the file; one open for writing is stored now.

        Raises:
            StorageError: it could not be stored.
        """
        error = sys.exc_info()[1]
        if error is None or error is self._known_error:
            self._store()
        elif self._spool is not None:
            log.warning("%r was not stored: it was closed after an error (%s).", self.name, type(error).__name__)
        self.abort()

    def abort(self) -> None:
        """Close the file without storing anything."""
        self._spool = self._known_error = None
        super().close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            self._store()
        self.abort()

    def _store(self) -> None:
        """Store what was written, if this file is open for writing; once, whatever comes of it."""
        spool, self._spool = self._spool, None
        if spool is None or spool.closed:
            return
        try:
            self.flush()
            self._backing.store(spool.content)
        except BaseException:
            self.abort()
            raise

    def _begin(self, mode: str) -> IO[Any]:
        self._windows = self._spool = None
        if mode in READING:
            self._windows = Windows(self._backing.source)
            binary: Any = io.BufferedReader(self._windows, _BUFFER)
        elif mode in WRITING:
            self._known_error = sys.exc_info()[1]
            self._spool = binary = WriteSpool(self._backing.source.max_memory_size)
        else:
            raise ValueError(f"Files of an object store open with the modes rb, r, wb and w, not {mode!r}.")
        if "b" in mode:
            return cast("IO[Any]", binary)
        newline = "\n" if mode in WRITING else None
        return io.TextIOWrapper(binary, "utf-8", newline=newline, write_through=True)

    def _reading(self) -> Windows:
        if self._windows is None:
            raise ValueError(f"{self.name!r} is open for writing.")
        return self._windows


class WriteSpool(io.BufferedIOBase):
    """What is written before it is stored: in memory up to a limit, then in a temporary file."""

    def __init__(self, max_memory_size: int) -> None:
        super().__init__()
        self.content: IO[bytes] = Spool(max_memory_size)

    def writable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def write(self, content: Any) -> int:
        """Take bytes."""
        return self.content.write(content)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to another position."""
        self.content.seek(offset, whence)
        return self.content.tell()

    def tell(self) -> int:
        """Give the position in bytes."""
        return self.content.tell()

    def truncate(self, size: int | None = None) -> int:
        """Cut off what lies behind a size."""
        size = self.tell() if size is None else size
        self.content.truncate(size)
        return size

    @property
    def size(self) -> int:
        """The bytes written so far."""
        position = self.content.tell()
        size = self.seek(0, io.SEEK_END)
        self.content.seek(position)
        return size

    def close(self) -> None:
        """Drop everything that was written."""
        self.content.close()
        super().close()


class Stream(io.RawIOBase):
    """Bytes of an object in one go: forward only, bounded, from one request.

    Args:
        chunks: the bytes.
        close: gives the connection back.
    """

    def __init__(self, chunks: Iterator[bytes], close: Callable[[], None]) -> None:
        super().__init__()
        self._chunks = chunks
        self._free = close
        self._left = b""
        self._failure: BaseException | None = None

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer with what comes next; after an error nothing does, which is not the end."""
        if self._failure:
            raise self._failure
        try:
            self._left = self._left or next(self._chunks, b"")
        except BaseException as error:
            self._failure = error
            raise
        piece, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        """Give the connection back, also when not everything was read."""
        if not self.closed:
            self._free()
        super().close()
