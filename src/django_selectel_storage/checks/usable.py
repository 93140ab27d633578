"""The check that every storage can be made at all."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.checks import CheckMessage, Tags, register

from django_selectel_storage import conf
from django_selectel_storage.checks.found import error, schemas, storages

_HINT = "docs/options.md lists all options, and which of them belong together."


@register(Tags.files)
def unusable_options(**_: object) -> list[CheckMessage]:
    """E001: a storage of STORAGES or a schema of SELECTEL_STORAGES would raise at its first use."""
    entries = conf.setting("SELECTEL_STORAGES")
    if entries is not None and not isinstance(entries, Mapping):
        return [error("E001", "SELECTEL_STORAGES is not a dictionary of schemas.", _HINT)]
    used = storages()
    names = {storage.schema for storage in used}
    left = [schema for schema in schemas() if schema.schema not in names and not schema.is_only_a_base]
    return [
        error("E001", f"{storage.place} cannot be used: {problem}", _HINT)
        for storage in [*used, *left]
        for problem in storage.problems
    ]
