"""Sealed permissions: what a server has allowed, in a form that only it can write. Knows no storage.

Three kinds, each with a seal of its own: a field that a page offers, a grant for one upload, a receipt for a finished
one. A seal has its time in it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

from django.core import signing

from django_selectel_storage.uploads.refusals import UploadRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldOffer:
    """A field into which a page lets its visitors upload.

    Attributes:
        field: the label of the model's field, as ``gallery.Picture.image``.
        max_size: bytes.
        content_types: media types or families of them; empty for any.
    """

    field: str
    max_size: int
    content_types: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Permission for one upload.

    Attributes:
        field: the label of the model's field.
        bearer: who may use it.
        name: the storage name to which the bytes go.
        filename: how the file was called where it came from.
        staged: whether it has to be moved to its place later.
        size: bytes.
        content_type: the media type.
        mark: a random text, by which the object is known again.
        upload: what the server calls an upload in parts; empty for a single request.
        part_size: bytes of a part; 0 for a single request.
    """

    field: str
    bearer: str
    name: str
    filename: str
    staged: bool
    size: int
    content_type: str
    mark: str
    upload: str = ""
    part_size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A finished upload: what a form takes in place of a file.

    Attributes:
        field: the label of the model's field.
        bearer: who may use it.
        name: the storage name under which the bytes are.
        filename: how the file was called where it came from.
        staged: whether it has to be moved to its place.
        size: bytes.
        content_type: the media type.
        etag: the entity tag of the object.
        mark: the random text of the grant.
    """

    field: str
    bearer: str
    name: str
    filename: str
    staged: bool
    size: int
    content_type: str
    etag: str
    mark: str


Sealable = TypeVar("Sealable", FieldOffer, Grant, Receipt)


def sealed(value: FieldOffer | Grant | Receipt) -> str:
    """Write a permission in a form that only this site can write."""
    return signing.dumps(asdict(value), salt=_salt(type(value)), compress=True)


def opened(kind: type[Sealable], text: object, max_age: int) -> Sealable:
    """Read a permission.

    Args:
        kind: which one it has to be.
        text: what ``sealed`` wrote.
        max_age: how old it may be, in seconds.

    Raises:
        UploadRefused: it is too old, or none of this kind.
    """
    try:
        content: Any = signing.loads(str(text), salt=_salt(kind), max_age=max_age)
    except signing.SignatureExpired:
        raise UploadRefused("expired") from None
    except (signing.BadSignature, UnicodeError):  # a text with half a surrogate pair cannot be encoded
        raise UploadRefused("forged") from None
    if not isinstance(content, dict) or content.keys() != {item.name for item in fields(kind)}:
        raise UploadRefused("forged")  # sealed by another version of this package
    return kind(**content)


def _salt(kind: type[object]) -> str:
    return f"selectel_uploads.{kind.__name__}"
