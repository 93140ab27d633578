"""Who may upload straight into the container."""

from __future__ import annotations

from django.db.models import FileField
from django.http import HttpRequest


def anybody(_: HttpRequest, field: FileField) -> bool:
    """Let everybody upload pictures, and nobody anything else."""
    return field.model._meta.label == "gallery.Picture"
