"""Django's ``File`` with its kind of content: bytes or text. For type checkers; when it runs, it is Django's own.

Django's stubs say Any of every verb that a file passes on to what it wraps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, AnyStr, Generic

from django.core.files import File

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed import WriteableBuffer

    class TypedFile(File[AnyStr]):
        """A file of bytes, or of text."""

        def read(self, size: int = -1, /) -> AnyStr:
            """Read bytes or characters; fewer than asked for only at the end."""

        def readline(self, size: int = -1, /) -> AnyStr:
            """Read up to the end of the line."""

        def readlines(self, hint: int = -1, /) -> list[AnyStr]:
            """Read all lines."""

        def readinto(self, buffer: WriteableBuffer, /) -> int:
            """Fill a buffer; give how many bytes it took."""

        def write(self, content: AnyStr, /) -> int:
            """Write bytes or characters; give how many."""

        def writelines(self, lines: Iterable[AnyStr], /) -> None:
            """Write lines, as they are."""

        def seek(self, offset: int, whence: int = 0, /) -> int:
            """Move to another position."""

        def tell(self) -> int:
            """Give the position."""

        def truncate(self, size: int | None = None, /) -> int:
            """Cut off what lies behind a size."""

        def flush(self) -> None:
            """Write what is buffered."""

        def fileno(self) -> int:
            """Raise OSError: there is no file of the system."""

        def isatty(self) -> bool:
            """Say no."""

else:

    class TypedFile(File, Generic[AnyStr]):
        """Django's file; what it is generic in only type checkers see."""
