"""Ready-to-paste Django settings for a running server. Pure; all that it returns is valid Python."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .info import ServerInfo

BACKEND = "django_selectel_storage.storage.SelectelStorage"
STATIC_BACKEND = "django.contrib.staticfiles.storage.StaticFilesStorage"


def settings_text(info: ServerInfo) -> str:
    """The settings by which a Django project uses this server, over S3 or over Swift."""
    return "\n".join(
        [
            f"# OpenStack Swift answers on {info.url}: the Swift API and the S3 API. Stop it with Ctrl-C.",
            f"# Data: {info.data}",
            *_public_addresses(info),
            "# Paste what follows into your Django settings.",
            *_assignment("SELECTEL_OVER_S3", s3_options(info)),
            *_assignment("SELECTEL_OVER_SWIFT", swift_options(info)),
            "STORAGES = {",
            '    "default": SELECTEL_OVER_S3,  # or SELECTEL_OVER_SWIFT',
            f'    "staticfiles": {{"BACKEND": "{STATIC_BACKEND}"}},',
            "}",
        ]
    )


def s3_options(info: ServerInfo) -> dict[str, object]:
    """OPTIONS of a storage that speaks S3 to this server."""
    return {
        "access_key": info.access_key,
        "secret_key": info.secret_key,
        "container": _first_container(info),
        "endpoint": info.endpoint,
        "region": info.region,
        "conditional_writes": True,
    }


def swift_options(info: ServerInfo) -> dict[str, object]:
    """OPTIONS of a storage that speaks Swift to this server."""
    return {
        "username": info.username,
        "password": info.password,
        "container": _first_container(info),
        "auth_url": info.auth_url,
        "temp_url_key": info.temp_url_key,
    }


def _first_container(info: ServerInfo) -> str:
    return (*info.containers, *info.public_containers)[0]


def _public_addresses(info: ServerInfo) -> Iterator[str]:
    for container in info.public_containers:
        yield f"# Everybody may read {container}: {info.public_url(container)}"


def _assignment(name: str, options: Mapping[str, object]) -> Iterator[str]:
    yield f"{name} = {{"
    yield f'    "BACKEND": "{BACKEND}",'
    yield '    "OPTIONS": {'
    yield from (f'        "{key}": {_literal(value)},' for key, value in options.items())
    yield "    },"
    yield "}"


def _literal(value: object) -> str:
    """Python, with the quotes of a code formatter."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
