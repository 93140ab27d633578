"""Checks of what is over: settings that nobody reads any more, hosts that are switched off."""

from __future__ import annotations

import django
from django.core.checks import CheckMessage, Tags, register

from django_selectel_storage import conf, hosts
from django_selectel_storage.checks.found import usable, warning
from django_selectel_storage.options import StorageOptions

OBSOLETE_SETTINGS = ("SELECTEL_USERNAME", "SELECTEL_PASSWORD", "SELECTEL_CONTAINER_NAME")
DEFAULT_FILE_STORAGE_GONE = (5, 1)


@register(Tags.compatibility)
def obsolete_settings(**_: object) -> list[CheckMessage]:
    """W001: settings of 0.x, which nothing reads since 1.0."""
    found = [name for name in OBSOLETE_SETTINGS if conf.has_setting(name)]
    if not found:
        return []
    return [
        warning(
            "W001",
            f"Obsolete settings: {', '.join(found)}. Nothing reads them since 1.0.",
            hint="Move them into SELECTEL_STORAGES = {'default': {'USERNAME': …, 'PASSWORD': …, 'CONTAINER': …}}.",
        )
    ]


@register(Tags.compatibility)
def ignored_default_file_storage(**_: object) -> list[CheckMessage]:
    """W002: DEFAULT_FILE_STORAGE or STATICFILES_STORAGE names us, and Django ignores it since 5.1."""
    if django.VERSION < DEFAULT_FILE_STORAGE_GONE:
        return []
    places = {"DEFAULT_FILE_STORAGE": "default", "STATICFILES_STORAGE": "staticfiles"}
    return [
        warning(
            "W002",
            f"Django {django.get_version()} ignores the setting {name} = {conf.setting(name)!r}; "
            "files go wherever STORAGES says.",
            hint=f"Write instead: STORAGES = {{…, {alias!r}: {{'BACKEND': {conf.setting(name)!r}}}}}.",
        )
        for name, alias in places.items()
        if str(conf.setting(name) or "").startswith("django_selectel_storage.")
        and not conf.storage_backend(alias).startswith("django_selectel_storage.")
    ]


@register(Tags.compatibility)
def old_hosts(**_: object) -> list[CheckMessage]:
    """W008: a storage speaks to the API that Selectel switches off."""
    return [
        warning(
            "W008",
            f"{storage.place} uses hosts of Selectel's old API ({', '.join(old)}), which Selectel switches off on "
            "05.10.2027 (older pages of its documentation say 15.09.2026).",
            hint="Make an S3 key in Selectel's panel and give 'access_key', 'secret_key' and 'pool' instead of these "
            "addresses, 'username' and 'password'. For public files, set 'custom_domain' to the public domain.",
        )
        for storage, options in usable()
        if (old := _old_hosts(options))
    ]


def _old_hosts(options: StorageOptions) -> list[str]:
    """Give the old hosts among a storage's addresses, each with the option that sets it."""
    named = {**hosts.addresses(options), "custom_domain": options.custom_domain}
    return [f"{name}: {hosts.host_of(address)}" for name, address in named.items() if hosts.is_old(address)]
