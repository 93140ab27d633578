"""Where an upload goes: straight to its place, or to a name that nobody can guess until the form is saved."""

from __future__ import annotations

from dataclasses import dataclass
from posixpath import splitext
from typing import cast

from django.core.exceptions import SuspiciousFileOperation
from django.db.models import Model

from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.uploads.refusals import UploadRefused
from django_selectel_storage.uploads.targets import Field


@dataclass(frozen=True, slots=True)
class Place:
    """Where the bytes of an upload go.

    Attributes:
        name: the storage name.
        staged: whether it is only for the time being.
    """

    name: str
    staged: bool


def place_for(field: Field, storage: SelectelStorage, filename: str, stage: str, *, is_large: bool) -> Place:
    """Choose the place of an upload.

    A plain ``upload_to`` tells it now. A function needs the row, which comes later; where files are overwritten, the
    old one stays until the form is saved; and where a link cannot bind what it allows, nothing goes straight to its
    place.

    Args:
        field: the model's field.
        storage: its storage.
        filename: how the file is called where it comes from.
        stage: a name that nobody can guess, for what is moved later.
        is_large: whether it goes up in parts.

    Raises:
        UploadRefused: the file has no usable name.
    """
    if callable(field.upload_to) or storage.options.file_overwrite or not storage.binds_uploads:
        return Place(stage, staged=True)
    try:
        wished = field.generate_filename(cast("Model", None), filename)  # a plain upload_to asks no row
        return Place(_free(storage, wished, field.max_length, is_large=is_large), staged=False)
    except SuspiciousFileOperation:
        raise UploadRefused("name") from None


def _free(storage: SelectelStorage, name: str, max_length: int | None, *, is_large: bool) -> str:
    """Give a name that no file has. A large file gets a random part at once: it is on its way for long."""
    wished = storage.get_alternative_name(*splitext(name)) if is_large else name
    return storage.get_available_name(wished, max_length=max_length)
