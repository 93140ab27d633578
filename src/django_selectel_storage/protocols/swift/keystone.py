"""Keystone v3 (Selectel: IAM): a project-scoped token by user name, password, account (domain) and project.

Pure: what to send, and how to read the answer. Source: OpenStack Identity API v3, "Password authentication with scoped
authorization".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlsplit

from django_selectel_storage.exceptions import StorageError
from django_selectel_storage.options import KEYSTONE_AUTH_URL, StorageOptions
from django_selectel_storage.protocols import failures, fields
from django_selectel_storage.protocols.swift.tokens import Token, at_endpoint, usable_token
from django_selectel_storage.transport.body import BytesBody
from django_selectel_storage.transport.messages import Answer, Request

_REFUSED = "Are 'username' (of a service user), 'password', 'account' and 'project' right?"
_PROJECT_ID = re.compile(r"[0-9a-f]{32}")


def login_request(options: StorageOptions) -> Request:
    """Ask for a project-scoped token."""
    user = {"name": options.username, "domain": {"name": options.account}, "password": options.password}
    body = {
        "auth": {
            "identity": {"methods": ["password"], "password": {"user": user}},
            "scope": {"project": _project(options)},
        }
    }
    return Request(
        "POST",
        f"{urlsplit(_identity_url(options.login_url)).path}/auth/tokens",
        headers={"Content-Type": "application/json", "Accept": "application/json"},
        body=BytesBody(json.dumps(body).encode()),
    )


def read_token(options: StorageOptions, answer: Answer) -> Token:
    """Read the answer to a login.

    Raises:
        AuthenticationFailed: the user, the password, the account or the project is not right.
        StorageError: the server answered something else, or its catalogue names no object store.
    """
    value = answer.headers.get("X-Subject-Token", "")
    if answer.status >= 300 or not value:
        raise failures.login_failed(options.login_url, answer, _REFUSED, refusals={401, 403, 404})
    token = _mapping(_mapping(fields.json_of(answer.body, "Keystone")).get("token"))
    return usable_token(value, storage_url(options, token), _life(token, answer), options.login_url)


def known_storage_url(options: StorageOptions) -> str | None:
    """The storage URL as far as the options alone tell it.

    An ``endpoint`` with a path is one; a project's id makes one, of an ``endpoint`` without, or of Selectel's pool.
    """
    project = options.project or ""
    if options.endpoint and urlsplit(options.endpoint).path:
        return options.endpoint
    if not _PROJECT_ID.fullmatch(project) or not (options.endpoint or _is_selectel(options)):
        return None
    return _selectel_url(options, project)


def storage_url(options: StorageOptions, token: dict[str, Any]) -> str:
    """Find where the account answers: ``endpoint``, Selectel's host of the pool, or the catalogue's entry.

    Raises:
        StorageError: the catalogue names no object store in the region.
    """
    known = known_storage_url(options)
    if known:
        return known
    project = _mapping(token.get("project")).get("id")
    if _is_selectel(options) and isinstance(project, str):
        return _selectel_url(options, project)
    found = _in_catalogue(options, token)
    return at_endpoint(options.endpoint, found)


def _in_catalogue(options: StorageOptions, token: dict[str, Any]) -> str:
    places = dict(_object_stores(token))
    wanted = options.region or options.pool
    if wanted in places or len(places) == 1:
        return places.get(wanted) or next(iter(places.values()))
    raise StorageError(
        f"The catalogue of {options.login_url} names no object store in the region {wanted!r} "
        f"(it has: {', '.join(sorted(places)) or 'none'}). Set 'region', or 'endpoint' with the account's path."
    )


def _project(options: StorageOptions) -> dict[str, object]:
    project = options.project or ""
    if _PROJECT_ID.fullmatch(project):
        return {"id": project}
    return {"name": project, "domain": {"name": options.account}}


def _identity_url(url: str) -> str:
    """Accept the address of the service with or without its version and its last steps."""
    url = url.removesuffix("/auth/tokens")
    return url if url.endswith("/v3") else f"{url}/v3"


def _is_selectel(options: StorageOptions) -> bool:
    return urlsplit(options.login_url).netloc == urlsplit(KEYSTONE_AUTH_URL).netloc


def _selectel_url(options: StorageOptions, project: str) -> str:
    host = options.endpoint or f"https://swift.{options.pool}.storage.selcloud.ru"
    return f"{host}/v1/{project}"


def _object_stores(token: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for service in _list(token.get("catalog")):
        if _mapping(service).get("type") != "object-store":
            continue
        for entry in map(_mapping, _list(service.get("endpoints"))):
            if entry.get("interface") == "public" and isinstance(entry.get("url"), str):
                yield str(entry.get("region_id") or entry.get("region") or ""), entry["url"].rstrip("/")


def _life(token: dict[str, Any], answer: Answer) -> float | None:
    """Seconds until the token ends, by the server's own clock."""
    ends = fields.iso_date(str(token.get("expires_at", "")))
    now = fields.http_date(answer.headers.get("Date", "")) or datetime.now(timezone.utc)
    return max(0.0, (ends - now).total_seconds()) if ends else None


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
