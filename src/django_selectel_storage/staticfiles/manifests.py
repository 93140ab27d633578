"""The manifest of a run, the one that sites use meanwhile, and the copies of both that tell what must not be pruned.

A copy lies in the location under ``staticfiles.json.history/``, named by its content; its date is the store's.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timezone
from typing import Any

from django.contrib.staticfiles.storage import ManifestFilesMixin

from django_selectel_storage.exceptions import StorageError
from django_selectel_storage.headers import ObjectHeaders
from django_selectel_storage.protocols.base import ObjectInfo
from django_selectel_storage.protocols.reading import Stretch
from django_selectel_storage.staticfiles.local import LocalClient
from django_selectel_storage.staticfiles.plan import HISTORY, Stored, copy_name, paths_of, superfluous
from django_selectel_storage.staticfiles.upload import Destination
from django_selectel_storage.transport.body import BytesBody

log = logging.getLogger(__name__)

_TOGETHER = 1000  # files that are deleted between two looks at the copies


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
        self._storage, self._twin, self._local, self._place = storage, twin, local, place
        self._name: str = getattr(twin, "manifest_name", "")
        self._key = place.prefix + self._name
        self._lies_here = self.has_manifest and storage.manifest_storage is storage
        self._announced = ""

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
        if self._lies_here:
            return self._place.has(self._key, self._local.objects[self._key].made, stored.get(self._key))
        return bool(self._storage.read_manifest() == self.text)

    def announce(self, stored: Collection[str]) -> None:
        """Keep a copy of the manifest to come, and of the one in use: nobody prunes from now on what they name."""
        if not self._lies_here or self._key in stored:
            in_use = self._storage.read_manifest()
            if in_use is not None and self._copy_key(in_use) not in stored:
                self._keep(in_use)
        text = self.text or ""
        self._keep(text)
        self._announced = "" if self._copy_key(text) in stored else self._copy_key(text)

    def withdraw(self) -> None:
        """Remove the copy of a manifest that never came into use."""
        if not self._announced:
            return
        try:
            self._place.client.delete(self._announced)
        except StorageError as error:
            log.warning("The copy of a manifest that did not come into use remains: %s", error)

    def commit(self) -> None:
        """Put the manifest into use: in one request if it lies in an object store."""
        if self._lies_here:
            self._place.upload(self._local, self._key)
        self._storage.hashed_files = self._twin.hashed_files
        if not self._lies_here:
            self._storage.save_manifest()
        self._storage.manifest_hash = self._twin.manifest_hash

    def prunable(self, stored: Collection[str], runs: int) -> Iterator[list[str]]:
        """Give the keys of hashed files that no manifest of the last runs names, and of the copies of older manifests.

        Args:
            stored: the keys of all files in the location.
            runs: how many manifests count, that of this run included.

        Returns:
            Batches to delete; before each it is looked whether another run has announced a manifest meanwhile.
        """
        copies = sorted(self._copies(), key=_date, reverse=True)
        texts = {info.key: self._read(info.key) for info in copies}
        recent = [info.key for info in copies[:runs]]
        old = [key for key in texts if key not in {*recent, *self.own_keys}]
        in_use = self._storage.read_manifest()
        kept = [paths_of(text) for text in (*(texts[key] for key in recent), self.text or "", in_use or "")]
        names = [key[len(self._place.prefix) :] for key in stored if not key.startswith(self.folder)]
        prunable = superfluous(names, kept, [paths_of(texts[key]) for key in old])
        for start in range(0, len(prunable), _TOGETHER):
            needed = self._newly_announced(texts)
            yield [self._place.prefix + name for name in prunable[start : start + _TOGETHER] if name not in needed]
        yield old

    def _newly_announced(self, known: Collection[str]) -> set[str]:
        texts = [self._read(info.key) for info in self._copies() if info.key not in known]
        return {hashed for text in texts for hashed in paths_of(text).values()}

    def _copies(self) -> list[ObjectInfo]:
        return list(self._place.listing(self._name + HISTORY))

    def _read(self, key: str) -> str:
        return Stretch(self._place.client, key, 0, None).read().decode()

    def _copy_key(self, text: str) -> str:
        return self._place.prefix + copy_name(self._name, text)

    def _keep(self, text: str) -> None:
        self._place.client.put(self._copy_key(text), BytesBody(text.encode()), ObjectHeaders("application/json"))


def _date(info: ObjectInfo) -> datetime:
    return info.last_modified or datetime.min.replace(tzinfo=timezone.utc)
