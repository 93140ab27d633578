"""One shared token per credentials and process, renewed by one thread while the others go on with the old one.

It does not know how a login looks: that is a function it is given.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django_selectel_storage.exceptions import StorageError
from django_selectel_storage.option_values import web_address

log = logging.getLogger(__name__)

_PRINTABLE = re.compile(r"[!-~]+")  # ASCII without blanks and control characters

MARGIN = 300.0  # seconds before its end that a token is renewed
ASSUMED_LIFE = 3600.0  # seconds, when the server does not tell
RENEWAL_PAUSE = 10.0  # seconds between attempts to renew a token that still works


@dataclass(frozen=True, slots=True)
class Token:
    """A login's result.

    Attributes:
        value: what goes into X-Auth-Token.
        storage_url: where the account answers, without a trailing slash.
        life: seconds from the login on; None when the server did not tell.
    """

    value: str = field(repr=False)
    storage_url: str
    life: float | None = None


def at_endpoint(endpoint: str | None, handed_out: str) -> str:
    """Give the storage URL of a login; ``endpoint`` replaces its host, or all of it when it has a path itself."""
    if not endpoint or urlsplit(endpoint).path:
        return endpoint or handed_out
    host, slash, path = handed_out.partition("://")[2].partition("/")
    return f"{endpoint}{slash}{path}" if host else handed_out


def usable_token(value: str, storage_url: str, life: float | None, login_url: str) -> Token:
    """Make a token of what a login handed out.

    Raises:
        StorageError: the token cannot stand in a header, or the storage URL is none.
    """
    try:
        address = web_address(storage_url)
    except ValueError:
        address = ""
    if not _PRINTABLE.fullmatch(address) or not _PRINTABLE.fullmatch(value):
        raise StorageError(f"The login at {login_url} handed out no usable token, or no usable storage URL.")
    return Token(value, address, life)


class TokenKeeper:
    """Keeps one token for everybody who shares the credentials.

    Args:
        login: gets a new token.
        clock: gives a time in seconds that never goes back.
    """

    def __init__(self, login: Callable[[], Token], clock: Callable[[], float] = time.monotonic) -> None:
        self._login = login
        self._clock = clock
        self.forget_lock()
        self.temp_url_digest = ""  # what the server allows, once it was asked
        self._token: Token | None = None
        self._failure: StorageError | None = None
        self._failures = 0
        self._renew_at = self._ends_at = 0.0

    def forget_lock(self) -> None:
        """Begin with a new lock; after a fork, the old one may be held by a thread that is not there."""
        self._lock = threading.Lock()

    def current(self) -> Token:
        """Give a token that works for a while; log in if there is none.

        Raises:
            StorageError: the login failed.
        """
        token, now = self._token, self._clock()
        if token and now < self._renew_at:
            return token
        if token and now < self._ends_at:
            return self._renewed_by_one(token)
        return self._only_one(lambda _: self._clock() < self._ends_at)

    def storage_url(self) -> str:
        """Give where the account answers, as the latest login said; log in if there was none.

        An address outlives the token that came with it: it needs no login server that is there.

        Raises:
            StorageError: the login failed.
        """
        return (self._token or self.current()).storage_url

    def renewed(self, rejected: Token) -> Token:
        """Give another token than the one that the server rejected.

        Raises:
            StorageError: the login failed.
        """
        return self._only_one(lambda token: token is not rejected)

    def _only_one(self, is_usable: Callable[[Token], bool]) -> Token:
        """Let one thread log in; those who wait for it share its token, or its failure.

        Otherwise each of them would wait for a login server that is away, one after the other.
        """
        failures = self._failures
        with self._lock:
            if self._token and is_usable(self._token):
                return self._token
            if self._failure and self._failures != failures:
                raise copy(self._failure)
            return self._new()

    def _renewed_by_one(self, token: Token) -> Token:
        if not self._lock.acquire(blocking=False):
            return token
        try:
            return self._new() if self._token is token else (self._token or token)
        except StorageError as error:
            self._renew_at = min(self._clock() + RENEWAL_PAUSE, self._ends_at)
            log.warning("A token could not be renewed yet; the old one still works: %s", error)
            return token
        finally:
            self._lock.release()

    def _new(self) -> Token:
        try:
            token = self._login()
        except StorageError as error:
            self._failures += 1
            self._failure = copy(error)  # without its traceback
            raise
        self._failure = None
        now = self._clock()
        life = token.life if token.life is not None else ASSUMED_LIFE
        self._ends_at = now + life
        self._renew_at = now + max(life - MARGIN, life / 2)
        self._token = token
        return token
