"""The seam between the door and the protocols: what any object store can do, and the values it answers with.

Nothing here knows S3, Swift or Django.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from django_selectel_storage.headers import ObjectHeaders
from django_selectel_storage.transport.body import Body
from django_selectel_storage.transport.messages import Incoming


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """What the store knows of an object, beside its bytes.

    Attributes:
        key: the object key, ``location`` included.
        size: bytes, as stored.
        etag: the entity tag, without quotes.
        last_modified: when it was written, in UTC; None when the store did not say.
        content_type: the media type; empty in listings of S3.
        headers: Cache-Control, Content-Disposition, Content-Language, Content-Encoding as far as they are set; names
            in lower case. Empty in listings.
        metadata: user metadata, names in lower case. Empty in listings.
    """

    key: str
    size: int
    etag: str = ""
    last_modified: datetime | None = None
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a listing.

    Attributes:
        objects: the objects below the prefix.
        folders: the common prefixes, each with its trailing slash; only when a delimiter was asked for.
        next_page: what ``list`` wants for the next page; None on the last one.
    """

    objects: tuple[ObjectInfo, ...]
    folders: tuple[str, ...] = ()
    next_page: str | None = None


@dataclass(frozen=True, slots=True)
class ObjectRange:
    """A stretch of an object that is on its way.

    Attributes:
        info: the object; ``info.size`` is that of the whole object.
        start: the first byte that comes.
        stop: the byte after the last one that comes.
        incoming: the bytes.
    """

    info: ObjectInfo
    start: int
    stop: int
    incoming: Incoming


class ObjectClient(Protocol):
    """One container of an object store. Safe to use from many threads.

    Every method raises a ``StorageError`` of the kind that ``exceptions`` names.
    """

    container: str

    @property
    def atomic_conditions(self) -> bool:
        """Whether the server is known to heed ``If-None-Match``, as far as its host tells."""
        ...

    def put(self, key: str, body: Body, headers: ObjectHeaders, *, only_if_absent: bool = False) -> None:
        """Store an object.

        Raises:
            ObjectExists: it was to happen ``only_if_absent``, and the key is taken.
        """
        ...

    def head(self, key: str) -> ObjectInfo:
        """Ask for an object without its bytes.

        Raises:
            ObjectNotFound: there is none.
            ContainerNotFound: there is not even the container.
        """
        ...

    def has(self, key: str) -> bool:
        """Say whether there is an object; False only when the server answers "not found".

        Raises:
            ContainerNotFound: there is not even the container.
        """
        ...

    def get(self, key: str, start: int = 0, stop: int | None = None, if_match: str = "") -> ObjectRange:
        """Ask for an object, or for the bytes from ``start`` up to but without ``stop``.

        Args:
            key: the object key.
            start: the first byte.
            stop: the byte after the last one; None for the rest.
            if_match: the ETag that the object must still have.

        Raises:
            ObjectNotFound: there is none.
            ObjectChanged: it has another ETag by now.
        """
        ...

    def delete(self, key: str) -> None:
        """Remove an object; one that is not there is as good as removed."""
        ...

    def list(self, prefix: str, *, delimiter: str = "", page: str | None = None, limit: int | None = None) -> Listing:
        """Give one page of the objects whose keys begin with ``prefix``, in the store's order."""
        ...

    def plain_url(self, key: str) -> str:
        """Give the URL without a signature; for an empty key, that of the container."""
        ...

    def signed_url(self, key: str, method: str, signed_at: float, expires: int, parameters: Mapping[str, str]) -> str:
        """Give a URL that lets its bearer do ``method`` on the key.

        Args:
            key: the object key.
            method: the HTTP method.
            signed_at: from when the URL is valid, as POSIX time.
            expires: for how long, in seconds.
            parameters: further query parameters that are signed too.
        """
        ...
