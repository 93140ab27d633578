"""Direct uploads in the admin: a mixin for ModelAdmin and for inlines."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest

from django_selectel_storage.uploads.forms import DirectImageField, DirectUploadField


class DirectUploadAdminMixin:
    """Let every FileField and ImageField of the model upload directly; stands before ModelAdmin."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **keywords: Any) -> Any:
        """Choose the form field; one that was chosen already stays."""
        if isinstance(db_field, models.FileField):
            kind = DirectImageField if isinstance(db_field, models.ImageField) else DirectUploadField
            keywords = {"form_class": kind, "target": db_field, **keywords}
        above: Any = super()
        return above.formfield_for_dbfield(db_field, request, **keywords)
