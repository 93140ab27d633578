"""AWS Signature Version 4 for S3: the Authorization header and presigned URLs.

Pure: the time is an argument, nothing is sent. Paths and queries come percent-encoded, exactly as they go on the wire.
Source: Amazon S3 API Reference, "Authenticating Requests (AWS Signature Version 4)".
"""

from __future__ import annotations

import hmac
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from urllib.parse import quote

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
EMPTY_SHA256 = sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class SigningKey:
    """Who signs, for which region and service; equal to nothing but itself, so that looking it up costs no hashing."""

    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    region: str
    service: str = "s3"

    def scope(self, date: str) -> str:
        """The credential scope of a day (YYYYMMDD)."""
        return f"{date}/{self.region}/{self.service}/aws4_request"


def amz_date(now: float) -> str:
    """Write a POSIX time as SigV4 wants it: ``20130524T000000Z``."""
    return _amz_second(math.floor(now))


@lru_cache(maxsize=8)
def _amz_second(second: int) -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(second))


def canonical_query(parameters: Mapping[str, str]) -> str:
    """Write a query string in canonical form: names and values encoded, sorted by encoded name."""
    pairs = sorted([(_encoded(name), _encoded(value)) for name, value in parameters.items()])
    return "&".join([f"{name}={value}" for name, value in pairs])


@lru_cache(maxsize=256)
def _encoded(text: str) -> str:
    return quote(text, safe="")


def authorization(
    key: SigningKey, method: str, path: str, query: str, headers: Mapping[str, str], payload_sha256: str, date: str
) -> str:
    """Give the value of the Authorization header ("Signature Calculations for the Authorization Header").

    Args:
        key: who signs.
        method: the HTTP method.
        path: the percent-encoded path.
        query: the canonical query string, without the question mark.
        headers: the headers to sign, with lower-case names; ``host`` and ``x-amz-date`` among them.
        payload_sha256: the hexadecimal SHA-256 of the body, or ``UNSIGNED_PAYLOAD``.
        date: the time, as ``amz_date`` writes it.
    """
    fields = sorted(headers.items())
    signed = ";".join([name for name, _ in fields])
    canonical_headers = "".join([f"{name}:{_folded(value)}\n" for name, value in fields])
    request = f"{method}\n{path}\n{query}\n{canonical_headers}\n{signed}\n{payload_sha256}"
    signature = _signature(_signer_of_second(key, date), request.encode("utf-8", "surrogateescape"))
    return f"{ALGORITHM} Credential={key.access_key}/{key.scope(date[:8])},SignedHeaders={signed},Signature={signature}"


def presigned_query(
    key: SigningKey,
    method: str,
    path: str,
    host: str,
    date: str,
    expires: int,
    parameters: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> str:
    """Give the query string of a presigned URL ("Authenticating Requests: Using Query Parameters").

    Args:
        key: who signs.
        method: the HTTP method that the URL is for.
        path: the percent-encoded path.
        host: the host (and port, when it is not the scheme's own) that the URL names.
        date: the time from which the URL is valid, as ``amz_date`` writes it.
        expires: how long it is valid, in seconds; 604800 at most.
        parameters: further query parameters, which the signature then binds.
        headers: further headers, lower-case, that the caller of the URL has to send exactly like this.
    """
    if parameters or headers:
        query, rest = _below_the_path(key, host, date, expires, parameters or {}, headers or {})
        signer = _signer_of_second(key, date)
    else:
        query, rest, signer = _common_to_plain_urls(key, host, date, expires)
    request = f"{method}\n{path}\n".encode("utf-8", "surrogateescape") + rest
    return f"{query}&X-Amz-Signature={_signature(signer, request)}"


@lru_cache(maxsize=64)
def _common_to_plain_urls(key: SigningKey, host: str, date: str, expires: int) -> tuple[str, bytes, hmac.HMAC]:
    """Keep what all URLs of a second have in common; a page has many."""
    return (*_below_the_path(key, host, date, expires, {}, {}), _signer_of_second(key, date))


def _below_the_path(
    key: SigningKey, host: str, date: str, expires: int, parameters: Mapping[str, str], headers: Mapping[str, str]
) -> tuple[str, bytes]:
    """Give the query of a presigned URL without its signature, and what follows the path in the canonical request."""
    to_sign = {**headers, "host": host}
    names = sorted(to_sign)
    canonical_headers = "".join(f"{name}:{_folded(to_sign[name])}\n" for name in names)
    fields = {
        **parameters,
        "X-Amz-Algorithm": ALGORITHM,
        "X-Amz-Credential": f"{key.access_key}/{key.scope(date[:8])}",
        "X-Amz-Date": date,
        "X-Amz-Expires": str(expires),
        "X-Amz-SignedHeaders": ";".join(names),
    }
    query = canonical_query(fields)
    rest = f"{query}\n{canonical_headers}\n{';'.join(names)}\n{UNSIGNED_PAYLOAD}"
    return query, rest.encode("utf-8", "surrogateescape")


def _signature(signer_of_second: hmac.HMAC, canonical_request: bytes) -> str:
    signer = signer_of_second.copy()
    signer.update(sha256(canonical_request).hexdigest().encode())
    return signer.hexdigest()


@lru_cache(maxsize=64)
def _signer_of_second(key: SigningKey, date: str) -> hmac.HMAC:
    """Hash the string to sign up to the canonical request: requests of one second differ in nothing before it."""
    signer = _signer_of_day(key, date[:8]).copy()
    signer.update(f"{ALGORITHM}\n{date}\n{key.scope(date[:8])}\n".encode())
    return signer


@lru_cache(maxsize=64)
def _signer_of_day(key: SigningKey, date: str) -> hmac.HMAC:
    """Derive the key of one day ("Calculate Signature"); a copy of it signs the requests of each second."""
    derived = f"AWS4{key.secret_key}".encode()
    for part in (date, key.region, key.service, "aws4_request"):
        derived = hmac.digest(derived, part.encode(), "sha256")
    return hmac.new(derived, digestmod="sha256")


def _folded(value: str) -> str:
    """Give a header's value as it is signed; what is not ASCII travels as Latin-1, and its bytes are signed."""
    folded = " ".join(value.split()) if "  " in value else value.strip()
    return folded if folded.isascii() else folded.encode("latin-1").decode("utf-8", "surrogateescape")
