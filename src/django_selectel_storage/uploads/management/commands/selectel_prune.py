"""`manage.py selectel_prune`: shows what direct uploads have left behind, and removes it when asked to."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from django_selectel_storage.exceptions import StorageError
from django_selectel_storage.uploads.leftovers import Leftovers, endangered, of_storage, storages
from django_selectel_storage.uploads.settings import upload_settings


class Command(BaseCommand):
    """Removes staged files and unfinished uploads that are too old to be finished."""

    help = gettext_noop(
        "Shows the staged files and the unfinished uploads that are older than a given age, in the folders that direct "
        "uploads go to. With --delete they are removed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the age, and the wish to delete."""
        parser.description = _(self.help)
        parser.add_argument(
            "--older-than", type=float, default=48.0, metavar="HOURS", help=_("default: 48; at least MAX_AGE")
        )
        parser.add_argument("--delete", action="store_true", help=_("remove them; otherwise they are only shown"))

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Show what is there; remove it, if that is wished."""
        wishes = upload_settings()
        age = timedelta(hours=options["older_than"])
        if age < timedelta(seconds=wishes.max_age):
            words = _(
                "Uploads may be finished and used for {hours} hours (MAX_AGE in SELECTEL_UPLOADS): --older-than must "
                "not be less."
            )
            raise CommandError(words.format(hours=f"{wishes.max_age / 3600:g}"))
        live = endangered(wishes.staging)
        if live:
            words = _("The files of {fields} lie in the folder STAGING of SELECTEL_UPLOADS: choose another one.")
            raise CommandError(words.format(fields=", ".join(live)))
        try:
            for storage, folders in storages().items():
                found = of_storage(storage, wishes.staging, folders, timezone.now() - age)
                self._tell(found)
                if options["delete"]:
                    found.remove()
        except StorageError as error:
            raise CommandError(str(error)) from error
        removed, kept = pgettext("selectel_prune", "Removed."), _("Nothing was removed: that takes --delete.")
        self.stdout.write(removed if options["delete"] else kept)

    def _tell(self, found: Leftovers) -> None:
        self.stdout.write(f"{found.storage.options.container}/{found.storage.options.location}".rstrip("/") + ":")
        for info in found.files:
            words = _("  staged      {key}  {size}  {time}")
            self.stdout.write(words.format(key=info.key, size=filesizeformat(info.size), time=info.last_modified))
        for upload in found.uploads:
            self.stdout.write(_("  unfinished  {key}  {time}").format(key=upload.key, time=upload.begun))
        if not found.files and not found.uploads:
            self.stdout.write(_("  nothing"))
