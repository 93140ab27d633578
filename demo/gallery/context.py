"""What every page tells about the storage behind it."""

from __future__ import annotations

from django.core.files.storage import storages
from django.http import HttpRequest

from django_selectel_storage.storage import SelectelStorage

API = {"s3": "S3 API", "legacy": "Swift API, auth v1.0", "keystone": "Swift API, IAM token"}


def storage(_: HttpRequest) -> dict[str, str | int]:
    """The API that is spoken, the container, and how long a signed URL lives; nothing for another kind of storage."""
    default = storages["default"]
    if not isinstance(default, SelectelStorage):
        return {}
    options = default.options
    return {
        "api": API[options.protocol],
        "container": options.container,
        "minutes": options.querystring_expire // 60,
    }
