"""Any other Django storage as a place: names, bytes and times, by what every storage can."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage, Storage
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from django_selectel_storage.transfer import marks
from django_selectel_storage.transfer.bodies import IN_MEMORY
from django_selectel_storage.transfer.digests import md5_of
from django_selectel_storage.transfer.places.folder import are_nested
from django_selectel_storage.transfer.places.replacing import Unclosed, save_as
from django_selectel_storage.transfer.places.steps import refusal_of
from django_selectel_storage.transfer.values import FATAL, Entry, Item, Known, Place, Words
from django_selectel_storage.transport.body import SMALL, body_of
from django_selectel_storage.transport.spool import Spool


class ForeignPlace:
    """The files of a Django storage that tells nothing but names, sizes and bytes.

    Args:
        storage: the storage.
        title: what it is called in messages.
    """

    keeps_headers = False
    lists_cheaply = False

    def __init__(self, storage: Storage, title: str) -> None:
        self.title = title
        self.storage = storage
        self.folder = Path(storage.location) if isinstance(storage, FileSystemStorage) and storage.location else None

    def entries(self, prefix: str) -> Iterator[Entry]:
        """Give all files; the names of one folder after the other are held in memory."""
        return self._walk("", prefix)

    def overlaps(self, other: Place) -> bool:
        """Whether both are one storage, or lie in one folder."""
        one = isinstance(other, ForeignPlace) and self.storage is other.storage
        return one or are_nested(self.folder, other.folder)

    def refusal(self, entry: Entry) -> Words:
        """Say why a storage may take a name for that of another file: many clean what they are given."""
        if "\\" in entry.name:
            return _("The name of a file cannot have a backslash here: Django's storages take it for a slash.")
        return refusal_of(entry.name)

    def look(self, entry: Entry, *, as_stored: bool) -> Known:
        """Read a file, as nothing else tells its MD5."""
        with self.open(entry, as_stored=as_stored) as item:
            return Known(item.body.size, "", md5_of(item.body.chunks()), item.known.modified)

    @contextmanager
    def open(self, entry: Entry, *, as_stored: bool) -> Iterator[Item]:  # noqa: ARG002 - as in Place
        """Open a file."""
        with self.storage.open(entry.name, "rb") as file:
            body = body_of(file, SMALL)
            try:
                yield Item(body, Known(body.size, modified=self._modified(entry.name)))
            finally:
                body.close()

    def write(self, name: str, item: Item) -> None:
        """Save a file in place of what was there; see ``save_as``."""
        with Spool(IN_MEMORY) as spool:
            for chunk in item.body.chunks():
                spool.write(chunk)
            spool.seek(0)
            content: Any = Unclosed(spool, name)
            if item.known.headers:
                content.content_type = item.known.headers.content_type
            save_as(self.storage, name, content)

    def memory_for(self, size: int) -> int:
        """Give the memory of a copy."""
        return min(size, IN_MEMORY)

    def part_size(self, size: int) -> int:  # noqa: ARG002 - as in Place
        """Give 0: nothing is known of parts."""
        return 0

    def _walk(self, base: str, prefix: str) -> Iterator[Entry]:
        try:
            folders, files = self.storage.listdir(base.rstrip("/"))
        except FileNotFoundError:
            return
        for step in sorted([*(f"{name}/" for name in folders), *files]):
            name = base + step
            if step.endswith("/"):
                if name.startswith(prefix) or prefix.startswith(name):
                    yield from self._below(name, prefix)
            elif name.startswith(prefix):
                yield self._entry(name)

    def _below(self, folder: str, prefix: str) -> Iterator[Entry]:
        """Walk through a folder, unless the storage may take its name for that of the one it lies in."""
        problem = refusal_of(f"{folder}x")
        return iter((Entry(folder, 0, problem=problem),)) if problem else self._walk(folder, prefix)

    def _entry(self, name: str) -> Entry:
        try:
            return Entry(name, self.storage.size(name))
        except FATAL:
            raise
        except Exception as error:  # noqa: BLE001 - a foreign storage may raise anything; one file stops no other
            reason = str(error) or type(error).__name__
            return Entry(name, 0, problem=format_lazy(_("The file cannot be read: {reason}."), reason=reason))

    def _modified(self, name: str) -> int | None:
        with suppress(NotImplementedError):
            moment = self.storage.get_modified_time(name)
            return marks.nanoseconds(timezone.make_aware(moment) if timezone.is_naive(moment) else moment)
        return None
