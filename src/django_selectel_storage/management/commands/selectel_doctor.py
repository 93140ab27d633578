"""`manage.py selectel_doctor`: finds out why a storage does not work, and says what to do."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from django_selectel_storage.doctor import report
from django_selectel_storage.doctor.findings import Finding
from django_selectel_storage.doctor.patients import cases
from django_selectel_storage.doctor.run import examine

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from django_selectel_storage.doctor.case import Case


class Command(BaseCommand):
    """Examines storages; the exit code is 1 when something has to be mended."""

    help = gettext_noop("Examines storages on their servers, says what does not work and what to do.")
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the storages, the origins, and the form of the report."""
        parser.description = _(self.help)
        which = _("alias of STORAGES or schema of SELECTEL_STORAGES; default: all")
        parser.add_argument("alias", nargs="*", help=which)
        parser.add_argument("--json", action="store_true", help=_("write one JSON document"))
        parser.add_argument(
            "--origin",
            dest="origins",
            action="append",
            default=[],
            metavar="URL",
            help=_("web origin for CORS; repeatable"),
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Examine them one after the other."""
        try:
            chosen = cases(options["alias"], options["origins"])
        except LookupError as error:
            raise CommandError(str(error)) from None
        if not chosen:
            raise CommandError(_("The settings have no storage of this package: nothing to examine."))
        findings = self._documented(chosen) if options["json"] else {case.place: self._told(case) for case in chosen}
        if any(finding.is_bad for found in findings.values() for finding in found):
            sys.exit(1)

    def _documented(self, chosen: list[Case]) -> dict[str, list[Finding]]:
        """Examine them for a machine, which is told the same in every language."""
        with override(None):
            findings = {case.place: examine(case, lambda _: None) for case in chosen}
            self._write(report.as_json(findings))
        return findings

    def _told(self, case: Case) -> list[Finding]:
        self._write(case.place)
        findings = examine(case, lambda finding: self._write(report.line(finding)))
        self._write(report.summary(findings))
        return findings

    def _write(self, text: str) -> None:
        """Write a line, also to a terminal that does not have all its characters."""
        stream = getattr(self.stdout, "_out", self.stdout)  # Django 4.2's wrapper itself has no encoding
        encoding = getattr(stream, "encoding", None) or "utf-8"
        self.stdout.write(text.encode(encoding, "replace").decode(encoding))
        self.stdout.flush()
