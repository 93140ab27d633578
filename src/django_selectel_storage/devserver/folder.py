"""The folder in which Swift keeps everything: chosen, locked, swept, thrown away. Linux only."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = "django-selectel-devserver-"
ROOM = 1 << 30
# As much as Swift writes for an object with much metadata.
ATTRIBUTE = b"x" * 2048


class FolderError(RuntimeError):
    """The folder cannot be used; the message says why."""


@dataclass(frozen=True)
class Folder:
    """Where Swift keeps its data; without extended attributes objects live in memory."""

    path: Path
    objects_in_memory: bool

    @property
    def etc(self) -> Path:
        """The configuration and the rings."""
        return self.path / "etc"

    @property
    def devices(self) -> Path:
        """The parent of Swift's only device."""
        return self.path / "srv"

    @property
    def cache(self) -> Path:
        """Where Swift's daemons write their statistics."""
        return self.path / "cache"

    def furnish(self) -> None:
        """Make the folders that Swift expects."""
        for folder in (self.etc, self.cache, self.devices / "d1" / "tmp"):
            folder.mkdir(parents=True, exist_ok=True)


@contextmanager
def data_folder(data: str, *, objects_in_memory: bool) -> Iterator[Folder]:
    """The folder that was asked for, or one that is removed at the end; locked all the time."""
    if data:
        with kept_folder(Path(data).resolve(), objects_in_memory=objects_in_memory) as folder:
            yield folder
        return
    with throw_away_folder(objects_in_memory=objects_in_memory) as folder:
        yield folder


@contextmanager
def kept_folder(path: Path, *, objects_in_memory: bool) -> Iterator[Folder]:
    """A folder of the user's own."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        lock = locked(path)
    except BlockingIOError:
        raise FolderError(f"{path} is in use by another development server") from None
    except OSError as error:
        raise FolderError(f"{path} cannot be used: {error.strerror}") from None
    try:
        if not objects_in_memory and not takes_attributes(path):
            raise FolderError(
                f"{path} lies on a file system without extended attributes, in which Swift keeps metadata;"
                " choose another folder, or give --objects-in-memory"
            )
        folder = Folder(path, objects_in_memory)
        folder.furnish()
        yield folder
    finally:
        os.close(lock)


@contextmanager
def throw_away_folder(*, objects_in_memory: bool) -> Iterator[Folder]:
    """A new folder in the best place, after what killed servers have left is swept away."""
    for place in places():
        sweep(place)
    suitable = next((place for place in places() if has_room(place) and takes_attributes(place)), None)
    path, lock = new_folder(suitable or Path(tempfile.gettempdir()))
    try:
        folder = Folder(path, objects_in_memory or suitable is None)
        folder.furnish()
        yield folder
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(lock)


def places() -> list[Path]:
    """Writable folders for throw-away data, memory first."""
    # A RAM disk takes extended attributes since Linux 6.6; in a container it is often too small.
    candidates = [Path("/dev/shm"), Path(tempfile.gettempdir()), Path("/var/tmp")]  # noqa: S108 - mkdtemp there # nosec B108
    return [place for place in candidates if os.access(place, os.W_OK | os.X_OK)]


def has_room(place: Path) -> bool:
    """Whether something useful fits in."""
    system = os.statvfs(place)
    return system.f_bavail * system.f_frsize >= ROOM


def takes_attributes(place: Path) -> bool:
    """Whether files there take extended attributes of a useful size."""
    try:
        with tempfile.NamedTemporaryFile(dir=place, prefix=".attributes-") as probe:
            os.setxattr(probe.name, "user.swift.metadata", ATTRIBUTE)
    except OSError:
        return False
    return True


def locked(path: Path) -> int:
    """A descriptor that holds the folder's lock until it is closed; BlockingIOError when another has it."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def new_folder(place: Path) -> tuple[Path, int]:
    """A new folder and its lock; another server that sweeps may take it away in between, then one more."""
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
        with suppress(FileNotFoundError, BlockingIOError):
            lock = locked(path)
            if os.fstat(lock).st_nlink:
                return path, lock
            os.close(lock)


def sweep(place: Path) -> None:
    """Remove the folders whose servers are gone."""
    for path in place.glob(PREFIX + "*"):
        # Another user's folder, or one that is in use.
        with suppress(OSError):
            lock = locked(path)
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)
