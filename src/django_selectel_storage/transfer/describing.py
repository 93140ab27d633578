"""The headers of stored objects, made what the rules of today say; only those that differ are touched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from django_selectel_storage.exceptions import SelectelException
from django_selectel_storage.headers import ObjectHeaders
from django_selectel_storage.protocols.base import ObjectInfo, headers_of
from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.transfer.values import FATAL
from django_selectel_storage.transfer.work import unordered


@dataclass(frozen=True, slots=True)
class Described:
    """What became of an object's headers.

    Attributes:
        name: the storage name.
        changes: what differed: the header's or the metadata's name, what was stored, what the rules say.
        reason: why it could not be done; empty when it could.
    """

    name: str
    changes: tuple[tuple[str, str, str], ...] = ()
    reason: str = ""


class Describing:
    """Applies a storage's header rules to what is stored already.

    Args:
        storage: the storage.
        dry_run: only say what would be done.
    """

    def __init__(self, storage: SelectelStorage, *, dry_run: bool) -> None:
        self._storage = storage
        self._dry_run = dry_run

    def carry_out(self, prefix: str, workers: int) -> Iterator[Described]:
        """Go through all files whose names begin with a prefix, and tell of each."""
        return unordered(self._describe, self._storage.walk(prefix), workers)

    def _describe(self, listed: ObjectInfo) -> Described:
        try:
            info = self._storage.client.head(listed.key)
            now, wanted = headers_of(info), self._storage.described_anew(listed.name, info)
            changes = tuple(differences(now, wanted))
            if changes and not self._dry_run:
                self._storage.client.update_headers(info, wanted)
        except FATAL:
            raise
        except (SelectelException, OSError, ValueError) as error:
            return Described(listed.name, reason=str(error))
        return Described(listed.name, changes)


def differences(now: ObjectHeaders, wanted: ObjectHeaders) -> Iterator[tuple[str, str, str]]:
    """Give what differs: the header's name as HTTP writes it, or ``metadata …``; what is, what is to be."""
    pairs = [(item.name.replace("_", "-"), item.name) for item in fields(ObjectHeaders)]
    for shown, name in pairs:
        before, after = getattr(now, name), getattr(wanted, name)
        if name in {"metadata", "further"}:
            for key in sorted({*before, *after}):
                if before.get(key) != after.get(key):
                    yield f"metadata {key}", before.get(key, ""), after.get(key, "")
        elif (before or "") != (after or ""):
            yield shown, before or "", after or ""
