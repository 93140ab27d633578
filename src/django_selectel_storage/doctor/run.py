"""Carries the examinations out, tells what each finds, and removes the probes whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.translation import gettext, pgettext

from django_selectel_storage.debug import without_secrets
from django_selectel_storage.doctor.case import Case
from django_selectel_storage.doctor.examinations import EXAMINATIONS, Examination
from django_selectel_storage.doctor.findings import Finding, State, Verdict, bad, skipped
from django_selectel_storage.exceptions import StorageError, TooManyRequests
from django_selectel_storage.options import SECRETS

Tell = Callable[[Finding], None]
_HIDDEN = "********"
_SHORTEST_SECRET = 4  # characters; to hide shorter ones would only spoil the text


def examine(case: Case, tell: Tell, examinations: Iterable[Examination] = EXAMINATIONS) -> list[Finding]:
    """Examine one storage.

    Args:
        case: the storage.
        tell: is told of each finding as soon as there is one.
        examinations: what to examine, in this order.

    Returns:
        All findings.
    """
    findings: list[Finding] = []

    def note(finding: Finding) -> None:
        findings.append(finding)
        tell(finding)

    try:
        _examine_all(case, note, examinations)
    finally:
        _remove_probes(case, note)
    return findings


def _examine_all(case: Case, note: Tell, examinations: Iterable[Examination]) -> None:
    out_of_reach: dict[str, str] = {}  # what failed or could not be examined, and the title of what was to blame
    for examination in examinations:
        title = str(examination.title)
        blame = next((out_of_reach[need] for need in examination.needs if need in out_of_reach), "")
        verdict = _because_of(blame) if blame else _verdict(case, examination)
        if blame or verdict.state is State.BAD:
            out_of_reach[examination.name] = blame or title
        note(Finding(examination.name, title, _masked(verdict, case)))


def _because_of(blame: str) -> Verdict:
    return skipped(gettext("not examined, because of: {title}").format(title=blame))


def _verdict(case: Case, examination: Examination) -> Verdict:
    try:
        return examination.examine(case)
    except TooManyRequests as error:
        case.throttled.append(str(examination.title))
        return bad(str(error), gettext("Too many requests; see the line about limits."))
    except StorageError as error:
        return bad(str(error), examination.hint)
    except Exception as error:  # noqa: BLE001 - an answer nobody thought of must not end the examination
        return bad(f"{type(error).__name__}: {error}", examination.hint)


def _remove_probes(case: Case, note: Tell) -> None:
    """Remove what was written; nothing was, where the container was never reached."""
    if "probes" not in vars(case):
        return
    detail = gettext("a write was interrupted; the server may still carry it out")
    try:
        case.probes.remove()
    except StorageError as error:
        detail = str(error)
    finally:
        left = ", ".join(case.probes.left())
        if left:
            verdict = bad(detail, gettext("Delete by hand: {keys}").format(keys=left))
            note(Finding("probe", pgettext("doctor", "Probe objects"), _masked(verdict, case)))


def _masked(verdict: Verdict, case: Case) -> Verdict:
    """Hide credentials, should a server's words repeat them."""
    return Verdict(verdict.state, _without(verdict.detail, case), _without(verdict.hint, case))


def _without(text: str, case: Case) -> str:
    if case.given is not None:
        for name in sorted(SECRETS):
            secret = str(getattr(case.given, name) or "")
            text = text.replace(secret, _HIDDEN) if len(secret) >= _SHORTEST_SECRET else text
    return without_secrets(text)
