"""A folder on a disk as a place. A file appears under its name whole or not at all, also when the process is killed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from django_selectel_storage.transfer.digests import md5_of
from django_selectel_storage.transfer.places.steps import refusal_of
from django_selectel_storage.transfer.values import Entry, Item, Known, Place, Words
from django_selectel_storage.transport.body import CHUNK, SMALL, Body, BytesBody, FileBody

UNFINISHED = ".selectel-part"  # how the names of files end that are being written


class FolderPlace:
    """The files below a folder. Links are followed, but not back into a folder that they lie in.

    Args:
        root: the folder.
        title: what it is called in messages.
        file_mode: the permissions of new files; None for what the process gives.
        folder_mode: the permissions of new folders; None for what the process gives.
    """

    keeps_headers = False
    lists_cheaply = True

    def __init__(
        self, root: str | Path, title: str, *, file_mode: int | None = None, folder_mode: int | None = None
    ) -> None:
        self.title = title
        self.folder = Path(root)
        self._file_mode = file_mode
        self._folder_mode = folder_mode

    def entries(self, prefix: str) -> Iterator[Entry]:
        """Give all files; the names of one folder after the other are held in memory."""
        return self._walk("", prefix, ()) if self.folder.is_dir() else iter(())

    def overlaps(self, other: Place) -> bool:
        """Whether one folder lies in the other."""
        return are_nested(self.folder, other.folder)

    def refusal(self, entry: Entry) -> Words:
        """Say why a name cannot be that of a file."""
        if entry.name.endswith(UNFINISHED):
            return format_lazy(
                _("Names that end with {ending!r} are those of files that are being written."), ending=UNFINISHED
            )
        return refusal_of(entry.name)

    def look(self, entry: Entry, *, as_stored: bool) -> Known:  # noqa: ARG002 - as in Place
        """Read a file, as nothing else tells its MD5."""
        with self._path(entry.name).open("rb") as file:
            found = os.fstat(file.fileno())
            return Known(found.st_size, "", md5_of(iter(lambda: file.read(CHUNK), b"")), found.st_mtime_ns)

    @contextmanager
    def open(self, entry: Entry, *, as_stored: bool) -> Iterator[Item]:  # noqa: ARG002 - as in Place
        """Open a file."""
        with self._path(entry.name).open("rb", buffering=0) as file:  # what is read is read in large pieces
            found = os.fstat(file.fileno())
            body: Body = FileBody(file, found.st_size)
            if found.st_size <= SMALL:
                body = BytesBody(body.part(0, found.st_size))
            yield Item(body, Known(body.size, modified=found.st_mtime_ns))

    def write(self, name: str, item: Item) -> None:
        """Write a file beside its place, give it its time, and move it there."""
        path = self._path(name)
        self._make_folder(path.parent)
        unfinished = path.parent / f".{blake2b(path.name.encode(), digest_size=16).hexdigest()}{UNFINISHED}"
        try:
            with unfinished.open("wb") as file:
                for chunk in item.body.chunks():
                    file.write(chunk)
            if self._file_mode is not None:
                unfinished.chmod(self._file_mode)
            if item.known.modified is not None:
                os.utime(unfinished, ns=(item.known.modified, item.known.modified))
            unfinished.replace(path)
        except BaseException:
            with suppress(FileNotFoundError):
                unfinished.unlink()
            raise

    def memory_for(self, size: int) -> int:  # noqa: ARG002 - as in Place
        """Give the size of a piece."""
        return CHUNK

    def part_size(self, size: int) -> int:  # noqa: ARG002 - as in Place
        """Give 0: files are in one piece."""
        return 0

    def _path(self, name: str) -> Path:
        return self.folder / name

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self._make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        if self._folder_mode is not None:
            folder.chmod(self._folder_mode)

    def _walk(self, base: str, prefix: str, above: tuple[tuple[int, int], ...]) -> Iterator[Entry]:
        """Walk through a folder; ``above`` are those that it lies in, by device and number."""
        try:
            found = self._path(base).stat()
            here = (found.st_dev, found.st_ino)
            if here in above:
                yield Entry(base, 0, problem=_("It is a link that leads back into a folder it lies in."))
                return
            steps = _steps(self._path(base))
        except OSError as error:
            words = _("The folder cannot be read: {reason}.")
            yield Entry(base, 0, problem=format_lazy(words, reason=error.strerror))
            return
        for step in steps:
            name = base + step
            if not name.endswith("/"):
                if name.startswith(prefix):
                    yield self._entry(name)
            elif name.startswith(prefix) or prefix.startswith(name):
                yield from self._walk(name, prefix, (*above, here))

    def _entry(self, name: str) -> Entry:
        path = self._path(name)
        try:
            name.encode()
            found = path.stat()
        except UnicodeEncodeError:
            return Entry(name, 0, problem=_("The name of the file is not UTF-8: rename it."))
        except OSError as error:
            words = _("The file cannot be read: {reason}.")
            return Entry(name, 0, problem=format_lazy(words, reason=error.strerror))
        if not stat.S_ISREG(found.st_mode):
            return Entry(name, 0, problem=_("It is no file, but a socket, a pipe or a device."))
        return Entry(name, found.st_size)


def are_nested(one: Path | None, other: Path | None) -> bool:
    """Whether one folder lies in the other; None is no folder."""
    if one is None or other is None:
        return False
    one, other = one.resolve(), other.resolve()
    return one.is_relative_to(other) or other.is_relative_to(one)


def _steps(folder: Path) -> list[str]:
    """Give the names in a folder, those of folders with a slash, in the order that all keys below them have."""
    with os.scandir(folder) as found:
        names = (f"{entry.name}/" if _is_folder(entry) else entry.name for entry in found)
        return sorted(name for name in names if not name.endswith(UNFINISHED))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether it is a folder; what cannot be told shows when it is taken for a file."""
    try:
        return entry.is_dir()
    except OSError:
        return False
