"""The manifest of a run, the one that sites use meanwhile, and the copies of both that tell what must not be pruned.

The copies lie in the location under ``staticfiles.json.history/``: of a manifest that came into use under its MD5, of
one to come under ``coming-`` and something random. Their dates are the store's.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from secrets import token_hex
from typing import Any

from django.contrib.staticfiles.storage import ManifestFilesMixin

from django_selectel_storage.exceptions import ObjectNotFound, StorageError
from django_selectel_storage.headers import ObjectHeaders
from django_selectel_storage.protocols.base import ObjectInfo
from django_selectel_storage.protocols.reading import Stretch
from django_selectel_storage.staticfiles.local import LocalClient
from django_selectel_storage.staticfiles.plan import HISTORY, Stored, copy_name, paths_of, superfluous
from django_selectel_storage.staticfiles.upload import Destination
from django_selectel_storage.transport.body import BytesBody

log = logging.getLogger(__name__)

_COMING = "coming-"
_LONGEST_RUN = timedelta(days=1)  # a copy of a manifest to come that is older is left over from a run that was killed
_TOGETHER = 1000  # files that are deleted between two looks at the copies
_LOOKS = 5  # at copies of which some go meanwhile
_NEWEST = datetime.max.replace(tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True)
class Copy:
    """The copy of a manifest; of one that came into use again, the date is another one."""

    key: str
    date: datetime


class Manifests:
    """The manifests of one location.

    Args:
        storage: the user's storage.
        twin: its copy that stores locally, after it has post-processed.
        local: where that stored.
        place: the location.
    """

    def __init__(self, storage: Any, twin: Any, local: LocalClient, place: Destination) -> None:
        self.has_manifest = isinstance(twin, ManifestFilesMixin)
        self.text: str | None = twin.read_manifest() if self.has_manifest else None
        self._paths: dict[str, str] = {} if self.text is None else twin.hashed_files
        self._hash: str = "" if self.text is None else twin.manifest_hash
        self._storage, self._local, self._place = storage, local, place
        self._name: str = getattr(twin, "manifest_name", "")
        self._key = place.prefix + self._name
        self._lies_here = self.has_manifest and storage.manifest_storage is storage
        self._coming = f"{self.folder}{_COMING}{token_hex(8)}.json"

    @property
    def own_keys(self) -> frozenset[str]:
        """The keys of the manifest of this run and of its copy."""
        if self.text is None:
            return frozenset()
        return frozenset({self._key, self._place.prefix + copy_name(self._name, self.text)})

    @property
    def folder(self) -> str:
        """What the keys of the copies begin with."""
        return self._key + HISTORY

    def is_in_use(self, stored: Mapping[str, Stored]) -> bool:
        """Whether sites use the manifest of this run already, or there is none to use."""
        if self.text is None:
            return True
        if self._lies_here and self._place.lists_at_once:
            return self._place.has(self._key, self._local.objects[self._key].made, stored.get(self._key))
        return bool(self._storage.read_manifest() == self.text)

    def announce(self, stored: Collection[str]) -> None:
        """Keep a copy of the manifest to come, and of the one in use: nobody prunes from now on what they name."""
        if not self._lies_here or self._key in stored:
            in_use = self._storage.read_manifest()
            if in_use is not None and self._copy_key(in_use) not in stored:
                self._keep(self._copy_key(in_use), in_use)
        self._keep(self._coming, self.text or "")

    def withdraw(self) -> None:
        """Remove the copy of the manifest to come: it has come, or will not."""
        try:
            self._place.client.delete(self._coming)
        except StorageError as error:
            log.warning("The copy of a manifest that was to come remains, for a day at the least: %s", error)

    def commit(self) -> None:
        """Put the manifest into use: in one request if it lies in an object store."""
        if self._lies_here:
            self._place.upload(self._local, self._key)
        self._storage.hashed_files = self._paths
        if not self._lies_here:
            self._storage.save_manifest()
        self._storage.manifest_hash = self._hash
        try:
            self._keep(self._copy_key(self.text or ""), self.text or "")
        except StorageError as error:
            log.warning("The new manifest is in use; the next run will keep the copy of it that is missing: %s", error)

    def prunable(self, stored: Collection[str], runs: int) -> Iterator[list[str]]:
        """Give the keys of hashed files that no manifest of the last runs names, and of the copies of older manifests.

        Args:
            stored: the keys of all files in the location.
            runs: how many manifests count, that of this run included.

        Returns:
            Batches to delete; before each it is looked whether another run has announced a manifest meanwhile.
        """
        texts = self._copies()
        kept = self._kept(texts, runs)
        old = [copy for copy in texts if copy not in kept]
        in_use = self._storage.read_manifest() or ""
        names = [key[len(self._place.prefix) :] for key in stored if not key.startswith(self.folder)]
        prunable = superfluous(
            names,
            [paths_of(text) for text in (*(texts[copy] for copy in kept), self.text or "", in_use)],
            [paths_of(texts[copy]) for copy in old],
        )
        for start in range(0, len(prunable), _TOGETHER):
            needed = self._needed_meanwhile(texts)
            yield [self._place.prefix + name for name in prunable[start : start + _TOGETHER] if name not in needed]
        came_again = {copy.key for copy in self._copies(texts)}
        yield [copy.key for copy in old if copy.key not in came_again]

    def _kept(self, copies: Collection[Copy], runs: int) -> set[Copy]:
        """Give the copies that count: that of this run, those of the last ones before, those that may still come."""
        by_date = sorted(copies, key=lambda copy: copy.date, reverse=True)
        coming = [copy for copy in by_date if copy.key.startswith(self.folder + _COMING)]
        own = [copy for copy in by_date if copy.key in self.own_keys]
        others = [copy for copy in by_date if copy not in coming and copy not in own]
        # Listings tell whole seconds: which of two copies of one second is the newer one, nobody knows.
        since = min((copy.date for copy in (*own, *others[: runs - 1])), default=_NEWEST)
        newest = by_date[0].date if by_date else _NEWEST
        may_come = (copy for copy in coming if newest - copy.date < _LONGEST_RUN)
        return {*own, *may_come, *(copy for copy in others if copy.date >= since)}

    def _needed_meanwhile(self, known: Collection[Copy]) -> set[str]:
        """Give the hashed names of manifests that were announced, or came into use, since the copies were looked at."""
        texts = [*self._copies(known).values(), self._storage.read_manifest() or ""]
        return {hashed for text in texts for hashed in paths_of(text).values()}

    def _copies(self, known: Collection[Copy] = ()) -> dict[Copy, str]:
        """Read the copies that are not known; if one goes meanwhile, what took its place is in another listing."""
        texts: dict[Copy, str | None] = {}
        for _ in range(_LOOKS):
            listed = [Copy(info.key, _date(info)) for info in self._place.listing(self._name + HISTORY)]
            texts = {copy: self._read(copy.key) for copy in listed if copy not in known}
            if None not in texts.values():
                break
        return {copy: text for copy, text in texts.items() if text is not None}

    def _read(self, key: str) -> str | None:
        try:
            return Stretch(self._place.client, key, 0, None).read().decode()
        except ObjectNotFound:
            return None

    def _copy_key(self, text: str) -> str:
        return self._place.prefix + copy_name(self._name, text)

    def _keep(self, key: str, text: str) -> None:
        self._place.client.put(key, BytesBody(text.encode()), ObjectHeaders("application/json"))


def _date(info: ObjectInfo) -> datetime:
    return info.last_modified or datetime.min.replace(tzinfo=timezone.utc)
