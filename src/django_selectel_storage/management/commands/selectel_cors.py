"""`manage.py selectel_cors`: lets the pages of a site upload into a container, shows who may, takes it back."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.files.storage import InvalidStorageError, storages
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from django_selectel_storage.exceptions import StorageError
from django_selectel_storage.protocols import cors
from django_selectel_storage.storage import SelectelStorage

_ORIGIN = re.compile(r"\*|https?://[a-z0-9.\[\]:*-]+", re.IGNORECASE)  # RFC 6454, section 6.2
_SELECTEL = (".selcloud.ru", ".srvstorage.uz", ".srvstorage.kz")
_NOT_KNOWN = frozenset({405, 501})
VIRTUAL = gettext_lazy(
    "Selectel answers CORS requests only for buckets with virtual-hosted addressing: switch the bucket over in the "
    "control panel (there is no way back), set 'addressing' to 'virtual', and use a name without dots."
)


class Command(BaseCommand):
    """The CORS rules of a storage's container, as far as uploads need them."""

    help = gettext_noop(
        "Lets the pages of these origins upload straight into the container (CORS), shows who may, or takes it back."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to do, and with which storage."""
        parser.description = _(self.help)
        parser.add_argument("--storage", default="default", metavar="ALIAS", help=_("in STORAGES; default: default"))
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("show", help=_("show the rules"))
        allow = actions.add_parser("allow", help=_("let these origins upload, beside those that may already"))
        allow.add_argument("origins", nargs="+", metavar="ORIGIN", help=_("as https://www.example.com, without a path"))
        actions.add_parser("clear", help=_("let nobody upload any more; rules that others have set stay"))

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Do it, and show the rules as they are then."""
        storage = _storage(options["storage"])
        origins = [_checked(origin) for origin in options.get("origins", [])]
        if _needs_virtual_hosts(storage):
            self.stderr.write(self.style.WARNING(str(VIRTUAL)))
        try:
            rules = storage.client.cors.rules()
            if options["action"] != "show":
                kept = cors.allowing(rules, origins) if options["action"] == "allow" else cors.without_ours(rules)
                storage.client.cors.store(kept)
                rules = storage.client.cors.rules()
        except StorageError as error:
            raise CommandError(_explained(error)) from error
        self._show(rules)

    def _show(self, rules: Iterable[cors.CorsRule]) -> None:
        lines = [line for rule in rules for line in _lines(rule)]
        self.stdout.write("\n".join(lines or [_("No page of another origin may talk to the container.")]))


def _lines(rule: cors.CorsRule) -> list[str]:
    methods = ", ".join(rule.methods) or _("any method")
    return [f"{origin}: {methods}" + (f" ({rule.name})" if rule.name else "") for origin in rule.origins]


def _storage(alias: str) -> SelectelStorage:
    try:
        storage = storages[alias]
    except InvalidStorageError:
        raise CommandError(_("STORAGES has no {alias!r}.").format(alias=alias)) from None
    if not isinstance(storage, SelectelStorage):
        words = _("STORAGES[{alias!r}] is a {kind}, which has no container.")
        raise CommandError(words.format(alias=alias, kind=type(storage).__name__))
    return storage


def _checked(origin: str) -> str:
    if not _ORIGIN.fullmatch(origin):
        words = _("{origin!r} is no origin: give scheme and host, as https://www.example.com.")
        raise CommandError(words.format(origin=origin))
    return origin.lower()


def _needs_virtual_hosts(storage: SelectelStorage) -> bool:
    options = storage.options
    host = options.s3_endpoint.partition("://")[2].partition("/")[0].partition(":")[0]
    return options.protocol == "s3" and options.addressing == "path" and host.endswith(_SELECTEL)


def _explained(error: StorageError) -> str:
    """Say what it means that a server does not know these calls."""
    if error.status not in _NOT_KNOWN and error.code != "NotImplemented":
        return str(error)
    words = _(
        "This server's S3 API has no CORS rules: set them over its Swift API, or in its configuration. On Selectel: "
        "{virtual}"
    )
    return f"{error} {words.format(virtual=VIRTUAL)}"
