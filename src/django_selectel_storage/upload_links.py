"""Links with which others upload a file straight into the container: ``upload_url``, and ``send_me_file`` of 1.x."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

from django.core.files.utils import validate_file_name

from django_selectel_storage.exceptions import ObjectTooLarge
from django_selectel_storage.option_rules import LARGEST_PUT
from django_selectel_storage.option_values import MEDIA_TYPE
from django_selectel_storage.storing import StoringStorage


@dataclass(frozen=True, slots=True)
class UploadLink:
    """Permission to store one file, for whoever has it.

    Attributes:
        method: the HTTP method to use.
        url: where to send the bytes; its signature is a secret until it ends.
        headers: header fields that have to be sent exactly like this.
        enforced: which of ``"size"``, ``"content_type"`` and ``"overwrite"`` the server itself makes sure of.
    """

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str]
    enforced: frozenset[str]


class UploadLinks(StoringStorage):
    """A storage that lets others upload."""

    def upload_url(
        self,
        name: str,
        *,
        size: int | None = None,
        content_type: str | None = None,
        expire: float | timedelta | None = None,
        overwrite: bool = False,
        allow_unenforced: bool = False,
    ) -> UploadLink:
        """Give a link that stores one file under a name.

        On S3 the wishes are signed header fields, which the server enforces. A TempURL of Swift binds none of them.

        Args:
            name: the storage name; it is not looked at whether it is free.
            size: how many bytes the file has to have; 5 GiB at most.
            content_type: the type it has to be sent with.
            expire: how long the link lives, in seconds or as timedelta; None takes ``querystring_expire``.
            overwrite: whether a file of that name may be replaced.
            allow_unenforced: accept that the server does not enforce every wish; ``enforced`` tells which it does.

        Raises:
            SuspiciousFileOperation: the name leaves the location.
            ValueError: a wish cannot be enforced, or is not one; or the storage has no key to sign with.
            ObjectTooLarge: the size is more than one request can carry.
        """
        validate_file_name(name, allow_relative_path=True)
        wishes = _wishes(size, content_type, overwrite=overwrite)
        enforced = frozenset(wishes) if self.client.signs_headers else frozenset[str]()
        missing = sorted(wishes.keys() - enforced)
        if missing and not allow_unenforced:
            raise ValueError(
                f"A TempURL of Swift cannot enforce {', '.join(map(repr, missing))}. Use the S3 protocol; or check the "
                "file after the upload and pass allow_unenforced=True, or ask for less (overwrite=True)."
            )
        headers = dict(wishes.values())
        signed = headers if self.client.signs_headers else {}
        return UploadLink("PUT", self.signed_put(name, expire, signed), headers, enforced)

    def send_me_file(self, name: str, size: int) -> str:
        """Give a link to which somebody else PUTs one file, as in 1.x.

        On S3 it takes exactly ``size`` bytes. On Selectel's old API it is a "sendmefile" object, which takes at most
        ``size`` bytes (option ``sendmefile``). On other Swift servers nothing limits the size.

        Args:
            name: the storage name.
            size: bytes.

        Raises:
            ValueError: the storage has no key to sign with, or the size is not a number of bytes.
        """
        validate_file_name(name, allow_relative_path=True)
        wishes = _wishes(size, None, overwrite=True)
        link = self.client.send_me_file(self._file_key(name), size, self.options.sendmefile)
        if link is not None:
            return link
        if not self.client.signs_headers:
            warnings.warn(
                "A TempURL of Swift does not limit the size of what is uploaded: look at it afterwards.", stacklevel=2
            )
            wishes = {}
        return self.signed_put(name, None, dict(wishes.values()))

    def signed_put(
        self,
        name: str,
        expire: float | timedelta | None,
        headers: Mapping[str, str],
        parameters: Mapping[str, str] = MappingProxyType({}),
    ) -> str:
        """Sign a PUT: the address of a name, header fields that have to be sent like this, query parameters."""
        signed_at, life = self.options.signing_window(time.time(), expire, stable=False)
        return self.client.signed_url(self._file_key(name), "PUT", signed_at, life, parameters, headers)


def _wishes(size: int | None, content_type: str | None, *, overwrite: bool) -> dict[str, tuple[str, str]]:
    """Give the header field that stands for each wish."""
    result = {}
    if size is not None:
        if isinstance(size, bool) or not isinstance(size, int) or size < 0:
            raise ValueError("The size of an upload is a whole number of bytes, 0 or more.")
        if size > LARGEST_PUT:
            raise ObjectTooLarge("One upload carries 5 GiB at most; larger files go through save(), in parts.")
        result["size"] = ("Content-Length", str(size))
    if content_type is not None:
        if not MEDIA_TYPE.fullmatch(content_type):
            raise ValueError("The content type of an upload is a media type, as 'image/jpeg'.")
        result["content_type"] = ("Content-Type", content_type)
    if not overwrite:
        result["overwrite"] = ("If-None-Match", "*")
    return result
