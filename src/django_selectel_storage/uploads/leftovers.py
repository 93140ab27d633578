"""What uploads have left behind: staged files that no form has taken, and parts that were never put together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.db import models

from django_selectel_storage.protocols.base import ObjectInfo, UnfinishedUpload
from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.uploads.targets import label_of

_STAGED = re.compile(r"\d{4}-\d\d-\d\d/[0-9a-f]{32}")  # as ``flow`` names them; nothing else is ours to delete


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What one storage has of them; the sizes of parts are not known."""

    storage: SelectelStorage
    files: list[ObjectInfo]
    uploads: list[UnfinishedUpload]

    def remove(self) -> None:
        """Delete everything.

        Raises:
            StorageError: the storage did not do it.
        """
        self.storage.delete_many(info.name for info in self.files)
        for upload in self.uploads:
            self.storage.abort_upload(upload)


def storages() -> dict[SelectelStorage, set[str]]:
    """Give the storages of all file fields, each with the folders that plain ``upload_to`` name below it.

    A field that keeps its files in no folder of its own adds none: what lies beside them is not ours to judge.
    """
    found: dict[SelectelStorage, set[str]] = {}
    for field, storage in _fields():
        folders = found.setdefault(storage, set())
        folders.update([] if callable(field.upload_to) else _fixed_folder(str(field.upload_to)))
    return found


def endangered(staging: str) -> list[str]:
    """Give the labels of the fields whose files lie inside of the staging folder of any storage."""
    staged = {(storage.options.container, _key(storage, staging)) for _, storage in _fields()}
    return list(dict.fromkeys(label_of(field) for field, storage in _fields() if staged & _places(field, storage)))


def _fields() -> Iterator[tuple[models.FileField, SelectelStorage]]:
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.FileField) and isinstance(field.storage, SelectelStorage):
                yield field, field.storage


def _places(field: models.FileField, storage: SelectelStorage) -> set[tuple[str, str]]:
    """Give the folder of a field's files, and all above it, each with its container."""
    fixed = [] if callable(field.upload_to) else _fixed_folder(str(field.upload_to))
    steps = _key(storage, *fixed).split("/")
    return {(storage.options.container, "/".join(steps[:depth])) for depth in range(1, len(steps) + 1)}


def _key(storage: SelectelStorage, *folders: str) -> str:
    return "/".join(filter(None, (storage.options.location, *folders)))


def of_storage(storage: SelectelStorage, staging: str, folders: set[str], before: datetime) -> Leftovers:
    """Give what was left behind before a time, inside of the staging folder and these others.

    Args:
        storage: where to look.
        staging: the folder of what is moved later.
        folders: folders into which files go directly, in which only unfinished uploads are looked for.
        before: an aware time.
    """
    staged = (info for info in storage.walk(f"{staging}/") if _STAGED.fullmatch(info.name.removeprefix(f"{staging}/")))
    files = [info for info in staged if _is_older(info.last_modified, before)]
    return Leftovers(storage, files, list(_unfinished(storage, {staging, *folders}, before)))


def _unfinished(storage: SelectelStorage, folders: set[str], before: datetime) -> Iterator[UnfinishedUpload]:
    seen: set[tuple[str, str]] = set()
    for folder in sorted(folders):
        for upload in storage.unfinished_uploads(f"{folder}/"):
            if _is_older(upload.begun, before) and (upload.key, upload.upload_id) not in seen:
                seen.add((upload.key, upload.upload_id))
                yield upload


def _fixed_folder(upload_to: str) -> list[str]:
    """Give the part of a path that no date changes."""
    fixed = upload_to.partition("%")[0]
    folder = (fixed if fixed == upload_to else fixed.rpartition("/")[0]).strip("/")
    return [folder] if folder else []


def _is_older(time: datetime | None, before: datetime) -> bool:
    return time is not None and time < before
