"""Selectel's Object Storage API v2, as far as it tells the public domain of a container. Pure.

Selectel does not document it; what is written here was seen in public code that uses it.
"""

from __future__ import annotations

import json

from django_selectel_storage.exceptions import StorageError
from django_selectel_storage.hosts import belongs, host_of
from django_selectel_storage.names import quoted
from django_selectel_storage.options import KEYSTONE_AUTH_URL, StorageOptions
from django_selectel_storage.protocols import failures
from django_selectel_storage.protocols.failures import Operation, Words
from django_selectel_storage.transport.messages import Answer, Request

_DOMAIN = "storage.selcloud.ru"
_PUBLIC = "selstorage.ru"
_HINT = "Is the container in this pool and project, and may the user manage it?"


def origin(options: StorageOptions) -> str | None:
    """Give where the API of a storage's pool answers; None where the storage is not Selectel's."""
    host = host_of(_endpoint(options))
    if not belongs(host, _DOMAIN):
        return None
    labels = host.removesuffix(f".{_DOMAIN}").split(".")
    return f"https://api.{labels[-1] if len(labels) > 1 else options.pool}.{_DOMAIN}"


def _endpoint(options: StorageOptions) -> str | None:
    """Give where the storage itself answers, as far as the options tell."""
    if options.protocol == "s3":
        return options.s3_endpoint
    is_iam = options.protocol == "keystone" and options.login_url == KEYSTONE_AUTH_URL
    return options.endpoint or (f"https://swift.{options.pool}.{_DOMAIN}" if is_iam else None)


def public_domains_request(container: str) -> Request:
    """Ask for the public domains of a container."""
    return Request("GET", f"/v2/containers/{quoted(container)}/pubdomains", headers={"Accept": "application/json"})


def read_public_domains(container: str, answer: Answer) -> list[str]:
    """Read the addresses at which a container is public; none when it is private (204).

    Raises:
        StorageError: the API refuses, or answers something else than it is known to.
    """
    if answer.status == 204:
        return []
    if answer.status != 200:
        operation = Operation("Looking up the public domain of", container)
        raise failures.error_for(operation, answer.status, Words(hint=_HINT))
    try:
        return [f"https://{entry['uuid']}.{_PUBLIC}" for entry in json.loads(answer.body)]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise StorageError("Selectel's API answered something else than a list of public domains.") from None


def is_public_domain(domain: str | None) -> bool:
    """Whether an address is a public domain that Selectel gave some container."""
    return belongs(host_of(domain), _PUBLIC)


def serves(domain: str | None, domains: list[str]) -> bool:
    """Whether a ``custom_domain`` is one of the public domains."""
    return host_of(domain) in map(host_of, domains)
