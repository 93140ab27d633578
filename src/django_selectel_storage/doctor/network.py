"""The way to the servers: names, TCP, TLS. The one place outside of the transport that opens sockets.

They are opened to be looked at: nothing is sent over them.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from django_selectel_storage.doctor import certificates
from django_selectel_storage.doctor.case import Case
from django_selectel_storage.doctor.findings import State, Verdict, bad, good, skipped
from django_selectel_storage.exceptions import InvalidOption
from django_selectel_storage.options import StorageOptions
from django_selectel_storage.protocols.swift import keystone
from django_selectel_storage.transport.pool import tls_context

_BEHIND_PROXY = gettext_lazy(
    "the option 'proxy' is set: the proxy opens the connections, and the next examination goes through it"
)


@dataclass(frozen=True, slots=True)
class Door:
    """A server's address."""

    host: str
    port: int
    secure: bool

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def origins(options: StorageOptions) -> tuple[str, ...]:
    """Give the origins that a storage opens connections to, as far as its options alone tell them."""
    if options.protocol == "s3":
        parts = urlsplit(options.s3_endpoint)
        prefix = f"{options.container}." if options.addressing == "virtual" else ""
        return (f"{parts.scheme}://{prefix}{parts.netloc}",)
    storage = keystone.known_storage_url(options) if options.protocol == "keystone" else options.endpoint
    return tuple(dict.fromkeys(map(_origin, filter(None, (options.login_url, storage)))))


def names(case: Case) -> Verdict:
    """Whether the names of the servers have addresses."""
    return _each(case, _resolve)


def connections(case: Case) -> Verdict:
    """Whether the servers take connections."""
    return _each(case, _connect)


def encryption(case: Case) -> Verdict:
    """Whether the servers' certificates are trusted, and by which root."""
    return _each(case, _handshake)


def _each(case: Case, look: Callable[[Door, StorageOptions], Verdict]) -> Verdict:
    """Look at each server; the first that is not well decides."""
    if case.options.proxy:
        return skipped(_BEHIND_PROXY)
    verdicts = [look(_door(origin), case.options) for origin in origins(case.options)]
    for state in (State.BAD, State.GOOD):
        seen = [verdict for verdict in verdicts if verdict.state is state]
        if seen:
            return Verdict(state, "; ".join(verdict.detail for verdict in seen), seen[0].hint)
    return verdicts[0]


def _resolve(door: Door, options: StorageOptions) -> Verdict:
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(door.host, door.port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        seen = _("{host} has no address ({reason})").format(host=door.host, reason=reason)
        return bad(seen, _naming_hint(door, options))
    return good(_("{host} has the address {address}").format(host=door.host, address=", ".join(sorted(found))))


def _naming_hint(door: Door, options: StorageOptions) -> str:
    if options.protocol == "s3" and options.addressing == "virtual":
        return _(
            "Is there a bucket of this name in this pool? Try addressing='path', and look at 'endpoint' and 'pool'."
        )
    if options.container and door.host.startswith(f"{options.container}."):
        host = door.host.removeprefix(f"{options.container}.")
        return _("Take the container's name out of 'endpoint': {host!r}.").format(host=host)
    return _("Are 'endpoint', 'pool' and 'auth_url' spelt right? If they are, this machine's DNS does not work.")


def _connect(door: Door, options: StorageOptions) -> Verdict:
    try:
        socket.create_connection((door.host, door.port), options.connect_timeout).close()
    except OSError as error:
        return bad(
            _("{door} takes no connection ({reason})").format(door=door, reason=error.strerror or error),
            _(
                "Is the port of 'endpoint' or 'auth_url' right, and does a firewall let this machine out? Where only a "
                "proxy gets out, set 'proxy'."
            ),
        )
    return good(_("{door} takes connections").format(door=door))


def _handshake(door: Door, options: StorageOptions) -> Verdict:
    if not door.secure:
        return skipped(_("{door} speaks plain http").format(door=door))
    try:
        context = tls_context(options.ca_bundle)
    except InvalidOption as error:
        return bad(str(error), _("Correct 'ca_bundle', or leave it out."))
    try:
        with (
            socket.create_connection((door.host, door.port), options.connect_timeout) as plain,
            context.wrap_socket(plain, server_hostname=door.host) as secured,
        ):
            seen = _("{door} speaks {version}, trusted through {root}")
            return good(seen.format(door=door, version=secured.version(), root=certificates.root_of(secured)))
    except ssl.SSLCertVerificationError as error:
        return certificates.explained(str(door), error, _presented_root(door, options), options.ca_bundle)
    except OSError as error:
        return bad(
            _("{door} does not speak TLS ({reason})").format(door=door, reason=error.strerror or error),
            _("Is it the right port, and https? TLS 1.2 is the least that is spoken here."),
        )


def _presented_root(door: Door, options: StorageOptions) -> str:
    """Give the name of the root that the server's own chain leads to. It is not trusted, and nothing is sent to it."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((door.host, door.port), options.connect_timeout) as plain,
            context.wrap_socket(plain, server_hostname=door.host) as secured,
        ):
            return certificates.presented_root_of(secured)
    except OSError:
        return str(certificates.UNKNOWN)


def _door(origin: str) -> Door:
    parts = urlsplit(origin)
    secure = parts.scheme == "https"
    return Door(parts.hostname or "", parts.port or (443 if secure else 80), secure)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
