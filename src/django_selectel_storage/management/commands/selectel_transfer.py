"""`manage.py selectel_transfer SOURCE TARGET`: moves files between disks, containers and other Django storages."""

from __future__ import annotations

import secrets
import sys
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from django_selectel_storage.exceptions import SelectelException
from django_selectel_storage.transfer.mover import Wishes
from django_selectel_storage.transfer.places.find import place_of, source_of
from django_selectel_storage.transfer.places.probe import probe_for
from django_selectel_storage.transfer.plan import Shard, shard, workers
from django_selectel_storage.transfer.progress import Progress, Silence, progress_on
from django_selectel_storage.transfer.report import INTERRUPTED, SOME_FAILED, Report, Tally, number, printable
from django_selectel_storage.transfer.run import Run, Scope
from django_selectel_storage.transfer.values import Place


class Command(BaseCommand):
    """Copies everything that is not the same at the target; removes nothing."""

    help = gettext_noop("Copies files from one storage to another: what is there already and the same is skipped.")
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take both ends, and which files are to be moved and how."""
        parser.description = _(self.help)
        place = _("where the files are: an alias of STORAGES, a schema of SELECTEL_STORAGES, a DSN, or a folder")
        parser.add_argument("source", metavar="SOURCE", help=place)
        parser.add_argument("target", metavar="TARGET", help=_("where they are to be: the same"))
        parser.add_argument("--prefix", default="", help=_("only files whose names begin like this"))
        parser.add_argument("--workers", type=workers, default=16, help=_("files at a time (default: 16)"))
        parser.add_argument("--dry-run", action="store_true", help=_("only say what would be copied"))
        parser.add_argument("--verify", action="store_true", help=_("read every file back and compare it"))
        parser.add_argument("--shard", type=shard, default=Shard(), metavar="I/N", help=_("only share I (from 0) of N"))
        parser.add_argument("--report", metavar="FILE", help=_("write a line of JSON for each file"))

    def handle(self, *args: Any, source: str, target: str, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Move the files and tell of it.

        Raises:
            CommandError: nothing could be moved, or not everything (exit code 3), or somebody interrupted it (130).
        """
        try:
            ends = source_of(source), place_of(target)
            self._refuse_one_place(*ends, dry_run=options["dry_run"])
            tally = self._moved(*ends, options)
        except (SelectelException, OSError, ImproperlyConfigured, SuspiciousOperation, NotImplementedError) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError(_("Interrupted. The same command goes on from here."), returncode=INTERRUPTED) from None
        self._tell(tally)

    def _refuse_one_place(self, source: Place, target: Place, *, dry_run: bool) -> None:
        """Refuse to copy a place into itself: there would be no end of it."""
        overlap, probe = source.overlaps(target), probe_for(source, target)
        if probe and not overlap and dry_run:
            words = _(
                "SOURCE and TARGET are containers of one name, {container!r}, and may be the same one. A dry run "
                "writes nothing, so it does not find out; without --dry-run this is done first."
            )
            self.stderr.write(words.format(container=probe.target.options.container))
        elif overlap or (probe and probe.shows(secrets.token_hex(16))):
            raise CommandError(_("SOURCE and TARGET are the same place, or one lies in the other."))

    def _tell(self, tally: Tally) -> None:
        for outcome in tally.failures:
            self.stderr.write(printable(f"{outcome.pair.one.name}: {outcome.reason}"))
        if tally.failed:
            raise CommandError(f"{tally}. {_failed(tally)}", returncode=SOME_FAILED)
        self.stdout.write(f"{tally}.")

    def _moved(self, source: Place, target: Place, options: dict[str, Any]) -> Tally:
        wishes = Wishes(dry_run=options["dry_run"], verify=options["verify"])
        scope = Scope(options["prefix"], options["shard"], options["workers"])
        with ExitStack() as open_files:
            report = Report(open_files.enter_context(_opened(options["report"])) if options["report"] else None)
            progress: Progress = progress_on(sys.stderr) if options["verbosity"] else Silence()
            open_files.callback(progress.close)
            return Run(source, target, scope, wishes, report, progress).carry_out()


def _failed(tally: Tally) -> str:
    words = ngettext("{count} file failed.", "{count} files failed.", tally.failed)
    if tally.failed > len(tally.failures):
        words = ngettext(
            "{count} file failed (the first of them above).",
            "{count} files failed (the first of them above).",
            tally.failed,
        )
    return words.format(count=number(tally.failed))


def _opened(path: str) -> Any:
    try:
        return Path(path).open("w", encoding="utf-8", buffering=1)
    except OSError as error:
        words = _("The report {path!r} cannot be written: {reason}.")
        raise CommandError(words.format(path=path, reason=error.strerror)) from error
