"""Large uploads whose parts somebody else sends, with signed URLs: what a protocol that has them can do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from django_selectel_storage.headers import ObjectHeaders


@dataclass(frozen=True, slots=True)
class SentPart:
    """A part of an unfinished upload that the server has.

    Attributes:
        number: from 1 on.
        size: bytes.
        etag: the entity tag, without quotes.
    """

    number: int
    size: int
    etag: str


class UploadsInParts(Protocol):
    """Large uploads whose parts somebody else sends, with signed URLs."""

    def begin(self, key: str, headers: ObjectHeaders) -> str:
        """Begin an upload; give what the server calls it.

        Args:
            key: the object key.
            headers: what is stored beside the bytes; its metadata has an ``upload-id`` that no other write has.
        """
        ...

    def sent(self, key: str, upload: str) -> Iterator[SentPart]:
        """Give the parts that the server has, in order.

        Raises:
            UploadGone: the upload was completed or aborted.
        """
        ...

    def complete(self, key: str, upload: str, tags: list[str], mark: str, *, only_if_absent: bool) -> None:
        """Make the object visible.

        Args:
            key: the object key.
            upload: what the server calls the upload.
            tags: the ETags of all parts, in order.
            mark: the ``upload-id`` with which it was begun.
            only_if_absent: whether the key has to be free.

        Raises:
            ObjectExists: it was to happen ``only_if_absent``, and the key is taken.
        """
        ...
