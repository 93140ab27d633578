"""Storages in the place of Django's own ones, and a view of the disk that shows what lies in them.

Everything that is bent for Django's tests is bent here; no verb of a storage is.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, InMemoryStorage, Storage

from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.transport.pool import Pool

Given = dict[str, Any]
_SHOWN: dict[str, Storage] = {}  # folder on the disk -> the storage that a test believes to lie there
_LASTING: set[str] = set()  # the folders that more than one case uses
_FLAGS = getattr(FileSystemStorage, "OS_OPEN_FLAGS", 0)  # read by a class of the tests; gone in Django 6.0
_TICK = 1.1  # seconds: stores tell times in whole ones


def on_the_store(options: Given) -> type[Storage]:
    """Make the class that stands for Django's storages: SelectelStorage, in a folder of its own for each location."""

    class Substitute(SelectelStorage):
        OS_OPEN_FLAGS = _FLAGS

        def __init__(self, location: Any = None, base_url: Any = None, **given: Any) -> None:
            self.location, self.base_url = location, base_url
            folder = f"{options['location']}/{str(location or uuid4().hex).strip('/')}"
            overwrites = {"file_overwrite": True} if given.pop("allow_overwrite", False) else {}
            super().__init__(**{**options, "location": folder, **overwrites})
            _show(location, self)

    return Substitute


def in_memory(_: Given) -> type[Storage]:
    """Make the reference: Django's InMemoryStorage, bent in the same way."""

    class Substitute(InMemoryStorage):
        OS_OPEN_FLAGS = _FLAGS

        def __init__(self, location: Any = None, base_url: Any = None, **given: Any) -> None:
            given.pop("allow_overwrite", None)
            super().__init__(location, base_url, **given)
            _show(location, self)

    return Substitute


STORES: dict[str, Callable[[Given], type[Storage]]] = {"selectel": on_the_store, "memory": in_memory}


@contextmanager
def in_place_of_djangos(kind: type[Storage]) -> Iterator[None]:
    """Let Django's names mean ``kind``: what is imported inside of the block is built on it."""
    from django.core.files import storage  # noqa: PLC0415 - the names in it are replaced
    from django.db import models  # noqa: F401, PLC0415 - keeps the true Storage, for FileField's checks

    with (
        patch.object(storage, "FileSystemStorage", kind),
        patch.object(storage, "InMemoryStorage", kind),
        patch.object(storage, "Storage", kind),
    ):
        yield


def show_the_store(module: ModuleType) -> None:
    """Let a module of Django's tests see the store where it looks at the disk."""
    _LASTING.update(_SHOWN)
    for name, view in {"os": _OS(), "shutil": _Shutil(), "time": _TIME}.items():
        if hasattr(module, name):
            setattr(module, name, view)


@contextmanager
def one_write_at_a_time() -> Iterator[None]:
    """Let one request through at a time: two conditional writes at once can both win on Swift, which is no matter of
    the storage; on a store that decides atomically they cannot.
    """
    lock, send = threading.Lock(), Pool.send

    def one_by_one(*arguments: Any) -> Any:
        with lock:
            return send(*arguments)

    with patch.object(Pool, "send", one_by_one):
        yield


def _show(location: Any, storage: Storage) -> None:
    if location:
        _SHOWN[str(location)] = storage


def _place_of(path: Any) -> tuple[Storage, str] | None:
    """Give the storage that is shown at a path, and the name in it."""
    for folder, storage in _SHOWN.items():
        if str(path) == folder or str(path).startswith(f"{folder}/"):
            return storage, str(path)[len(folder) + 1 :]
    return None


class _View:
    """A module whose other names are the true ones, also when a test replaces them."""

    _module: ModuleType

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._module, name, value)


class _Path(_View):
    _module = os.path

    def exists(self, path: Any) -> bool:
        place = _place_of(path)
        return place[0].exists(place[1]) if place else os.path.exists(path)  # noqa: PTH110 - stands for it


class _OS(_View):
    _module = os
    path = _Path()

    def listdir(self, path: Any) -> list[str]:
        place = _place_of(path)
        return [name for names in place[0].listdir(place[1]) for name in names] if place else os.listdir(path)  # noqa: PTH208

    def mkdir(self, path: Any) -> None:
        """Make an empty folder as the consoles of object stores do: an empty object whose key ends in a slash."""
        place = _place_of(path)
        if place and isinstance(place[0], SelectelStorage):
            place[0].save_with_metadata(f"{place[1]}/", ContentFile(b""))
        else:
            os.mkdir(path)  # noqa: PTH102


class _Shutil(_View):
    _module = shutil

    def rmtree(self, path: Any) -> None:
        if str(path) in _LASTING:
            _empty(_SHOWN[str(path)], "")
        shutil.rmtree(path, ignore_errors=str(path) in _SHOWN)


def _empty(storage: Storage, folder: str) -> None:
    folders, files = storage.listdir(folder)
    for name in files:
        storage.delete(f"{folder}/{name}".lstrip("/"))
    for name in folders:
        _empty(storage, f"{folder}/{name}".lstrip("/"))


_TIME = SimpleNamespace(**{**vars(time), "sleep": lambda seconds: time.sleep(max(seconds, _TICK))})
