"""Whose host an address names: Selectel's S3, Selectel's old API, this very machine. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

from django_selectel_storage.option_values import is_loopback
from django_selectel_storage.options import StorageOptions

# Servercore is Selectel's brand for Uzbekistan and Kazakhstan.
_SELECTEL = ("storage.selcloud.ru", "selcdn.ru", "srvstorage.uz", "srvstorage.kz")
_OLD = ("selcdn.ru", "s3.storage.selcloud.ru")
# Their documentation promises that ``If-None-Match: *`` is heeded.
_CONDITIONAL = ("storage.selcloud.ru", "srvstorage.uz", "srvstorage.kz", "amazonaws.com")


def host_of(address: str | None) -> str:
    """Give the host of a URL, in lower case; empty when there is none."""
    return (urlsplit(address or "").hostname or "").lower()


def belongs(host: str, *domains: str) -> bool:
    """Whether a host is one of the domains or lies in one."""
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def is_selectel(address: str | None) -> bool:
    """Whether an address is one of Selectel's storage APIs; the public domains of containers are none of them."""
    return belongs(host_of(address), *_SELECTEL)


def is_selectel_s3(address: str | None) -> bool:
    """Whether an address is Selectel's S3, with or without the name of a bucket before it."""
    labels = host_of(address).split(".")
    return is_selectel(address) and "s3" in labels


def is_old(address: str | None) -> bool:
    """Whether an address belongs to the API that Selectel switches off."""
    return belongs(host_of(address), *_OLD)


def heeds_conditions(address: str | None) -> bool:
    """Whether an S3 service is known to heed ``If-None-Match: *``."""
    return belongs(host_of(address), *_CONDITIONAL)


def is_old_swift(address: str | None) -> bool:
    """Whether a storage URL is one of Selectel's old Swift API, which has upload links and signs with SHA-1 only."""
    return belongs(host_of(address), _OLD[0])


def is_this_machine(address: str | None) -> bool:
    """Whether an address means the machine that asks."""
    return is_loopback(host_of(address))


def addresses(options: StorageOptions) -> dict[str, str]:
    """Give the addresses of the APIs that a storage speaks to, by the option that sets them."""
    named = {"endpoint": options.endpoint, "url_endpoint": options.url_endpoint}
    if options.protocol == "s3":
        named["endpoint"] = options.s3_endpoint
    else:
        named["auth_url"] = options.login_url
    return {name: address for name, address in named.items() if address}
