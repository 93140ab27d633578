"""Who may upload, and how often: the project's own functions, or who is logged in."""

from __future__ import annotations

from math import ceil
from typing import Literal

from django.db.models import FileField
from django.http import HttpRequest
from django.utils.module_loading import import_string

from django_selectel_storage.uploads.refusals import UploadRefused
from django_selectel_storage.uploads.settings import UploadSettings

Step = Literal["start", "parts", "finish", "cancel"]


def admit(request: HttpRequest, step: Step, wishes: UploadSettings) -> None:
    """Let a step be taken, or not yet.

    Raises:
        UploadRefused: the rate limit asks to wait.
    """
    seconds = ceil(import_string(wishes.rate_limit)(request, step) or 0) if wishes.rate_limit else 0
    if seconds > 0:
        raise UploadRefused("too_often", retry_after=seconds)


def permit(request: HttpRequest, field: FileField, wishes: UploadSettings) -> None:
    """Let somebody upload into a field.

    Raises:
        UploadRefused: they may not.
    """
    allowed = import_string(wishes.permission)(request, field) if wishes.permission else _is_logged_in(request)
    if not allowed:
        raise UploadRefused("forbidden")


def _is_logged_in(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return user is not None and bool(user.is_authenticated)
