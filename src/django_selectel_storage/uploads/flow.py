"""The steps of a direct upload: start, links for parts, finish, cancel. Knows the storage, and nothing of HTTP."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from django_selectel_storage.exceptions import ObjectExists, ObjectNotFound, UploadGone
from django_selectel_storage.headers import WRITE_MARK
from django_selectel_storage.option_rules import LARGEST_PUT
from django_selectel_storage.protocols.base import ObjectInfo
from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.upload_links import UploadLink
from django_selectel_storage.uploads import parts
from django_selectel_storage.uploads.claims import claim
from django_selectel_storage.uploads.filenames import harmless
from django_selectel_storage.uploads.grants import Grant, Receipt
from django_selectel_storage.uploads.limits import Limits
from django_selectel_storage.uploads.places import place_for
from django_selectel_storage.uploads.refusals import UploadRefused
from django_selectel_storage.uploads.settings import UploadSettings
from django_selectel_storage.uploads.targets import Field, field_of, is_used, label_of, storage_of


@dataclass(frozen=True, slots=True)
class Wish:
    """What a browser says of the file that it wants to upload."""

    filename: str
    size: int
    content_type: str


def start(field: Field, limits: Limits, bearer: str, wish: Wish, wishes: UploadSettings) -> Grant:
    """Permit an upload, and begin it where it goes up in parts.

    Args:
        field: the model's field.
        limits: what may be uploaded into it.
        bearer: who uploads.
        wish: what they want to upload.
        wishes: the project's settings.

    Raises:
        UploadRefused: the file breaks a limit, or has no usable name.
        StorageError: the storage did not begin it.
    """
    storage, mark = storage_of(field), secrets.token_hex(16)
    has_parts = storage.client.parts is not None
    most = limits.max_size if has_parts else min(limits.max_size, LARGEST_PUT)
    refuse_broken(replace(limits, max_size=most), wish.size, wish.content_type)
    filename = harmless(wish.filename, field.max_length)
    if not filename:
        raise UploadRefused("name")
    is_large = has_parts and wish.size >= wishes.parts_from
    stage = f"{wishes.staging}/{timezone.now():%Y-%m-%d}/{mark}"
    place = place_for(field, storage, filename, stage, is_large=is_large)
    grant = Grant(
        field=label_of(field),
        bearer=bearer,
        name=place.name,
        filename=filename,
        staged=place.staged,
        size=wish.size,
        content_type=wish.content_type,
        mark=mark,
    )
    if not is_large:
        return grant
    upload = storage.begin_in_parts(grant.name, mark, grant.content_type)
    return replace(grant, upload=upload, part_size=parts.size_of_parts(grant.size, wishes.part_size))


def refuse_broken(limits: Limits, size: int, content_type: str) -> None:
    """Refuse a file that breaks the limits of its field."""
    broken = limits.broken_by(size, content_type)
    if broken:
        raise UploadRefused(broken, limit=filesizeformat(limits.max_size))


def link(grant: Grant, wishes: UploadSettings) -> UploadLink:
    """Give the link for an upload in a single request."""
    return _storage(grant).direct_link(
        grant.name, grant.mark, size=grant.size, content_type=grant.content_type, expire=wishes.link_age
    )


def part_links(grant: Grant, numbers: Iterable[int], wishes: UploadSettings) -> dict[int, UploadLink]:
    """Give the links for some parts, by their numbers.

    Raises:
        UploadRefused: the upload has no parts, or no such ones.
    """
    storage, sizes = _storage(grant), parts.sizes(grant.size, grant.part_size)
    result = {}
    for number in numbers:
        if number not in sizes:
            raise UploadRefused("malformed")
        result[number] = storage.part_link(grant.name, grant.upload, number, sizes[number], wishes.link_age)
    return result


def finish(grant: Grant) -> Receipt:
    """Make sure that what was permitted has arrived; what breaks the permission is deleted.

    Raises:
        UploadRefused: it has not arrived, or is something else.
        StorageError: the storage did not say.
    """
    storage = _storage(grant)
    if grant.upload:
        _complete(storage, grant)
    info = _arrived(storage, grant)
    if (info.size, info.content_type) != (grant.size, grant.content_type):
        storage.delete(grant.name)
        raise UploadRefused("altered")
    return Receipt(
        field=grant.field,
        bearer=grant.bearer,
        name=grant.name,
        filename=grant.filename,
        staged=grant.staged,
        size=info.size,
        content_type=info.content_type,
        etag=info.etag,
        mark=grant.mark,
    )


def cancel(grant: Grant, wishes: UploadSettings) -> None:
    """Drop what has arrived of an upload, unless a form has taken it or a row uses it already.

    Raises:
        StorageError: the storage did not do it.
    """
    if not claim(grant.mark, "cancel", wishes.max_age):
        return
    storage = _storage(grant)
    if grant.upload:
        with suppress(UploadGone, ObjectNotFound):  # completed or dropped already
            storage.drop_parts(grant.name, grant.upload)
    try:
        _arrived(storage, grant)
    except UploadRefused:
        return
    if not is_used(field_of(grant.field), grant.name):
        storage.delete(grant.name)


def _complete(storage: SelectelStorage, grant: Grant) -> None:
    """Put the parts together, as the server lists them; what a browser says of them does not count."""
    try:
        sent = storage.sent_parts(grant.name, grant.upload)
    except (UploadGone, ObjectNotFound):
        return  # completed already, or dropped: what lies there will tell
    if {part.number: part.size for part in sent} != parts.sizes(grant.size, grant.part_size):
        raise UploadRefused("incomplete")
    try:
        storage.complete_parts(grant.name, grant.upload, [part.etag for part in sent], grant.mark)
    except ObjectExists:
        storage.drop_parts(grant.name, grant.upload)
        raise UploadRefused("taken") from None


def _arrived(storage: SelectelStorage, grant: Grant) -> ObjectInfo:
    """Give the object of a grant; one that somebody else has stored under the name is none."""
    try:
        info = storage.stat(grant.name)
    except ObjectNotFound:
        raise UploadRefused("missing") from None
    if storage.client.signs_headers and info.metadata.get(WRITE_MARK) != grant.mark:
        raise UploadRefused("missing")
    return info


def _storage(grant: Grant) -> SelectelStorage:
    return storage_of(field_of(grant.field))
