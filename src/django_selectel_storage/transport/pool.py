"""THE WIRE: the only room that sends over connections. A pool is shared by threads, and safe over forks.

It sends a request, tries again where ``retries`` says so, and hands back an answer or one of our errors; it must not
know what S3 or Swift mean by them.
"""

from __future__ import annotations

import os
import random
import ssl
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import SplitResult, unquote, urlsplit

import certifi
import urllib3
from urllib3.exceptions import HTTPError

from django_selectel_storage import __version__
from django_selectel_storage.exceptions import DamagedTransfer, InvalidOption, StorageError
from django_selectel_storage.transport import faults, pauses, retries
from django_selectel_storage.transport.body import Outgoing
from django_selectel_storage.transport.idle import IdleConnections
from django_selectel_storage.transport.messages import Answer, Request
from django_selectel_storage.transport.pace import PacedConnection

LONGEST_ERROR = 64 * 1024  # bytes of an error's body that are kept
LONGEST_BODY = 64 * 1024 * 1024  # bytes of any other answer that is read at once: a listing of 10,000 long keys fits

_USER_AGENT = f"django-selectel-storage/{__version__}"
_NO_RETRIES = urllib3.Retry(False, redirect=False)

Authorize: TypeAlias = Callable[[Request], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class WireOptions:
    """How connections are made. Times are in seconds."""

    connect_timeout: float = 5.0
    read_timeout: float = 30.0
    max_retries: int = 3
    pool_maxsize: int = 50
    ca_bundle: str | None = None
    proxy: str | None = field(default=None, repr=False)


class Pool:
    """The connections to one origin.

    Args:
        origin: scheme, host and port, as ``https://s3.ru-1.storage.selcloud.ru``.
        options: how connections are made.
        sleep: waits a number of seconds; tests give one that does not.
        chance: gives a random number from 0 to 1.
    """

    def __init__(
        self,
        origin: str,
        options: WireOptions,
        *,
        sleep: Callable[[float], None] = pauses.wait,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.origin = origin
        self.options = options
        self._sleep = sleep
        self._chance = chance
        self._connections: _Connections | None = None
        self._opening = threading.Lock()
        _POOLS.add(self)

    def send(self, request: Request, authorize: Authorize) -> Answer:
        """Send a request and give the answer, whatever its status.

        Args:
            request: what to send.
            authorize: gives the headers that vouch for it; asked again for each try.

        Raises:
            ConnectionFailed: no answer came, also not to the retries.
            TimedOut: the server took longer than the timeouts allow.
            DamagedTransfer: an answer is longer than any that is read at once.
            Exception: whatever reading the caller's file raised.
        """
        tries = 0
        while True:
            tries += 1
            result, again = self._try(request, authorize, tries)
            delay = self._delay(result, tries) if again else None
            if delay is not None:
                self._sleep(delay)
            elif isinstance(result, Answer):
                return result
            else:
                raise result

    def _delay(self, result: Answer | StorageError, tries: int) -> float | None:
        return retries.next_delay(
            tries=tries,
            max_retries=self.options.max_retries,
            chance=self._chance(),
            retry_after=_retry_after(result),
        )

    def forget(self) -> None:
        """Begin with new connections; those of a parent process must not be used by a child."""
        self._connections = None
        self._opening = threading.Lock()

    def _try(self, request: Request, authorize: Authorize, tries: int) -> tuple[Answer | StorageError, bool]:
        """Send once; give what came of it, and whether another try may end better."""
        headers = {"User-Agent": _USER_AGENT, **request.headers, **authorize(request)}
        if request.body.size:
            headers["Content-Length"] = str(request.body.size)
        outgoing = Outgoing(request.body)
        try:
            response = self._opened().request(request, headers, outgoing.body)
            answer = _answer(response, request, tries, self.origin)
        except StorageError:  # they are OSErrors, too
            raise
        except (HTTPError, OSError) as error:
            if outgoing.failure:
                raise outgoing.failure from None
            return faults.translated(error, self.origin)
        failed_after_all = answer.status < 300 and bool(request.failure_mark) and request.failure_mark in answer.body
        again = failed_after_all or answer.status in request.also_retried or retries.may_pass(answer.status)
        return answer, again

    def _opened(self) -> _Connections:
        if self._connections is None:
            with self._opening:
                if self._connections is None:
                    self._connections = _Connections(self.origin, self.options)
        return self._connections


_POOLS: weakref.WeakSet[Pool] = weakref.WeakSet()


def _forget_all() -> None:
    for pool in list(_POOLS):
        pool.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)


class _Connections:
    """urllib3's pool for one origin, straight or through a proxy."""

    def __init__(self, origin: str, options: WireOptions) -> None:
        parts = urlsplit(origin)
        proxy = _proxy_for(parts, options.proxy)
        self._timeout = urllib3.Timeout(connect=options.connect_timeout, read=options.read_timeout)
        self._pool_timeout = options.connect_timeout + options.read_timeout
        self._prefix = origin if proxy else ""
        settings: dict[str, Any] = {"maxsize": options.pool_maxsize, "block": True}
        if parts.scheme == "https":
            settings["ssl_context"] = tls_context(options.ca_bundle)
        self._urllib3: Any
        if proxy:
            self._urllib3 = urllib3.ProxyManager(proxy, proxy_headers=_credentials_of(proxy), **settings)
            self._urllib3.pool_classes_by_scheme = _pool_classes(options.read_timeout)
        else:
            kind = _pool_classes(options.read_timeout)[parts.scheme]
            self._urllib3 = kind(parts.hostname or "", parts.port, **settings)

    def request(
        self, request: Request, headers: Mapping[str, str], body: bytes | Iterator[bytes] | None
    ) -> urllib3.BaseHTTPResponse:
        """Send once; no redirects, no decoding, no retries of urllib3's own."""
        extra = {} if self._prefix else {"assert_same_host": False}
        response: urllib3.BaseHTTPResponse = self._urllib3.urlopen(
            request.method,
            self._prefix + request.target,
            body=body,
            headers=headers,
            retries=_NO_RETRIES,
            redirect=False,
            timeout=self._timeout,
            pool_timeout=self._pool_timeout,
            preload_content=False,
            decode_content=False,
            **extra,
        )
        return response


def _pool_classes(read_timeout: float) -> dict[str, Any]:
    """urllib3's pools by scheme, with connections that wait for so many seconds for a slow peer, and not longer."""
    classes = {}
    for scheme, pool in (("http", urllib3.HTTPConnectionPool), ("https", urllib3.HTTPSConnectionPool)):
        connection = type("Connection", (PacedConnection, pool.ConnectionCls), {"patience": read_timeout})
        classes[scheme] = type(pool.__name__, (pool,), {"ConnectionCls": connection, "QueueCls": IdleConnections})
    return classes


def tls_context(ca_bundle: str | None) -> ssl.SSLContext:
    """TLS 1.2 or newer, always verified, against certifi's roots unless others are named."""
    try:
        context = ssl.create_default_context(cafile=ca_bundle or certifi.where())
    except OSError as error:
        raise InvalidOption(f"The option 'ca_bundle' names no file of certificates to read: {error}.") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _proxy_for(origin: SplitResult, proxy: str | None) -> str | None:
    if proxy != "environment":
        return proxy
    import urllib.request  # noqa: PLC0415 - it brings much along, and few ask for the environment's proxy

    if urllib.request.proxy_bypass(origin.hostname or ""):
        return None
    found = urllib.request.getproxies().get(origin.scheme)
    return f"http://{found}" if found and "://" not in found else found  # as curl takes it


def _credentials_of(proxy: str) -> dict[str, str]:
    """Give the header that proves to a proxy who we are (RFC 7617), if its address has a user name."""
    parts = urlsplit(proxy)
    if parts.username is None:
        return {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return dict(urllib3.make_headers(proxy_basic_auth=pair))


class _Incoming:
    """A body on the wire; gives its connection back when it is read or closed."""

    __slots__ = ("_origin", "_response")

    def __init__(self, response: urllib3.BaseHTTPResponse, origin: str) -> None:
        self._response = response
        self._origin = origin

    def chunks(self, size: int) -> Iterator[bytes]:
        """Yield the body in pieces."""
        try:
            while chunk := self._response.read(size):
                yield chunk
                if self._response.length_remaining == 0:
                    return
        except (HTTPError, OSError) as error:
            raise faults.translated(error, self._origin)[0] from error
        finally:
            self.close()

    def close(self) -> None:
        """Keep the connection if all was read, otherwise drop it."""
        if not self._response.closed:
            self._response.close()
        self._response.release_conn()


def _answer(response: urllib3.BaseHTTPResponse, request: Request, tries: int, origin: str) -> Answer:
    good = response.status < 300
    if request.streamed and good:
        return Answer(response.status, response.headers, b"", _Incoming(response, origin), tries)
    body = _read(response, LONGEST_BODY if good else LONGEST_ERROR)
    if good and len(body) > LONGEST_BODY:
        raise DamagedTransfer(f"The answer of {origin} is longer than {LONGEST_BODY} bytes; it is not read.")
    return Answer(response.status, response.headers, body, None, tries)


def _read(response: urllib3.BaseHTTPResponse, limit: int) -> bytes:
    """Read a body, one byte beyond the limit at the most, and give the connection back."""
    try:
        body = response.read(limit + 1)
        while response.length_remaining and len(body) <= limit:  # urllib3 raises when the connection ended early
            body += response.read(limit + 1 - len(body))
        return body
    finally:
        if not response.closed:
            response.close()
        response.release_conn()


def _retry_after(result: Answer | StorageError) -> float | None:
    if isinstance(result, Answer) and result.status in retries.RETRIED_STATUSES:
        value = result.headers.get("Retry-After")
        return retries.parse_retry_after(value, time.time()) if value else None
    return None
