"""The sub-app as INSTALLED_APPS names it, and the check that it stands in the right place there."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004 - Django's name

DJANGOS = "django.contrib.staticfiles"


class SelectelStaticfilesConfig(AppConfig):
    """The sub-app; its label differs from that of Django's staticfiles."""

    name = "django_selectel_storage.staticfiles"
    label = "selectel_staticfiles"
    verbose_name = "Selectel static files"

    def ready(self) -> None:
        """Register the check."""
        register(stands_before_djangos, Tags.staticfiles)


def stands_before_djangos(**_: Any) -> list[CheckMessage]:
    """W001: the sub-app stands behind django.contrib.staticfiles, whose command then wins, or that one is missing."""
    order = [config.name for config in apps.get_app_configs()]
    ours = SelectelStaticfilesConfig.name
    if ours not in order or (DJANGOS in order and order.index(ours) < order.index(DJANGOS)):
        return []
    return [
        Warning(
            f"INSTALLED_APPS does not list {ours!r} before {DJANGOS!r}: collectstatic is not the fast one.",
            hint=f"Put {ours!r} somewhere before {DJANGOS!r}; both have to be there.",
            id="selectel_staticfiles.W001",
        )
    ]
