"""`manage.py selectel_prune`: shows what direct uploads have left behind, and removes it when asked to."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from django_selectel_storage.exceptions import StorageError
from django_selectel_storage.uploads.leftovers import Leftovers, of_storage, storages
from django_selectel_storage.uploads.settings import upload_settings


class Command(BaseCommand):
    """Removes staged files and unfinished uploads that are too old to be finished."""

    help = (
        "Shows the staged files and the unfinished uploads that are older than a given age, in the folders that direct "
        "uploads go to. With --delete they are removed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the age, and the wish to delete."""
        parser.add_argument(
            "--older-than", type=float, default=48.0, metavar="HOURS", help="default: 48; at least MAX_AGE"
        )
        parser.add_argument("--delete", action="store_true", help="remove them; otherwise they are only shown")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Show what is there; remove it, if that is wished."""
        wishes = upload_settings()
        age = timedelta(hours=options["older_than"])
        if age < timedelta(seconds=wishes.max_age):
            raise CommandError(
                f"Uploads may be finished and used for {wishes.max_age / 3600:g} hours (MAX_AGE in SELECTEL_UPLOADS): "
                "--older-than must not be less."
            )
        try:
            for storage, folders in storages().items():
                found = of_storage(storage, wishes.staging, folders, timezone.now() - age)
                self._tell(found)
                if options["delete"]:
                    found.remove()
        except StorageError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Removed." if options["delete"] else "Nothing was removed: that takes --delete.")

    def _tell(self, found: Leftovers) -> None:
        self.stdout.write(f"{found.storage.options.container}/{found.storage.options.location}".rstrip("/") + ":")
        for info in found.files:
            self.stdout.write(f"  staged      {info.key}  {filesizeformat(info.size)}  {info.last_modified}")
        for upload in found.uploads:
            self.stdout.write(f"  unfinished  {upload.key}  {upload.begun}")
        if not found.files and not found.uploads:
            self.stdout.write("  nothing")
