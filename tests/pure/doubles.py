"""Small stand-ins for pure tests of what sits on an ObjectClient: one container in a dictionary, no HTTP at all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from django_selectel_storage.exceptions import (
    ObjectChanged,
    ObjectExists,
    ObjectNotFound,
    RangeNotSatisfiable,
    StorageError,
)
from django_selectel_storage.headers import ObjectHeaders
from django_selectel_storage.protocols.base import Listing, ObjectInfo, ObjectRange, UnfinishedUpload
from django_selectel_storage.protocols.cors import CrossOrigin
from django_selectel_storage.transport.body import Body
from django_selectel_storage.transport.messages import NO_HEADERS


class Pieces:
    """A body on the wire; it can break after some bytes."""

    def __init__(self, content: bytes, *, breaks_after: int | None = None, error: StorageError | None = None) -> None:
        self._content = content
        self._breaks_after = breaks_after
        self._error = error
        self.closed = False

    def chunks(self, size: int) -> Iterator[bytes]:
        stop = len(self._content) if self._breaks_after is None else min(self._breaks_after, len(self._content))
        for start in range(0, stop, size):
            yield self._content[start : min(start + size, stop)]
        if self._breaks_after is not None and self._error:
            raise self._error

    def close(self) -> None:
        self.closed = True


class DictClient:
    """An object store in a dictionary; what tests need to go wrong is done by ``arrange``."""

    container = "media"
    signs_headers = True
    parts = None

    def __init__(self, objects: Mapping[str, bytes] | None = None, *, heeds_conditions: bool = True) -> None:
        self.heeds_conditions = heeds_conditions
        self.content: dict[str, bytes] = {}
        self.infos: dict[str, ObjectInfo] = {}
        self.calls: list[tuple[object, ...]] = []
        self.sent: list[Pieces] = []
        self.arrange: Callable[[ObjectRange], ObjectRange] = lambda coming: coming
        for key, content in (objects or {}).items():
            self.store(key, content)

    def store(self, key: str, content: bytes, metadata: Mapping[str, str] | None = None) -> None:
        self.content[key] = content
        self.infos[key] = ObjectInfo(key, len(content), hashlib.md5(content).hexdigest(), metadata=metadata or {})

    @property
    def cors(self) -> CrossOrigin:
        raise NotImplementedError

    def described(self, headers: ObjectHeaders) -> dict[str, str]:
        raise NotImplementedError

    def put(self, key: str, body: Body, headers: ObjectHeaders, *, only_if_absent: bool = False) -> None:
        self.calls.append(("put", key, only_if_absent))
        if only_if_absent and key in self.content:
            raise ObjectExists("taken")
        self.store(key, b"".join(body.chunks()), headers.metadata)

    def head(self, key: str) -> ObjectInfo:
        self.calls.append(("head", key))
        if key not in self.infos:
            raise ObjectNotFound("missing")
        return self.infos[key]

    def has(self, key: str) -> bool:
        self.calls.append(("has", key))
        return key in self.infos

    def get(self, key: str, start: int = 0, stop: int | None = None, if_match: str = "") -> ObjectRange:
        self.calls.append(("get", key, start, stop, if_match))
        if key not in self.infos:
            raise ObjectNotFound("missing")
        info = self.infos[key]
        if if_match and info.etag != if_match:
            raise ObjectChanged("replaced")
        if info.size <= start and (start or stop is not None):
            raise RangeNotSatisfiable("beyond the end", status=416)
        end = info.size if stop is None else min(stop, info.size)
        coming = self.arrange(ObjectRange(info, start, end, Pieces(self.content[key][start:end])))
        if isinstance(coming.incoming, Pieces):
            self.sent.append(coming.incoming)
        return coming

    def delete(self, key: str) -> None:
        raise NotImplementedError

    def delete_many(self, keys: Sequence[str]) -> dict[str, StorageError]:
        raise NotImplementedError

    def copy(self, source: str, target: str, headers: ObjectHeaders | None = None, *, etag: str = "") -> None:
        raise NotImplementedError

    def copy_from(
        self, container: str, original: ObjectInfo, target: str, headers: ObjectHeaders | None = None
    ) -> None:
        raise NotImplementedError

    def update_headers(self, info: ObjectInfo, headers: ObjectHeaders) -> None:
        raise NotImplementedError

    def unfinished_uploads(self, prefix: str) -> Iterator[UnfinishedUpload]:
        raise NotImplementedError

    def abort_upload(self, key: str, upload_id: str) -> None:
        raise NotImplementedError

    def list(self, prefix: str, *, delimiter: str = "", page: str | None = None, limit: int | None = None) -> Listing:
        raise NotImplementedError

    def plain_url(self, key: str) -> str:
        raise NotImplementedError

    def signed_url(
        self,
        key: str,
        method: str,
        signed_at: float,
        expires: int,
        parameters: Mapping[str, str],
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> str:
        raise NotImplementedError

    def send_me_file(self, key: str, size: int, wanted: bool | Literal["auto"]) -> str | None:
        raise NotImplementedError


class Heedless(DictClient):
    """A server that has never heard of If-Match."""

    def get(self, key: str, start: int = 0, stop: int | None = None, if_match: str = "") -> ObjectRange:
        return super().get(key, start, stop)


def with_bytes(coming: ObjectRange, incoming: Pieces) -> ObjectRange:
    """The same stretch, with other bytes on the wire."""
    return replace(coming, incoming=incoming)
