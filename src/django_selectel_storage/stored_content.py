"""A file whose bytes are in the container already, in the shape of an uploaded file; a storage takes it over on save.

Nothing here asks the store, unless somebody reads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Any

from django.core.files.storage import Storage
from django.core.files.uploadedfile import UploadedFile


class StoredContent(UploadedFile):  # type: ignore[type-arg] # it takes none before Django 5.2
    """What a browser has put into the container itself. Reading it fetches what is read, and nothing else.

    Args:
        storage: where the bytes are.
        stored_as: the storage name under which they are.
        name: how the file was called where it came from.
        size: bytes.
        content_type: the media type.
        etag: the entity tag of the object; empty when any will do.
        staged: whether the object has to be moved to its place; otherwise it is there.
        insist_on_use: raises, when it is taken over, if it may not be used any more.
    """

    def __init__(
        self,
        storage: Storage,
        stored_as: str,
        name: str,
        *,
        size: int,
        content_type: str,
        etag: str,
        staged: bool,
        insist_on_use: Callable[[], None] = lambda: None,
    ) -> None:
        self._opened: Any = None
        self.storage = storage
        self.stored_as = stored_as
        self.etag = etag
        self.staged = staged
        self.insist_on_use = insist_on_use
        super().__init__(None, name, content_type, size)

    @property
    def file(self) -> IO[Any]:
        """The bytes, opened when they are first asked for."""
        if self._opened is None:
            self._opened = self.storage.open(self.stored_as)
        opened: IO[Any] = self._opened
        return opened

    @file.setter
    def file(self, opened: IO[Any] | None) -> None:
        """Take other bytes, or none."""
        self._opened = opened

    @property
    def closed(self) -> bool:
        """Whether it was opened and closed again."""
        return self._opened is not None and self._opened.closed

    def open(self, mode: str | None = None, *args: Any, **kwargs: Any) -> StoredContent:  # noqa: ARG002 - as in Django
        """Begin again at the start, also after it was closed."""
        if self.closed:
            self._opened = None
        self.file.seek(0)
        return self

    def close(self) -> None:
        """Drop what was fetched; the object stays."""
        if self._opened is not None:
            self._opened.close()

    def settled(self, name: str) -> str:
        """Note that the object lies in its place now, under this name; give the name."""
        self.close()
        self._opened = None
        self.stored_as = name
        self.staged = False
        self.etag = ""  # a copy may have another one
        return name
