"""THE ENTRANCE: constructor arguments + Django settings + DSN -> StorageOptions. The only reader of django.conf.

A schema is an entry of SELECTEL_STORAGES. Who gives credentials, a container or a DSN as arguments gets exactly that
storage; never do the credentials of one storage meet the place of another by accident.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields

import django
from django.conf import settings

from django_selectel_storage import dsn, options
from django_selectel_storage.exceptions import (
    ConfigurationError,
    CredentialsLeftOut,
    InvalidOption,
    InvalidSchema,
)
from django_selectel_storage.improper import improperly_configured
from django_selectel_storage.options import StorageOptions

DEFAULT_SCHEMA = "default"
RELEVANT_SETTINGS = frozenset({"SELECTEL_STORAGES", "STORAGES"})
LEFT_OUT = "credentials_left_out"
NOT_SECRET = frozenset(option.name for option in fields(StorageOptions)) - options.CREDENTIALS - options.SECRETS
_ACCOUNT = options.SECRETS - {"proxy"}  # what makes it another account; a proxy is only another way there
_ADDRESS = re.compile("//|:")  # a name with these is a DSN gone wrong, and may hold a secret
# Arguments that say where the data lies: with one of them, the default schema is not read.
_PLACES = options.CREDENTIALS | {"container", "endpoint", "auth_url", "pool"}


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a constructor was given, under canonical names.

    Attributes:
        schema: the schema that was named; None when none was.
        dsn: a DSN; None when none was given.
        keywords: the options given as keywords.
        defaults: what the storage class itself prefers.
        left_out: whether credentials were given once and left out of a migration.
    """

    schema: str | None = None
    dsn: str | None = field(default=None, repr=False)
    keywords: Mapping[str, object] = field(default_factory=dict, repr=False)
    defaults: Mapping[str, object] = field(default_factory=dict)
    left_out: bool = False


def arguments(storage: str | None, keywords: Mapping[str, object], defaults: Mapping[str, object]) -> Arguments:
    """Sort a constructor's arguments; no setting is read.

    Args:
        storage: the first argument or ``storage=``: a schema's name or a DSN.
        keywords: all other keywords, in either case.
        defaults: what the storage class prefers.

    Raises:
        ImproperlyConfigured: a keyword is not known (also an ``UnknownOption``), or two contradict each other.
    """
    with improperly_configured():
        given = options.canonical(keywords, also=(*options.SELECTING, LEFT_OUT))
        left_out = bool(given.pop(LEFT_OUT, False))
        named_dsn = bool(given.get("dsn"))
        sources = [value for value in (storage, *(given.pop(name, None) for name in options.SELECTING)) if value]
        if not all(isinstance(source, str) for source in sources):
            raise InvalidOption("The first argument ('storage') and 'dsn' are texts: a schema's name or a DSN.")
        if len(set(sources)) > 1:
            raise InvalidOption(
                "Give one of 'storage' (a schema of SELECTEL_STORAGES or a DSN) and 'dsn', not several."
            )
        source = str(sources[0]) if sources else None
        if source is not None and "@" in source and not dsn.is_dsn(source):
            raise InvalidSchema("A DSN begins with 'selectel://' or 'selectel+s3://'; the name of a schema has no '@'.")
        if source is not None and (named_dsn or dsn.is_dsn(source)):
            return Arguments(None, source, given, defaults, left_out)
        return Arguments(source, None, given, defaults, left_out)


def option_name(written: str) -> str:
    """Give an option's own name for one in any case, or an alias."""
    return options.ALIASES.get(written.lower(), written.lower())


def resolve(given: Arguments) -> StorageOptions:
    """Make the options of a storage out of its arguments and the settings.

    Raises:
        ImproperlyConfigured: they are not usable; also the error of 1.x, as ``EmptyUsername``, and a ValueError.
    """
    with improperly_configured():
        if given.left_out:
            raise CredentialsLeftOut(
                "This storage comes out of a migration, where its credentials were left out. Define it in "
                "SELECTEL_STORAGES and name that schema: SelectelStorage('name')."
            )
        merged = _merged(given)
        if "requests_factory" in merged:
            warnings.warn(
                "The option REQUESTS_FACTORY is ignored: requests is not used any more. Remove it.",
                DeprecationWarning,
                stacklevel=2,
            )
        return options.storage_options(merged)


def problems(given: Arguments) -> list[ConfigurationError]:
    """Give everything that makes a storage's options unusable; empty when there is nothing."""
    try:
        resolve(given)
    except ConfigurationError as error:
        return _problems_together(given) or [error]
    return []


def _problems_together(given: Arguments) -> list[ConfigurationError]:
    """Give what is wrong with the options together; nothing where one of them has no usable value by itself."""
    try:
        merged = _merged(given)
        parsers = {option.name: option.metadata["parse"] for option in fields(StorageOptions)}
        parsed = {name: parse(merged[name]) for name, parse in parsers.items() if merged.get(name) is not None}
    except ValueError:
        return []
    return StorageOptions(**parsed).problems()


def schema_of(given: Arguments) -> str | None:
    """Give the name of the schema that these arguments are combined with; None when they stand for themselves."""
    if given.dsn is not None or (given.schema is None and _PLACES & given.keywords.keys()):
        return None
    return given.schema or DEFAULT_SCHEMA


def _merged(given: Arguments) -> dict[str, object]:
    """Combine the class's preferences and the keywords with the DSN or the schema they go with."""
    keywords, schema = dict(given.keywords), schema_of(given)
    if given.dsn is not None:
        _refuse_second_credentials(keywords, "a DSN")
        return {**given.defaults, **_from_dsn(given.dsn), **keywords}
    if schema is None:
        return {**given.defaults, **keywords}
    _refuse_second_credentials(keywords, "a schema of SELECTEL_STORAGES")
    return {**given.defaults, **schema_options(schema), **keywords}


