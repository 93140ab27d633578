"""The container, how it is addressed, and whether those of the old API are buckets of the project by now."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Literal
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from django_selectel_storage.doctor.case import Case
from django_selectel_storage.doctor.findings import Verdict, bad, good, skipped
from django_selectel_storage.exceptions import AccessDenied, ContainerNotFound, StorageError
from django_selectel_storage.option_values import is_loopback
from django_selectel_storage.options import StorageOptions
from django_selectel_storage.protocols.factory import client_for, pool_for
from django_selectel_storage.protocols.failures import Operation
from django_selectel_storage.protocols.s3 import wire as s3_wire
from django_selectel_storage.protocols.s3 import xml
from django_selectel_storage.protocols.swift import wire as swift_wire
from django_selectel_storage.signing import sigv4
from django_selectel_storage.transport.messages import Request

_URL_LIFE = 60  # seconds
_OTHER: dict[str, Literal["path", "virtual"]] = {"path": "virtual", "virtual": "path"}


def presence(case: Case) -> Verdict:
    """Whether the container is there, and under which form of address."""
    options = case.options
    try:
        _look_up(case)
    except ContainerNotFound as error:
        return bad(str(error), _where_else(options))
    if options.protocol != "s3":
        return good(_("{container!r} is there").format(container=options.container))
    seen = _("{container!r} is there, addressed as {addressing!r}")
    if options.addressing == "path" and _answers(options, "virtual"):
        seen = _("{container!r} is there, addressed as {addressing!r}; also as a virtual host")
    return good(seen.format(container=options.container, addressing=options.addressing))


def _look_up(case: Case) -> None:
    """Ask for the container by listing it; where that is forbidden, by asking for what is not in it."""
    try:
        case.client.list("", limit=1)
    except AccessDenied:
        case.client.has(case.probes.key())


def _where_else(options: StorageOptions) -> str:
    """Look for a missing container under the other form of address."""
    if options.protocol == "s3" and _answers(options, _OTHER[options.addressing]):
        otherwise = _("It answers when it is addressed otherwise: set addressing={addressing!r}.")
        return otherwise.format(addressing=_OTHER[options.addressing])
    return _(
        "Create the container, or correct 'container'. Is it in another pool ('pool', 'endpoint') or another project "
        "than the credentials?"
    )


def _answers(options: StorageOptions, addressing: Literal["path", "virtual"]) -> bool:
    """Whether the container answers to a form of address; an address made of digits has no hosts below it."""
    host = urlsplit(options.s3_endpoint).hostname or ""
    if addressing == "virtual" and (host.replace(".", "").isdigit() or ":" in host or "." in options.container):
        return False
    if addressing == "virtual" and is_loopback(host) and host != "localhost":
        return False
    try:
        client_for(replace(options, addressing=addressing, connect_timeout=2.0)).list("", limit=1)
    except StorageError:
        return False
    return True


def moved(case: Case) -> Verdict:
    """Whether the containers that the settings know from the old API are containers of this project."""
    if case.options.protocol == "legacy":
        return skipped(_("this storage speaks the old API itself"))
    if not case.predecessors:
        return skipped(_("the settings know no storage of the old API"))
    known = listed(case)
    wanted = {options.container: place for place, options in case.predecessors.items()}
    missing = sorted(wanted.keys() - known)
    if missing:
        named = ", ".join(f"{name!r} ({wanted[name]})" for name in missing)
        return bad(
            _("of the old API's containers, the project does not have {names}").format(names=named),
            _(
                "Move them to the project in Selectel's panel, or copy the files with selectel_transfer; what is no "
                "longer needed, take out of the settings."
            ),
        )
    return good(_("the project has {names}").format(names=", ".join(map(repr, sorted(wanted)))))


def listed(case: Case) -> set[str]:
    """Give the names of the containers that these credentials see.

    Raises:
        StorageError: they may not see any.
    """
    return _buckets(case) if case.options.protocol == "s3" else _swift_containers(case)


def _buckets(case: Case) -> set[str]:
    """ListBuckets. It asks the service, not a bucket, so it is sent as a presigned URL."""
    options = case.options
    place = s3_wire.address(options.s3_endpoint, "", "path")
    path = f"{urlsplit(options.s3_endpoint).path}/"
    key = sigv4.SigningKey(options.access_key or "", options.secret_key or "", options.s3_region)
    date = sigv4.amz_date(case.clock())
    query = sigv4.presigned_query(key, "GET", path, place.host, date, _URL_LIFE)
    answer = case.ask("GET", f"{place.origin}{path}?{query}")
    s3_wire.raise_for_status(answer, _operation(options))
    return {
        xml.text(bucket, "Name")
        for buckets in xml.children(xml.parse(answer.body), "Buckets")
        for bucket in xml.children(buckets, "Bucket")
    }


def _swift_containers(case: Case) -> set[str]:
    token = case.token
    parts = urlsplit(token.storage_url)
    request = Request("GET", parts.path, "format=json")
    pool = pool_for(f"{parts.scheme}://{parts.netloc}", case.options)
    answer = pool.send(request, lambda _: {"X-Auth-Token": token.value})
    swift_wire.raise_for_status(answer, _operation(case.options))
    return {str(entry.get("name")) for entry in json.loads(answer.body or b"[]")}


def _operation(options: StorageOptions) -> Operation:
    return Operation("Listing the containers of the project of", options.container)
