"""StorageOptions -> client: the only place that chooses a protocol, and that shares pools and tokens.

Shared are: connections to one origin made in one way, and the token of one user who logs in over connections made in
one way. Nothing else. A protocol is imported when it is first spoken: most sites need one of the two.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django_selectel_storage.exceptions import StorageError
from django_selectel_storage.option_values import is_safe_address
from django_selectel_storage.options import StorageOptions
from django_selectel_storage.protocols.base import ObjectClient
from django_selectel_storage.transport.pool import Pool, WireOptions, tls_context

if TYPE_CHECKING:
    from django_selectel_storage.protocols.swift.tokens import Token, TokenKeeper

_pools: dict[tuple[str, WireOptions], Pool] = {}
_keepers: dict[tuple[object, ...], TokenKeeper] = {}
_sharing = threading.Lock()


def client_for(options: StorageOptions) -> ObjectClient:
    """Give a client for the container that the options name.

    Raises:
        InvalidOption: ``ca_bundle`` cannot be read.
    """
    wire = _wire_options(options)
    if wire.ca_bundle:
        tls_context(wire.ca_bundle)  # here, and not with the first request, it is known to be the options' fault
    return _s3_client(options, wire) if options.protocol == "s3" else _swift_client(options, wire)


def _s3_client(options: StorageOptions, wire: WireOptions) -> ObjectClient:
    from django_selectel_storage.protocols.s3.client import S3Client  # noqa: PLC0415 - see above
    from django_selectel_storage.protocols.s3.wire import address  # noqa: PLC0415

    place = address(options.s3_endpoint, options.container, options.addressing)
    return S3Client(options, shared_pool(place.origin, wire))


def _swift_client(options: StorageOptions, wire: WireOptions) -> ObjectClient:
    from django_selectel_storage.protocols.swift.client import SwiftClient  # noqa: PLC0415 - see above

    return SwiftClient(options, _shared_keeper(options, wire), lambda origin: shared_pool(origin, wire))


def shared_pool(origin: str, wire: WireOptions) -> Pool:
    """Give the connections to an origin, which all who make them in the same way share."""
    pool = _pools.get((origin, wire))
    if pool is None:
        with _sharing:
            pool = _pools.setdefault((origin, wire), Pool(origin, wire))
    return pool


def pool_for(origin: str, options: StorageOptions) -> Pool:
    """Give the connections to any origin, made in the way that the options say; nobody logs in on them."""
    return shared_pool(origin, _wire_options(options))


def log_in(options: StorageOptions) -> Token:
    """Log in anew as the Swift user of the options; the token is not shared."""
    return _login(options, _wire_options(options))


def _shared_keeper(options: StorageOptions, wire: WireOptions) -> TokenKeeper:
    from django_selectel_storage.protocols.swift.tokens import TokenKeeper  # noqa: PLC0415 - see above

    identity = (
        options.protocol, options.login_url, options.username, options.password, options.account, options.project,
        options.endpoint, options.pool, options.region, options.allow_http, wire,
    )  # fmt: skip
    with _sharing:
        return _keepers.setdefault(identity, TokenKeeper(lambda: _login(options, wire)))


def _login(options: StorageOptions, wire: WireOptions) -> Token:
    from django_selectel_storage.protocols.swift import keystone, legacy  # noqa: PLC0415 - see above

    parts = urlsplit(options.login_url)
    pool = shared_pool(f"{parts.scheme}://{parts.netloc}", wire)
    if options.protocol == "keystone":
        token = keystone.read_token(options, pool.send(keystone.login_request(options), lambda _: {}))
    else:
        token = legacy.read_token(options, pool.send(legacy.login_request(options), lambda _: {}))
    if not options.allow_http and not is_safe_address(token.storage_url):
        raise StorageError(
            f"{options.login_url} hands out a storage URL with plain http, over which the token would travel "
            "unprotected. Set 'endpoint' to the https address of the storage, or 'allow_http' to True."
        )
    return token


def _wire_options(options: StorageOptions) -> WireOptions:
    return WireOptions(
        connect_timeout=options.connect_timeout,
        read_timeout=options.read_timeout,
        max_retries=options.max_retries,
        pool_maxsize=options.pool_maxsize,
        ca_bundle=options.ca_bundle,
        proxy=options.proxy,
    )


def _unlock_after_fork() -> None:
    global _sharing  # noqa: PLW0603 - a lock held by a thread that the child does not have
    _sharing = threading.Lock()
    for keeper in _keepers.values():
        keeper.forget_lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_unlock_after_fork)
