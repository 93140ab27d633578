"""The case: one storage under examination, what is known of it by now, and the probe objects that were written for it.

Requests are sent once, without retries: the doctor wants to see what happens.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from secrets import token_hex
from urllib.parse import urlsplit

from django_selectel_storage.exceptions import StorageError, TooManyRequests
from django_selectel_storage.headers import ObjectHeaders
from django_selectel_storage.names import object_key
from django_selectel_storage.options import StorageOptions
from django_selectel_storage.protocols.base import ObjectClient
from django_selectel_storage.protocols.factory import client_for, log_in, pool_for
from django_selectel_storage.protocols.swift.tokens import Token
from django_selectel_storage.transport.body import BytesBody
from django_selectel_storage.transport.messages import NO_HEADERS, Answer, Request
from django_selectel_storage.transport.pauses import wait

CONTENT = b"A probe of selectel_doctor; it may be deleted.\n"
PROBE = "probe"
LONGEST_WAIT = 10.0  # seconds for one answer; an answer that takes longer is a finding
_LOOKS = (0.5, 1.0, 2.0)  # seconds before each look for what was on its way
_DESCRIBED = ObjectHeaders("text/plain")


class Probes:
    """The objects that the doctor writes, all below ``location``, and removes again whatever happens.

    Args:
        client: the object store.
        location: the storage's location.
    """

    def __init__(self, client: ObjectClient, location: str) -> None:
        self._client = client
        self._stem = object_key(f"selectel-doctor-{token_hex(8)}", location)
        self._written: list[str] = []
        self._doubtful: list[str] = []  # their writes ended without an answer, and may still be carried out

    def key(self, purpose: str = PROBE) -> str:
        """Give the key of the probe for a purpose."""
        return f"{self._stem}-{purpose}.txt"

    def expect(self, purpose: str) -> str:
        """Give the key of a probe that is about to be written, by whomever; from now on it is one to be removed."""
        key = self.key(purpose)
        if key not in self._written:
            self._written.append(key)
        return key

    def stored(self) -> str:
        """Write the probe, in place of what is there, and give its key."""
        self.put(PROBE)
        return self.key()

    def put(self, purpose: str, client: ObjectClient | None = None, *, only_if_absent: bool = False) -> None:
        """Write the probe for a purpose, perhaps in a way of its own."""
        before = list(self._written)
        key = self.expect(purpose)
        self._doubtful.append(key)
        try:
            (client or self._client).put(key, BytesBody(CONTENT), _DESCRIBED, only_if_absent=only_if_absent)
        except StorageError as error:
            if error.status is not None:
                self._doubtful.remove(key)
            if error.status is not None and error.status < 500:
                self._written = before  # it was refused: nothing new is there
            raise
        self._doubtful.remove(key)

    def remove(self) -> None:
        """Remove all of them; those that are gone already are as good as removed.

        A write that was interrupted may come after its removal: what does, within a few seconds, is removed then.

        Raises:
            StorageError: one could not be removed; it stays among those that are written.
        """
        while self._written:
            self._client.delete(self._written[-1])
            self._written.pop()
        for pause in _LOOKS if self._doubtful else ():
            wait(pause)
            for key in filter(self._client.has, tuple(self._doubtful)):
                self._client.delete(key)
                self._doubtful.remove(key)

    def left(self) -> tuple[str, ...]:
        """Give the keys that may still be there, or may yet come."""
        return tuple(dict.fromkeys([*self._written, *self._doubtful]))


@dataclass
class Case:
    """One storage, and what the examinations share.

    Attributes:
        place: where in the settings it stands, as ``STORAGES['default']``.
        given: its options; None when they are not usable.
        problems: why they are not.
        origins: the web origins whose browsers are to upload or read with scripts.
        predecessors: the storages of the old API in the same settings, by their place.
        clock: gives the POSIX time.
        throttled: the titles of the examinations that the server answered with 429.
    """

    place: str
    given: StorageOptions | None
    problems: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    predecessors: Mapping[str, StorageOptions] = field(default_factory=dict)
    clock: Callable[[], float] = time.time
    throttled: list[str] = field(default_factory=list)

    @cached_property
    def options(self) -> StorageOptions:
        """The storage's options, but without retries and with short timeouts."""
        given = self.given or StorageOptions()
        return replace(given, max_retries=0, read_timeout=min(given.read_timeout, LONGEST_WAIT))

    @cached_property
    def client(self) -> ObjectClient:
        """The container."""
        return client_for(self.options)

    @cached_property
    def probes(self) -> Probes:
        """The probe objects."""
        return Probes(self.client, self.options.location)

    @cached_property
    def token(self) -> Token:
        """A token of the storage's own Swift user."""
        return log_in(self.options)

    @cached_property
    def iam(self) -> StorageOptions | None:
        """The options of the IAM user, who may stand beside an S3 key; None when there is none."""
        options = self.options
        if not (options.username and options.password and options.account and options.project):
            return None
        return replace(options, access_key=None, secret_key=None, endpoint=self._swift_endpoint())

    @cached_property
    def iam_token(self) -> Token | None:
        """A token of the IAM user; None when there is none."""
        if self.iam is None:
            return None
        return self.token if self.options.protocol == "keystone" else log_in(self.iam)

    def _swift_endpoint(self) -> str | None:
        return self.options.endpoint if self.options.protocol == "keystone" else None

    def ask(self, method: str, url: str, headers: Mapping[str, str] = NO_HEADERS, body: bytes = b"") -> Answer:
        """Send a request without credentials, as a stranger who has nothing but the address.

        Raises:
            TooManyRequests: the server asks to slow down.
            StorageError: no answer came.
        """
        parts = urlsplit(url)
        pool = pool_for(f"{parts.scheme}://{parts.netloc}", self.options)
        request = Request(method, parts.path or "/", parts.query, headers, BytesBody(body))
        answer = pool.send(request, lambda _: NO_HEADERS)
        if answer.status == 429:
            raise TooManyRequests(f"{parts.netloc} answered {method} with 429: too many requests.", status=429)
        return answer
