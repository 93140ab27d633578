"""Bytes under way: those of an object, read from one store while they go to the other; and those that can be stopped.

Knows ``transport.body`` and reading; nothing of where the bytes go.
"""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event

from django_selectel_storage.protocols.base import ObjectClient, ObjectInfo
from django_selectel_storage.protocols.reading import Stretch
from django_selectel_storage.transfer import digests
from django_selectel_storage.transport.body import Body, BytesBody, FileBody
from django_selectel_storage.transport.spool import Spool

IN_MEMORY = 64 * 1024 * 1024  # bytes of a copy that stay in memory; only a large 'multipart_threshold' makes more


class StoredBody:
    """The bytes of an object, fetched when they are asked for: in one go, or stretch by stretch.

    Every request insists on the version that is known; the whole is checked against its MD5 where that is known. Only
    a SHA-256, which S3 wants before the bytes of a single PUT, makes a copy of them.

    Args:
        client: the store that the object is in.
        info: the object, as ``head`` gives it.
        resumes: how often a broken connection is taken up again.
    """

    def __init__(self, client: ObjectClient, info: ObjectInfo, resumes: int) -> None:
        self.size = info.size
        self._client = client
        self._info = info
        self._resumes = resumes
        self._md5 = info.md5
        self._copied: FileBody | None = None
        self._parts = digests.Running()

    def chunks(self) -> Iterator[bytes]:
        """Yield all bytes, from the first one on, each time it is called."""
        if self._copied is not None:
            return self._copied.chunks()
        return digests.checked(self._stretch(0, self.size).chunks(), self._md5, self._info.key)

    def digest(self, algorithm: str) -> str:
        """Give the hexadecimal digest; an MD5 that is not known is worked out by reading everything once."""
        if algorithm == "md5":
            self._md5 = self._md5 or digests.md5_of(self.chunks())
            return self._md5
        if self._copied is None:
            self._copied = self._copy()
        return self._copied.digest(algorithm)

    def part(self, start: int, stop: int) -> bytes:
        """Give a stretch of the bytes.

        Raises:
            DamagedTransfer: it was the last of all stretches in a row, and together they have another MD5.
        """
        content = self._stretch(start, stop).read()
        md5 = self._parts.after(start, content)
        if stop == self.size and md5 and self._md5 and md5 != self._md5:
            raise digests.damaged(self._info.key, self._md5)
        return content

    def close(self) -> None:
        """Free the copy."""
        if self._copied is not None:
            self._copied.close()

    def _stretch(self, start: int, stop: int) -> Stretch:
        whole = start == 0 and stop == self.size
        return Stretch(
            self._client,
            self._info.key,
            start,
            None if whole else stop,
            if_match=self._info.etag,
            resumes=self._resumes,
        )

    def _copy(self) -> FileBody:
        spool = Spool(IN_MEMORY)
        try:
            for chunk in self.chunks():
                spool.write(chunk)
            return FileBody(spool, spool.tell(), own=True)
        except BaseException:
            spool.close()
            raise


class Stopped(Exception):
    """The run was given up while these bytes were under way."""


def stoppable(body: Body, stop: Event) -> Body:
    """Give a body whose bytes end with ``Stopped`` when the event is set; small ones are not worth it."""
    return body if isinstance(body, BytesBody) else _Stoppable(body, stop)


class _Stoppable:
    """A body that looks at an event before each piece."""

    def __init__(self, body: Body, stop: Event) -> None:
        self.size = body.size
        self._body = body
        self._stop = stop

    def chunks(self) -> Iterator[bytes]:
        for chunk in self._body.chunks():
            self._look()
            yield chunk

    def digest(self, algorithm: str) -> str:
        self._look()
        return self._body.digest(algorithm)

    def part(self, start: int, stop: int) -> bytes:
        self._look()
        return self._body.part(start, stop)

    def close(self) -> None:
        self._body.close()

    def _look(self) -> None:
        if self._stop.is_set():
            raise Stopped("The run was given up.")
