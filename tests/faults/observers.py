"""What really lies in the store, seen by clients that are not ours and that no fault touches."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Protocol

from tests.devserver.clients import s3_client, swift_client
from tests.servers.stack import Stack, keystone_token

CONTAINER = "media"


class Observer(Protocol):
    """Puts objects below a folder, and gives all that lie there."""

    def put(self, folder: str, objects: Mapping[str, bytes]) -> None: ...

    def contents(self, folder: str) -> dict[str, bytes]: ...

    def parts(self, folder: str) -> int:
        """How many parts of unfinished uploads there are."""
        ...

    def close(self) -> None: ...


class S3Observer:
    """botocore."""

    def __init__(self, stack: Stack) -> None:
        info = stack.server.info
        self._client: Any = s3_client(info.endpoint, info.access_key, info.secret_key, info.region)

    def put(self, folder: str, objects: Mapping[str, bytes]) -> None:
        for name, content in objects.items():
            self._client.put_object(Bucket=CONTAINER, Key=f"{folder}/{name}", Body=content)

    def contents(self, folder: str) -> dict[str, bytes]:
        listed = self._client.list_objects_v2(Bucket=CONTAINER, Prefix=f"{folder}/").get("Contents", [])
        keys = [entry["Key"] for entry in listed]
        return {
            key.removeprefix(f"{folder}/"): self._client.get_object(Bucket=CONTAINER, Key=key)["Body"].read()
            for key in keys
        }

    def parts(self, folder: str) -> int:
        uploads = self._client.list_multipart_uploads(Bucket=CONTAINER, Prefix=f"{folder}/").get("Uploads", [])
        return sum(
            len(self._client.list_parts(Bucket=CONTAINER, Key=each["Key"], UploadId=each["UploadId"]).get("Parts", []))
            for each in uploads
        )

    def close(self) -> None:
        self._client.close()


class SwiftObserver:
    """python-swiftclient, with a token of its own."""

    def __init__(self, stack: Stack, *, keystone: bool) -> None:
        self._stack = stack
        self._keystone = keystone

    @cached_property
    def _client(self) -> Any:
        info = self._stack.server.info
        if not self._keystone:
            return swift_client(info.auth_url, info.username, info.password)
        known = {"preauthurl": self._stack.keystone.storage_url, "preauthtoken": keystone_token(self._stack.keystone)}
        return swift_client("", "", "", **known)

    def put(self, folder: str, objects: Mapping[str, bytes]) -> None:
        for name, content in objects.items():
            self._client.put_object(CONTAINER, f"{folder}/{name}", content)

    def contents(self, folder: str) -> dict[str, bytes]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            listed = self._client.get_container(CONTAINER, prefix=f"{folder}/")[1]
            keys = [entry["name"] for entry in listed]
            return {key.removeprefix(f"{folder}/"): self._client.get_object(CONTAINER, key)[1] for key in keys}

    def parts(self, folder: str) -> int:
        return 0

    def close(self) -> None:
        self._client.close()
        self.__dict__.pop("_client", None)


def observer_of(stack: Stack, face: str) -> Observer:
    return S3Observer(stack) if face == "s3" else SwiftObserver(stack, keystone=face == "keystone")
