"""What a single option's value may be: each function converts one value or says what it expects.

Pure. Values arrive as Python objects from settings or as text from a DSN; errors never repeat the value, it may be a
secret.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from ipaddress import ip_address
from typing import Literal
from urllib.parse import SplitResult, urlsplit

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})
MEDIA_TYPE = re.compile(r"[\w.+!#$&^-]+/[\w.+!#$&^-]+([ \t]*;[ \t!-~]*)?", re.ASCII)  # RFC 9110, section 8.3.1
UNFIT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")  # control characters and halves of surrogate pairs
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


def text(value: object) -> str:
    """Any text without control characters."""
    if not isinstance(value, str):
        raise ValueError("expects text.")
    if UNFIT.search(value):
        raise ValueError("contains a control character, perhaps a line break copied along.")
    return value


def header_text(value: object) -> str:
    """Text that fits an HTTP header."""
    result = text(value)
    if not result:
        raise ValueError("expects text that is not empty.")
    return result


def media_type(value: object) -> str:
    """A content type, as ``text/plain; charset=utf-8``."""
    result = text(value)
    if not MEDIA_TYPE.fullmatch(result):
        raise ValueError("expects a media type, as 'application/octet-stream'.")
    return result


def label(value: object) -> str:
    """A pool or a region: what can stand inside a host name."""
    result = text(value)
    if not _LABEL.fullmatch(result):
        raise ValueError("expects a plain name, as 'ru-1'.")
    return result


def texts(value: object) -> tuple[str, ...]:
    """A sequence of texts; in a DSN they are separated by commas."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    if isinstance(value, (list, tuple, set, frozenset)):
        return tuple(sorted(map(text, value)) if isinstance(value, (set, frozenset)) else map(text, value))
    raise ValueError("expects a list of texts.")


def flag(value: object) -> bool:
    """True or False; in a DSN also 1/0, yes/no, on/off."""
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower() if isinstance(value, (str, int)) else ""
    if word not in _TRUE | _FALSE:
        raise ValueError("expects True or False.")
    return word in _TRUE


def flag_or_auto(value: object) -> bool | Literal["auto"]:
    """True, False or ``"auto"``."""
    if isinstance(value, str) and value.strip().lower() == "auto":
        return "auto"
    try:
        return flag(value)
    except ValueError:
        raise ValueError("expects True, False or 'auto'.") from None


def one_of(*choices: str) -> Callable[[object], str]:
    """One of a few words."""

    def parse(value: object) -> str:
        if value not in choices:
            raise ValueError(f"expects one of: {', '.join(map(repr, choices))}.")
        return str(value)

    return parse


def count(least: int) -> Callable[[object], int]:
    """A whole number of at least ``least``."""

    def parse(value: object) -> int:
        number = _number(value)
        if number != int(number) or number < least:
            raise ValueError(f"expects a whole number, {least} or more.")
        return int(number)

    return parse


def seconds(value: object) -> float:
    """A time of more than 0 seconds: a number or a timedelta."""
    number = _number(value)
    if number <= 0:
        raise ValueError("expects a number of seconds above 0.")
    return number


def whole_seconds(value: object) -> int:
    """A time of at least one second, in whole seconds: a number or a timedelta."""
    number = int(seconds(value))
    if number < 1:
        raise ValueError("expects at least one second.")
    return number


def whole_seconds_or_none(value: object) -> int:
    """A time in whole seconds; 0 means "not at all"."""
    return 0 if _number(value) == 0 else whole_seconds(value)


def web_address(value: object) -> str:
    """An http or https URL of a server, without user, query or fragment; the trailing slash is dropped."""
    parts = _split(text(value).strip())
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
        raise ValueError("expects a URL that begins with https://, as 'https://s3.ru-1.storage.selcloud.ru'.")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("expects a URL without user name, query and fragment.")
    return f"{parts.scheme.lower()}://{parts.netloc}{parts.path.rstrip('/')}"


def domain(value: object) -> str:
    """A host or a URL under which files are public; comes out as a URL without a trailing slash."""
    written = text(value).strip().removeprefix("//")
    if not written or written.startswith("/") or " " in written:
        raise ValueError("expects a host, as 'cdn.example.com'.")
    return web_address(written if "://" in written else f"https://{written}")


def container(value: object) -> str:
    """A container's name; slashes around it are dropped, as 1.x did."""
    return text(value).strip("/")


def location(value: object) -> str:
    """A folder inside the container; comes out without slashes around it."""
    written = text(value).strip("/")
    if any(segment in {".", "..", ""} for segment in written.split("/")) and written:
        raise ValueError("expects a folder inside the container, as 'media/photos', without '.', '..' and '//'.")
    return written


def proxy(value: object) -> str:
    """An HTTP proxy's URL, or the word ``environment``."""
    written = text(value).strip()
    if written == "environment":
        return written
    parts = _split(written)
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
        raise ValueError("expects a proxy's URL, as 'http://proxy:3128', or 'environment'.")
    return written


def header_rule(value: object) -> str | Callable[[str], str | None]:
    """A header's value, or a function that gives it for a name."""
    return value if callable(value) else header_text(value)


def metadata_rule(value: object) -> Mapping[str, str] | Callable[[str], Mapping[str, str] | None]:
    """A mapping of metadata, or a function that gives it for a name."""
    if callable(value):
        return value
    if not isinstance(value, Mapping):
        raise ValueError("expects a dictionary or a function of the name.")
    return {text(name): text(entry) for name, entry in value.items()}


def is_safe_address(url: str) -> bool:
    """Whether credentials may travel there: https to anywhere, plain http to this very machine only."""
    parts = urlsplit(url)
    return parts.scheme == "https" or is_loopback(parts.hostname or "")


def is_loopback(host: str) -> bool:
    """Whether a host name means this very machine (RFC 6761, section 6.3, for names under localhost)."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _number(value: object) -> float:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError("expects a number.")
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise ValueError("expects a number.") from None
    if not math.isfinite(number):
        raise ValueError("expects a finite number.")
    return number


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises when the port is no number
    except ValueError:
        raise ValueError("is not a usable URL.") from None
    return parts
