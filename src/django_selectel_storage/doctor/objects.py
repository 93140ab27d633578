"""Objects: list, write, the condition of a write, read, delete, uploads in parts; all with probes that are removed."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from django_selectel_storage.doctor.case import CONTENT, PROBE, Case
from django_selectel_storage.doctor.findings import Verdict, bad, good, skipped
from django_selectel_storage.exceptions import ObjectExists, StorageError, TooManyRequests
from django_selectel_storage.names import folder_prefix
from django_selectel_storage.option_rules import SMALLEST_PART
from django_selectel_storage.protocols.factory import client_for

_START, _STOP = 2, 7  # the stretch of the probe that is read by itself
_HEAD_AND_PUT = gettext_lazy("Set conditional_writes=False: then a save looks first whether the name is free.")


def listing(case: Case) -> Verdict:
    """Whether the location can be listed."""
    found = case.client.list(folder_prefix("", case.options.location), limit=1)
    where = case.options.location or _("the container")
    seen = _("{place} can be listed") if found.keys else _("{place} can be listed; it is empty")
    return good(seen.format(place=where))


def writing(case: Case) -> Verdict:
    """Whether an object can be written below the location."""
    return good(_("wrote {key!r}").format(key=case.probes.stored()))


def condition(case: Case) -> Verdict:
    """Whether the server heeds ``If-None-Match: *``, and so which ``conditional_writes`` to set."""
    wanted = case.options.conditional_writes
    case.probes.stored()
    try:
        case.probes.put(PROBE, only_if_absent=True)
    except ObjectExists:
        return good(_("the server does not overwrite when it is told not to"), _advice(case, wanted))
    except TooManyRequests:
        raise
    except StorageError as error:
        seen = _("the server does not take a write with a condition: {error}").format(error=error)
    else:
        seen = _("the server ignored the condition and overwrote")
    if wanted is False:
        return good(_("{seen}; conditional_writes=False takes that into account").format(seen=seen))
    return bad(seen, _HEAD_AND_PUT)


def _advice(case: Case, wanted: bool | None) -> str:
    if wanted or (wanted is None and case.client.heeds_conditions):
        return ""
    return _("Set conditional_writes=True: it saves one request with each new file.")


def reading(case: Case) -> Verdict:
    """Whether what was written comes back."""
    incoming = case.client.get(case.probes.key()).incoming
    try:
        content = b"".join(incoming.chunks(len(CONTENT)))
    finally:
        incoming.close()
    if content != CONTENT:
        seen = ngettext(
            "{count} byte came back, and not what was written",
            "{count} bytes came back, and not those that were written",
            len(content),
        )
        return bad(seen.format(count=len(content)), _("Does a cache or proxy change?"))
    seen = ngettext(
        "the {count} byte came back as it was written",
        "the {count} bytes came back as they were written",
        len(CONTENT),
    )
    return good(seen.format(count=len(CONTENT)))


def ranged_reading(case: Case) -> Verdict:
    """Whether the server sends a part when it is asked for a part."""
    coming = case.client.get(case.probes.key(), _START, _STOP)
    try:
        stretch = (coming.start, coming.stop)
        content = b"".join(coming.incoming.chunks(len(CONTENT)))
    finally:
        coming.incoming.close()
    if stretch != (_START, _STOP) or content != CONTENT[_START:_STOP]:
        return bad(
            _("the server sent the whole object instead of a part"),
            _(
                "Files can be read, but each look into a large one fetches all of it. Is there a proxy before the "
                "server that drops the header Range?"
            ),
        )
    return good(_("a part comes when a part is asked for"))


def deletion(case: Case) -> Verdict:
    """Whether an object can be deleted, and is gone then."""
    key = case.probes.key()
    case.client.delete(key)
    if case.client.has(key):
        seen = _("{key!r} is still there after it was deleted").format(key=key)
        return bad(seen, _("Look for an object lock or a retention rule."))
    return good(_("a deleted object is gone"))


def parts(case: Case) -> Verdict:
    """Whether uploads in parts work; every file from ``multipart_threshold`` on goes that way."""
    options = case.options
    if options.protocol != "s3":
        return skipped(_("over Swift an object goes up in one request, of 5 GiB at most"))
    in_parts = client_for(replace(options, multipart_threshold=1, multipart_chunksize=SMALLEST_PART))
    case.probes.put("parts", in_parts)
    return good(_("an object was put together of parts"))
