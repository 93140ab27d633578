"""Clocks: this machine's beside the server's, and the life of a token."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

from django_selectel_storage.doctor import network
from django_selectel_storage.doctor.case import Case
from django_selectel_storage.doctor.findings import Verdict, bad, good, skipped
from django_selectel_storage.protocols import fields
from django_selectel_storage.protocols.s3.wire import LARGEST_SKEW
from django_selectel_storage.protocols.swift.tokens import MARGIN

_NOTICEABLE = timedelta(minutes=1)
_TOLD_IN = timedelta(seconds=2)  # HTTP tells whole seconds, and an answer takes a while
_SET_THE_CLOCK = "Let the system keep its clock right (NTP: timedatectl set-ntp true)."


def difference(case: Case) -> Verdict:
    """How far this machine's clock is from the server's; signatures and temporary URLs depend on both."""
    origin = network.origins(case.options)[0]
    answer = case.ask("HEAD", f"{origin}/")
    there = fields.http_date(answer.headers.get("Date", ""))
    if there is None:
        return skipped(f"{urlsplit(origin).netloc} does not tell its time")
    here = datetime.fromtimestamp(case.clock(), timezone.utc)
    ahead = here - there
    if abs(ahead) <= _TOLD_IN:
        return good("this machine and the server agree")
    detail = f"this machine is {_seconds(abs(ahead))} {'ahead of' if ahead > timedelta(0) else 'behind'} the server"
    if abs(ahead) >= LARGEST_SKEW:
        return bad(
            f"{detail} ({here:%Y-%m-%d %H:%M:%S} here, {there:%Y-%m-%d %H:%M:%S} there, UTC)",
            f"S3 refuses signatures that are 15 minutes off, and temporary URLs end early. {_SET_THE_CLOCK}",
        )
    return good(detail, _SET_THE_CLOCK if abs(ahead) > _NOTICEABLE else "")


def token(case: Case) -> Verdict:
    """How long a token lives; one that ends at once means a login with every request."""
    if case.options.protocol == "s3":
        return skipped("S3 signs each request and has no tokens")
    life = case.token.life
    if life is None:
        return good("the server does not tell how long a token lives; an hour is assumed")
    if life < MARGIN:
        return bad(
            f"a new token ends in {_seconds(timedelta(seconds=life))}",
            "The clocks of login and storage are apart, or its tokens live too short: ask the server's owner.",
        )
    return good(f"a new token lives for {_seconds(timedelta(seconds=life))}")


def _seconds(span: timedelta) -> str:
    return str(timedelta(seconds=round(span.total_seconds())))
