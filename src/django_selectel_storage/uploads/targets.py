"""The model fields that uploads go into, by their labels, and whether a row uses a name."""

from __future__ import annotations

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.uploads.grants import FieldOffer, opened
from django_selectel_storage.uploads.limits import Limits, limits
from django_selectel_storage.uploads.refusals import UploadRefused
from django_selectel_storage.uploads.settings import UploadSettings

Field = models.FileField


def label_of(field: Field) -> str:
    """Give the label of a field, as ``gallery.Picture.image``."""
    return f"{field.model._meta.label}.{field.name}"


def field_of(label: str) -> Field:
    """Give the field of a label.

    Raises:
        UploadRefused: there is no such field, or it is not one for files.
    """
    model, _, name = label.rpartition(".")
    try:
        field = apps.get_model(model)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        raise UploadRefused("unknown_field") from None
    if not isinstance(field, models.FileField):
        raise UploadRefused("unknown_field")
    return field


def storage_of(field: Field) -> SelectelStorage:
    """Give the storage of a field.

    Raises:
        UploadRefused: it is not one that browsers can upload into.
    """
    storage = field.storage
    if isinstance(storage, SelectelStorage) and storage.takes_uploads:
        return storage
    raise UploadRefused("no_storage")


def can_take_uploads(field: Field) -> bool:
    """Whether browsers can upload into the storage of a field."""
    storage = field.storage
    return isinstance(storage, SelectelStorage) and storage.takes_uploads


def offered(text: str, wishes: UploadSettings) -> tuple[Field, Limits]:
    """Give the field that a page has offered, or that programs may name, and its limits.

    Args:
        text: a sealed offer, or the label of a field that the settings list.
        wishes: the project's settings.

    Raises:
        UploadRefused: it is neither, or too old.
    """
    if text in wishes.fields:
        return field_of(text), limits(**{"max_size": wishes.max_size, **wishes.fields[text]})
    offer = opened(FieldOffer, text, wishes.max_age)
    return field_of(offer.field), Limits(offer.max_size, tuple(offer.content_types))


def is_used(field: Field, name: str, *, besides: object = None) -> bool:
    """Whether a row has this very file; ``besides`` is the primary key of one that may."""
    rows = field.model._base_manager.filter(**{field.name: name})
    return rows.exclude(pk=besides).exists() if besides is not None else rows.exists()
