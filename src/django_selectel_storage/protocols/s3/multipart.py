"""Large uploads and copies, in parts: begin, send the parts side by side, complete; or abort and leave nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from uuid import uuid4

from django_selectel_storage.exceptions import StorageError, UploadGone, WriteConflict
from django_selectel_storage.headers import WRITE_MARK, ObjectHeaders
from django_selectel_storage.option_rules import LARGEST_PUT
from django_selectel_storage.protocols.base import ObjectInfo, UnfinishedUpload
from django_selectel_storage.protocols.failures import Condition, Operation
from django_selectel_storage.protocols.in_parts import SentPart
from django_selectel_storage.protocols.s3 import multipart_wire, wire
from django_selectel_storage.protocols.s3.parts import Part, plan
from django_selectel_storage.protocols.workers import in_parallel
from django_selectel_storage.transport.body import Body, BytesBody
from django_selectel_storage.transport.messages import Answer, Request

log = logging.getLogger(__name__)

MOST_CONFLICTS = 3  # how often an upload begins anew because others wrote the same key meanwhile


class Uploads:
    """The multipart uploads of one bucket.

    Args:
        send: signs and sends a request, and raises for anything but a success.
        look_up: gives what the bucket knows of a key.
        place: where the bucket answers.
        bucket: its name.
        chunksize: bytes of a part; more where 10,000 of those would not suffice.
        workers: how many parts go at a time.
    """

    def __init__(
        self,
        send: Callable[[Request, Operation], Answer],
        look_up: Callable[[str], ObjectInfo],
        place: wire.Address,
        bucket: str,
        chunksize: int,
        workers: int,
    ) -> None:
        self._send = send
        self._look_up = look_up
        self._place = place
        self._bucket = bucket
        self._chunksize = chunksize
        self._workers = workers

    def store(self, key: str, body: Body, headers: ObjectHeaders, *, only_if_absent: bool) -> None:
        """Store a large object.

        Raises:
            ObjectExists: it was to happen ``only_if_absent``, and the key is taken.
            ObjectTooLarge: S3 holds no object of this size.
        """
        parts = list(plan(body.size, self._chunksize))

        def send_parts(upload: str) -> list[str]:
            # A file has one position: its parts are read here, in this thread, as they are taken.
            with_bytes = ((part, body.part(part.start, part.stop)) for part in parts)
            return in_parallel(lambda item: self._send_part(key, upload, *item), with_bytes, self._workers)

        marked = headers if WRITE_MARK in headers.metadata else headers.marked(uuid4().hex)
        self._carry_out(key, marked, send_parts, only_if_absent=only_if_absent)

    def copy(self, key: str, source: str, original: ObjectInfo, headers: ObjectHeaders) -> None:
        """Copy an object that is too large for CopyObject, on the server's side."""

        def copy_parts(upload: str) -> list[str]:
            parts = plan(original.size, LARGEST_PUT)
            return in_parallel(lambda part: self._copy_part(key, upload, source, original, part), parts, self._workers)

        self._carry_out(key, headers.marked(uuid4().hex), copy_parts, only_if_absent=False)

    def unfinished(self, prefix: str) -> Iterator[UnfinishedUpload]:
        """Give the uploads below a prefix that were begun and neither completed nor aborted."""
        markers: tuple[str, str] | None = ("", "")
        while markers is not None:
            request = multipart_wire.list_uploads(self._place, prefix, *markers)
            uploads, markers = multipart_wire.read_uploads(self._send(request, self._operation("Listing uploads of")))
            yield from uploads

    def begin(self, key: str, headers: ObjectHeaders) -> str:
        """Begin an upload whose parts somebody else sends."""
        answer = self._send(multipart_wire.create(self._place, key, headers), self._operation("Saving", key))
        return multipart_wire.read_upload_id(answer)

    def sent(self, key: str, upload: str) -> Iterator[SentPart]:
        """Give the parts that the server has, in order (ListParts)."""
        marker: str | None = ""
        while marker is not None:
            request = multipart_wire.list_parts(self._place, key, upload, marker)
            answer = self._send(request, self._operation("Listing the parts of", key))
            parts, marker = multipart_wire.read_parts(answer)
            yield from parts

    def complete(self, key: str, upload: str, tags: list[str], mark: str, *, only_if_absent: bool) -> None:
        """Make the object visible; an answer that was lost may have done so already."""
        operation = self._operation("Saving", key, Condition.ABSENT if only_if_absent else Condition.NONE)
        request = multipart_wire.complete(self._place, key, upload, tags, only_if_absent=only_if_absent)
        try:
            wire.raise_for_error_in_body(self._send(request, operation), operation)
        except WriteConflict:
            raise
        except StorageError:
            if not self._is_ours(key, mark):
                raise

    def abort(self, key: str, upload: str) -> None:
        """Drop an upload and the parts that it has."""
        self._send(multipart_wire.abort(self._place, key, upload), self._operation("Aborting the upload of", key))

    def _carry_out(
        self, key: str, headers: ObjectHeaders, send_parts: Callable[[str], list[str]], *, only_if_absent: bool
    ) -> None:
        for conflicts in range(MOST_CONFLICTS + 1):
            try:
                self._try(key, headers, send_parts, only_if_absent=only_if_absent)
            except WriteConflict:
                if conflicts == MOST_CONFLICTS:
                    raise
            else:
                return

    def _try(
        self, key: str, headers: ObjectHeaders, send_parts: Callable[[str], list[str]], *, only_if_absent: bool
    ) -> None:
        upload = self.begin(key, headers)
        try:
            mark = headers.metadata[WRITE_MARK]
            self.complete(key, upload, send_parts(upload), mark, only_if_absent=only_if_absent)
        except BaseException:
            self._give_up(key, upload)
            raise

    def _is_ours(self, key: str, mark: str) -> bool:
        try:
            return self._look_up(key).metadata.get(WRITE_MARK) == mark
        except StorageError:
            return False

    def _give_up(self, key: str, upload: str) -> None:
        try:
            self.abort(key, upload)
        except UploadGone:  # the answer to an earlier try was lost
            log.debug("The upload %s is gone already.", upload)
        except StorageError as error:
            log.warning("The parts of an upload could not be removed: %s", error)

    def _send_part(self, key: str, upload: str, part: Part, content: bytes) -> str:
        request = multipart_wire.upload_part(self._place, key, upload, part.number, BytesBody(content))
        return multipart_wire.read_part_tag(self._send(request, self._operation(f"Saving part {part.number} of", key)))

    def _copy_part(self, key: str, upload: str, source: str, original: ObjectInfo, part: Part) -> str:
        stretch = f"bytes={part.start}-{part.stop - 1}"
        operation = self._operation(f"Copying part {part.number} of", key, Condition.UNCHANGED)
        answer = self._send(
            multipart_wire.copy_part(self._place, key, upload, part.number, source, stretch, original.etag), operation
        )
        wire.raise_for_error_in_body(answer, operation)
        return multipart_wire.read_part_tag(answer)

    def _operation(self, action: str, key: str = "", condition: Condition = Condition.NONE) -> Operation:
        return Operation(action, self._bucket, key, condition)