def _refuse_second_credentials(keywords: Mapping[str, object], beside: str) -> None:
    second = sorted(options.CREDENTIALS & keywords.keys())
    if second:
        raise InvalidOption(
            f"The option {second[0]!r} cannot be given beside {beside}: credentials of two storages would be mixed."
        )


def schema_options(name: str) -> dict[str, object]:
    """Give the options of a schema, under canonical names.

    Raises:
        InvalidSchema: SELECTEL_STORAGES has no such schema.
        ConfigurationError: the schema is neither a dictionary nor a DSN, or has unknown options.
    """
    schema = raw_schema(name)
    if isinstance(schema, str):
        return _from_dsn(schema)
    if isinstance(schema, Mapping):
        given = options.canonical(schema, also=("dsn",))
        inner = given.pop("dsn", None)
        if not inner:
            return given
        _refuse_second_credentials(given, "a DSN")
        return {**_from_dsn(str(inner)), **given}
    raise InvalidSchema(f"The schema {name!r} of SELECTEL_STORAGES is neither a dictionary nor a DSN.")


def raw_schema(name: str) -> object:
    """Give a schema as it stands in the settings.

    Raises:
        InvalidSchema: SELECTEL_STORAGES has no such schema.
    """
    schemas = setting("SELECTEL_STORAGES")
    if not isinstance(schemas, Mapping) or name not in schemas:
        if _ADDRESS.search(name):
            raise InvalidSchema(
                "What is given is no schema's name, and no DSN: those begin with 'selectel://' or alike."
            )
        known = ", ".join(map(repr, schemas)) if isinstance(schemas, Mapping) and schemas else "none"
        raise InvalidSchema(f"SELECTEL_STORAGES has no schema {name!r} (known: {known}).")
    return schemas[name]


def _from_dsn(text: str) -> dict[str, object]:
    return options.canonical(dsn.parse(text))


def non_secret(given: Arguments) -> tuple[str | None, dict[str, object]]:
    """Give what may stand in a migration: the schema's name, the options without credentials, and a mark for those.

    No setting is read, so a DSN or keywords that are not usable do not raise here.
    """
    keywords, readable = _spelled_out(given)
    kept = {name: value for name, value in keywords.items() if name not in options.SECRETS}
    if given.left_out or not readable or _ACCOUNT & keywords.keys():
        kept[LEFT_OUT] = True
    return given.schema, kept


def holds_secrets(given: Arguments, args: Iterable[object], keywords: Mapping[str, object]) -> bool:
    """Whether a subclass's own arguments may hold credentials: by name, by value, or as a DSN."""
    spelled_out = _spelled_out(given)[0]
    secrets = {str(spelled_out[name]) for name in options.SECRETS if spelled_out.get(name)} | {given.dsn}
    if options.SECRETS & {option_name(name) for name in keywords}:
        return True
    return any(value in secrets for value in (*args, *keywords.values()) if isinstance(value, str))


def may_share_credentials(one: Arguments, other: Arguments) -> bool:
    """Whether two storages of one place have the same credentials; those of a migration were left out."""
    if one.left_out or other.left_out:
        return True
    first, second = _spelled_out(one)[0], _spelled_out(other)[0]
    return all(first.get(name) == second.get(name) for name in _ACCOUNT)


def _spelled_out(given: Arguments) -> tuple[dict[str, object], bool]:
    """Give all options that the arguments themselves hold, and whether their DSN could be read."""
    if given.dsn is None:
        return dict(given.keywords), True
    try:
        return {**_from_dsn(given.dsn), **given.keywords}, True
    except ConfigurationError:
        return dict(given.keywords), False


def setting(name: str) -> object:
    """Give a setting of the project; None when it is not set."""
    return getattr(settings, name, None)


def has_setting(name: str) -> bool:
    """Whether the project sets this."""
    return hasattr(settings, name)


def storage_backend(alias: str) -> str:
    """Give the dotted path of the class that STORAGES names under an alias; empty when there is none."""
    return storage_entries().get(alias, ("", None))[0]


def storage_entries() -> dict[str, tuple[str, object]]:
    """Give what STORAGES says, by alias: a class's dotted path and its OPTIONS. What names no class is left out."""
    entries = setting("STORAGES")
    result: dict[str, tuple[str, object]] = {
        str(alias): (entry["BACKEND"], entry.get("OPTIONS", {}))
        for alias, entry in (entries.items() if isinstance(entries, Mapping) else ())
        if isinstance(entry, Mapping) and isinstance(entry.get("BACKEND"), str)
    }
    for alias, path in _older_settings().items():
        # Django 4.2 also sets the older one when STORAGES is overridden: to the same class, and OPTIONS count.
        if result.get(alias, ("",))[0] != path:
            result[alias] = (path, {})
    return result


def _older_settings() -> dict[str, str]:
    """Give the classes that DEFAULT_FILE_STORAGE and STATICFILES_STORAGE name, by alias, where Django heeds them."""
    if django.VERSION >= (5, 1):
        return {}
    aliases = {"DEFAULT_FILE_STORAGE": "default", "STATICFILES_STORAGE": "staticfiles"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Django warns whoever asks for them
        return {alias: str(setting(name)) for name, alias in aliases.items() if settings.is_overridden(name)}  # type: ignore[misc]


def uses_time_zones() -> bool:
    """Whether times are aware (USE_TZ)."""
    return bool(settings.USE_TZ)
