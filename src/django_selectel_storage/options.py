"""The options of a storage: names, types, defaults and what makes them unusable.

Pure: a mapping goes in, a frozen ``StorageOptions`` or a ``ConfigurationError`` comes out. Nothing here reads settings,
opens connections or knows Django.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from functools import cached_property
from typing import Any, Literal, TypeAlias

from django_selectel_storage import option_rules
from django_selectel_storage import option_values as values
from django_selectel_storage.exceptions import (
    ConfigurationError,
    InvalidOption,
    UnknownOption,
)

KIB = 1024
MIB = 1024 * KIB

Protocol: TypeAlias = Literal["s3", "keystone", "legacy"]
TextRule: TypeAlias = str | Callable[[str], str | None]
MetadataRule: TypeAlias = Mapping[str, str] | Callable[[str], Mapping[str, str] | None]

LEGACY_AUTH_URL = "https://api.selcdn.ru/auth/v1.0"
KEYSTONE_AUTH_URL = "https://cloud.api.selcloud.ru/identity/v3"
TEXT_TYPES = (
    "text/*",
    "application/javascript",
    "application/json",
    "application/manifest+json",
    "application/xml",
    "image/svg+xml",
)

ALIASES = {
    "container_name": "container",
    "bucket": "container",
    "bucket_name": "container",
    "pool_conns": "pool_connections",
}
CREDENTIALS = frozenset({"access_key", "secret_key", "username", "password", "account", "project", "temp_url_key"})
SECRETS = frozenset({"access_key", "secret_key", "username", "password", "temp_url_key", "proxy"})
# Accepted because 1.x documented them; they have no effect.
RETIRED = frozenset({"pool_connections", "requests_factory"})


def _option(parse: Callable[[object], Any], default: Any = None, *, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"parse": parse})


@dataclass(frozen=True, kw_only=True)
class StorageOptions:
    """All options of one storage, checked. Times are in seconds, sizes in bytes. A None means "not given".

    Without slots, so that what every ``url()`` asks for is worked out once.
    """

    container: str = _option(values.container, "")
    access_key: str | None = _option(values.text, secret=True)
    secret_key: str | None = _option(values.text, secret=True)
    username: str | None = _option(values.text, secret=True)
    password: str | None = _option(values.text, secret=True)
    account: str | None = _option(values.text)
    project: str | None = _option(values.text)
    pool: str = _option(values.label, "ru-1")
    endpoint: str | None = _option(values.web_address)
    region: str | None = _option(values.label)
    auth_url: str | None = _option(values.web_address)
    addressing: Literal["path", "virtual"] = _option(values.one_of("path", "virtual"), "path")
    location: str = _option(values.location, "")
    file_overwrite: bool = _option(values.flag, False)
    custom_domain: str | None = _option(values.domain)
    querystring_auth: bool | None = _option(values.flag)
    querystring_expire: int = _option(values.whole_seconds, 3600)
    stable_urls: int = _option(values.whole_seconds_or_none, 0)
    url_endpoint: str | None = _option(values.web_address)
    temp_url_key: str | None = _option(values.text, secret=True)
    cache_control: TextRule | None = _option(values.header_rule)
    content_disposition: TextRule | None = _option(values.header_rule)
    content_language: TextRule | None = _option(values.header_rule)
    metadata: MetadataRule | None = _option(values.metadata_rule)
    default_content_type: str = _option(values.media_type, "application/octet-stream")
    conditional_writes: bool | None = _option(values.flag)
    gzip: bool = _option(values.flag, False)
    gzip_content_types: tuple[str, ...] = _option(values.texts, TEXT_TYPES)
    multipart_threshold: int = _option(values.count(1), 16 * MIB)
    multipart_chunksize: int = _option(values.count(1), 8 * MIB)
    max_concurrency: int = _option(values.count(1), 4)
    max_memory_size: int = _option(values.count(1), 5 * MIB)
    connect_timeout: float = _option(values.seconds, 5.0)
    read_timeout: float = _option(values.seconds, 30.0)
    max_retries: int = _option(values.count(0), 3)
    pool_maxsize: int = _option(values.count(1), 50)
    ca_bundle: str | None = _option(values.text)
    proxy: str | None = _option(values.proxy, secret=True)
    allow_http: bool = _option(values.flag, False)
    manifest_storage: str | None = _option(values.text)
    sendmefile: bool | Literal["auto"] = _option(values.flag_or_auto, "auto")

    @cached_property
    def protocol(self) -> Protocol:
        """What the credentials choose: S3 keys first, then IAM (Keystone v3), otherwise auth v1.0."""
        if self.access_key or self.secret_key:
            return "s3"
        return "keystone" if self.account or self.project else "legacy"

    @property
    def s3_endpoint(self) -> str:
        """The address of the S3 API, without a trailing slash."""
        return self.endpoint or f"https://s3.{self.pool}.storage.selcloud.ru"

    @property
    def s3_region(self) -> str:
        """The region that SigV4 signs for; on Selectel it is the pool's name."""
        return self.region or self.pool

    @property
    def login_url(self) -> str:
        """Where a Swift user logs in."""
        return self.auth_url or (KEYSTONE_AUTH_URL if self.protocol == "keystone" else LEGACY_AUTH_URL)

    @cached_property
    def signs_urls(self) -> bool:
        """Whether ``url()`` hands out signed URLs."""
        if self.querystring_auth is not None:
            return self.querystring_auth
        return not self.custom_domain and self.can_sign

    @cached_property
    def can_sign(self) -> bool:
        """Whether there is a key to sign URLs with."""
        return self.protocol == "s3" or bool(self.temp_url_key)

    def signing_window(self, now: float, expire: float | timedelta | None, *, stable: bool = True) -> tuple[float, int]:
        """Give from when a signed URL is valid, and for how long.

        With ``stable_urls`` the time is rounded down, so that the same URL comes out for that long; the life grows by
        as much, so that no URL ends before its time.

        Args:
            now: the POSIX time.
            expire: the wished life in seconds; None takes ``querystring_expire``.
            stable: whether ``stable_urls`` counts; a URL that lets its bearer change something lives no longer than it
                has to.

        Raises:
            ValueError: there is no key to sign with, or the life is not one that the protocol allows.
        """
        if not self.can_sign:
            raise ValueError("URLs of this storage cannot be signed: set 'temp_url_key'.")
        wished = self.querystring_expire if expire is None else self._life(expire)
        step = self.stable_urls if stable else 0
        life = wished + step
        longest = option_rules.LONGEST_PRESIGNED_LIFE
        if self.protocol == "s3" and life > longest:
            raise ValueError(f"A presigned URL lives {longest} seconds (7 days) at most, not {life}.")
        return (now - now % step if step else now), life

    @staticmethod
    def _life(expire: float | timedelta) -> int:
        try:
            return values.whole_seconds(expire)
        except ValueError as error:
            raise ValueError(f"The life 'expire' of a signed URL {error}") from None

    def problems(self) -> list[ConfigurationError]:
        """Everything that makes these options unusable, the most basic first; empty when there is nothing."""
        return option_rules.problems(self)


