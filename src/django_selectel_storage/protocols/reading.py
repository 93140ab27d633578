"""A stretch of one object, resumed where its connection breaks: no byte comes twice, none is lost, none is foreign."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing

from django_selectel_storage.exceptions import (
    ConnectionFailed,
    DamagedTransfer,
    ObjectChanged,
    RangeNotSatisfiable,
    StorageError,
    TimedOut,
)
from django_selectel_storage.protocols.base import ObjectClient, ObjectInfo, ObjectRange
from django_selectel_storage.protocols.integrity import Checksum
from django_selectel_storage.transport.body import CHUNK
from django_selectel_storage.transport.messages import NOTHING

AT_ONCE = 1024 * 1024  # bytes; so many have to come again, at the most, when a connection breaks
_BROKEN = (ConnectionFailed, TimedOut, DamagedTransfer)


class Stretch:
    """The bytes of an object from ``start`` up to but without ``stop``; asked for at once, read by ``chunks``.

    Args:
        client: the object store.
        key: the object key.
        start: the first byte.
        stop: the byte after the last one; None for the rest.
        if_match: the ETag that the object must have; empty for whichever it has now.
        resumes: how often a broken connection is taken up again.
        checksum: takes the bytes as they come; that of the stretches before, when this one goes on.

    Raises:
        ObjectNotFound: there is no such object.
        ObjectChanged: it has another ETag.
        DamagedTransfer: the checksum knows that the bytes before this stretch were damaged.
    """

    def __init__(
        self,
        client: ObjectClient,
        key: str,
        start: int,
        stop: int | None,
        *,
        if_match: str = "",
        resumes: int = 3,
        checksum: Checksum | None = None,
    ) -> None:
        self._client = client
        self._key = key
        self._resumes = resumes
        self._checksum = checksum or Checksum()
        self._checksum.begin(start)
        self._coming = _ask(client, key, start, stop, if_match)
        self.info: ObjectInfo = self._coming.info
        self.start = start
        self.stop = self.info.size if stop is None else min(stop, self.info.size)
        self._if_match = if_match or self.info.etag
        if self.info.etag != self._if_match:  # a server that does not heed If-Match
            self.close()
            raise ObjectChanged(f"The object {key!r} was replaced while it was being read.")

    def chunks(self, size: int = CHUNK) -> Iterator[bytes]:
        """Yield the bytes in pieces of at most ``size``; the last one of a whole object only when its MD5 is right.

        Raises:
            ObjectChanged: the object was replaced meanwhile.
            ObjectNotFound: it was deleted meanwhile.
            DamagedTransfer: the bytes are not those that were stored.
            StorageError: the connection broke more often than it is taken up again.
        """
        with closing(self._arriving(size)) as arriving:
            for position, chunk in arriving:
                self._checksum.take(self.info, position, chunk)
                yield chunk

    def _arriving(self, size: int) -> Generator[tuple[int, bytes], None, None]:
        """Yield the bytes with their positions, over as many connections as it takes."""
        position = self.start
        try:
            while position < self.stop:
                try:
                    for chunk in _exactly(self._coming, position, self.stop, size):
                        yield position, chunk
                        position += len(chunk)
                    if position < self.stop:
                        raise DamagedTransfer(f"Of {self._key!r}, {self.stop - position} bytes did not arrive.")
                except _BROKEN as error:
                    self._take_up_again(position, error)
        finally:
            self.close()

    def read(self) -> bytes:
        """Give all of it at once."""
        return b"".join(self.chunks(AT_ONCE))

    def close(self) -> None:
        """Give the connection back, also when not everything was read."""
        self._coming.incoming.close()

    def _take_up_again(self, position: int, error: StorageError) -> None:
        if self._resumes <= 0:
            raise error
        self._resumes -= 1
        self._coming.incoming.close()
        self._coming = self._client.get(self._key, position, self.stop, self._if_match)
        if self._coming.info.etag != self.info.etag:
            raise ObjectChanged(f"The object {self._key!r} was replaced while it was being read.")


def _ask(client: ObjectClient, key: str, start: int, stop: int | None, if_match: str) -> ObjectRange:
    """Ask for a stretch; one that begins at or behind the end is empty (RFC 9110, section 15.5.17)."""
    try:
        return client.get(key, start, stop, if_match)
    except RangeNotSatisfiable:
        info = client.head(key)
        if if_match and info.etag != if_match:
            raise ObjectChanged(f"The object {key!r} was replaced while it was being read.") from None
        return ObjectRange(info, start, start, NOTHING)


def _exactly(coming: ObjectRange, position: int, stop: int, size: int) -> Iterator[bytes]:
    """Cut what comes to what was asked for: a server may ignore the Range header and send all."""
    skip, left = position - coming.start, stop - position
    if skip < 0:
        raise DamagedTransfer("The server sent other bytes than those that were asked for.")
    for chunk in coming.incoming.chunks(size):
        wanted = chunk[skip : skip + left]
        skip -= min(skip, len(chunk))
        left -= len(wanted)
        if wanted:
            yield wanted
        if left <= 0:
            return
