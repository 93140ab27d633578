"""Checks of the URLs that browsers get: whether anybody can open them, and for how long."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.core.checks import CheckMessage, Tags, register

from django_selectel_storage import hosts
from django_selectel_storage.checks.found import everything, schemas, usable, warning
from django_selectel_storage.options import StorageOptions

_PUBLIC_DOMAIN = "the container's public domain, as 'https://<uuid>.selstorage.ru', or a domain of your own"


@register(Tags.files)
def custom_domain_at_s3(**_: object) -> list[CheckMessage]:
    """W005: ``custom_domain`` is the address of the API, which answers no visitors."""
    return [
        warning(
            "W005",
            f"The 'custom_domain' of {storage.place} is the address of the S3 API: visitors get 403 there, also when "
            "the container is public.",
            hint=f"Set 'custom_domain' to {_PUBLIC_DOMAIN}; or leave it out, and URLs are signed.",
        )
        for storage, options in usable()
        if is_the_api(options)
    ]


def is_the_api(options: StorageOptions) -> bool:
    """Whether the public domain is the API's; other stores than Selectel serve visitors there, below the container."""
    if hosts.is_selectel_s3(options.custom_domain):
        return True
    same = hosts.host_of(options.custom_domain) == hosts.host_of(options.s3_endpoint)
    return same and options.protocol == "s3" and not urlsplit(options.custom_domain or "").path


@register(Tags.files)
def unsigned_private_urls(**_: object) -> list[CheckMessage]:
    """W006: URLs are unsigned, and Selectel's S3 answers no request that is not signed."""
    return [
        warning(
            "W006",
            f"{storage.place} has 'querystring_auth' off and no 'custom_domain': its URLs lead to Selectel's S3 API "
            "without a signature, and are answered with 403, also when the container is public.",
            hint=f"Leave 'querystring_auth' out, or set 'custom_domain' to {_PUBLIC_DOMAIN}.",
        )
        for storage, options in usable()
        if options.protocol == "s3"
        and not options.signs_urls
        and not options.custom_domain
        and hosts.is_selectel_s3(options.url_endpoint or options.s3_endpoint)
    ]


@register(Tags.files)
def missing_temp_url_key(**_: object) -> list[CheckMessage]:
    """W007: on Swift, nothing signs the URLs."""
    return [
        warning(
            "W007",
            f"{storage.place} has neither 'temp_url_key' nor 'custom_domain': its URLs are not signed, and can be "
            "opened only if the container is public.",
            hint="Set 'temp_url_key' to the account's or the container's TempURL key. If the container is public, say "
            "so: set 'custom_domain', or 'querystring_auth' to False.",
        )
        for storage, options in usable()
        if options.protocol != "s3"
        and not options.custom_domain
        and not options.temp_url_key
        and options.querystring_auth is None
    ]


@register(Tags.compatibility)
def lost_lasting_urls(**_: object) -> list[CheckMessage]:
    """W009: a container whose URLs lasted over the old API has URLs over S3 that end."""
    lasting = _containers_with_lasting_urls()
    return [
        warning(
            "W009",
            f"{storage.place} signs its URLs, which end after {_life(options)} seconds; over Selectel's old API "
            f"({lasting[options.container]}) those of the same container lasted. URLs that are kept elsewhere, as in "
            "mails, caches and texts, will stop working.",
            hint=f"If the files are public, set 'custom_domain' to {_PUBLIC_DOMAIN}: its URLs last.",
        )
        for storage, options in usable()
        if options.protocol == "s3"
        and options.signs_urls
        and options.container in lasting
        and hosts.is_selectel(options.s3_endpoint)
    ]


def _containers_with_lasting_urls() -> dict[str, str]:
    """Give the containers that Selectel's old API serves without signatures, and where in the settings they stand."""
    return {
        storage.options.container: storage.place
        for storage in [*everything(), *schemas()]
        if storage.options is not None
        and storage.options.protocol == "legacy"
        and not storage.options.signs_urls
        and hosts.is_old(storage.options.login_url)
    }


def _life(options: StorageOptions) -> int:
    return options.querystring_expire + options.stable_urls
