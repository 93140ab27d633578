"""What a command's SOURCE and TARGET mean: an alias of STORAGES, a schema of SELECTEL_STORAGES, a DSN, or a folder."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from django.core.files.storage import FileSystemStorage, Storage, storages

from django_selectel_storage import conf, dsn
from django_selectel_storage.exceptions import ConfigurationError, InvalidSchema
from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.transfer.places.container import ContainerPlace
from django_selectel_storage.transfer.places.folder import FolderPlace
from django_selectel_storage.transfer.places.foreign import ForeignPlace
from django_selectel_storage.transfer.values import Place

ALIAS, SCHEMA = "alias:", "schema:"
# A scheme (RFC 3986, section 3.1; a single letter is a drive), or a password before its host.
_LIKE_A_DSN = re.compile(r"[a-z][a-z0-9+.-]+:|.*:.*@", re.IGNORECASE | re.DOTALL)


def place_of(text: str) -> Place:
    """Give the place that a text means.

    Args:
        text: an alias, a schema, a DSN or a folder; ``alias:`` or ``schema:`` before a name that is both.

    Raises:
        InvalidSchema: it looks like a DSN with a slip in it.
        ConfigurationError: it is none of them, or more than one.
    """
    _refuse_mistyped_dsn(text)
    if dsn.is_dsn(text):
        storage = SelectelStorage(text)
        return ContainerPlace(storage, f"the container {storage.options.container!r} of the DSN")
    if _is_path(text):
        return FolderPlace(Path(text).expanduser(), f"the folder {text!r}")
    return place_of_storage(storage_of(text), repr(text))


def source_of(text: str) -> Place:
    """Give the place that a text means, from which files are to come; see ``place_of``.

    Raises:
        ConfigurationError: also when it is a folder that is not there.
    """
    place = place_of(text)
    if place.folder is not None and not place.folder.is_dir():
        raise ConfigurationError(f"There is nothing to move: {place.title} does not exist.")
    return place


def storage_of(text: str) -> Storage:
    """Give the storage of an alias or a schema, or of a DSN.

    Raises:
        InvalidSchema: it looks like a DSN with a slip in it.
        ConfigurationError: there is none of this name, or an alias and a schema that differ.
    """
    _refuse_mistyped_dsn(text)
    if dsn.is_dsn(text):
        return SelectelStorage(text)
    kind, name = _kind_and_name(text)
    aliases, schemas = set(conf.storage_entries()), _schemas()
    found = [option for option, known in (("alias", aliases), ("schema", schemas)) if name in known]
    if kind:
        found = [option for option in found if option == kind]
    if not found:
        raise ConfigurationError(_unknown(text, aliases, schemas))
    named: dict[str, Storage] = {
        option: storages[name] if option == "alias" else SelectelStorage(name) for option in found
    }
    if len(found) > 1 and not _is_the_same(named["alias"], named["schema"]):
        raise ConfigurationError(
            f"{name!r} is an alias of STORAGES and another schema of SELECTEL_STORAGES: write '{ALIAS}{name}' or "
            f"'{SCHEMA}{name}'."
        )
    return named[found[0]]


def place_of_storage(storage: Storage, title: str) -> Place:
    """Give the place that a storage is; what others made of a class's ``_open`` and ``_save`` is left to them."""
    kind = type(storage)
    if isinstance(storage, SelectelStorage) and _is_unchanged(kind, SelectelStorage):
        return ContainerPlace(storage, f"{title} (the container {storage.options.container!r})")
    if isinstance(storage, FileSystemStorage) and _is_unchanged(kind, FileSystemStorage):
        if not storage.base_location:
            raise ConfigurationError(f"{title} has no folder of its own: set MEDIA_ROOT, or its option 'location'.")
        return FolderPlace(
            Path(storage.location),
            f"{title} (the folder {str(storage.location)!r})",
            file_mode=storage.file_permissions_mode,
            folder_mode=storage.directory_permissions_mode,
        )
    return ForeignPlace(storage, f"{title} ({kind.__name__})")


def _is_unchanged(kind: type[Storage], base: type[Storage]) -> bool:
    return all(getattr(kind, verb) is getattr(base, verb) for verb in ("_open", "_save"))


def _is_the_same(alias: Storage, schema: Storage) -> bool:
    return (
        isinstance(alias, SelectelStorage) and isinstance(schema, SelectelStorage) and (alias.options == schema.options)
    )


def _kind_and_name(text: str) -> tuple[str, str]:
    """Take ``alias`` or ``schema`` off a name that has one of them before it."""
    prefix, colon, name = text.partition(":")
    return (prefix, name) if f"{prefix}{colon}" in {ALIAS, SCHEMA} else ("", text)


def _refuse_mistyped_dsn(text: str) -> None:
    """Refuse what would be taken for a name or a folder and be repeated: it may hold a secret."""
    name = _kind_and_name(text)[1]
    if dsn.is_dsn(text) or text.startswith((".", "~")) or name in {*conf.storage_entries(), *_schemas()}:
        return
    if _LIKE_A_DSN.match(name) or ("@" in name and not _is_path(name)):
        raise InvalidSchema(
            "This is neither a DSN, which begins with 'selectel://' or 'selectel+s3://', nor the name of a storage. A "
            "folder whose name has a ':' or an '@' is written with './' before it."
        )


def _is_path(text: str) -> bool:
    separators = {os.sep, os.altsep or os.sep}
    return text.startswith((".", "~")) or not separators.isdisjoint(text)


def _schemas() -> set[str]:
    schemas = conf.setting("SELECTEL_STORAGES")
    return set(map(str, schemas)) if isinstance(schemas, Mapping) else set()


def _unknown(text: str, aliases: set[str], schemas: set[str]) -> str:
    known = {"STORAGES": aliases, "SELECTEL_STORAGES": schemas}
    words = "; ".join(f"{name}: {', '.join(sorted(names)) or 'nothing'}" for name, names in known.items())
    return f"There is no storage {text!r} ({words}). A folder is written with a slash, as './{text}'."
