"""What object stores can do and Django's Storage has no verb for; each verb is one of the door's."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import IO, TYPE_CHECKING, Any, TypedDict, cast

from asgiref.sync import sync_to_async
from django.core.exceptions import SuspiciousFileOperation

from django_selectel_storage import compression, headers, names
from django_selectel_storage.content import Content
from django_selectel_storage.direct_uploads import DirectUploads
from django_selectel_storage.exceptions import DeletionFailed, InvalidOption, ObjectExists
from django_selectel_storage.files import Stream
from django_selectel_storage.improper import improperly_configured
from django_selectel_storage.protocols.base import ObjectInfo, UnfinishedUpload, headers_of
from django_selectel_storage.protocols.listing import pages
from django_selectel_storage.transport.body import CHUNK
from django_selectel_storage.windows import Source, Windows

if TYPE_CHECKING:
    from typing_extensions import Unpack


class HeaderChanges(TypedDict, total=False):
    """What ``update_headers`` changes; None takes a header away."""

    content_type: str | None
    cache_control: str | None
    content_disposition: str | None
    content_language: str | None
    content_encoding: str | None
    metadata: Mapping[str, str] | None


class UrlOptions(TypedDict, total=False):
    """What a URL is to be like; as of ``SelectelStorage.url``."""

    parameters: Mapping[str, object] | None
    expire: float | timedelta | None
    http_method: str | None


class FurtherVerbs(DirectUploads):
    """What Django's storages do not have: looking closer, changing what is stored, and async twins."""

    # --- looking -----------------------------------------------------------------------------------------------------

    def stat(self, name: str) -> ObjectInfo:
        """Give everything that the store knows of a file; ``size`` is the stored one, in bytes.

        Raises:
            FileNotFoundError: there is no such file.
        """
        return self._named(self.client.head(self._file_key(name)))

    def walk(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """Give all files whose names begin with a prefix, in the store's order, page by page in constant memory.

        Args:
            prefix: what the names begin with; ``"photos/"`` is all that lies in that folder.

        Returns:
            What a listing tells of each file: ``name``, ``key``, ``size`` (bytes, as stored), ``etag``,
            ``last_modified``, on Swift also ``content_type``.
        """
        for listing in pages(self.client, self._key_prefix(prefix)):
            for info in map(self._named, listing.described()):
                if info.name:  # the mark of a folder that some consoles make has none
                    yield info

    def open_stream(self, name: str, start: int = 0, length: int | None = None) -> io.BufferedReader:
        """Open a stretch of a file for reading in one go, with one request; close it when done.

        A file that is empty, or that this package compressed, takes another request.

        Args:
            name: the storage name.
            start: the first byte.
            length: how many bytes; None for the rest.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: ``start`` or ``length`` is below 0.
        """
        if start < 0 or (length is not None and length < 0):
            raise ValueError("'start' and 'length' are not below 0.")
        source = Source(self.client, self._file_key(name), self.options.max_retries, self.options.max_memory_size)
        stretch = source.stretch(start, None if length is None else start + max(length, 1))
        if compression.original_size(stretch.info.headers, stretch.info.metadata) is None:
            bounded = _at_most(stretch.chunks(), length)
            return io.BufferedReader(Stream(bounded, stretch.close))
        stretch.close()
        windows = Windows(source)
        windows.seek(start)
        unpacked = iter(lambda: windows.read(CHUNK) or b"", b"")
        return io.BufferedReader(Stream(_at_most(unpacked, length), windows.close))

    # --- changing ----------------------------------------------------------------------------------------------------

    def save_with_metadata(self, name: str, content: Content, metadata: Mapping[str, str] | None = None) -> str:
        """Store content with metadata under exactly this name, as in 1.x; what was there is replaced.

        Args:
            name: the storage name.
            content: bytes, text, or a file-like object.
            metadata: names (letters, digits, hyphens) and values, which may be any text.

        Returns:
            The name.
        """
        return self._store(name, content, metadata=metadata)

    def update_headers(self, name: str, **changes: Unpack[HeaderChanges]) -> None:
        """Change what is stored beside a file's bytes, and keep what is not named.

        Args:
            name: the storage name.
            changes: ``content_type``, ``cache_control``, ``content_disposition``, ``content_language``,
                ``content_encoding`` (a text; None takes it away) and ``metadata`` (replaces the user's metadata).
                Without any, the rules of the options are applied anew.

        Raises:
            FileNotFoundError: there is no such file.
            ImproperlyConfigured: there is no such header, or its value cannot be one.
        """
        info = self.client.head(self._file_key(name))
        self.client.update_headers(info, self.described_anew(name, info, **changes))

    def described_anew(self, name: str, info: ObjectInfo, **changes: Unpack[HeaderChanges]) -> headers.ObjectHeaders:
        """Give what ``update_headers`` would store beside a file's bytes; nothing is sent.

        Args:
            name: the storage name.
            info: the file as it is now.
            changes: as of ``update_headers``.

        Raises:
            ImproperlyConfigured: there is no such header, or its value cannot be one.
        """
        with improperly_configured():
            return _changed(headers_of(info), changes) if changes else self._ruled(name, info)

    def copy(self, source: str, target: str, *, overwrite: bool = False) -> str:
        """Copy a file inside the container, on the server's side, with its headers.

        Args:
            source: the name of the original.
            target: the name of the copy.
            overwrite: whether a file of that name may be replaced; onto itself nothing is copied. Without it the name
                is asked for first; somebody who writes it in the very moment between may still be overwritten.

        Returns:
            The name of the copy.

        Raises:
            FileNotFoundError: there is no original.
            FileExistsError: the name of the copy is taken.
        """
        source_key, target_key = self._file_key(source), self._file_key(target)
        if not overwrite and self.client.has(target_key):
            raise ObjectExists(f"There is a file {target!r} already; pass overwrite=True to replace it.")
        if source_key == target_key:
            self.client.head(source_key)
        else:
            self.client.copy(source_key, target_key)
        return names.storage_name(target_key, self.options.location)

    def move(self, source: str, target: str, *, overwrite: bool = False) -> str:
        """Copy a file and delete the original; see ``copy``. A file that moves onto itself stays as it is."""
        if self._file_key(source) == self._file_key(target):
            return names.storage_name(self.stat(source).key, self.options.location)
        moved = self.copy(source, target, overwrite=overwrite)
        self.client.delete(self._file_key(source))
        return moved

    def delete_many(self, names_to_delete: Iterable[str]) -> None:
        """Remove many files with few requests; those that are not there are as good as removed.

        Raises:
            TypeError: it is one text, whose letters would be taken for names.
            DeletionFailed: some could not be removed; its ``failures`` tell which and why. The others are gone.
        """
        if isinstance(names_to_delete, str):
            raise TypeError("delete_many() takes several names: [name] for one.")
        by_key = {self._file_key(name): name for name in names_to_delete}
        failures = self.client.delete_many(list(by_key))
        if failures:
            raise DeletionFailed({by_key.get(key, key): error for key, error in failures.items()})

    def unfinished_uploads(self, prefix: str = "") -> Iterator[UnfinishedUpload]:
        """Give the large uploads below a prefix that were begun and neither completed nor aborted (S3)."""
        return self.client.unfinished_uploads(self._key_prefix(prefix))

    def abort_upload(self, upload: UnfinishedUpload) -> None:
        """Drop an unfinished upload, and the parts that it has."""
        name = names.storage_name(upload.key, self.options.location)
        if not upload.key.startswith(self._folder_prefix("")) or self._key(name) != upload.key:
            raise SuspiciousFileOperation(f"The upload of {upload.key!r} lies outside of this storage's location.")
        self.client.abort_upload(upload.key, upload.upload_id)

    # --- async twins -------------------------------------------------------------------------------------------------

    async def asave(self, name: str | None, content: Content, max_length: int | None = None) -> str:
        """``save`` in a thread of its own."""
        return await sync_to_async(self.save, thread_sensitive=False)(name, cast("IO[Any]", content), max_length)

    async def aread(self, name: str) -> bytes:
        """Read a whole file in a thread of its own."""
        return await sync_to_async(self._read, thread_sensitive=False)(name)

    async def aexists(self, name: str) -> bool:
        """``exists`` in a thread of its own."""
        return await sync_to_async(self.exists, thread_sensitive=False)(name)

    async def adelete(self, name: str) -> None:
        """``delete`` in a thread of its own."""
        await sync_to_async(self.delete, thread_sensitive=False)(name)

    async def aurl(self, name: str | None, **keywords: Unpack[UrlOptions]) -> str:
        """``url`` in a thread of its own (on Swift it may have to log in)."""
        return await sync_to_async(partial(self.url, **keywords), thread_sensitive=False)(name)  # type: ignore[misc]

    # --- helpers of these verbs --------------------------------------------------------------------------------------

    def _read(self, name: str) -> bytes:
        with self.open(name) as file:
            content: bytes = file.read()
        return content

    def _key_prefix(self, prefix: str) -> str:
        """Give the prefix of the keys whose names begin with a prefix."""
        if names.names_a_folder(prefix):
            raise SuspiciousFileOperation(f"{prefix!a} is no beginning of names: '.' and '..' are folders.")
        key = self._key(prefix)
        return f"{key}/" if key and key == self.options.location else key

    def _named(self, info: ObjectInfo) -> ObjectInfo:
        name = names.storage_name(info.key, self.options.location)
        return ObjectInfo(  # dataclasses.replace takes three times as long
            info.key, info.size, info.etag, info.last_modified, info.content_type, info.headers, info.metadata, name,
            info.md5,
        )  # fmt: skip

    def _ruled(self, name: str, info: ObjectInfo) -> headers.ObjectHeaders:
        """Describe a file as the options say; where they or its name say nothing, it stays as it is."""
        ruled = self._describe(name, None, None)
        unknown = ruled.content_type == self.options.default_content_type
        wanted = {
            "content_type": None if unknown else ruled.content_type,
            "cache_control": ruled.cache_control,
            "content_disposition": ruled.content_disposition,
            "content_language": ruled.content_language,
        }
        fields = {header: value for header, value in wanted.items() if value is not None}
        return headers.overridden(headers_of(info), fields, ruled.metadata)


def _at_most(chunks: Iterator[bytes], length: int | None) -> Iterator[bytes]:
    """Cut a stream of bytes to a length."""
    if length is None:
        yield from chunks
        return
    for chunk in chunks:
        if length > 0:
            yield chunk[:length]
        length -= len(chunk)
        if length <= 0:
            return


def _changed(described: headers.ObjectHeaders, changes: Mapping[str, Any]) -> headers.ObjectHeaders:
    unknown = sorted(changes.keys() - {*headers.STANDARD, "metadata"})
    if unknown:
        known = ", ".join(headers.STANDARD)
        raise InvalidOption(f"Objects have no header {unknown[0]!r}; they have: {known}, metadata.")
    kept = {name: value for name, value in described.metadata.items() if name in headers.OWN_METADATA}
    if "metadata" in changes:
        described = replace(described, metadata=kept)
    fields = {name: changes[name] or "" for name in changes if name != "metadata"}
    return headers.overridden(described, fields, changes.get("metadata"))
