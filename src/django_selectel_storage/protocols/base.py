"""The seam between the door and the protocols: what any object store can do, and the values it answers with.

Nothing here knows S3, Swift or Django.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol

from django_selectel_storage.exceptions import ObjectChanged, StorageError
from django_selectel_storage.headers import FURTHER, ObjectHeaders
from django_selectel_storage.protocols.in_parts import UploadsInParts
from django_selectel_storage.transport.body import Body
from django_selectel_storage.transport.messages import Incoming

if TYPE_CHECKING:
    from django_selectel_storage.protocols.cors import CrossOrigin


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """What the store knows of an object, beside its bytes.

    Attributes:
        key: the object key, ``location`` included.
        size: bytes, as stored.
        etag: the entity tag, without quotes.
        last_modified: when it was written, in UTC; None when the store did not say.
        content_type: the media type; empty in listings of S3.
        headers: Cache-Control, Content-Disposition, Content-Language, Content-Encoding and those of ``FURTHER``, as far
            as they are set; names in lower case. Empty in listings.
        metadata: user metadata, names in lower case. Empty in listings.
        name: the storage name; the door fills it in.
        md5: the MD5 of the bytes in hexadecimal, where the answer proves that the ETag is one; empty in listings.
    """

    key: str
    size: int
    etag: str = ""
    last_modified: datetime | None = None
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    md5: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a listing. Who needs nothing but keys does not pay for the rest.

    Attributes:
        keys: the keys of the objects below the prefix.
        described: gives the objects themselves, in the order of their keys.
        folders: the common prefixes, each with its trailing slash; only when a delimiter was asked for.
        next_page: what ``list`` wants for the next page; None on the last one.
    """

    keys: tuple[str, ...]
    described: Callable[[], Iterable[ObjectInfo]] = field(repr=False, compare=False)
    folders: tuple[str, ...] = ()
    next_page: str | None = None

    @property
    def objects(self) -> tuple[ObjectInfo, ...]:
        """The objects, read out of the answer each time."""
        return tuple(self.described())


@dataclass(frozen=True, slots=True)
class UnfinishedUpload:
    """A multipart upload that was begun and neither completed nor aborted; its parts take up space.

    Attributes:
        key: the key that the object would have.
        upload_id: what the server calls the upload.
        begun: when it was begun, in UTC; None when the store did not say.
    """

    key: str
    upload_id: str
    begun: datetime | None = None


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


def headers_of(info: ObjectInfo) -> ObjectHeaders:
    """Give what is stored beside an object's bytes in the form in which it can be stored again."""
    return ObjectHeaders(
        content_type=info.content_type,
        cache_control=info.headers.get("cache-control"),
        content_disposition=info.headers.get("content-disposition"),
        content_language=info.headers.get("content-language"),
        content_encoding=info.headers.get("content-encoding"),
        metadata=info.metadata,
        further={name: info.headers[name] for name in FURTHER if name in info.headers},
    )


def insist_on(info: ObjectInfo, etag: str) -> None:
    """Refuse an object that has another ETag; an empty one accepts any.

    Raises:
        ObjectChanged: it has another one.
    """
    if etag and info.etag != etag:
        raise ObjectChanged(f"The object {info.key!r} was replaced meanwhile.")


class ObjectClient(Protocol):
    """One container of an object store. Safe to use from many threads.

    What a server or the network answers is raised as a ``StorageError`` of the kind that ``exceptions`` names.
    """

    container: str
    signs_headers: bool  # whether a signed URL can bind header fields

    @property
    def heeds_conditions(self) -> bool:
        """Whether the server is known to heed ``If-None-Match``, as far as its host tells."""
        ...

    @property
    def parts(self) -> UploadsInParts | None:
        """Large uploads in parts; None where the protocol has none for others to send."""
        ...

    @property
    def cors(self) -> CrossOrigin:
        """The container's CORS rules."""
        ...

    def described(self, headers: ObjectHeaders) -> dict[str, str]:
        """Give the header fields with which a new object is described; a signed URL may bind them."""
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

    def delete_many(self, keys: Sequence[str]) -> dict[str, StorageError]:
        """Remove many objects with few requests.

        Returns:
            What could not be removed, by key, and why; empty when everything is gone.
        """
        ...

    def copy(self, source: str, target: str, headers: ObjectHeaders | None = None, *, etag: str = "") -> None:
        """Copy an object inside the container, on the server's side; what ``target`` holds is replaced.

        Args:
            source: the key of the original.
            target: the key of the copy.
            headers: what to store beside the bytes; None takes over what the original has.
            etag: the ETag that the original must have; empty for any.

        Raises:
            ObjectNotFound: there is no original.
            ObjectChanged: it has another ETag.
            ObjectTooLarge: the protocol cannot copy so much.
        """
        ...

    def copy_from(
        self, container: str, original: ObjectInfo, target: str, headers: ObjectHeaders | None = None
    ) -> None:
        """Copy an object of any container of the same service and user, on the server's side.

        Args:
            container: where the original lies.
            original: the original, as ``head`` gives it; it must still have this ETag.
            target: the key of the copy.
            headers: what to store beside the bytes; None takes over what the original has.

        Raises:
            ObjectNotFound: there is no original.
            ObjectChanged: the original is another one by now.
            ObjectTooLarge: the protocol cannot copy so much.
        """
        ...

    def update_headers(self, info: ObjectInfo, headers: ObjectHeaders) -> None:
        """Replace everything that is stored beside the bytes of an object.

        Args:
            info: the object, as it is now.
            headers: what is to be stored beside its bytes.
        """
        ...

    def unfinished_uploads(self, prefix: str) -> Iterator[UnfinishedUpload]:
        """Give the large uploads below a prefix that were begun and neither completed nor aborted."""
        ...

    def abort_upload(self, key: str, upload_id: str) -> None:
        """Drop an unfinished upload and the parts that it has."""
        ...

    def list(self, prefix: str, *, delimiter: str = "", page: str | None = None, limit: int | None = None) -> Listing:
        """Give one page of the objects whose keys begin with ``prefix``, in the store's order."""
        ...

    def plain_url(self, key: str) -> str:
        """Give the URL without a signature; for an empty key, that of the container."""
        ...

    def signed_url(
        self,
        key: str,
        method: str,
        signed_at: float,
        expires: int,
        parameters: Mapping[str, str],
        headers: Mapping[str, str] = ...,
    ) -> str:
        """Give a URL that lets its bearer do ``method`` on the key.

        Args:
            key: the object key.
            method: the HTTP method.
            signed_at: from when the URL is valid, as POSIX time.
            expires: for how long, in seconds.
            parameters: further query parameters; on S3 they are signed too.
            headers: header fields that the bearer has to send like this; only where ``signs_headers``.

        Raises:
            ValueError: the protocol cannot bind the header fields, or has no such query parameters.
        """
        ...

    def send_me_file(self, key: str, size: int, wanted: bool | Literal["auto"]) -> str | None:
        """Give a link of Selectel's "sendmefile" kind; None where the server has no such thing.

        Args:
            key: the object key.
            size: the most bytes that may be sent.
            wanted: whether to make one: ``"auto"`` only where the server is Selectel's old one.
        """
        ...
