"""Names of 1.x that stay importable: ``parse_dsn`` and ``read_config``. Deprecated.

And ``config_of``, what ``SelectelStorage.config`` gives: deprecated, too.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence

from django_selectel_storage import conf, dsn, options
from django_selectel_storage.options import StorageOptions

_RETIRED_FACTORY = "django_selectel_storage.utils.requests_factory"
_POOL_CONNECTIONS = 50


def parse_dsn(string: str) -> dict[str, object]:
    """Take a DSN apart, into the upper-case mapping of 1.x.

    Deprecated: pass the DSN to ``SelectelStorage(dsn=…)``, or take it apart with ``django_selectel_storage.dsn.parse``.

    Raises:
        InvalidSchema, EmptyUsername, EmptyPassword, EmptyContainerName: as in 1.x.
    """
    _deprecated("parse_dsn", "django_selectel_storage.dsn.parse")
    return _as_in_1x(options.canonical(dsn.parse(string)))


def read_config(args: Sequence[str], kwargs: Mapping[str, object]) -> object:
    """Give the configuration that a storage with these arguments would use, in the shape of 1.x.

    Deprecated: ``SelectelStorage(…).options`` holds all options, checked.
    """
    _deprecated("read_config", "SelectelStorage(...).options")
    storage = args[0] if args else None
    return config_of(conf.arguments(storage, kwargs, {}))


def config_of(given: conf.Arguments) -> object:
    """Give the configuration in the shape of 1.x: the schema as it stands in the settings, or a mapping."""
    if given.dsn is None and not given.keywords:
        return conf.raw_schema(given.schema or conf.DEFAULT_SCHEMA)
    return _as_in_1x({**(options.canonical(dsn.parse(given.dsn)) if given.dsn else {}), **given.keywords})


def _as_in_1x(given: Mapping[str, object]) -> dict[str, object]:
    return {
        "USERNAME": given.get("username") or given.get("access_key"),
        "PASSWORD": given.get("password") or given.get("secret_key"),
        "CONTAINER": given.get("container"),
        "CUSTOM_DOMAIN": given.get("custom_domain"),
        "OPTIONS": {
            "MAX_RETRIES": int(str(given.get("max_retries", StorageOptions().max_retries))),
            "POOL_CONNECTIONS": int(str(given.get("pool_connections", _POOL_CONNECTIONS))),
            "POOL_MAXSIZE": int(str(given.get("pool_maxsize", StorageOptions().pool_maxsize))),
            "REQUESTS_FACTORY": given.get("requests_factory", _RETIRED_FACTORY),
        },
    }


def _deprecated(name: str, instead: str) -> None:
    warnings.warn(
        f"django_selectel_storage.utils.{name} is deprecated; use {instead}.", DeprecationWarning, stacklevel=3
    )
