"""Files of models. Django's stubs say Any of each field; of a storage's parts for a migration, too."""

from __future__ import annotations

from typing import Any

from django.db import models
from typing_extensions import assert_type

from django_selectel_storage.storage import SelectelStorage


def storage_of_invoices() -> SelectelStorage:
    """Give the storage when it is first needed."""
    return SelectelStorage("invoices")


class Invoice(models.Model):
    """A model with files in two storages."""

    scan = models.FileField(storage=SelectelStorage("archive"))
    document = models.FileField(storage=storage_of_invoices)

    class Meta:
        """Where the model lives."""

        app_label = "contenttypes"

    def __str__(self) -> str:
        """Give the invoice's number."""
        return str(self.pk)


def migrates(storage: SelectelStorage) -> None:
    """What a migration keeps of a storage."""
    assert_type(storage.deconstruct(), tuple[str, tuple[str, ...], dict[str, Any]])
