"""Which storages are examined: those that the settings name, found in the way of the system checks."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from django_selectel_storage import hosts
from django_selectel_storage.checks import found
from django_selectel_storage.checks.found import Found
from django_selectel_storage.doctor.case import Case
from django_selectel_storage.options import StorageOptions


def cases(names: Collection[str], origins: Collection[str] = ()) -> list[Case]:
    """Give the storages to examine.

    Args:
        names: aliases of STORAGES or schemas of SELECTEL_STORAGES; none for all.
        origins: web origins for the CORS preflights.

    Raises:
        LookupError: there is no such storage of ours; the message names those that there are.
    """
    chosen = [_named(name) for name in names] if names else found.everything()
    return [_case(storage, tuple(origins)) for storage in chosen]


def _named(name: str) -> Found:
    aliases = {storage.alias: storage for storage in found.storages()}
    schemas = {storage.schema: storage for storage in found.schemas()}
    storage = aliases.get(name) or schemas.get(name)
    if storage is None:
        known = sorted(str(known) for known in {*aliases, *schemas} if known is not None)
        words = _("Neither STORAGES nor SELECTEL_STORAGES has a storage {name!r} of this package (there are: {names}).")
        raise LookupError(words.format(name=name, names=", ".join(known) or pgettext("doctor", "none")))
    return storage


def _case(storage: Found, origins: tuple[str, ...]) -> Case:
    options = storage.options
    predecessors = _predecessors(options) if options is not None else {}
    return Case(storage.place, options, storage.problems, origins, predecessors)


def _predecessors(options: StorageOptions) -> dict[str, StorageOptions]:
    """Give the storages of the old API that this one may follow: Selectel's, and those of the same server."""
    here = set(map(hosts.host_of, hosts.addresses(options).values()))
    return {
        other.place: other.options
        for other in [*found.everything(), *found.schemas()]
        if other.options is not None
        and other.options.protocol == "legacy"
        and (hosts.is_old(other.options.login_url) or hosts.host_of(other.options.login_url) in here)
    }
