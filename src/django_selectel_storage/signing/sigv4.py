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


@dataclass(frozen=True, slots=True)
class SigningKey:
    """Who signs, for which region and service."""

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
    pairs = sorted((quote(name, safe=""), quote(value, safe="")) for name, value in parameters.items())
    return "&".join(f"{name}={value}" for name, value in pairs)


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
    scope = key.scope(date[:8])
    signature = _signature(key, date, scope, request)
    return f"{ALGORITHM} Credential={key.access_key}/{scope},SignedHeaders={signed},Signature={signature}"


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
    scope = key.scope(date[:8])
    signed_headers = "host"
    canonical_headers = f"host:{host}\n"
    if headers:
        to_sign = {**headers, "host": host}
        signed_headers = ";".join(sorted(to_sign))
        canonical_headers = "".join(f"{name}:{_folded(to_sign[name])}\n" for name in sorted(to_sign))
    query = (
        f"X-Amz-Algorithm={ALGORITHM}&X-Amz-Credential={_encoded(key.access_key)}%2F{scope.replace('/', '%2F')}"
        f"&X-Amz-Date={date}&X-Amz-Expires={expires}&X-Amz-SignedHeaders={signed_headers.replace(';', '%3B')}"
    )
    if parameters:
        pairs = [pair.split("=", 1) for pair in [*query.split("&"), *canonical_query(parameters).split("&")]]
        query = "&".join(f"{name}={value}" for name, value in sorted(pairs))
    request = f"{method}\n{path}\n{query}\n{canonical_headers}\n{signed_headers}\n{UNSIGNED_PAYLOAD}"
    return f"{query}&X-Amz-Signature={_signature(key, date, scope, request)}"


def _signature(key: SigningKey, date: str, scope: str, canonical_request: str) -> str:
    hashed = sha256(canonical_request.encode("utf-8", "surrogateescape")).hexdigest()
    signer = _signer(key.secret_key, date[:8], key.region, key.service).copy()
    signer.update(f"{ALGORITHM}\n{date}\n{scope}\n{hashed}".encode())
    return signer.hexdigest()


@lru_cache(maxsize=64)
def _signer(secret_key: str, date: str, region: str, service: str) -> hmac.HMAC:
    """Derive the key of one day; a copy of it signs each request of that day."""
    derived = f"AWS4{secret_key}".encode()
    for part in (date, region, service, "aws4_request"):
        derived = hmac.digest(derived, part.encode(), "sha256")
    return hmac.new(derived, digestmod="sha256")


@lru_cache(maxsize=64)
def _encoded(text: str) -> str:
    return quote(text, safe="")


def _folded(value: str) -> str:
    """Give a header's value as it is signed; what is not ASCII travels as Latin-1, and its bytes are signed."""
    folded = " ".join(value.split()) if "  " in value else value.strip()
    return folded if folded.isascii() else folded.encode("latin-1").decode("utf-8", "surrogateescape")
