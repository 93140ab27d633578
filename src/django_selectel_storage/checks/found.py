"""The storages of a project, as its settings describe them; whatever is wrong with one is kept as text, never raised.

Django's own handler of storages is not asked: it would keep them, and checks are no use of a storage.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.checks import CheckMessage, Error, Warning  # noqa: A004 - Django's own name
from django.utils.module_loading import import_string

from django_selectel_storage import conf
from django_selectel_storage.configured import ConfiguredStorage
from django_selectel_storage.debug import without_secrets
from django_selectel_storage.exceptions import ConfigurationError, EmptyContainerName
from django_selectel_storage.options import StorageOptions
from django_selectel_storage.storage import SelectelStaticStorage

STATIC_ALIAS = "staticfiles"
_PACKAGE = "django_selectel_storage."


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A storage, by the place in the settings where it stands.

    Attributes:
        place: what a message calls it, as ``STORAGES['default']``.
        alias: the alias in STORAGES; None for a schema.
        schema: the schema of SELECTEL_STORAGES that it is or is combined with; None when there is none.
        static: whether it holds static files.
        options: the options; None when they are not usable.
        problems: why they are not.
        is_only_a_base: whether nothing is missing but the container, which ``SelectelStorage("schema", container=…)``
            gives.
    """

    place: str
    alias: str | None = None
    schema: str | None = None
    static: bool = False
    options: StorageOptions | None = None
    problems: tuple[str, ...] = ()
    is_only_a_base: bool = False


def warning(number: str, text: str, hint: str) -> CheckMessage:
    """Make the message of a check, as a warning."""
    return Warning(without_secrets(text), hint=hint, id=f"django_selectel_storage.{number}")


def error(number: str, text: str, hint: str) -> CheckMessage:
    """Make the message of a check, as an error."""
    return Error(without_secrets(text), hint=hint, id=f"django_selectel_storage.{number}")


def storages() -> list[Found]:
    """Give the storages of STORAGES whose class is one of ours or made of one."""
    found = (_of_alias(alias, path, options) for alias, (path, options) in conf.storage_entries().items())
    return [storage for storage in found if storage is not None]


def schemas() -> list[Found]:
    """Give the schemas of SELECTEL_STORAGES, each as a storage of its own."""
    entries = conf.setting("SELECTEL_STORAGES")
    return [_of_schema(name) for name in entries] if isinstance(entries, Mapping) else []


def everything() -> list[Found]:
    """Give the storages of STORAGES, and the schemas that none of them uses; a used one is judged with its user."""
    used = storages()
    names = {storage.schema for storage in used}
    return [*used, *(schema for schema in schemas() if schema.schema not in names)]


def usable() -> Iterator[tuple[Found, StorageOptions]]:
    """Give everything that has usable options, with them."""
    for storage in everything():
        if storage.options is not None:
            yield storage, storage.options


def _of_alias(alias: str, path: str, options: object) -> Found | None:
    place = f"STORAGES[{alias!r}]"
    try:
        kind = import_string(path)
    except Exception as problem:  # noqa: BLE001 - whatever the module of a project does when it is imported
        ours = path.startswith(_PACKAGE)
        text = f"its BACKEND {path!r} cannot be imported ({type(problem).__name__})."
        return Found(place=place, alias=alias, problems=(text,)) if ours else None
    if not isinstance(kind, type) or not issubclass(kind, ConfiguredStorage):
        return None
    if not isinstance(options, Mapping):
        return Found(place=place, alias=alias, problems=("its OPTIONS are not a dictionary.",))
    static = alias == STATIC_ALIAS or issubclass(kind, SelectelStaticStorage)
    return _found(place, lambda: _arguments_of(kind(**options)), alias=alias, static=static)


def _of_schema(name: object) -> Found:
    return _found(f"SELECTEL_STORAGES[{name!r}]", lambda: conf.Arguments(schema=name))  # type: ignore[arg-type]


def _arguments_of(storage: ConfiguredStorage) -> conf.Arguments:
    return storage._arguments  # noqa: SLF001 - of the same line; resolving them here leaves no options behind


def _found(place: str, arguments: Callable[[], conf.Arguments], **known: Any) -> Found:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a deprecated option is told of when the storage is used
            given = arguments()
            known["schema"] = conf.schema_of(given)
            problems = conf.problems(given)
            options = None if problems else conf.resolve(given)
    except ConfigurationError as problem:
        return Found(place=place, problems=(str(problem),), **known)
    except Exception as problem:  # noqa: BLE001 - its text may hold anything, so only its kind is told
        return Found(place=place, problems=(f"it cannot be made ({type(problem).__name__}).",), **known)
    only_a_base = [isinstance(problem, EmptyContainerName) for problem in problems] == [True]
    return Found(place=place, options=options, problems=tuple(map(str, problems)), is_only_a_base=only_a_base, **known)
