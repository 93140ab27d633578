"""A container of an object store as a place: objects with all that is stored beside them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from django_selectel_storage import compression, names
from django_selectel_storage.exceptions import InvalidName
from django_selectel_storage.headers import ObjectHeaders
from django_selectel_storage.protocols.base import ObjectInfo, headers_of
from django_selectel_storage.protocols.reading import Stretch
from django_selectel_storage.protocols.s3.parts import part_size
from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.transfer import digests, marks
from django_selectel_storage.transfer.bodies import StoredBody
from django_selectel_storage.transfer.values import Entry, Item, Known, Place, Words
from django_selectel_storage.transport.body import CHUNK, SMALL, Body, BytesBody, FileBody

CONNECTIONS = 128  # to one host, at the least: each of many workers may send parts side by side
PATIENCE = 900.0  # seconds; a store that copies by itself may say nothing until it has done so
_SERVICE = {
    "s3": ("access_key", "secret_key", "s3_endpoint", "s3_region"),
    "keystone": ("username", "password", "account", "project", "login_url", "endpoint", "pool", "region"),
    "legacy": ("username", "password", "login_url", "endpoint"),
}


class ContainerPlace:
    """The files of a storage of this package.

    Args:
        storage: the storage; its options say what new objects are described with.
        title: what it is called in messages.
    """

    keeps_headers = True
    lists_cheaply = True
    folder = None

    def __init__(self, storage: SelectelStorage, title: str) -> None:
        self.title = title
        self.storage = storage
        self.options = storage.options
        many = replace(self.options, pool_maxsize=max(CONNECTIONS, self.options.pool_maxsize))
        self.client = storage._client_with(many)  # noqa: SLF001 - the store that the storage itself speaks to
        self._patient = storage._client_with(replace(many, read_timeout=max(PATIENCE, many.read_timeout)))  # noqa: SLF001

    def entries(self, prefix: str) -> Iterator[Entry]:
        """Give all files, page by page."""
        return (Entry(info.name, info.size, info.etag) for info in self.storage.walk(prefix))

    def overlaps(self, other: Place) -> bool:
        """Whether the options tell that both are one container, and that one's location lies in the other's."""
        return isinstance(other, ContainerPlace) and self.copies_from(other) and self.shares_keys_with(other)

    def shares_keys_with(self, other: ContainerPlace) -> bool:
        """Whether one's location lies in the other's, in containers of one name; they may still be two."""
        ours, theirs = self.key(""), other.key("")
        nested = ours.startswith(theirs) or theirs.startswith(ours)
        return nested and self.options.container == other.options.container

    def refusal(self, entry: Entry) -> Words:
        """Say why a name cannot be that of an object."""
        try:
            key = names.object_key(entry.name, self.options.location)
        except InvalidName as error:
            return str(error)
        if key != self.key(entry.name):
            words = gettext_lazy("As an object's name it would become {name!a}.")
            return format_lazy(words, name=names.storage_name(key, self.options.location))
        return ""

    def look(self, entry: Entry, *, as_stored: bool) -> Known:
        """Ask for a file without its bytes."""
        return _known(self.client.head(self.key(entry.name)), as_stored=as_stored)

    @contextmanager
    def open(self, entry: Entry, *, as_stored: bool) -> Iterator[Item]:
        """Give a file's bytes: a small one's at once, those of others when they are asked for."""
        info, body = self._opened(entry)
        try:
            if not as_stored:
                body = self._unpacked(info, body)
            yield Item(body, _known(info, as_stored=as_stored))
        finally:
            body.close()

    def write(self, name: str, item: Item) -> None:
        """Store an object: described by what came along, and by the rules of the options where that says nothing."""
        known, md5 = item.known, ""
        if self.part_size(item.body.size):  # its ETag will be no MD5
            md5 = known.md5 or ("" if known.etag else item.body.digest("md5"))
        self.client.put(self.key(name), item.body, self._described(name, known, md5))

    def copies_from(self, other: ContainerPlace) -> bool:
        """Whether both are containers of one service and one user, so that it can copy by itself."""
        ours, theirs = self.options, other.options
        alike = all(getattr(ours, name) == getattr(theirs, name) for name in _SERVICE[ours.protocol])
        return alike and ours.protocol == theirs.protocol

    def copy(self, source: ContainerPlace, entry: Entry) -> None:
        """Let the service copy a file out of another container, or out of another folder of this one."""
        info = source.client.head(source.key(entry.name))
        described = self._described(entry.name, _known(info, as_stored=True), marks.md5(info.metadata))
        self._patient.copy_from(source.client.container, info, self.key(entry.name), described)

    def memory_for(self, size: int) -> int:
        """Give the memory of a copy, or of the parts under way."""
        if self.options.protocol != "s3":
            return CHUNK
        part = self.part_size(size)
        return min(size, part * (self.options.max_concurrency + 1)) if part else size

    def part_size(self, size: int) -> int:
        """Give the size of the parts in which S3 gets a large file."""
        if self.options.protocol != "s3" or size < self.options.multipart_threshold:
            return 0
        return part_size(size, self.options.multipart_chunksize)

    def key(self, name: str) -> str:
        """Give the key of a name as it stands: one that others chose may be none that this package would give."""
        return f"{self.options.location}/{name}" if self.options.location else name

    def _described(self, name: str, known: Known, md5: str) -> ObjectHeaders:
        notes = {
            marks.MTIME: "" if known.modified is None else marks.mtime_text(known.modified),
            marks.MD5: marks.md5_text(md5),
            marks.SOURCE_ETAG: "" if known.md5 else known.etag,
        }
        ruled = self.storage._describe(name, None, None)  # noqa: SLF001 - the same step of a save
        return marks.marked(ruled, known.headers, swift=self.options.protocol != "s3", notes=notes)

    def _opened(self, entry: Entry) -> tuple[ObjectInfo, Body]:
        key, resumes = self.key(entry.name), self.options.max_retries
        if entry.size <= SMALL:
            stretch = Stretch(self.client, key, 0, None, resumes=resumes)
            if stretch.info.size <= SMALL:
                chunks = digests.checked(stretch.chunks(), stretch.info.md5, key)
                return stretch.info, BytesBody(b"".join(chunks))
            stretch.close()  # more than the listing says: the segments of a large object of Swift
        info = self.client.head(key)
        return info, StoredBody(self.client, info, resumes)

    def _unpacked(self, info: ObjectInfo, body: Body) -> Body:
        size = compression.original_size(info.headers, info.metadata)
        if size is None:
            return body
        with closing(body):
            spool = compression.unpacked(body.chunks(), size, self.options.max_memory_size)
            return FileBody(spool, size, own=True)


def _known(info: ObjectInfo, *, as_stored: bool) -> Known:
    """Give what is known of an object; of one that comes unpacked, not its ETag."""
    modified = marks.modified(info.metadata, info.last_modified)
    original = None if as_stored else compression.original_size(info.headers, info.metadata)
    if original is not None:
        return Known(original, modified=modified, headers=headers_of(info))
    return Known(info.size, info.etag, info.md5 or marks.md5(info.metadata), modified, headers_of(info))
