"""An object store in a folder of this machine, for as long as a run takes: hashing and rewriting happen here.

It stands behind the user's own storage in the place of the real one, and knows of everything that was stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Literal

from django_selectel_storage.exceptions import (
    ContainerNotFound,
    ObjectExists,
    ObjectNotFound,
    StorageError,
    UploadGone,
)
from django_selectel_storage.headers import ObjectHeaders
from django_selectel_storage.names import quoted
from django_selectel_storage.options import StorageOptions
from django_selectel_storage.protocols.base import Listing, ObjectInfo, ObjectRange, UnfinishedUpload, insist_on
from django_selectel_storage.protocols.cors import CrossOrigin, KeptRules
from django_selectel_storage.protocols.in_parts import UploadsInParts
from django_selectel_storage.protocols.listing import page_of_objects
from django_selectel_storage.protocols.s3.parts import etag_of_parts, part_size
from django_selectel_storage.staticfiles.plan import Made
from django_selectel_storage.transport.body import SMALL, Body, BytesBody, FileBody
from django_selectel_storage.transport.messages import NO_HEADERS


@dataclass(frozen=True, slots=True)
class LocalObject:
    """A file that was stored here: what it is, and what is to be stored beside its bytes."""

    made: Made
    headers: ObjectHeaders


class LocalClient:
    """One container in a folder on the disk; equal contents lie there once.

    Small ones lie in one file, one behind the other: to make a file for each takes longer than all else.

    Args:
        folder: an empty folder.
        options: the storage's options; they tell whether and how a file would go up in parts.
    """

    signs_headers = False
    heeds_conditions = True
    parts: UploadsInParts | None = None  # nobody else can send anything here

    def __init__(self, folder: Path, options: StorageOptions) -> None:
        self.container = options.container
        self.objects: dict[str, LocalObject] = {}
        self.cors: CrossOrigin = KeptRules()
        self._folder = folder
        self._small = folder / "small"
        self._starts: dict[str, int] = {}  # of the contents in their files, by MD5
        self._options = options
        self._folders: set[str] = {""}
        self._now = datetime.now(timezone.utc)

    def body(self, key: str) -> Body:
        """Give the bytes of a file; the caller closes them."""
        made = self._object(key).made
        if made.size > SMALL:
            return FileBody(self._path(made).open("rb"), made.size, own=True)
        return BytesBody(b"".join(self._reading(made, 0, made.size).chunks(SMALL)))

    # --- what any object store can do --------------------------------------------------------------------------------

    def described(self, headers: ObjectHeaders) -> dict[str, str]:
        """Give the header fields that HTTP itself names."""
        return headers.standard()

    def put(self, key: str, body: Body, headers: ObjectHeaders, *, only_if_absent: bool = False) -> None:
        """Store an object."""
        if only_if_absent and key in self.objects:
            raise ObjectExists(f"The key {key!r} is taken.")
        made = self._made(body)
        self._keep(made, body)
        self.objects[key] = LocalObject(made, headers)
        self._folders |= _folders_above(key, self._folders)

    def head(self, key: str) -> ObjectInfo:
        """Tell what is known of an object."""
        found = self._object(key)
        standard = {name.lower(): value for name, value in found.headers.standard().items()}
        content_type = standard.pop("content-type", "")
        made, metadata = found.made, found.headers.metadata
        return ObjectInfo(key, made.size, made.md5, self._now, content_type, standard, metadata)

    def has(self, key: str) -> bool:
        """Say whether there is an object."""
        return key in self.objects

    def get(self, key: str, start: int = 0, stop: int | None = None, if_match: str = "") -> ObjectRange:  # noqa: ARG002
        """Give a stretch of an object."""
        info = self.head(key)
        end = info.size if stop is None else min(stop, info.size)
        return ObjectRange(info, start, end, self._reading(self.objects[key].made, start, end))

    def delete(self, key: str) -> None:
        """Forget an object."""
        self.objects.pop(key, None)

    def delete_many(self, keys: Sequence[str]) -> dict[str, StorageError]:
        """Forget objects."""
        for key in keys:
            self.delete(key)
        return {}

    def copy(self, source: str, target: str, headers: ObjectHeaders | None = None, *, etag: str = "") -> None:
        """Copy an object."""
        insist_on(self.head(source), etag)
        original = self._object(source)
        self.objects[target] = LocalObject(original.made, headers or original.headers)
        self._folders |= _folders_above(target, self._folders)

    def copy_from(
        self, container: str, original: ObjectInfo, target: str, headers: ObjectHeaders | None = None
    ) -> None:
        """Copy an object of this folder; there are no other containers."""
        if container != self.container:
            raise ContainerNotFound(f"There is no container {container!r} among the files that were collected.")
        self.copy(original.key, target, headers)

    def update_headers(self, info: ObjectInfo, headers: ObjectHeaders) -> None:
        """Describe an object anew."""
        self.copy(info.key, info.key, headers)

    def unfinished_uploads(self, prefix: str) -> Iterator[UnfinishedUpload]:  # noqa: ARG002 - as in ObjectClient
        """Give nothing."""
        return iter(())

    def abort_upload(self, key: str, upload_id: str) -> None:
        """Refuse: there are no unfinished uploads."""
        raise UploadGone(f"There is no unfinished upload {upload_id!r} of {key!r}.")

    def list(self, prefix: str, *, delimiter: str = "", page: str | None = None, limit: int | None = None) -> Listing:  # noqa: ARG002
        """Give all objects below a prefix, on one page."""
        if prefix.endswith("/") and prefix not in self._folders:
            return page_of_objects(())
        keys = sorted(key for key in self.objects if key.startswith(prefix))
        if not delimiter:
            return page_of_objects(tuple(self.head(key) for key in keys[:limit]))
        rest = {key: key[len(prefix) :].partition(delimiter) for key in keys}
        folders = {prefix + name + mark for name, mark, _ in rest.values() if mark}
        return page_of_objects(tuple(self.head(key) for key in keys if not rest[key][1]), tuple(sorted(folders)))

    def plain_url(self, key: str) -> str:
        """Give the key as a path."""
        return f"/{quoted(key)}"

    def signed_url(
        self,
        key: str,
        method: str,  # noqa: ARG002 - as in ObjectClient
        signed_at: float,  # noqa: ARG002
        expires: int,  # noqa: ARG002
        parameters: Mapping[str, str],  # noqa: ARG002
        headers: Mapping[str, str] = NO_HEADERS,  # noqa: ARG002
    ) -> str:
        """Give the key as a path: nothing is signed here."""
        return self.plain_url(key)

    def send_me_file(self, key: str, size: int, wanted: bool | Literal["auto"]) -> str | None:  # noqa: ARG002
        """Give nothing."""
        return None

    # --- helpers -----------------------------------------------------------------------------------------------------

    def _object(self, key: str) -> LocalObject:
        if key not in self.objects:
            raise ObjectNotFound(f"There is no file {key!r} among those that were collected.")
        return self.objects[key]

    def _made(self, body: Body) -> Made:
        digest = body.digest("md5")
        etags: tuple[str, ...] = (digest,)
        if self._options.protocol == "s3" and body.size >= self._options.multipart_threshold:
            size = part_size(body.size, self._options.multipart_chunksize)
            etags = (digest, etag_of_parts(body.chunks(), size))
        return Made(body.size, digest, etags)

    def _keep(self, made: Made, body: Body) -> None:
        if made.md5 in self._starts:
            return
        with self._path(made).open("ab") as file:
            start = file.tell()
            file.writelines(body.chunks())
        self._starts[made.md5] = start

    def _path(self, made: Made) -> Path:
        return self._small if made.size <= SMALL else self._folder / made.md5

    def _reading(self, made: Made, start: int, stop: int) -> _Reading:
        begin = self._starts[made.md5]
        return _Reading(self._path(made), begin + start, begin + stop)


class _Reading:
    """The bytes of a file on the disk, on their way."""

    def __init__(self, path: Path, start: int, stop: int) -> None:
        self._path, self._start, self._stop = path, start, stop

    def chunks(self, size: int) -> Iterator[bytes]:
        """Yield the bytes in pieces."""
        with self._path.open("rb", buffering=0) as file:
            file.seek(self._start)
            left = self._stop - self._start
            while left > 0 and (piece := file.read(min(size, left))):
                left -= len(piece)
                yield piece

    def close(self) -> None:
        """Do nothing: the file closes itself."""


def _folders_above(key: str, known: set[str]) -> set[str]:
    """Give the folders that a key lies in, each with its slash, but for those that are known."""
    found = set()
    end = key.rfind("/")
    while end >= 0 and key[: end + 1] not in known:
        found.add(key[: end + 1])
        end = key.rfind("/", 0, end)
    return found
