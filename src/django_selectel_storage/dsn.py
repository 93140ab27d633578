"""A storage in one line: ``selectel://user:password@container`` <-> a mapping of options.

Pure. The parts are percent-decoded and keep their case. An error never repeats the DSN: it holds a password.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, unquote, urlencode

from django_selectel_storage.exceptions import (
    EmptyContainerName,
    EmptyPassword,
    EmptyUsername,
    InvalidOption,
    InvalidSchema,
)

SWIFT_SCHEME = "selectel"
S3_SCHEME = "selectel+s3"
_KEYS = {SWIFT_SCHEME: ("username", "password"), S3_SCHEME: ("access_key", "secret_key")}


def is_dsn(text: str) -> bool:
    """Whether a text is meant as a DSN rather than as the name of a schema."""
    return "://" in text


def parse(dsn: str) -> dict[str, object]:
    """Take a DSN apart.

    Args:
        dsn: ``selectel://user:password@[custom.domain/]container[?option=value…]``, or ``selectel+s3://`` with the
            two halves of an S3 key; reserved characters in the parts are percent-encoded (RFC 3986, section 2.1).

    Returns:
        Option names and values; those of the query string are still text.

    Raises:
        InvalidSchema: the text does not begin with one of the two schemes.
        EmptyContainerName, EmptyUsername, EmptyPassword: a part is missing.
        InvalidOption: an option stands twice in the query string.
    """
    scheme, separator, rest = dsn.strip().partition("://")
    keys = _KEYS.get(scheme.lower()) if separator else None
    if keys is None:
        raise InvalidSchema("A DSN begins with 'selectel://' (Swift) or 'selectel+s3://' (S3).")
    rest, _, query = rest.partition("?")
    user_part, at, place = rest.rpartition("@")
    custom_domain, container = _place(place)
    user, _, password = user_part.partition(":")
    _refuse_missing(container if at or ":" not in place else "", user, password)
    result: dict[str, object] = {keys[0]: unquote(user), keys[1]: unquote(password), "container": container}
    if custom_domain:
        result["custom_domain"] = custom_domain
    return {**result, **_query(query, taken=result)}


def build(options: Mapping[str, object]) -> str:
    """Put a DSN together; the opposite of ``parse``.

    Args:
        options: canonical option names and values; credentials and ``container`` are required.

    Returns:
        The DSN. It holds the password: treat it like one.
    """
    scheme = S3_SCHEME if "access_key" in options else SWIFT_SCHEME
    user, password = (quote(str(options[key]), safe="") for key in _KEYS[scheme])
    container = quote(str(options["container"]), safe="")
    custom_domain = str(options.get("custom_domain") or "").removeprefix("https://")
    place = f"{quote(custom_domain, safe=':')}/{container}" if custom_domain else container
    placed = {*_KEYS[scheme], "container", "custom_domain"}
    rest = {name: _as_text(value) for name, value in options.items() if name not in placed and value is not None}
    query = urlencode(rest, quote_via=quote)
    return f"{scheme}://{user}:{password}@{place}" + (f"?{query}" if query else "")


def _place(place: str) -> tuple[str, str]:
    head, _, tail = place.partition("/")
    tail = tail.strip("/")
    return (unquote(head), unquote(tail)) if tail else ("", unquote(head))


def _refuse_missing(container: str, user: str, password: str) -> None:
    if not container:
        raise EmptyContainerName(
            "The DSN names no container; it looks like 'selectel://user:password@container'. "
            "Percent-encode '/', '?', '#' and '@' in the user name and the password."
        )
    if not user:
        raise EmptyUsername("The DSN names no user; it looks like 'selectel://user:password@container'.")
    if not password:
        raise EmptyPassword("The DSN has no password; it looks like 'selectel://user:password@container'.")


def _query(query: str, taken: Mapping[str, object]) -> dict[str, object]:
    if "@" in query:
        raise InvalidOption("The DSN has an '@' behind a '?': percent-encode '/', '?', '#' and '@' in its parts.")
    result: dict[str, object] = {}
    for pair in query.split("&"):
        name, value = (unquote(part) for part in (pair.partition("=")[0], pair.partition("=")[2]))
        if not value:
            continue
        if name in result or name in taken:
            raise InvalidOption(f"The option {name!r} is given twice in the DSN.")
        result[name] = value
    return result


def _as_text(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
