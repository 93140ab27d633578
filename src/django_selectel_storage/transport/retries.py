"""Whether, and when, a request is tried again. Pure: chance is an argument, nobody sleeps here.

Exponential back-off with full jitter; a server's ``Retry-After`` (RFC 9110, section 10.2.3) is the least that is
waited.
"""

from __future__ import annotations

from datetime import timezone
from email.utils import parsedate_to_datetime

FIRST_DELAY = 0.2  # seconds at the most; doubled with each try
LONGEST_DELAY = 10.0  # seconds
LONGEST_RETRY_AFTER = 60.0  # seconds; a server that wants more is not waited for
RETRIED_STATUSES = frozenset({408, 429, 498, 500, 502, 503, 504})  # 408: our bytes came too slowly; 498: Swift's limit


def may_pass(status: int) -> bool:
    """Whether an answer of this status may be another one at the next try."""
    return status in RETRIED_STATUSES


def next_delay(*, tries: int, max_retries: int, chance: float, retry_after: float | None = None) -> float | None:
    """Give the seconds to wait before the next try, or None when there is to be none.

    Whatever is sent may be sent again: it is idempotent, or carries an ``upload-id`` by which its first try is known,
    or is a CreateMultipartUpload, of which one too many has no parts and is listed as unfinished.

    Args:
        tries: how many there have been.
        max_retries: how many there may be beside the first.
        chance: a random number from 0 to 1.
        retry_after: what the server asked for, in seconds.
    """
    if tries > max_retries:
        return None
    backoff = chance * min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(tries - 1, 30))
    if retry_after is None:
        return backoff
    return None if retry_after > LONGEST_RETRY_AFTER else retry_after + backoff


def parse_retry_after(value: str, now: float) -> float | None:
    """Read a Retry-After header: seconds, or a date; None when it says nothing usable."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        date = parsedate_to_datetime(text)
        return max(0.0, date.replace(tzinfo=date.tzinfo or timezone.utc).timestamp() - now)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
