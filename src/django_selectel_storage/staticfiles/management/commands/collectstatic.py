"""`manage.py collectstatic`: Django's own command on a storage that stores locally; then everything goes up at once.

With storages of others it is Django's own command.
"""

from __future__ import annotations

import copy
import time
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib.staticfiles.management.commands import collectstatic
from django.contrib.staticfiles.storage import ManifestFilesMixin
from django.core.management.base import CommandError, CommandParser
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from django_selectel_storage import conf, names
from django_selectel_storage.exceptions import MissingReference, SelectelException
from django_selectel_storage.protocols.base import ObjectClient
from django_selectel_storage.staticfiles import progress
from django_selectel_storage.staticfiles.deployment import Deployment, Outcome, Wishes
from django_selectel_storage.staticfiles.local import LocalClient
from django_selectel_storage.staticfiles.upload import Destination, FilesFailed
from django_selectel_storage.storage import SelectelStorage

CONCURRENCY = 16
KEPT_RUNS = 5

_STILL_THE_OLD = gettext_lazy(
    "Sites still find all files that they know, and the old manifest is in use. What is uploaded stays; run "
    "collectstatic again when the cause is mended."
)
_SOME_ARE_OLD = gettext_lazy("What is uploaded stays; run collectstatic again when the cause is mended.")
_ALL_ARE_IN_USE = gettext_lazy("All files that were collected are stored and in use.")


class Command(collectstatic.Command):
    """Collects static files into an object store: hashed here, compared with one listing, uploaded side by side."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._chosen: dict[str, Any] = {}
        self._summary = ""
        self.copied_files = _Names()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take all of Django's options and those of the object store."""
        super().add_arguments(parser)
        group = parser.add_argument_group(_("object store"))
        group.add_argument(
            "--concurrency",
            type=_count,
            default=CONCURRENCY,
            metavar="FILES",
            help=_("How many files are uploaded at a time; {count} unless said otherwise.").format(count=CONCURRENCY),
        )
        group.add_argument(
            "--prune",
            type=_count,
            nargs="?",
            const=KEPT_RUNS,
            metavar="RUNS",
            help=_(
                "Delete hashed files that no manifest of the last RUNS runs names, this one included; {count} unless "
                "said otherwise. Runs that changed nothing do not count."
            ).format(count=KEPT_RUNS),
        )
        group.add_argument(
            "--refresh-headers",
            action="store_true",
            help=_(
                "Also describe unchanged files anew (Cache-Control and the like) where the options say otherwise now."
            ),
        )

    def handle(self, **options: Any) -> str | None:
        """Collect.

        Raises:
            CommandError: something is not possible, or failed.
        """
        self._chosen = options
        if not isinstance(self.storage, SelectelStorage):
            self._refuse_own_options()
            return super().handle(**options)
        if options["link"]:
            raise CommandError(_("--link makes links on a disk, and the files go to an object store. Leave it out."))
        if options["prune"] is not None and not isinstance(self.storage, ManifestFilesMixin):
            raise CommandError(_("--prune needs a storage with a manifest, as SelectelManifestStaticStorage is one."))
        if options["clear"]:
            self._make_sure_of_clearing(self.storage)
        told = super().handle(**options)
        return self._summary if told else told

    def collect(self) -> dict[str, list[str]]:
        """Let Django collect into a folder, and bring what lies there to the object store."""
        if not isinstance(self.storage, SelectelStorage):
            return super().collect()
        started = time.monotonic()
        storage = getattr(self.storage, "_wrapped", self.storage)
        with TemporaryDirectory(prefix="collectstatic-") as folder:
            local = LocalClient(Path(folder), storage.options)
            twin = _twin(storage, local)
            with self._on(twin):
                collected: dict[str, list[str]] = super().collect()
            outcome = self._deployed(storage, twin, local)
        location = storage.options.location
        collected["modified"], collected["unmodified"], collected["deleted"] = (
            [names.storage_name(key, location) for key in keys]
            for keys in (outcome.uploaded, outcome.unchanged, outcome.deleted)
        )
        self._tell(collected, outcome, time.monotonic() - started)
        return collected

    # --- the two halves ----------------------------------------------------------------------------------------------

    @contextmanager
    def _on(self, twin: SelectelStorage) -> Iterator[None]:
        """Let Django's command store into the twin; nothing that it does there is a dry run."""
        storage, dry_run = self.storage, self.dry_run
        self.storage, self.dry_run = twin, False
        try:
            yield
        except MissingReference as error:
            raise CommandError(str(error)) from error
        finally:
            self.storage, self.dry_run = storage, dry_run

    def _deployed(self, storage: SelectelStorage, twin: SelectelStorage, local: LocalClient) -> Outcome:
        wishes = Wishes(self._chosen["prune"], self.clear, self._chosen["refresh_headers"], self.dry_run)
        place = Destination(storage, self._chosen["concurrency"])
        deployment = Deployment(storage, twin, local, place, wishes, self._show())
        try:
            return deployment.run()
        except SelectelException as error:
            words = [str(error)]
            if deployment.all_in_use:
                words.append(str(_ALL_ARE_IN_USE))
            elif isinstance(error, FilesFailed):
                words.append(str(_STILL_THE_OLD if isinstance(storage, ManifestFilesMixin) else _SOME_ARE_OLD))
            raise CommandError("\n".join(words)) from error

    # --- what is refused ---------------------------------------------------------------------------------------------

    def _refuse_own_options(self) -> None:
        for name in ("prune", "refresh_headers"):
            if self._chosen[name]:
                words = _("--{option} works with the storages of django_selectel_storage; this is another one.")
                raise CommandError(words.format(option=name.replace("_", "-")))

    def _make_sure_of_clearing(self, storage: SelectelStorage) -> None:
        """Refuse to empty a whole container by accident."""
        container = storage.options.container
        if storage.options.location:
            return
        if not _sets_an_empty_location(storage):
            words = _(
                "--clear would delete everything in the container {container!r} that is no static file: the storage's "
                "'location' names no folder. Set it to a folder of the static files; or to '' if the container holds "
                "nothing else."
            )
            raise CommandError(words.format(container=container))
        question = _(
            "This will DELETE everything in the container {container!r} that is not collected now.\n"
            "Type the container's name to continue: "
        ).format(container=container)
        if self._chosen["interactive"] and not self._chosen["dry_run"] and input(question) != container:
            raise CommandError(_("Collecting static files cancelled."))

    # --- what is told ------------------------------------------------------------------------------------------------

    def _show(self) -> progress.Show:
        if self.verbosity < 1:
            return progress.nothing
        if self.stderr.isatty():
            return partial(progress.bar, self.stderr)
        return partial(progress.lines, partial(self.log, level=1))

    def _tell(self, collected: dict[str, list[str]], outcome: Outcome, seconds: float) -> None:
        uploading, deleting = (
            (_("Pretending to upload '{name}'"), _("Pretending to delete '{name}'"))
            if self.dry_run
            else (_("Uploaded '{name}'"), _("Deleted '{name}'"))
        )
        level = 1 if self.dry_run else 2
        for words, told in ((uploading, collected["modified"]), (deleting, collected["deleted"])):
            for name in told:
                self.log(words.format(name=name), level)
        summary = (
            _("Static files: {counts} in {seconds} seconds (dry run).")
            if self.dry_run
            else _("Static files: {counts} in {seconds} seconds.")
        )
        counts = ", ".join(self._counts(outcome, len(collected["post_processed"])))
        self._summary = "\n" + summary.format(counts=counts, seconds=number_format(f"{seconds:.1f}", 1))

    def _counts(self, outcome: Outcome, post_processed: int) -> Iterator[str]:
        """Say how many files came to what; the first two are said in any case."""
        yield pgettext("collectstatic", "{count} uploaded").format(count=len(outcome.uploaded))
        yield pgettext("collectstatic", "{count} unchanged").format(count=len(outcome.unchanged))
        gone = (
            pgettext("collectstatic", "{count} deleted") if self.clear else pgettext("collectstatic", "{count} pruned")
        )
        further = (
            (pgettext("collectstatic", "{count} post-processed"), post_processed),
            (pgettext("collectstatic", "{count} described anew"), len(outcome.described)),
            (gone, len(outcome.deleted)),
        )
        yield from (words.format(count=count) for words, count in further if count)


