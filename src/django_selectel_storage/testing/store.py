"""An object store in memory, behind the seam that S3 and Swift stand behind. Knows no Django, and sends nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from hashlib import md5
from typing import Literal

from django_selectel_storage.exceptions import StorageError, UploadGone
from django_selectel_storage.headers import ObjectHeaders
from django_selectel_storage.options import StorageOptions
from django_selectel_storage.protocols import failures
from django_selectel_storage.protocols.base import (
    Listing,
    ObjectInfo,
    ObjectRange,
    UnfinishedUpload,
    headers_of,
    insist_on,
)
from django_selectel_storage.protocols.cors import CrossOrigin, KeptRules
from django_selectel_storage.protocols.factory import client_for
from django_selectel_storage.protocols.failures import Condition, Operation, Words
from django_selectel_storage.protocols.in_parts import UploadsInParts
from django_selectel_storage.testing.listing import page_of
from django_selectel_storage.transport.body import Body, BytesBody
from django_selectel_storage.transport.messages import NO_HEADERS

_ACCOUNT = "https://memory.invalid/v1/AUTH_memory"


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object: its bytes, and what is known of it."""

    content: bytes
    info: ObjectInfo


class MemoryClient:
    """One container in memory; safe to use from many threads.

    Args:
        options: the storage's options.
        objects: holds the objects, by key.
    """

    heeds_conditions = True
    parts: UploadsInParts | None = None  # nobody else can send anything here

    def __init__(self, options: StorageOptions, objects: dict[str, StoredObject]) -> None:
        self.container = options.container
        self._objects = objects
        self._addresses = client_for(_without_login(options))  # only ever asked for URLs
        self.signs_headers = self._addresses.signs_headers
        self.cors: CrossOrigin = KeptRules()
        self._writing = threading.Lock()

    def described(self, headers: ObjectHeaders) -> dict[str, str]:
        """Give the header fields with which the real store would describe a new object."""
        return self._addresses.described(headers)

    def put(self, key: str, body: Body, headers: ObjectHeaders, *, only_if_absent: bool = False) -> None:
        """Store an object."""
        content = b"".join(body.chunks())
        with self._writing:
            if only_if_absent and key in self._objects:
                raise self._error("Saving", key, 412, Condition.ABSENT)
            self._objects[key] = StoredObject(content, _described(key, content, headers))

    def head(self, key: str) -> ObjectInfo:
        """Give what is known of an object."""
        return self._found("Looking up", key).info

    def has(self, key: str) -> bool:
        """Say whether there is an object."""
        return key in self._objects

    def get(self, key: str, start: int = 0, stop: int | None = None, if_match: str = "") -> ObjectRange:
        """Give an object or a stretch of it."""
        found = self._found("Reading", key)
        size = found.info.size
        if if_match and found.info.etag != if_match:
            raise self._error("Reading", key, 412, Condition.UNCHANGED)
        if (start or stop is not None) and start >= size:
            raise self._error("Reading", key, 416)
        end = size if stop is None else min(stop, size)
        return ObjectRange(found.info, start, end, _Bytes(found.content[start:end]))

    def delete(self, key: str) -> None:
        """Remove an object."""
        self._objects.pop(key, None)

    def delete_many(self, keys: Sequence[str]) -> dict[str, StorageError]:
        """Remove many objects; nothing can fail."""
        for key in keys:
            self.delete(key)
        return {}

    def copy(self, source: str, target: str, headers: ObjectHeaders | None = None, *, etag: str = "") -> None:
        """Copy an object."""
        original = self._found("Copying", source)
        insist_on(original.info, etag)
        self.put(target, BytesBody(original.content), headers or headers_of(original.info))

    def copy_from(
        self, container: str, original: ObjectInfo, target: str, headers: ObjectHeaders | None = None
    ) -> None:
        """Copy an object of this container; of others nothing is known.

        Raises:
            ContainerNotFound: it is another container.
        """
        if container != self.container:
            raise failures.container_missing(Operation("Copying", container, original.key), 404, Words())
        self.copy(original.key, target, headers, etag=original.etag)

    def update_headers(self, info: ObjectInfo, headers: ObjectHeaders) -> None:
        """Describe an object anew."""
        self.copy(info.key, info.key, headers)

    def unfinished_uploads(self, prefix: str) -> Iterator[UnfinishedUpload]:  # noqa: ARG002 - as in ObjectClient
        """Give nothing: in memory no upload is left unfinished."""
        return iter(())

    def abort_upload(self, key: str, upload_id: str) -> None:
        """Refuse: there are no unfinished uploads.

        Raises:
            UploadGone: always.
        """
        raise UploadGone(f"There is no unfinished upload {upload_id!r} of {key!r} in memory.")

    def list(self, prefix: str, *, delimiter: str = "", page: str | None = None, limit: int | None = None) -> Listing:
        """Give one page of a listing."""
        known = {key: stored.info for key, stored in list(self._objects.items())}
        return page_of(known, prefix, delimiter, page, limit)

    def plain_url(self, key: str) -> str:
        """Give the URL that the real store would have; it leads nowhere."""
        return self._addresses.plain_url(key)

    def signed_url(
        self,
        key: str,
        method: str,
        signed_at: float,
        expires: int,
        parameters: Mapping[str, str],
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> str:
        """Sign a URL as the real store wants it signed; it leads nowhere."""
        return self._addresses.signed_url(key, method, signed_at, expires, parameters, headers)

    def send_me_file(self, key: str, size: int, wanted: bool | Literal["auto"]) -> str | None:  # noqa: ARG002
        """Give nothing: only Selectel's old API has such links."""
        return None

    def _found(self, action: str, key: str) -> StoredObject:
        try:
            return self._objects[key]
        except KeyError:
            raise self._error(action, key, 404) from None

    def _error(self, action: str, key: str, status: int, condition: Condition = Condition.NONE) -> StorageError:
        return failures.error_for(Operation(action, self.container, key, condition), status, Words())


class _Bytes:
    """Bytes on their way, from memory."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def chunks(self, size: int) -> Iterator[bytes]:
        """Yield the bytes in pieces."""
        return (self._content[start : start + size] for start in range(0, len(self._content), size))

    def close(self) -> None:
        """Do nothing: there is no connection."""


def _described(key: str, content: bytes, headers: ObjectHeaders) -> ObjectInfo:
    fields = {name.lower(): value for name, value in headers.standard().items()}
    return ObjectInfo(
        key=key,
        size=len(content),
        etag=md5(content, usedforsecurity=False).hexdigest(),
        last_modified=datetime.now(timezone.utc).replace(microsecond=0),
        content_type=fields.pop("content-type"),
        headers=fields,
        metadata=dict(headers.metadata),
    )


def _without_login(options: StorageOptions) -> StorageOptions:
    """Give options with which a Swift client knows its account's address without a login."""
    if options.protocol == "s3":
        return options
    return replace(options, account="memory", project="memory", endpoint=_ACCOUNT)
