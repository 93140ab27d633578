"""`manage.py selectel_headers STORAGE`: makes the headers of stored objects what the rules of the options say today."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from django_selectel_storage.exceptions import ConfigurationError, SelectelException
from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.transfer.describing import Described, Describing
from django_selectel_storage.transfer.places.find import storage_of
from django_selectel_storage.transfer.plan import workers
from django_selectel_storage.transfer.report import INTERRUPTED, SOME_FAILED, counted, number, printable
from django_selectel_storage.transfer.values import Result


class Command(BaseCommand):
    """Applies the header rules to what is stored already; bytes are not moved."""

    help = gettext_noop("Applies the storage's header rules to stored files, where they differ.")
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the storage, and which files."""
        parser.description = _(self.help)
        what = _("an alias of STORAGES, a schema of SELECTEL_STORAGES, or a DSN (default: default)")
        parser.add_argument("storage", metavar="STORAGE", nargs="?", default="default", help=what)
        parser.add_argument("--prefix", default="", help=_("only files whose names begin like this"))
        parser.add_argument("--workers", type=workers, default=16, help=_("files at a time (default: 16)"))
        parser.add_argument("--dry-run", action="store_true", help=_("only say what would be changed"))

    def handle(self, *args: Any, storage: str, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Go through the files and tell of those that differ.

        Raises:
            CommandError: nothing could be done, or not everything (exit code 3), or somebody interrupted it (130).
        """
        try:
            described = Describing(_selectel(storage), dry_run=options["dry_run"])
            changed, same, failed = self._told(described, options)
        except (SelectelException, ImproperlyConfigured, SuspiciousOperation) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError(_("Interrupted. The same command goes on from here."), returncode=INTERRUPTED) from None
        done = _("{count} would be changed") if options["dry_run"] else _("{count} changed")
        words = [done.format(count=number(changed)), _("{count} as they should be").format(count=number(same))]
        if failed:
            words.append(counted(Result.FAILED, failed))
            raise CommandError(f"{', '.join(words)}.", returncode=SOME_FAILED)
        self.stdout.write(f"{', '.join(words)}.")

    def _told(self, describing: Describing, options: dict[str, Any]) -> tuple[int, int, int]:
        """Give how many were changed, are the same, failed."""
        changed = same = failed = 0
        for result in describing.carry_out(options["prefix"], options["workers"]):
            if result.reason:
                failed += 1
                self.stderr.write(printable(f"{result.name}: {result.reason}"))
            elif result.changes:
                changed += 1
                self._show(result, options["verbosity"], dry_run=options["dry_run"])
            else:
                same += 1
        return changed, same, failed

    def _show(self, result: Described, verbosity: int, *, dry_run: bool) -> None:
        """Name a file that differs, when somebody wants to know: in a dry run, or with ``-v 2``."""
        if verbosity > 1 or (dry_run and verbosity):
            changes = "; ".join(f"{name}: {before!r} -> {after!r}" for name, before, after in result.changes)
            self.stdout.write(printable(f"{result.name}: {changes}"))


def _selectel(text: str) -> SelectelStorage:
    storage = storage_of(text)
    if not isinstance(storage, SelectelStorage):
        words = _("{text!r} is no storage of this package, but a {kind}.")
        raise ConfigurationError(words.format(text=text, kind=type(storage).__name__))
    return storage
