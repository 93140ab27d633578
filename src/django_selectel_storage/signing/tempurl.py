"""Swift's temporary URLs. Pure: the time is an argument, nothing is sent.

Source: OpenStack Object Storage, "Temporary URL middleware". The path is signed unquoted; what stands in the query
beside signature and expiry is not signed.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import quote, unquote, urlencode

ALGORITHMS = ("sha256", "sha512", "sha1")  # the best first


def signed_query(
    key: str,
    method: str,
    path: str,
    expires_at: int,
    algorithm: str = "sha256",
    parameters: Mapping[str, str] | None = None,
) -> str:
    """Give the query string that makes a URL temporary.

    Args:
        key: the account's or the container's TempURL key.
        method: the HTTP method that the URL is for; one for GET serves HEAD too.
        path: the percent-encoded path.
        expires_at: when the URL ends, as POSIX time in whole seconds.
        algorithm: one of ``ALGORITHMS``, as the server allows.
        parameters: ``filename`` and ``inline``, which the server also heeds.
    """
    text = f"{method}\n{expires_at}\n{unquote(path)}"
    signature = hmac.new(key.encode(), text.encode(), algorithm).hexdigest()
    query = f"temp_url_sig={signature}&temp_url_expires={expires_at}"
    return f"{query}&{urlencode(parameters, quote_via=quote)}" if parameters else query


def best_algorithm(allowed: object) -> str:
    """Choose among the digests that a server's ``/info`` lists; sha256 where it lists none that is known."""
    listed = allowed if isinstance(allowed, list) else []
    return next((name for name in ALGORITHMS if name in listed), "sha256")
