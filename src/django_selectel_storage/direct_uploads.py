"""Uploads that somebody else carries out: links that bind what they allow, parts, and taking over what has arrived.

Who may upload what, and under which name, is decided by others.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from django.core.files.utils import validate_file_name

from django_selectel_storage import headers, names
from django_selectel_storage.exceptions import InvalidRequest, StorageError
from django_selectel_storage.protocols.base import insist_on
from django_selectel_storage.protocols.conditional import guard_for
from django_selectel_storage.protocols.in_parts import SentPart, UploadsInParts
from django_selectel_storage.stored_content import StoredContent
from django_selectel_storage.upload_links import UploadLink, UploadLinks

log = logging.getLogger(__name__)


class DirectUploads(UploadLinks):
    """A storage into which browsers upload, and that takes over what they have uploaded."""

    @property
    def takes_uploads(self) -> bool:
        """Whether browsers can upload into it: the links can be signed, and lead somewhere."""
        return self.options.can_sign

    @property
    def binds_uploads(self) -> bool:
        """Whether a link enforces everything that it is for, also that nothing is overwritten.

        A TempURL of Swift binds nothing, and a server that may ignore conditions could overwrite: there, an upload
        goes to a name of its own first.
        """
        return self.client.signs_headers and not guard_for(self.client, self.options, 0).ask_first

    def direct_link(
        self, name: str, mark: str, *, size: int, content_type: str, expire: float | timedelta | None = None
    ) -> UploadLink:
        """Give a link for one PUT, which describes the object as ``save`` would.

        Args:
            name: the storage name.
            mark: a random text, by which the object is known again; only where links bind header fields.
            size: how many bytes the file has; 5 GiB at most.
            content_type: the type it has to be sent with.
            expire: how long the link lives, in seconds or as timedelta; None takes ``querystring_expire``.
        """
        link = self.upload_url(name, size=size, content_type=content_type, expire=expire, allow_unenforced=True)
        if not self.client.signs_headers:
            return link
        fields = {**link.headers, **self.client.described(self._described_upload(name, content_type, mark))}
        return UploadLink("PUT", self.signed_put(name, expire, fields), fields, link.enforced)

    def begin_in_parts(self, name: str, mark: str, content_type: str) -> str:
        """Begin a large upload; give what the server calls it.

        Raises:
            InvalidRequest: the protocol has no parts that others could send.
        """
        return self._parts.begin(self._file_key(name), self._described_upload(name, content_type, mark))

    def part_link(
        self, name: str, upload: str, number: int, size: int, expire: float | timedelta | None = None
    ) -> UploadLink:
        """Give a link for one part of a large upload, which takes exactly this many bytes."""
        fields = {"Content-Length": str(size)}
        query = {"partNumber": str(number), "uploadId": upload}
        return UploadLink("PUT", self.signed_put(name, expire, fields, query), fields, frozenset({"size"}))

    def sent_parts(self, name: str, upload: str) -> list[SentPart]:
        """Give the parts of a large upload that the server has."""
        return list(self._parts.sent(self._file_key(name), upload))

    def complete_parts(self, name: str, upload: str, tags: list[str], mark: str) -> None:
        """Make a large upload visible; the name has to be free.

        Raises:
            ObjectExists: it is not.
        """
        self._parts.complete(self._file_key(name), upload, tags, mark, only_if_absent=True)

    def drop_parts(self, name: str, upload: str) -> None:
        """Drop a large upload, and the parts that it has."""
        self.client.abort_upload(self._file_key(name), upload)

    def adopt(self, name: str, content: StoredContent, max_length: int | None = None) -> str:
        """Take over what was uploaded: where it lies, or moved to its place on the server's side.

        A move asks first whether the name is free, as ``copy`` does: who writes it in that very moment is overwritten.

        Args:
            name: the wished name, for what is not in its place yet.
            content: what was uploaded.
            max_length: the most characters that the stored name may have.

        Returns:
            The name under which it is stored.

        Raises:
            FileNotFoundError: it is not there any more.
            ObjectChanged: it was replaced meanwhile.
            ObjectExists: it serves another row by now.
        """
        content.insist_on_use()
        source = self._file_key(content.stored_as)
        if not content.staged:
            insist_on(self.client.head(source), content.etag)
            return content.stored_as
        target = self.get_available_name(name, max_length=max_length)
        validate_file_name(target, allow_relative_path=True)
        key = self._file_key(target)
        self.client.copy(source, key, self._describe(target, content, None), etag=content.etag)
        try:
            self.client.delete(source)
        except StorageError as error:
            log.warning("What was uploaded is stored; its staged copy remains for selectel_prune: %s", error)
        return content.settled(names.storage_name(key, self.options.location))

    @property
    def _parts(self) -> UploadsInParts:
        parts = self.client.parts
        if parts is None:
            raise InvalidRequest("Only over the S3 protocol can others upload in parts ('access_key', 'secret_key').")
        return parts

    def _described_upload(self, name: str, content_type: str, mark: str) -> headers.ObjectHeaders:
        described = self._describe(name, None, None)
        return headers.overridden(described, {"Content-Type": content_type}, None).marked(mark)
