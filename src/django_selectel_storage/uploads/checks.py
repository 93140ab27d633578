"""System checks of direct uploads: what would otherwise fail when the first visitor uploads."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from django_selectel_storage import conf
from django_selectel_storage.uploads.leftovers import endangered
from django_selectel_storage.uploads.limits import limits
from django_selectel_storage.uploads.middleware import PATH
from django_selectel_storage.uploads.refusals import UploadRefused
from django_selectel_storage.uploads.settings import UploadSettings, upload_settings
from django_selectel_storage.uploads.targets import field_of


@register
def missing_middleware(**_: Any) -> list[CheckMessage]:
    """E001: forms would not know whose uploads they may take."""
    middleware: Any = conf.setting("MIDDLEWARE") or ()
    if PATH in middleware:
        return []
    hint = f"Add {PATH!r} to MIDDLEWARE, behind sessions and authentication."
    return [Error("Forms cannot tell whose direct uploads they may take.", hint=hint, id="selectel_uploads.E001")]


@register
def missing_addresses(**_: Any) -> list[CheckMessage]:
    """E002: pages would not know where to ask for permission."""
    try:
        reverse("selectel_uploads:start")
    except (NoReverseMatch, ImproperlyConfigured):
        hint = "Add path('uploads/', include('django_selectel_storage.uploads.urls')) to the urlpatterns."
        return [Error("The addresses of direct uploads are not among the URLs.", hint=hint, id="selectel_uploads.E002")]
    return []


@register
def unusable_settings(**_: Any) -> list[CheckMessage]:
    """E003: a wish in SELECTEL_UPLOADS cannot be carried out."""
    try:
        problems = _problems(upload_settings())
    except ImproperlyConfigured as error:
        problems = [str(error)]
    hint = "See docs/direct-uploads.md for what it may hold."
    return [Error(problem, hint=hint, id="selectel_uploads.E003") for problem in problems]


@register
def files_among_staged_ones(**_: Any) -> list[CheckMessage]:
    """E004: selectel_prune could take the files of a field for leftovers."""
    try:
        staging = upload_settings().staging
        labels = endangered(staging)
    except ImproperlyConfigured:
        return []  # told by E003, or by the checks of the storage
    hint = "Give the field another 'upload_to', or SELECTEL_UPLOADS another 'STAGING'."
    return [
        Error(
            f"The files of {label} lie in {staging!r}, the folder of what is not saved yet.",
            hint=hint,
            id="selectel_uploads.E004",
        )
        for label in labels
    ]


def _problems(wishes: UploadSettings) -> list[str]:
    found = []
    for name in ("permission", "rate_limit"):
        path = getattr(wishes, name)
        try:
            if path and not callable(import_string(path)):
                found.append(f"SELECTEL_UPLOADS[{name.upper()!r}]: {path!r} is no function.")
        except ImportError:
            found.append(f"SELECTEL_UPLOADS[{name.upper()!r}]: there is no {path!r}.")
    for label, wished in wishes.fields.items():
        try:
            field_of(label)
            limits(**{"max_size": wishes.max_size, **wished})
        except UploadRefused:
            found.append(f"SELECTEL_UPLOADS['FIELDS'] names {label!r}; there is no such field for files.")
        except (TypeError, ValueError) as error:
            found.append(f"SELECTEL_UPLOADS['FIELDS'][{label!r}]: {error}")
    return found
