"""The temporary file for bytes that do not fit into memory, and what is said when the disk does not take them."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Any

from django_selectel_storage.exceptions import SpoolFailed


class Spool(SpooledTemporaryFile[bytes]):
    """Bytes in memory up to a limit, then in a temporary file.

    Args:
        max_memory_size: bytes that stay in memory.

    Raises:
        SpoolFailed: (every method) the temporary file cannot be made, written or read.
    """

    def __init__(self, max_memory_size: int) -> None:
        super().__init__(max_size=max_memory_size)

    def write(self, content: Any) -> int:
        """Take bytes."""
        with _EXPLAINED:
            return super().write(content)

    def read(self, *size: int) -> bytes:
        """Give bytes."""
        with _EXPLAINED:
            return super().read(*size)

    def seek(self, *position: int) -> int:
        """Move to another position; what was written so far reaches the disk by now."""
        with _EXPLAINED:
            super().seek(*position)
            return self.tell()

    def truncate(self, size: int | None = None) -> int:
        """Cut the bytes off, or add zeros."""
        with _EXPLAINED:
            return super().truncate(size)

    def __exit__(self, *_: object) -> None:
        """Drop the bytes, as ``close`` does; the standard library would close the file behind it."""
        self.close()

    def close(self) -> None:
        """Drop the bytes; it does not matter any more whether the disk took the last of them."""
        with suppress(OSError):
            super().close()


class _Explained:
    """Says in an error of the disk what can be done about it. A class, as each piece of a file passes through it."""

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if isinstance(error, OSError):
            raise SpoolFailed(
                f"A temporary file could not be used in {tempfile.gettempdir()}: {error.strerror or error}. Free space "
                "there, name another folder with TMPDIR, or raise 'max_memory_size'.",
                errno=error.errno,
            ) from error


_EXPLAINED = _Explained()