SELECTING = ("storage", "schema", "dsn")  # say which options, and are none themselves
_PARSERS: dict[str, Callable[[object], Any]] = {
    **{option.name: option.metadata["parse"] for option in fields(StorageOptions)},
    "pool_connections": values.count(1),
    "requests_factory": lambda _: None,  # whatever it is, it is ignored
}

# Options that may be functions of the name.
RULES = frozenset(
    option.name
    for option in fields(StorageOptions)
    if option.metadata["parse"] in {values.header_rule, values.metadata_rule}
)
_OPTIONAL = frozenset(option.name for option in fields(StorageOptions) if option.default is None)


def storage_options(given: Mapping[str, object]) -> StorageOptions:
    """Check and convert a mapping of options.

    Args:
        given: option names (canonical, as ``canonical`` returns them) and their values; None means "not given", and so
            does an empty text (an environment variable that is not set) for an option that needs not be given.

    Raises:
        ConfigurationError: the first problem that was found; the message names the option, never a secret's value.
    """
    parsed: dict[str, Any] = {name: _parsed(name, value) for name, value in given.items() if not _is_unset(name, value)}
    options = StorageOptions(**{name: value for name, value in parsed.items() if name not in RETIRED})
    for problem in options.problems():
        raise problem
    return options


def canonical(given: Mapping[str, object], *, also: Iterable[str] = ()) -> dict[str, object]:
    """Give every option its own name: lower case, aliases resolved, the nested OPTIONS of 1.x unfolded.

    Args:
        given: options as a user wrote them, in either case.
        also: further names that are allowed here and passed through.

    Raises:
        UnknownOption: a name that is not known; the message names the nearest known one.
        InvalidOption: one option is given twice with different values.
    """
    names = {*_PARSERS, *also}
    result: dict[str, object] = {}
    for written, value in _unfolded(given):
        name = ALIASES.get(written.lower(), written.lower())
        if name not in names:
            raise UnknownOption(_unknown(written, names))
        if value is None:
            continue
        if name in result and result[name] != value:
            raise InvalidOption(f"The option {name!r} is given twice, with different values. Keep one of them.")
        result[name] = value
    return result


def _unfolded(given: Mapping[str, object]) -> Iterable[tuple[str, object]]:
    for name, value in given.items():
        if str(name).lower() != "options":
            yield str(name), value
        elif isinstance(value, Mapping):
            yield from _unfolded(value)
        elif value is not None:
            raise InvalidOption("The option 'OPTIONS' expects a dictionary, as {'MAX_RETRIES': 3}.")


def _unknown(name: str, names: Iterable[str]) -> str:
    candidates = sorted({*names, *ALIASES})
    nearest = difflib.get_close_matches(name.lower(), candidates, n=1, cutoff=0.4)
    hint = f"Did you mean {nearest[0]!r}?" if nearest else f"Known options: {', '.join(candidates)}."
    return f"Unknown option {name!r}. {hint}"


def _is_unset(name: str, value: object) -> bool:
    return value is None or (value == "" and name in _OPTIONAL)


def _parsed(name: str, value: object) -> object:
    try:
        return _PARSERS[name](value)
    except ValueError as error:
        raise InvalidOption(f"The option {name!r} {error}") from None
