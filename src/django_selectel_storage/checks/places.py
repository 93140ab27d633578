"""Checks of where files lie: what may be overwritten or swept away by what."""

from __future__ import annotations

from itertools import product

from django.core.checks import CheckMessage, Tags, register

from django_selectel_storage.checks.found import Found, storages, warning
from django_selectel_storage.options import StorageOptions

MEDIA_ALIAS = "default"


@register(Tags.files)
def media_beside_static(**_: object) -> list[CheckMessage]:
    """W003: static files and media lie in one folder, or in a folder of each other's."""
    known = [(storage, storage.options) for storage in storages() if storage.options is not None]
    static = [pair for pair in known if pair[0].static]
    media = [pair for pair in known if not pair[0].static]
    return [_shared(one[0], other[0]) for one, other in product(static, media) if _share(one, other)]


def _share(static: tuple[Found, StorageOptions], media: tuple[Found, StorageOptions]) -> bool:
    (_, one), (beside, other) = static, media
    if one.manifest_storage is not None and one.manifest_storage == beside.alias:
        return False  # it holds staticfiles.json, and is to lie there
    return _container(one) == _container(other) and _nested(one.location, other.location)


def _container(options: StorageOptions) -> tuple[str | None, ...]:
    """What two storages of one container have in common."""
    if options.protocol == "s3":
        return (options.protocol, options.s3_endpoint.lower(), options.container)
    account = (options.account, options.project) if options.protocol == "keystone" else (options.username,)
    where = (options.login_url.lower(), options.endpoint, options.region or options.pool)
    return (options.protocol, *where, *account, options.container)


def _nested(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return not shorter or f"{longer}/".startswith(f"{shorter}/")


def _shared(static: Found, media: Found) -> CheckMessage:
    return warning(
        "W003",
        f"{static.place} (static files) and {media.place} share a container, and the 'location' of one is that of the "
        "other or lies in it: they can overwrite each other's files, and 'collectstatic --clear' can delete media.",
        hint="Give each a 'location' of its own, as 'static' and 'media', or a container of its own.",
    )


@register(Tags.files)
def overwritten_media(**_: object) -> list[CheckMessage]:
    """W004: files that users upload replace others of the same name."""
    return [
        warning(
            "W004",
            f"{storage.place} has 'file_overwrite' on: an uploaded file replaces any other of the same name, also one "
            "that another object of a model refers to.",
            hint="Leave 'file_overwrite' out, so that a file whose name is taken gets another one.",
        )
        for storage in storages()
        if storage.alias == MEDIA_ALIAS and storage.options is not None and storage.options.file_overwrite
    ]
