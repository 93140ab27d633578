"""System checks: one small function per id. They read settings only, and ask no server."""

from __future__ import annotations

from typing import Any

import django
from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004 - Django's own name

from django_selectel_storage import conf

OBSOLETE_SETTINGS = ("SELECTEL_USERNAME", "SELECTEL_PASSWORD", "SELECTEL_CONTAINER_NAME")
DEFAULT_FILE_STORAGE_GONE = (5, 1)


@register(Tags.compatibility)
def obsolete_settings(**_: Any) -> list[CheckMessage]:
    """W001: settings of 0.x, which nothing reads since 1.0."""
    found = [name for name in OBSOLETE_SETTINGS if conf.has_setting(name)]
    if not found:
        return []
    return [
        Warning(
            f"Obsolete settings: {', '.join(found)}. Nothing reads them since 1.0.",
            hint="Move them into SELECTEL_STORAGES = {'default': {'USERNAME': …, 'PASSWORD': …, 'CONTAINER': …}}.",
            id="django_selectel_storage.W001",
        )
    ]


@register(Tags.compatibility)
def ignored_default_file_storage(**_: Any) -> list[CheckMessage]:
    """W002: DEFAULT_FILE_STORAGE or STATICFILES_STORAGE names us, and Django ignores it since 5.1."""
    if django.VERSION < DEFAULT_FILE_STORAGE_GONE:
        return []
    places = {"DEFAULT_FILE_STORAGE": "default", "STATICFILES_STORAGE": "staticfiles"}
    return [
        Warning(
            f"Django {django.get_version()} ignores the setting {name} = {conf.setting(name)!r}; "
            "files go wherever STORAGES says.",
            hint=f"Write instead: STORAGES = {{…, {alias!r}: {{'BACKEND': {conf.setting(name)!r}}}}}.",
            id="django_selectel_storage.W002",
        )
        for name, alias in places.items()
        if str(conf.setting(name) or "").startswith("django_selectel_storage.")
        and not conf.storage_backend(alias).startswith("django_selectel_storage.")
    ]
