"""Storage name <-> object key, containment in ``location``, and the text of URLs.

Pure. A name is what Django stores in the database; a key is what the container holds; the key of a name always lies
below the storage's ``location``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, urlencode

from django_selectel_storage.exceptions import InvalidName

LONGEST_KEY = 1024  # bytes of UTF-8; S3 "Object key naming guidelines", Swift's max_object_name_length
_DOTS = re.compile(r"(?:^|[/\\])\.\.?(?:[/\\]|$)")  # a segment "." or ".."
_CAPITAL = re.compile(r"(?<!^)[A-Z]")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~/-]*")  # RFC 3986, section 2.3, and the slash between segments


def object_key(name: str, location: str = "") -> str:
    """Give the key of a name.

    Args:
        name: a storage name, with ``/`` between folders; ``""`` means the location itself.
        location: the folder all keys lie in, without slashes around it.

    Raises:
        InvalidName: the name is absolute, leaves the location through ``..``, holds NUL, cannot be written in UTF-8,
            or its key is longer than 1024 bytes.
    """
    relative = str(name or "")
    if _has_dots(relative):
        _refuse_leaving(relative)
        relative = _without_dots(relative)
        _refuse_leaving(relative)
    if relative.startswith(("/", "\\")):
        raise InvalidName(f"The name {_shown(name)} is absolute; names are relative to the storage's location.")
    key = f"{location}/{relative}" if location and relative else relative or location
    if not key.isascii() or "\0" in key or len(key) > LONGEST_KEY:
        _refuse_unwritable(key, name)
    return key


def _has_dots(relative: str) -> bool:
    """Whether a segment is "." or ".."; hardly a name has even a segment that ends with a dot."""
    ends_with_a_dot = "./" in relative or ".\\" in relative or relative.endswith(".")
    return ends_with_a_dot and _DOTS.search(relative) is not None


def names_a_folder(name: str) -> bool:
    """Whether a name ends in ``.`` or ``..``, which mean a folder."""
    return re.split(r"[/\\]", name)[-1] in {".", ".."}


def is_writable(text: str) -> bool:
    """Whether UTF-8 can hold a text: it has no half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def storage_name(key: str, location: str = "") -> str:
    """Give the name of a key below ``location``; the opposite of ``object_key``."""
    return key[len(location) + 1 :] if location else key


def folder_prefix(path: str, location: str = "") -> str:
    """Give the prefix that the keys inside a folder begin with; ``""`` is the whole container."""
    key = object_key(path, location).rstrip("/")
    return f"{key}/" if key else ""


def quoted(key: str) -> str:
    """Percent-encode a key for the path of a URL: everything but unreserved characters and slashes.

    The same form serves SigV4, which signs the path ("Create a canonical request", UriEncode).
    """
    return key if _UNRESERVED.fullmatch(key) else quote(key, safe="/")


def public_url(base: str, key: str) -> str:
    """Give the URL of a key under the address of a container or a public domain."""
    return f"{base}/{quoted(key)}"


def as_folder(url: str) -> str:
    """Give the URL of a folder: names can be appended to it."""
    return url if url.endswith("/") else f"{url}/"


def with_query(url: str, parameters: Mapping[str, str] | None) -> str:
    """Append query parameters to a URL."""
    return f"{url}?{urlencode(parameters, quote_via=quote)}" if parameters else url


def query_names(parameters: Mapping[str, object] | None) -> dict[str, str]:
    """Give query parameters as S3 names them: ``response-content-type`` for boto3's ``ResponseContentType``."""
    return {
        _CAPITAL.sub(r"-\g<0>", name).lower() if name.startswith("Response") else name: str(value)
        for name, value in (parameters or {}).items()
    }


def _without_dots(relative: str) -> str:
    """Resolve ``.`` and ``..``: browsers would, even percent-encoded (WHATWG URL, "double-dot path segment")."""
    segments: list[str] = []
    for segment in relative.split("/"):
        if segment == "..":
            while segments and not segments.pop():
                pass
        elif segment != ".":
            segments.append(segment)
    return "/".join(segments)


def _refuse_leaving(relative: str) -> None:
    """Refuse to go above the location, be it with backslashes, which browsers take for slashes."""
    if _leaves(re.split(r"[/\\]", relative)):
        raise InvalidName(f"The name {_shown(relative)} leaves the storage's location.")


def _leaves(segments: list[str]) -> bool:
    depth = 0
    for segment in segments:
        if segment == "..":
            depth -= 1
        elif segment not in {"", "."}:
            depth += 1
        if depth < 0:
            return True
    return False


def _refuse_unwritable(key: str, name: str) -> None:
    if "\0" in key:  # Swift takes no path with it, XML and the databases that keep names cannot write it
        raise InvalidName(f"The name {_shown(name)} holds the character NUL, which no name can have.")
    plain = key.isascii()
    if not plain and not is_writable(key):
        raise InvalidName(f"The name {_shown(name)} holds half of a surrogate pair; it cannot be written in UTF-8.")
    length = len(key) if plain else len(key.encode())
    if length > LONGEST_KEY:
        raise InvalidName(f"The name {_shown(name)} makes a key of {length} bytes; {LONGEST_KEY} are allowed.")


def _shown(name: str) -> str:
    text = str(name)
    return ascii(text if len(text) <= 100 else f"{text[:97]}...")
