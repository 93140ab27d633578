"""The Swift client: sends with a shared token and reads, one container at a time. What travels is in ``wire``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal
from urllib.parse import urlsplit

from django_selectel_storage import hosts, names
from django_selectel_storage.exceptions import (
    ContainerNotFound,
    InvalidRequest,
    ObjectTooLarge,
    ServerError,
    StorageError,
    UploadGone,
)
from django_selectel_storage.headers import ObjectHeaders
from django_selectel_storage.option_rules import LARGEST_PUT
from django_selectel_storage.options import StorageOptions
from django_selectel_storage.protocols import presence, removal
from django_selectel_storage.protocols.base import Listing, ObjectInfo, ObjectRange, UnfinishedUpload, insist_on
from django_selectel_storage.protocols.failures import Condition, Operation
from django_selectel_storage.protocols.swift import keystone, wire
from django_selectel_storage.protocols.swift.cors import ContainerCors
from django_selectel_storage.protocols.swift.tokens import Token, TokenKeeper
from django_selectel_storage.signing import tempurl
from django_selectel_storage.transport.body import Body
from django_selectel_storage.transport.messages import NO_HEADERS, Answer, Request
from django_selectel_storage.transport.pool import Pool
from django_selectel_storage.transport.retries import may_pass

_UNAUTHORIZED = 401


class SwiftClient:
    """One container of a Swift account.

    Args:
        options: the storage's options.
        tokens: keeps the login's token.
        connect: gives the connections to an origin.
    """

    signs_headers = False
    parts = None  # segments have a life of their own; this package writes none
    heeds_conditions = True  # Swift itself knows If-None-Match: *, since 2.0

    def __init__(self, options: StorageOptions, tokens: TokenKeeper, connect: Callable[[str], Pool]) -> None:
        self.container = options.container
        self._options = options
        self._tokens = tokens
        self._connect = connect
        self.cors = ContainerCors(self._send, self.container)
        self._presence = presence.Presence(self._ask_for_container)

    def described(self, headers: ObjectHeaders) -> dict[str, str]:
        """Give the header fields with which a new object is described."""
        return wire.object_fields(headers)

    def put(self, key: str, body: Body, headers: ObjectHeaders, *, only_if_absent: bool = False) -> None:
        """Store an object in one request, of up to 5 GiB.

        Raises:
            ObjectTooLarge: it is larger; Swift's segments are nothing that this package writes.
        """
        _refuse_too_large(body.size, "stored", key)
        operation = self._operation("Saving", key, Condition.ABSENT if only_if_absent else Condition.NONE)
        with self._presence.checked_when_missing(anew=True):
            self._send(lambda base: wire.put_object(base, key, body, headers, only_if_absent=only_if_absent), operation)

    def head(self, key: str) -> ObjectInfo:
        """Ask for an object without its bytes."""
        with self._presence.checked_when_missing():
            return wire.read_info(
                key, self._send(lambda base: wire.head_object(base, key), self._operation("Looking up", key))
            )

    def has(self, key: str) -> bool:
        """Say whether there is an object."""
        with self._presence.checked_when_missing(tolerated=True):
            self._send(lambda base: wire.head_object(base, key), self._operation("Looking up", key))
            return True
        return False

    def get(self, key: str, start: int = 0, stop: int | None = None, if_match: str = "") -> ObjectRange:
        """Ask for an object or a stretch of it."""
        operation = self._operation("Reading", key, Condition.UNCHANGED if if_match else Condition.NONE)
        with self._presence.checked_when_missing():
            answer = self._send(lambda base: wire.get_object(base, key, start, stop, if_match), operation)
            return wire.read_range(key, answer)

    def delete(self, key: str) -> None:
        """Remove an object."""
        with self._presence.checked_when_missing(tolerated=True):
            self._send(lambda base: wire.delete_object(base, key), self._operation("Deleting", key))

    def delete_many(self, keys: Sequence[str]) -> dict[str, StorageError]:
        """Remove many objects (bulk-delete, 10,000 at a time); one by one where the server does not know how."""
        return removal.delete_many(keys, self._delete_together, self.delete, wire.PAGE)

    def copy(self, source: str, target: str, headers: ObjectHeaders | None = None, *, etag: str = "") -> None:
        """Copy an object of up to 5 GiB (PUT with X-Copy-From)."""
        original = self.head(source)
        insist_on(original, etag)
        self.copy_from(self.container, original, target, headers)

    def copy_from(
        self, container: str, original: ObjectInfo, target: str, headers: ObjectHeaders | None = None
    ) -> None:
        """Copy an object of up to 5 GiB out of any container of the account."""
        source = original.key
        _refuse_too_large(original.size, "copied", source)
        operation = self._operation("Copying", source, Condition.UNCHANGED)
        self._send(lambda base: wire.copy_object(base, container, source, target, original.etag, headers), operation)

    def update_headers(self, info: ObjectInfo, headers: ObjectHeaders) -> None:
        """Describe an object anew (POST)."""
        self._send(lambda base: wire.update_object(base, info.key, headers), self._operation("Describing", info.key))

    def unfinished_uploads(self, prefix: str) -> Iterator[UnfinishedUpload]:  # noqa: ARG002 - as in ObjectClient
        """Give nothing: on Swift an upload is one request, and leaves nothing behind."""
        return iter(())

    def abort_upload(self, key: str, upload_id: str) -> None:
        """Refuse: on Swift there are no unfinished uploads.

        Raises:
            UploadGone: always.
        """
        raise UploadGone(f"There is no unfinished upload {upload_id!r} of {key!r}: Swift has none.")

    def list(self, prefix: str, *, delimiter: str = "", page: str | None = None, limit: int | None = None) -> Listing:
        """Give one page of a listing."""
        answer = self._send(
            lambda base: wire.list_objects(base, prefix, delimiter, page, limit), self._operation("Listing")
        )
        return wire.read_listing(answer, limit)

    def plain_url(self, key: str) -> str:
        """Give the URL without a signature; logs in once, unless the options alone tell where the account is."""
        storage_url = self._storage_url()
        if self._options.url_endpoint:
            storage_url = self._options.url_endpoint + urlsplit(storage_url).path
        return wire.object_path(f"{storage_url}/{names.quoted(self.container)}", key)

    def signed_url(
        self,
        key: str,
        method: str,
        signed_at: float,
        expires: int,
        parameters: Mapping[str, str],
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> str:
        """Sign a TempURL, for as long as ``expires`` from ``signed_at`` on."""
        if headers:
            raise ValueError("A TempURL binds no header fields.")
        url = self.plain_url(key)
        query = tempurl.signed_query(
            self._options.temp_url_key or "",
            method,
            urlsplit(url).path,
            int(signed_at) + expires,
            self._digest(),
            wire.temp_url_parameters(parameters),
        )
        return f"{url}?{query}"

    def send_me_file(self, key: str, size: int, wanted: bool | Literal["auto"]) -> str | None:
        """Make a "sendmefile" object of Selectel's old API, to which anybody who has its address may PUT one file."""
        if wanted is False or (wanted == "auto" and not self._is_old_selectel()):
            return None
        self._send(lambda base: wire.send_me_file(base, key, size), self._operation("Making an upload link for", key))
        return self.plain_url(key)

    def _is_old_selectel(self) -> bool:
        return hosts.is_old_swift(self._storage_url())

    def _digest(self) -> str:
        """Choose the digest of TempURLs: what the server's /info allows, asked for once, where there was a login."""
        if self._known_storage_url():
            return "sha256"
        return self._tokens.temp_url_digest or self._ask_for_digest()

    def _ask_for_digest(self) -> str:
        parts = urlsplit(self._tokens.storage_url())
        answer = self._connect(f"{parts.scheme}://{parts.netloc}").send(wire.server_info(), lambda _: {})
        allowed = wire.allowed_digests(answer)
        digest = "sha1" if allowed is None and self._is_old_selectel() else tempurl.best_algorithm(allowed)
        if not may_pass(answer.status):  # otherwise the question is still open
            self._tokens.temp_url_digest = digest
        return digest

    def _delete_together(self, keys: Sequence[str]) -> dict[str, StorageError]:
        """Remove keys with one request; give the failures by key."""
        operation = self._operation("Deleting")
        try:
            answer = self._send_to_account(lambda path: wire.bulk_delete(path, self.container, keys), operation)
        except (ContainerNotFound, InvalidRequest, ServerError) as error:
            if error.status in removal.NOT_KNOWN:
                raise removal.NotTogether from error
            raise
        self._presence.check()  # in a missing container, everything counts as gone
        failed = wire.read_bulk_failures(answer, self.container)
        return {key: wire.deletion_error(self._operation("Deleting", key), status) for key, status in failed.items()}

    def _storage_url(self) -> str:
        return self._known_storage_url() or self._tokens.storage_url()

    def _known_storage_url(self) -> str | None:
        return keystone.known_storage_url(self._options) if self._options.protocol == "keystone" else None

    def _ask_for_container(self) -> None:
        self._send(lambda base: wire.head_object(base, ""), self._operation("Looking up"))

    def _operation(self, action: str, key: str = "", condition: Condition = Condition.NONE) -> Operation:
        return Operation(action, self.container, key, condition)

    def _send(self, make: Callable[[str], Request], operation: Operation) -> Answer:
        """Send a request that is made of the container's path."""
        return self._send_to_account(lambda path: make(wire.container_path(path, self.container)), operation)

    def _send_to_account(self, make: Callable[[str], Request], operation: Operation) -> Answer:
        """Send with the shared token; when it is rejected, once more with a new one."""
        token = self._tokens.current()
        answer = self._send_with(token, make)
        if answer.status == _UNAUTHORIZED:
            earlier = answer.tries - 1  # the refused one did nothing, those before it may have
            answer = self._send_with(self._tokens.renewed(token), make)
            answer = replace(answer, tries=answer.tries + earlier)
        wire.raise_for_status(answer, operation)
        return answer

    def _send_with(self, token: Token, make: Callable[[str], Request]) -> Answer:
        parts = urlsplit(token.storage_url)
        pool = self._connect(f"{parts.scheme}://{parts.netloc}")
        return pool.send(make(parts.path), lambda _: {"X-Auth-Token": token.value})


def _refuse_too_large(size: int, verb: str, key: str) -> None:
    if size > LARGEST_PUT:
        raise ObjectTooLarge(
            f"{key!r} has {size} bytes, and over Swift at most 5 GiB can be {verb} at once. Use the S3 protocol "
            "('access_key' and 'secret_key'), which goes up to 5 TiB."
        )
