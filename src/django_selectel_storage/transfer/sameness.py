"""Whether two files of one name are the same, found out with as few questions as possible. Decides; changes nothing."""

from __future__ import annotations

from functools import cached_property

from django_selectel_storage.protocols.s3.parts import etag_of_parts
from django_selectel_storage.transfer import marks, plan
from django_selectel_storage.transfer.values import Entry, Known, Pair, Place


class Comparison:
    """Two files of one name.

    Args:
        source: where the one is.
        target: where the other is.
        pair: both, as they are listed.
    """

    def __init__(self, source: Place, target: Place, pair: Pair) -> None:
        self._source = source
        self._target = target
        self._pair = pair
        self._as_stored = source.keeps_headers and target.keeps_headers

    def is_same(self) -> bool:
        """Say whether both have the same bytes; what cannot be proved is not so."""
        if self._pair.other is None or self._pair.other.problem:
            return False
        if plan.is_same(self._pair):
            return True
        proofs = (self._by_listed_md5, self._by_what_is_known, self._by_parts)
        return self._has_the_size_of(self._pair.other) and any(proof() for proof in proofs)

    @cached_property
    def _ours(self) -> Known:
        return self._source.look(self._pair.one, as_stored=self._as_stored)

    @cached_property
    def _theirs(self) -> Known:
        return self._target.look(self._other, as_stored=self._as_stored)

    @property
    def _other(self) -> Entry:
        return self._pair.other or self._pair.one

    def _has_the_size_of(self, other: Entry) -> bool:
        """Compare the sizes; a listing may have that of the compressed bytes, or of a manifest."""
        if self._pair.one.size == other.size:
            return True
        return self._source.keeps_headers and self._ours.size == other.size

    def _by_listed_md5(self) -> bool:
        """Compare the MD5 of a file that has to be read with the ETag in the other's listing; see ``plan.is_same``."""
        if not self._other.size:
            return False
        if not self._source.keeps_headers:
            return self._ours.md5 == self._other.etag
        return not self._target.keeps_headers and self._theirs.md5 == self._pair.one.etag

    def _by_what_is_known(self) -> bool:
        ours, theirs = self._ours, self._theirs
        if ours.size != theirs.size:
            return False
        noted = theirs.headers.metadata.get(marks.SOURCE_ETAG) if theirs.headers else None
        if ours.etag and ours.etag in {theirs.etag, noted}:
            return True
        if ours.md5 and theirs.md5:
            return ours.md5 == theirs.md5
        unpacked = not ours.etag and not ours.md5
        return unpacked and ours.modified is not None and ours.modified == theirs.modified

    def _by_parts(self) -> bool:
        """Work out the ETag that an upload in parts of the store's own size would have given to the file."""
        if self._source.keeps_headers == self._target.keeps_headers:
            return False
        if self._target.keeps_headers:
            return self._has_etag_of_parts(self._source, self._pair.one, self._target, self._other.etag)
        return self._has_etag_of_parts(self._target, self._other, self._source, self._pair.one.etag)

    def _has_etag_of_parts(self, place: Place, entry: Entry, store: Place, etag: str) -> bool:
        part_size = store.part_size(entry.size)
        if not part_size or plan.has_parts(etag) != -(-entry.size // part_size):
            return False
        with place.open(entry, as_stored=False) as item:
            return etag_of_parts(item.body.chunks(), part_size) == etag