class _Names(list[str]):
    """Names that are looked up as quickly as in a set: Django's command asks for each file whether it is in here."""

    def __init__(self) -> None:
        super().__init__()
        self._known: set[str] = set()

    def append(self, name: str) -> None:
        """Take a name."""
        self._known.add(name)
        super().append(name)

    def __contains__(self, name: object) -> bool:
        return name in self._known


def _sets_an_empty_location(storage: SelectelStorage) -> bool:
    """Whether ``location`` was set to ``""`` itself: ``"/"`` and None come to the same, and may be slips."""
    given = storage._arguments  # noqa: SLF001 - the options no longer tell how they were written
    if "location" in given.keywords:
        return given.keywords["location"] == ""
    schema = conf.schema_of(given)
    return schema is not None and conf.schema_options(schema).get("location") == ""


def _twin(storage: SelectelStorage, local: LocalClient) -> SelectelStorage:
    """Copy the user's storage, and let the copy store locally; URLs in stylesheets need no host and no signature."""
    twin = copy.copy(storage)
    client: ObjectClient = local
    twin.__dict__["client"] = client
    # With conditions, each file would get a mark of its own, and none would be described as it is in the store.
    twin.__dict__["options"] = replace(
        storage.options, custom_domain=None, querystring_auth=False, conditional_writes=False
    )
    if isinstance(twin, ManifestFilesMixin):
        twin.manifest_storage = twin
    return twin


def _count(text: str) -> int:
    """Read a number of one or more."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(_("{text!r} is not a number of 1 or more.").format(text=text))
    return int(text)
