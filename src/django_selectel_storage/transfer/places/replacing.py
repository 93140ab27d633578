"""Saving a file in place of another in any Django storage: whoever fails leaves the one or the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, TypeAlias

from django.core.files import File
from django.core.files.storage import Storage

from django_selectel_storage.transfer.bodies import IN_MEMORY
from django_selectel_storage.transport.spool import Spool

Save: TypeAlias = Callable[[str, "Unclosed"], str]


class Unclosed(File):  # type: ignore[type-arg]
    """A file that stays open: some storages close what they are given, and here it is needed again."""

    def close(self) -> None:
        """Leave it to the owner."""


class Lost(OSError):
    """The old file is gone, and the new one could not take its place."""


class AnotherName(OSError):
    """The storage would not take a name, or took another one while it stored the file."""


def save_as(storage: Storage, name: str, content: Unclosed) -> None:
    """Save a file under exactly this name; what was there is replaced.

    A storage that replaces by itself is left to do so. Where one would choose another name, the new file is stored
    under that one before the old one is touched.

    Args:
        storage: where to.
        name: the name.
        content: the file.

    Raises:
        Lost: the file that was there is gone, and the new one could not take its place.
        AnotherName: the storage would not take this one.
        OSError: whatever else the storage raised.
    """
    was_there = storage.exists(name)
    free = storage.get_available_name(name)
    if free != name and (not was_there or storage.exists(free)):  # what is not free is another file's
        raise AnotherName(f"The storage does not take this name; it chose {free!a}.")
    if free != name:
        _replace(storage, name, content, free)
    else:
        _save(name, content, storage.save)


def _replace(storage: Storage, name: str, content: Unclosed, spare: str) -> None:
    """Let a file take another's place; under the spare name it stands until that has come about."""
    _save_whole(storage, spare, content)
    try:
        with _kept(storage, name) as put_back:
            storage.delete(name)
            try:
                _save_whole(storage, name, content)
            except BaseException as error:
                _or_tell(put_back, error, spare)
                raise
    except Lost:
        raise
    except BaseException:
        storage.delete(spare)
        raise
    storage.delete(spare)


def _save_whole(storage: Storage, name: str, content: Unclosed, save: Save | None = None) -> None:
    """Save a file under a free name, or leave nothing there: a full disk holds the first half of it."""
    try:
        _save(name, content, save or storage.save)
    except AnotherName:  # what has this name now is not ours
        raise
    except BaseException:
        with suppress(Exception):  # what went wrong before says more
            storage.delete(name)
        raise


def _save(name: str, content: Unclosed, save: Save) -> None:
    content.seek(0)
    saved = save(name, content)
    if saved != name:  # and stays: nothing tells whether it is in another file's place
        raise AnotherName(f"The storage took another name by itself: the file is stored as {saved!a}, and left there.")


@contextmanager
def _kept(storage: Storage, name: str) -> Iterator[Callable[[], None]]:
    """Read a file, and give what puts it back, past all that would choose another name for it."""
    spool: IO[bytes]
    with Spool(IN_MEMORY) as spool:
        with storage.open(name, "rb") as file:
            for chunk in file.chunks():
                spool.write(chunk)

        def put_back() -> None:
            _save_whole(storage, name, Unclosed(spool, name), getattr(storage, "_save", storage.save))

        yield put_back


def _or_tell(put_back: Callable[[], None], error: BaseException, spare: str) -> None:
    try:
        put_back()
    except Exception as second:
        raise Lost(
            f"{error} The file that was there could not be put back either ({second}). The new one is stored under the "
            f"name {spare!a}."
        ) from second
