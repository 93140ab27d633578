"""Auth v1.0: two headers out, a token and a storage URL back. Pure: what to send, and how to read the answer.

Source: OpenStack Object Storage API, "Authentication" (TempAuth); Selectel answers 204 and names the life of the token
X-Expire-Auth-Token, plain Swift answers 200 and says X-Auth-Token-Expires or nothing.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django_selectel_storage.options import StorageOptions
from django_selectel_storage.protocols import failures, fields
from django_selectel_storage.protocols.swift.tokens import Token, at_endpoint, usable_token
from django_selectel_storage.transport.messages import Answer, Request

_REFUSED = "Are 'username' and 'password' right, and is 'auth_url' the address of an auth v1.0 login?"


def login_request(options: StorageOptions) -> Request:
    """Ask for a token."""
    headers = {
        "X-Auth-User": fields.wire_text(options.username or ""),
        "X-Auth-Key": fields.wire_text(options.password or ""),
    }
    return Request("GET", urlsplit(options.login_url).path or "/", headers=headers)


def read_token(options: StorageOptions, answer: Answer) -> Token:
    """Read the answer to a login.

    Raises:
        AuthenticationFailed: the server does not know the user, or the password is wrong.
        StorageError: it answered something else.
    """
    value, storage_url = answer.headers.get("X-Auth-Token", ""), answer.headers.get("X-Storage-Url", "")
    if answer.status >= 300 or not value or not storage_url:
        raise failures.login_failed(options.login_url, answer, _REFUSED, refusals={401, 403})
    life = answer.headers.get("X-Expire-Auth-Token") or answer.headers.get("X-Auth-Token-Expires", "")
    seconds = float(life[:9]) if life.isascii() and life.isdigit() else None
    return usable_token(value, at_endpoint(options.endpoint, storage_url), seconds, options.login_url)
