"""Whether, and when, a request is tried again. Pure: chance is an argument, nobody sleeps here.

Exponential back-off with full jitter; a server's ``Retry-After`` (RFC 9110, section 10.2.3) is the least that is
waited.
"""

from __future__ import annotations

from datetime import timezone
from email.utils import parsedate_to_datetime
from enum import Enum

FIRST_DELAY = 0.1  # seconds; doubled with each try
LONGEST_DELAY = 10.0  # seconds
LONGEST_RETRY_AFTER = 60.0  # seconds; a server that wants more is not waited for
RETRIED_STATUSES = frozenset({429, 500, 502, 503, 504})


class Outcome(Enum):
    """How a try ended."""

    FINAL = "an answer, or a failure that trying again would not mend"
    REFUSED = "nothing was done: no connection came about, or the server asked to come back later"
    UNKNOWN = "the server may have carried it out"


def outcome_of_status(status: int) -> Outcome:
    """Judge an answer by its status."""
    if status not in RETRIED_STATUSES:
        return Outcome.FINAL
    return Outcome.REFUSED if status in {429, 503} else Outcome.UNKNOWN


def next_delay(
    outcome: Outcome, *, tries: int, max_retries: int, idempotent: bool, chance: float, retry_after: float | None = None
) -> float | None:
    """Give the seconds to wait before the next try, or None when there is to be none.

    Args:
        outcome: how the last try ended.
        tries: how many there have been.
        max_retries: how many there may be beside the first.
        idempotent: whether carrying the request out twice does no harm.
        chance: a random number from 0 to 1.
        retry_after: what the server asked for, in seconds.
    """
    if outcome is Outcome.FINAL or tries > max_retries:
        return None
    if outcome is Outcome.UNKNOWN and not idempotent:
        return None
    backoff = chance * min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(tries, 30))
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
