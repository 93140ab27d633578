"""Header fields of stored objects, as both protocols read and write them. Pure."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import MAXYEAR, MINYEAR, datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any

from django_selectel_storage.exceptions import DamagedTransfer, StorageError
from django_selectel_storage.headers import FURTHER
from django_selectel_storage.option_values import UNFIT
from django_selectel_storage.protocols.base import ObjectInfo, ObjectRange
from django_selectel_storage.transport.messages import Answer, Headers

MOST_MARKS = 1_000_000  # of a body's syntax; a page of a listing has some 50,000
IDENTITY = {"Accept-Encoding": "identity"}  # no encoding but the one that is stored
_KEPT = frozenset({"cache-control", "content-disposition", "content-language", "content-encoding", *FURTHER})
_ENCODED_WORD = re.compile(r"=\?utf-8\?b\?([A-Za-z0-9+/]*={0,2})\?=", re.IGNORECASE)
_MD5 = re.compile(r'"?([0-9a-f]{32})"?')
# Where one of these is set, an ETag is not the MD5 of the bytes: S3's encryption with other keys than its own, Swift's
# large objects.
_OTHER_TAGS = (
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-static-large-object",
    "x-object-manifest",
)
_CONTENT_RANGE = re.compile(r"bytes (?:(\d{1,19})-(\d{1,19})|\*)/(\d{1,19})")


def range_fields(start: int, stop: int | None, if_match: str) -> dict[str, str]:
    """The header fields that ask for the bytes from ``start`` up to but without ``stop``, of one version."""
    result = dict(IDENTITY)
    if start or stop is not None:
        result["Range"] = f"bytes={start}-{'' if stop is None else stop - 1}"
    if if_match:
        result["If-Match"] = f'"{if_match}"'
    return result


def wire_text(value: str) -> str:
    """Write text for a header: UTF-8, in the guise of Latin-1 that HTTP libraries expect."""
    return value if value.isascii() else value.encode().decode("latin-1")


def encoded_word(value: str) -> str:
    """Write text in ASCII (RFC 2047, section 2), the form in which S3 itself hands out other characters."""
    return value if value.isascii() and _is_safe(value) else _encoded(value)


def wire_metadata(value: str) -> str:
    """Write text in UTF-8, as Swift's clients do; encoded where it would be lost or misread."""
    return wire_text(value) if _is_safe(value) else _encoded(value)


def _is_safe(value: str) -> bool:
    return value == value.strip() and not _ENCODED_WORD.fullmatch(value) and not UNFIT.search(value)


def _encoded(value: str) -> str:
    return f"=?UTF-8?B?{b64encode(value.encode()).decode()}?="


def plain_text(value: str) -> str:
    """Read text of a header, in whichever of the two forms it was written."""
    match = _ENCODED_WORD.fullmatch(value) if value.startswith("=?") else None
    try:
        if match:
            return b64decode(match[1]).decode()
        return value if value.isascii() else value.encode("latin-1").decode()
    except ValueError:
        return value


def entity_tag(value: str) -> str:
    """Read an ETag, without quotes and without the mark of a weak one (RFC 9110, section 8.8.3)."""
    return value.removeprefix("W/").strip('"')


def proven_md5(headers: Mapping[str, str]) -> str:
    """Give the MD5 of an object's bytes, where its ETag is one; empty where it is, or may be, something else.

    No MD5 is the ETag of parts or segments, nor that of an object encrypted with a key of KMS or of the customer
    (Amazon S3 API Reference, "Object", ETag; OpenStack Swift, "Large Objects").

    Args:
        headers: the header fields of an answer, their names in lower case.
    """
    match = _MD5.fullmatch(headers.get("etag", ""))
    encryption = headers.get("x-amz-server-side-encryption", "AES256")
    if not match or encryption != "AES256" or any(headers.get(name) for name in _OTHER_TAGS):
        return ""
    return match[1]


