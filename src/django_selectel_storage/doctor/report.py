"""How findings are written: a line each for people, JSON for machines. Opens nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from django_selectel_storage.doctor.findings import Finding

_WIDTH = 18  # characters of the longest title


def line(finding: Finding) -> str:
    """Write a finding for people; its hint goes into a line of its own."""
    verdict = finding.verdict
    text = f"  {verdict.state.mark} {finding.title:{_WIDTH}} {verdict.detail}"
    return f"{text}\n    → {verdict.hint}" if verdict.hint else text


def summary(findings: Sequence[Finding]) -> str:
    """Write the last line about a storage."""
    broken = [finding.title for finding in findings if finding.is_bad]
    if not broken:
        return _("  All is well.")
    return _("  {count} to mend: {titles}").format(count=len(broken), titles=", ".join(broken))


def as_json(storages: Mapping[str, Sequence[Finding]]) -> str:
    """Write everything for machines."""
    return json.dumps(
        {
            "ok": not any(finding.is_bad for findings in storages.values() for finding in findings),
            "storages": [
                {"storage": place, "findings": [_fields(finding) for finding in findings]}
                for place, findings in storages.items()
            ],
        },
        ensure_ascii=False,
        indent=2,
    )


def _fields(finding: Finding) -> dict[str, str]:
    return {
        "examination": finding.examination,
        "title": finding.title,
        "state": finding.verdict.state.value,
        "detail": finding.verdict.detail,
        "hint": finding.verdict.hint,
    }
