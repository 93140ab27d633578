"""Checks of what must not happen in production: passwords in error reports, the development server's addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.core.checks import CheckMessage, Tags, register
from django.utils.module_loading import import_string

from django_selectel_storage import conf, hosts
from django_selectel_storage.checks.found import usable, warning
from django_selectel_storage.debug import holds_a_password

_DEEPEST = 10  # how far into dictionaries and lists a DSN is looked for
OUR_FILTER = "django_selectel_storage.debug.SelectelExceptionReporterFilter"


@register(Tags.security)
def visible_passwords(**_: object) -> list[CheckMessage]:
    """W010: Django's error reports show the passwords of DSNs."""
    visible = list(_places_with_passwords())
    if not visible:
        return []
    return [
        warning(
            "W010",
            f"Django's error reports show the passwords in the DSNs of {', '.join(visible)}: settings are hidden by "
            "their names, and these names do not tell.",
            hint=f"Set DEFAULT_EXCEPTION_REPORTER_FILTER = {OUR_FILTER!r}, or write a dictionary instead of the DSN.",
        )
    ]


def _places_with_passwords() -> Iterator[str]:
    """Give the entries of which a report, as the project filters it, shows the password of a DSN."""
    for setting in ("SELECTEL_STORAGES", "STORAGES"):
        entries = conf.setting(setting)
        for name, entry in entries.items() if isinstance(entries, Mapping) else ():
            if any(map(holds_a_password, _texts(entry))) and any(map(holds_a_password, _texts(_reported(name, entry)))):
                yield f"{setting}[{name!r}]"


def _reported(name: object, entry: object) -> object:
    """Give what a report shows of an entry; all of it, when the project's filter is none that can be asked."""
    try:
        return import_string(str(conf.setting("DEFAULT_EXCEPTION_REPORTER_FILTER")))().cleanse_setting(name, entry)
    except Exception:  # noqa: BLE001 - whatever a project's own filter does
        return entry


def _texts(value: object, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (Mapping, list, tuple, set, frozenset)) and depth < _DEEPEST:
        for entry in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(entry, depth + 1)


@register(Tags.security, deploy=True)
def development_hosts(**_: object) -> list[CheckMessage]:
    """W011: in production, a storage lies on the machine itself, where only the development server is."""
    if conf.setting("DEBUG"):
        return []
    return [
        warning(
            "W011",
            f"{storage.place} lies on this very machine ({', '.join(local)}), as the development server does, and "
            "DEBUG is off: what is stored there does not last, and browsers cannot reach it.",
            hint="Set the options to the addresses of the real storage, or leave them out.",
        )
        for storage, options in usable()
        if (local := [name for name, address in hosts.addresses(options).items() if hosts.is_this_machine(address)])
    ]