def http_date(value: str) -> datetime | None:
    """Read an HTTP date (RFC 9110, section 5.6.7); None when it is none."""
    try:
        return _in_utc(parsedate_to_datetime(value))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def iso_date(value: str) -> datetime | None:
    """Read an ISO 8601 time of a listing, as UTC where it names no zone; None when it is none."""
    try:
        return _in_utc(datetime.fromisoformat(value.replace("Z", "+00:00")))
    except ValueError:
        return None


def _in_utc(date: datetime) -> datetime | None:
    """Give a time in UTC; None for one at an end of the calendar, which not every time zone can show."""
    if not MINYEAR < date.year < MAXYEAR:
        return None
    if date.tzinfo is None:
        return date.replace(tzinfo=timezone.utc)
    return date if date.tzinfo is timezone.utc else date.astimezone(timezone.utc)


def json_of(body: bytes, promised_by: str) -> Any:
    """Read JSON.

    Raises:
        StorageError: it is none, or would take far more memory than any answer needs.
    """
    try:
        if not is_overgrown(body, b"{[,"):
            return json.loads(body)
    except (ValueError, RecursionError):
        pass
    raise StorageError(f"The server's answer is not the JSON that {promised_by} promises.")


def is_overgrown(body: bytes, marks: bytes) -> bool:
    """Whether a body would become a tree far larger than itself: it has more syntax than any answer needs."""
    return len(body) > MOST_MARKS and sum(body.count(mark) for mark in marks) > MOST_MARKS


def length(value: str) -> int:
    """Read a number of bytes; 0 when it is none."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 20 else 0


def content_range(value: str) -> tuple[int, int, int] | None:
    """Read Content-Range (RFC 9110, section 14.4) as first byte, byte after the last, size of the whole.

    Returns:
        The three; None when they are not there, or contradict each other.
    """
    match = _CONTENT_RANGE.fullmatch(value.strip())
    if not match:
        return None
    if match[1] is None:
        return 0, 0, int(match[3])
    start, stop, size = int(match[1]), int(match[2]) + 1, int(match[3])
    return (start, stop, size) if start < stop <= size else None


def object_info(key: str, headers: Headers, metadata_prefix: str, size: int) -> ObjectInfo:
    """Read what the headers of an answer say of an object.

    Args:
        key: the object key.
        headers: the answer's header fields.
        metadata_prefix: what user metadata begins with in this protocol, in lower case.
        size: the object's size in bytes.
    """
    said = {name.lower(): headers[name] for name in headers}  # of a field that came twice, both values
    kept, metadata = {}, {}
    for name, value in said.items():
        if name in _KEPT:
            kept[name] = plain_text(value)
        elif name.startswith(metadata_prefix):
            metadata[name[len(metadata_prefix) :]] = plain_text(value)
    return ObjectInfo(
        key=key,
        size=size,
        etag=entity_tag(said.get("etag", "")),
        last_modified=http_date(said.get("last-modified", "")),
        content_type=said.get("content-type", ""),
        headers=kept,
        metadata=metadata,
        md5=proven_md5(said),
    )


def object_range(key: str, answer: Answer, metadata_prefix: str) -> ObjectRange:
    """Read the head of an answer whose bytes are still on their way: 200 brings all of it, 206 a part.

    Raises:
        DamagedTransfer: the answer does not say which bytes it brings.
    """
    if answer.incoming is None:
        raise DamagedTransfer(f"The answer for {key!r} brought no bytes.")
    if answer.status != 206:
        if not answer.headers.get("Content-Length"):
            answer.incoming.close()
            raise DamagedTransfer(f"The answer for {key!r} does not say how long it is (Content-Length).")
        size = length(answer.headers["Content-Length"])
        info = object_info(key, answer.headers, metadata_prefix, size)
        return ObjectRange(info, 0, size, answer.incoming)
    found = content_range(answer.headers.get("Content-Range", ""))
    if found is None:
        answer.incoming.close()
        raise DamagedTransfer(f"The answer for {key!r} does not say which bytes it brings (Content-Range).")
    start, stop, whole = found
    return ObjectRange(object_info(key, answer.headers, metadata_prefix, whole), start, stop, answer.incoming)
