"""The S3 client: signs, sends and reads, one bucket at a time. What travels is written in ``wire``.

Uploads in parts and CORS rules are imported when they are first needed: few processes do either.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from django_selectel_storage import hosts, names
from django_selectel_storage.exceptions import ContainerNotFound, InvalidRequest, ServerError, StorageError
from django_selectel_storage.headers import ObjectHeaders
from django_selectel_storage.option_rules import LARGEST_PUT
from django_selectel_storage.options import StorageOptions
from django_selectel_storage.protocols import presence, removal
from django_selectel_storage.protocols.base import (
    Listing,
    ObjectInfo,
    ObjectRange,
    UnfinishedUpload,
    headers_of,
    insist_on,
)
from django_selectel_storage.protocols.failures import Condition, Operation
from django_selectel_storage.protocols.removal import NotTogether
from django_selectel_storage.protocols.s3 import wire, xml
from django_selectel_storage.signing import sigv4
from django_selectel_storage.transport.body import Body
from django_selectel_storage.transport.messages import NO_HEADERS, Answer, Request
from django_selectel_storage.transport.pool import Pool

if TYPE_CHECKING:
    from django_selectel_storage.protocols.s3.cors import BucketCors
    from django_selectel_storage.protocols.s3.multipart import Uploads


class S3Client:
    """One bucket of an S3 service.

    Args:
        options: the storage's options.
        pool: the connections to the service.
        clock: gives the POSIX time.
    """

    signs_headers = True

    def __init__(self, options: StorageOptions, pool: Pool, clock: Callable[[], float] = time.time) -> None:
        self.container = options.container
        self._options = options
        self._place = wire.address(options.s3_endpoint, options.container, options.addressing)
        self._public = wire.address(options.url_endpoint or options.s3_endpoint, options.container, options.addressing)
        self._key = sigv4.SigningKey(options.access_key or "", options.secret_key or "", options.s3_region)
        self._pool = pool
        self._clock = clock
        self._presence = presence.Presence(self._ask_for_container)

    @property
    def heeds_conditions(self) -> bool:
        """Whether the host is known to heed ``If-None-Match`` (AWS and Selectel document it)."""
        return hosts.heeds_conditions(self._place.origin)

    @cached_property
    def parts(self) -> Uploads:
        """Uploads in parts."""
        from django_selectel_storage.protocols.s3.multipart import Uploads  # noqa: PLC0415 - see above

        options = self._options
        return Uploads(
            self._send, self.head, self._place, self.container, options.multipart_chunksize, options.max_concurrency
        )

    @cached_property
    def cors(self) -> BucketCors:
        """The rules that tell browsers which sites may speak to the bucket."""
        from django_selectel_storage.protocols.s3.cors import BucketCors  # noqa: PLC0415 - see above

        return BucketCors(self._send, self._place, self.container)

    def described(self, headers: ObjectHeaders) -> dict[str, str]:
        """Give the header fields with which a new object is described."""
        return wire.object_fields(headers)

    def put(self, key: str, body: Body, headers: ObjectHeaders, *, only_if_absent: bool = False) -> None:
        """Store an object: in one request (PutObject), or in parts from ``multipart_threshold`` on."""
        if body.size >= self._options.multipart_threshold:
            self.parts.store(key, body, headers, only_if_absent=only_if_absent)
            return
        request = wire.put_object(self._place, key, body, headers, only_if_absent=only_if_absent)
        operation = self._operation("Saving", key, Condition.ABSENT if only_if_absent else Condition.NONE)
        with self._presence.checked_when_missing(anew=True):
            self._send(request, operation)

    def head(self, key: str) -> ObjectInfo:
        """Ask for an object without its bytes (HeadObject)."""
        with self._presence.checked_when_missing():
            return wire.read_info(
                key, self._send(wire.head_object(self._place, key), self._operation("Looking up", key))
            )

    def has(self, key: str) -> bool:
        """Say whether there is an object (HeadObject)."""
        with self._presence.checked_when_missing(tolerated=True):
            self._send(wire.head_object(self._place, key), self._operation("Looking up", key))
            return True
        return False

    def get(self, key: str, start: int = 0, stop: int | None = None, if_match: str = "") -> ObjectRange:
        """Ask for an object or a stretch of it (GetObject)."""
        request = wire.get_object(self._place, key, start, stop, if_match)
        operation = self._operation("Reading", key, Condition.UNCHANGED if if_match else Condition.NONE)
        with self._presence.checked_when_missing():
            return wire.read_range(key, self._send(request, operation))

    def delete(self, key: str) -> None:
        """Remove an object (DeleteObject)."""
        with self._presence.checked_when_missing(tolerated=True):
            self._send(wire.delete_object(self._place, key), self._operation("Deleting", key))

    def delete_many(self, keys: Sequence[str]) -> dict[str, StorageError]:
        """Remove many objects (DeleteObjects, 1,000 at a time); one by one where the server does not know how."""
        return removal.delete_many(keys, self._delete_together, self.delete, wire.PAGE)

    def copy(self, source: str, target: str, headers: ObjectHeaders | None = None, *, etag: str = "") -> None:
        """Copy an object (CopyObject, above 5 GiB UploadPartCopy)."""
        original = self.head(source)
        insist_on(original, etag)
        self.copy_from(self.container, original, target, headers)

    def copy_from(
        self, container: str, original: ObjectInfo, target: str, headers: ObjectHeaders | None = None
    ) -> None:
        """Copy an object of any bucket that the same key may read."""
        source = f"/{names.quoted(container)}/{names.quoted(original.key)}"
        if original.size > LARGEST_PUT:
            self.parts.copy(target, source, original, headers or headers_of(original))
            return
        operation = self._operation("Copying", original.key, Condition.UNCHANGED)
        request = wire.copy_object(self._place, target, source, original.etag, headers)
        wire.raise_for_error_in_body(self._send(request, operation), operation)

    def update_headers(self, info: ObjectInfo, headers: ObjectHeaders) -> None:
        """Copy the object onto itself, described anew; S3 has no other way."""
        self.copy_from(self.container, info, info.key, headers)

    def unfinished_uploads(self, prefix: str) -> Iterator[UnfinishedUpload]:
        """Give the unfinished multipart uploads (ListMultipartUploads)."""
        return self.parts.unfinished(prefix)

    def abort_upload(self, key: str, upload_id: str) -> None:
        """Drop an unfinished multipart upload (AbortMultipartUpload)."""
        self.parts.abort(key, upload_id)

    def list(self, prefix: str, *, delimiter: str = "", page: str | None = None, limit: int | None = None) -> Listing:
        """Give one page of a listing (ListObjectsV2)."""
        request = wire.list_objects(self._place, prefix, delimiter, page, limit)
        return wire.read_listing(self._send(request, self._operation("Listing")))

    def plain_url(self, key: str) -> str:
        """Give the URL without a signature."""
        return self._public.origin + self._public.path(key)

    def signed_url(
        self,
        key: str,
        method: str,
        signed_at: float,
        expires: int,
        parameters: Mapping[str, str],
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> str:
        """Presign a URL."""
        place, date = self._public, sigv4.amz_date(signed_at)
        path = place.path(key)
        bound = {name.lower(): value for name, value in headers.items()} if headers else headers
        query = sigv4.presigned_query(self._key, method, path, place.host, date, expires, parameters, bound)
        return f"{place.origin}{path}?{query}"

    def send_me_file(self, key: str, size: int, wanted: bool | Literal["auto"]) -> str | None:  # noqa: ARG002
        """Give nothing: a presigned PUT takes its place."""
        return None

    def _delete_together(self, keys: Sequence[str]) -> dict[str, StorageError]:
        """Remove keys with one request; give the failures by key."""
        if not all(map(xml.can_hold, keys)):
            raise NotTogether
        operation = self._operation("Deleting")
        try:
            answer = self._send(wire.delete_objects(self._place, list(keys)), operation)
        except (ContainerNotFound, InvalidRequest, ServerError) as error:
            if error.status in removal.NOT_KNOWN:
                raise NotTogether from error
            raise
        failed = wire.read_failures(answer)
        return {key: wire.deletion_error(self._operation("Deleting", key), words) for key, words in failed.items()}

    def _ask_for_container(self) -> None:
        self._send(wire.head_bucket(self._place), self._operation("Looking up"))

    def _operation(self, action: str, key: str = "", condition: Condition = Condition.NONE) -> Operation:
        return Operation(action, self.container, key, condition)

    def _send(self, request: Request, operation: Operation) -> Answer:
        answer = self._pool.send(request, self._authorize)
        wire.raise_for_status(answer, operation, self._clock())
        return answer

    def _authorize(self, request: Request) -> dict[str, str]:
        """Sign a request: its host, its type, everything that S3 itself gives a meaning to, and its bytes."""
        payload = request.body.digest("sha256") if request.body.size else sigv4.EMPTY_SHA256
        added = {"x-amz-content-sha256": payload, "x-amz-date": sigv4.amz_date(self._clock())}
        lowered = {name.lower(): value for name, value in request.headers.items()}
        signed = {name: value for name, value in lowered.items() if _is_signed(name)}
        signed.update(added, host=self._place.host)
        signature = sigv4.authorization(
            self._key, request.method, request.path, request.query, signed, payload, added["x-amz-date"]
        )
        return {"Host": self._place.host, **added, "Authorization": signature}


def _is_signed(name: str) -> bool:
    return name.startswith("x-amz-") or name in {"content-type", "content-md5"}
