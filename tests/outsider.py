"""Another program that uses the same container: botocore on S3, swiftclient on Swift."""

from __future__ import annotations

from email.header import decode_header, make_header
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from django_selectel_storage.headers import WRITE_MARK
from tests.conftest import CONTAINER
from tests.devserver.clients import s3_client, swift_client
from tests.servers.stack import Stack, keystone_token

if TYPE_CHECKING:
    from typing_extensions import Self


class Clients:
    """Clients that are not ours, one for each face; made when they are asked for, as that takes long."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._clients: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._clients.values():
            client.close()

    def of(self, face: str) -> Any:
        if face not in self._clients:
            self._clients[face] = getattr(self, f"_{face}")()
        return self._clients[face]

    def _s3(self) -> Any:
        info = self._stack.server.info
        return s3_client(info.endpoint, info.access_key, info.secret_key, info.region)

    def _swift(self) -> Any:
        info = self._stack.server.info
        return swift_client(info.auth_url, info.username, info.password, auth_version="1")

    def _keystone(self) -> Any:
        keystone = self._stack.keystone
        return swift_client(
            "", "", "", preauthurl=keystone.storage_url, preauthtoken=keystone_token(keystone), auth_version="1"
        )


class Outsider:
    """Another program that uses the same container: botocore on S3, swiftclient on Swift."""

    def __init__(self, clients: Clients, face: str, location: str) -> None:
        self._s3 = face == "s3"
        self._location = location
        self.client = clients.of(face)

    def put(self, name: str, content: bytes, **fields: str) -> None:
        """Store an object with header fields as HTTP names them, with underscores; ``meta_`` begins metadata."""
        metadata = {name.removeprefix("meta_"): text for name, text in fields.items() if name.startswith("meta_")}
        others = {name: text for name, text in fields.items() if not name.startswith("meta_")}
        key = f"{self._location}/{name}"
        if self._s3:
            words = {"".join(map(str.title, name.split("_"))): text for name, text in others.items()}
            self.client.put_object(Bucket=CONTAINER, Key=key, Body=content, Metadata=metadata, **words)
        else:
            headers = {name.replace("_", "-"): text for name, text in others.items()}
            headers |= {f"X-Object-Meta-{name}": text for name, text in metadata.items()}
            self.client.put_object(CONTAINER, key, content, headers=headers)

    def headers(self, name: str) -> dict[str, str]:
        """All header fields of an object, names in lower case."""
        key = f"{self._location}/{name}"
        if self._s3:
            answer = self.client.head_object(Bucket=CONTAINER, Key=key)["ResponseMetadata"]["HTTPHeaders"]
        else:
            answer = self.client.head_object(CONTAINER, key)
        return {name.lower(): text for name, text in answer.items()}

    def metadata(self, name: str) -> dict[str, str]:
        """The metadata of an object, without the mark of our writes."""
        prefix = "x-amz-meta-" if self._s3 else "x-object-meta-"
        found = {
            name.removeprefix(prefix): self._read(text)
            for name, text in self.headers(name).items()
            if name.startswith(prefix)
        }
        found.pop(WRITE_MARK, None)
        return found

    def content(self, name: str) -> bytes:
        key = f"{self._location}/{name}"
        if self._s3:
            found: bytes = self.client.get_object(Bucket=CONTAINER, Key=key)["Body"].read()
            return found
        stored: bytes = self.client.get_object(CONTAINER, key)[1]
        return stored

    def _read(self, text: str) -> str:
        """S3 hands out text that is not ASCII as encoded words (RFC 2047); swiftclient decodes UTF-8 by itself."""
        return str(make_header(decode_header(text))) if self._s3 else unquote(text)
