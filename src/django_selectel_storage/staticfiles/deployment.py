"""What a run does, in order: first what nobody sees yet, then what is seen, and what goes away at the very end.

No file that a manifest in use names is missing at any moment, wherever the run is interrupted; unless ``--clear`` asks
for all to be deleted that this run has not made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from django_selectel_storage.staticfiles.local import LocalClient
from django_selectel_storage.staticfiles.manifests import Manifests
from django_selectel_storage.staticfiles.plan import Plan, Stored
from django_selectel_storage.staticfiles.progress import Show
from django_selectel_storage.staticfiles.upload import Destination


@dataclass(frozen=True, slots=True)
class Wishes:
    """The options of the command.

    Attributes:
        prune: how many manifests keep their files, that of this run included; None to prune nothing.
        clear: whether to delete everything in the location that this run has not made.
        refresh_headers: whether to describe unchanged files anew where their headers would be others today.
        dry_run: whether to store and delete nothing.
    """

    prune: int | None = None
    clear: bool = False
    refresh_headers: bool = False
    dry_run: bool = False


@dataclass(slots=True)
class Outcome:
    """The keys of what was uploaded, described anew, deleted; of a dry run, what would have been."""

    uploaded: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    described: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)


class Deployment:
    """One run.

    Args:
        storage: the user's storage.
        twin: its copy that stores locally, after it has post-processed.
        local: where that stored.
        place: the location in the real store.
        wishes: the options of the command.
        show: shows how far the uploads are.

    Attributes:
        all_in_use: whether everything is stored by now, and the manifest of this run in use.
    """

    def __init__(
        self, storage: Any, twin: Any, local: LocalClient, place: Destination, wishes: Wishes, show: Show
    ) -> None:
        self._manifests = Manifests(storage, twin, local, place)
        self._local, self._place, self._wishes, self._show = local, place, wishes, show
        own = self._manifests.own_keys
        self._made = {key: found.made for key, found in local.objects.items() if key not in own}
        self._outcome = Outcome()
        self.all_in_use = False

    def run(self) -> Outcome:
        """Bring the location up to date.

        Raises:
            FilesFailed: some files could not be stored, or described anew.
            DeletionFailed: some files could not be deleted.
            StorageError: the store did not do something else; ``all_in_use`` tells how far things have come.
        """
        stored = self._listed()
        todo = self._place.compared(self._made, stored)
        self._outcome.unchanged = todo.unchanged
        new_manifest = not self._manifests.is_in_use(stored)
        if self._wishes.dry_run:
            self._outcome.uploaded = [*todo.new, *todo.replaced]
        elif new_manifest:
            self._store_with_manifest(todo, stored)
        else:
            self._store(todo)
        self.all_in_use = not self._wishes.dry_run
        if self._wishes.refresh_headers:
            self._describe(todo.unchanged)
        self._delete(stored)
        return self._outcome

    def _listed(self) -> dict[str, Stored]:
        """List the location; what this run has not made is kept in memory only where it may be deleted."""
        copies = self._manifests.folder if self._manifests.has_manifest else None
        relevant = self._made.keys() | self._manifests.own_keys
        all_of_them = self._wishes.clear or self._wishes.prune is not None
        return {
            info.key: Stored(info.size, info.etag)
            for info in self._place.listing()
            if all_of_them or info.key in relevant or (copies and info.key.startswith(copies))
        }

    def _store_with_manifest(self, todo: Plan, stored: Collection[str]) -> None:
        self._manifests.announce(stored)
        try:
            self._store(todo)
            self._upload(self._vanished(todo.unchanged))
            self._manifests.commit()
        finally:
            self._manifests.withdraw()

    def _store(self, todo: Plan) -> None:
        """Upload: first what is new, which nobody asks for yet; when all of it is there, what replaces something."""
        keys = [*todo.new, *todo.replaced]
        size = sum(self._made[key].size for key in keys)
        if not keys:
            return
        with self._show(len(keys), size) as step:
            for wave in (todo.new, todo.replaced):
                self._upload(wave, lambda key: step(self._made[key].size))

    def _vanished(self, unchanged: Collection[str]) -> list[str]:
        """Look again: another run may have pruned what this one relies on, before the announcement could keep it."""
        missing = set(unchanged)
        if missing:
            for info in self._place.listing():
                missing.discard(info.key)
        return sorted(missing)

    def _upload(self, keys: Collection[str], done: Callable[[str], object] = lambda _: None) -> None:
        self._place.each(lambda key: self._place.upload(self._local, key), keys, done)
        self._outcome.uploaded += keys

    def _describe(self, unchanged: Collection[str]) -> None:
        def describe(key: str) -> None:
            if self._place.describe(self._local, key, dry_run=self._wishes.dry_run):
                self._outcome.described.append(key)

        self._place.each(describe, unchanged)

    def _delete(self, stored: Collection[str]) -> None:
        if self._wishes.clear:
            kept = self._made.keys() | self._manifests.own_keys
            self._remove([key for key in stored if key not in kept])
        elif self._wishes.prune is not None:
            for keys in self._manifests.prunable(stored, self._wishes.prune):
                self._remove([key for key in keys if key not in self._made])

    def _remove(self, keys: Collection[str]) -> None:
        if keys and not self._wishes.dry_run:
            self._place.remove(keys)
        self._outcome.deleted += keys
