"""Clocks: this machine's beside the server's, and the life of a token."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from django_selectel_storage.doctor import network
from django_selectel_storage.doctor.case import Case
from django_selectel_storage.doctor.findings import Verdict, bad, good, skipped
from django_selectel_storage.exceptions import StorageError
from django_selectel_storage.protocols import fields
from django_selectel_storage.protocols.s3.wire import LARGEST_SKEW
from django_selectel_storage.protocols.swift.tokens import MARGIN

_NOTICEABLE = timedelta(minutes=1)
_TO_THE_SECOND = "%Y-%m-%d %H:%M:%S"
_TOLD_IN = timedelta(seconds=2)  # HTTP tells whole seconds, and an answer takes a while
_SET_THE_CLOCK = gettext_lazy("Let the system keep its clock right (NTP: timedatectl set-ntp true).")


def difference(case: Case) -> Verdict:
    """How far this machine's clock is from the server's; signatures and temporary URLs depend on both."""
    origin = network.origins(case.options)[0]
    try:
        answer = case.ask("HEAD", f"{origin}/")
    except StorageError as error:
        if error.status is not None or not case.options.proxy:
            raise
        return bad(
            str(error), _("Is the address in 'proxy' right, does the proxy run, and does it let this machine out?")
        )
    there = fields.http_date(answer.headers.get("Date", ""))
    if there is None:
        return skipped(_("{server} does not tell its time").format(server=urlsplit(origin).netloc))
    here = datetime.fromtimestamp(case.clock(), timezone.utc)
    ahead = here - there
    if abs(ahead) <= _TOLD_IN:
        return good(_("this machine and the server agree"))
    apart = (
        _("this machine is {time} ahead of the server")
        if ahead > timedelta(0)
        else _("this machine is {time} behind the server")
    )
    detail = apart.format(time=_seconds(abs(ahead)))
    if abs(ahead) >= LARGEST_SKEW:
        both = _("{here} here, {there} there, UTC").format(
            here=f"{here:{_TO_THE_SECOND}}", there=f"{there:{_TO_THE_SECOND}}"
        )
        refused = _("S3 refuses signatures that are 15 minutes off, and temporary URLs end early.")
        return bad(f"{detail} ({both})", f"{refused} {_SET_THE_CLOCK}")
    return good(detail, _SET_THE_CLOCK if abs(ahead) > _NOTICEABLE else "")


def token(case: Case) -> Verdict:
    """How long a token lives; one that ends at once means a login with every request."""
    if case.options.protocol == "s3":
        return skipped(_("S3 signs each request and has no tokens"))
    life = case.token.life
    if life is None:
        return good(_("the server does not tell how long a token lives; an hour is assumed"))
    if life < MARGIN:
        return bad(
            _("a new token ends in {time}").format(time=_seconds(timedelta(seconds=life))),
            _("The clocks of login and storage are apart, or its tokens live too short: ask the server's owner."),
        )
    return good(_("a new token lives for {time}").format(time=_seconds(timedelta(seconds=life))))


def _seconds(span: timedelta) -> str:
    return str(timedelta(seconds=round(span.total_seconds())))
