"""What a caller hands to ``save``, in a form that can be read from its start more than once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any, Protocol, TypeAlias, cast

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import InMemoryUploadedFile

from django_selectel_storage.transport.body import CHUNK, reopen_if_closed, rewound
from django_selectel_storage.transport.spool import Spool


class Readable(Protocol):
    """What can be read: a file of Python's or Django's, an answer of an HTTP library, anything with ``read``."""

    def read(self, size: int, /) -> bytes | str:
        """Give at most this many bytes or characters; nothing at the end."""
        ...


# Django's files by name: its stubs do not say what their read() gives.
Content: TypeAlias = "bytes | bytearray | memoryview | str | Readable | File[bytes] | File[str]"

_DJANGOS_CHUNKS = (File.chunks, InMemoryUploadedFile.chunks)


def as_file(content: Content, name: str | None) -> Any:
    """Give content the manners of Django's ``File``, unless it has them; bytes and text are content too.

    Raises:
        ValueError: it is closed and cannot be opened again.
    """
    if isinstance(content, (str, bytes, bytearray, memoryview)):
        return ContentFile(content if isinstance(content, str) else bytes(content), name)
    if hasattr(content, "chunks"):
        return content
    reopen_if_closed(content)  # before it is a File, which would open whatever has this name on the disk
    return File(cast("IO[Any]", content), name)


@contextmanager
def rewindable(content: Any, max_memory_size: int) -> Iterator[Any]:
    """Give content that can be read from its start more than once; a stream is copied into a spool first.

    Args:
        content: what a caller handed to ``save``.
        max_memory_size: bytes of the spool that stay in memory.
    """
    reopen_if_closed(content)
    own_chunks = _own_chunks(content)
    if own_chunks is None and rewound(content):
        yield content
        return
    with Spool(max_memory_size) as spool:
        for piece in own_chunks() if own_chunks else _pieces(content):
            spool.write(piece.encode() if isinstance(piece, str) else piece)
        copy = File(spool, getattr(content, "name", None))
        copy.content_type = getattr(content, "content_type", None)  # type: ignore[attr-defined]
        yield copy


def _own_chunks(content: Any) -> Callable[[], Iterable[bytes | str]] | None:
    """Give the ``chunks`` of content that hands out its bytes in another way than Django's own files."""
    chunks: Callable[[], Iterable[bytes | str]] = content.chunks
    return None if getattr(chunks, "__func__", None) in _DJANGOS_CHUNKS else chunks


def _pieces(content: Any) -> Iterator[bytes | str]:
    while piece := content.read(CHUNK):
        yield piece
