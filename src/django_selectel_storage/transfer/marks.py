"""What a transfer writes beside an object's bytes, so that the next one knows it again. Pure.

``mtime`` (seconds since 1970, with a fraction) and ``md5chksum`` (base64) are written as rclone writes them on S3, so
that either knows what the other has moved.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone

from django_selectel_storage.headers import ORIGINAL_SIZE, OWN_METADATA, ObjectHeaders

MTIME = "mtime"
MD5 = "md5chksum"
SOURCE_ETAG = "source-etag"
_SECOND = 10**9  # nanoseconds
_SECONDS = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,9})[0-9]*)?")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_OURS = OWN_METADATA - {ORIGINAL_SIZE} | {MTIME, MD5, SOURCE_ETAG}
# Swift knows more than S3; a manifest is not among it: the bytes are moved, not the segments that they lie in.
_SHARED = frozenset({"expires"})
_OF_SWIFT = frozenset({"expires", "x-robots-tag", "x-delete-at"})


def nanoseconds(moment: datetime | None) -> int | None:
    """Give a time in nanoseconds since 1970; a naive one counts as UTC."""
    if moment is None:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    passed = aware - _EPOCH
    return (passed.days * 86400 + passed.seconds) * _SECOND + passed.microseconds * 1000


def mtime_text(modified: int) -> str:
    """Write a time as metadata."""
    seconds, fraction = divmod(abs(modified), _SECOND)
    sign = "-" if modified < 0 else ""
    return f"{sign}{seconds}.{fraction:09d}".rstrip("0") if fraction else f"{sign}{seconds}"


def modified(metadata: Mapping[str, str], otherwise: datetime | None) -> int | None:
    """Give the time of the last change: that of the metadata, or else that of the object."""
    match = _SECONDS.fullmatch(metadata.get(MTIME, ""))
    if not match:
        return nanoseconds(otherwise)
    passed = int(match[2]) * _SECOND + int((match[3] or "").ljust(9, "0"))
    return -passed if match[1] else passed


def md5(metadata: Mapping[str, str]) -> str:
    """Give the MD5 that a transfer has noted; empty when there is none."""
    try:
        digest = b64decode(metadata.get(MD5, ""), validate=True)
    except (binascii.Error, ValueError):
        return ""
    return digest.hex() if len(digest) == 16 else ""


def marked(
    ruled: ObjectHeaders, given: ObjectHeaders | None, *, swift: bool, notes: Mapping[str, str]
) -> ObjectHeaders:
    """Give what to store beside the bytes of a file that arrives.

    Args:
        ruled: what the target's options say of a new file.
        given: what the source has; it counts more than the rules.
        swift: whether the target speaks Swift.
        notes: the metadata that this transfer notes; empty where it has nothing to say.
    """
    noted = {name: text for name, text in notes.items() if text}
    if given is None:
        return replace(ruled, metadata={**ruled.metadata, **noted})
    kept = {name: text for name, text in given.metadata.items() if name not in _OURS}
    return ObjectHeaders(
        content_type=given.content_type or ruled.content_type,
        cache_control=given.cache_control or ruled.cache_control,
        content_disposition=given.content_disposition or ruled.content_disposition,
        content_language=given.content_language or ruled.content_language,
        content_encoding=given.content_encoding,
        metadata={**ruled.metadata, **kept, **noted},
        further={name: text for name, text in given.further.items() if name in (_OF_SWIFT if swift else _SHARED)},
    )


def md5_text(digest: str) -> str:
    """Write an MD5 as metadata; empty for an empty one."""
    return b64encode(bytes.fromhex(digest)).decode()
