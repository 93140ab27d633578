"""The headers of a new object: content type, cache control, disposition, language, encoding, metadata.

Pure: the rules of the options and the name go in, an ``ObjectHeaders`` comes out; how a protocol spells them is its
own business.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from django_selectel_storage.exceptions import InvalidOption
from django_selectel_storage.option_values import MEDIA_TYPE, UNFIT
from django_selectel_storage.options import StorageOptions, TextRule

ORIGINAL_SIZE = "original-size"  # bytes before compression, of what this package compressed
WRITE_MARK = "upload-id"  # the metadata that tells our own write from another one
STORED_MD5 = "stored-md5"  # hexadecimal, of the bytes as stored: of static files, whose ETag may be no MD5
# What others may have stored, and what is lost unless it is sent again with every change of the other headers.
FURTHER = ("expires", "x-robots-tag", "x-delete-at", "x-object-manifest")
OWN_METADATA = frozenset({ORIGINAL_SIZE, WRITE_MARK, STORED_MD5})
STANDARD = ("content_type", "cache_control", "content_disposition", "content_language", "content_encoding")
_METADATA_PREFIXES = ("x-amz-meta-", "x-object-meta-")
_METADATA_NAME = re.compile(r"[A-Za-z0-9-]+")
# Of compressed files the type speaks of the archive, not of what is inside: a .tar.gz is stored and fetched as it is.
_COMPRESSED = {
    "gzip": "application/gzip",
    "bzip2": "application/x-bzip",
    "xz": "application/x-xz",
    "compress": "application/x-compress",
    "br": "application/x-brotli",
}


# Common types that Python's own table lacks, in one version or another.
_FURTHER_TYPES = (
    ("text/javascript", ".js"),
    ("text/javascript", ".mjs"),
    ("image/webp", ".webp"),
    ("image/avif", ".avif"),
    ("image/heic", ".heic"),
    ("font/woff", ".woff"),
    ("font/woff2", ".woff2"),
    ("font/ttf", ".ttf"),
    ("font/otf", ".otf"),
    ("application/manifest+json", ".webmanifest"),
    ("application/wasm", ".wasm"),
    ("text/markdown", ".md"),
    ("application/gzip", ".gz"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx"),
    ("application/vnd.oasis.opendocument.text", ".odt"),
    ("application/vnd.oasis.opendocument.spreadsheet", ".ods"),
    ("application/vnd.oasis.opendocument.presentation", ".odp"),
    ("application/epub+zip", ".epub"),
    ("application/rtf", ".rtf"),
    ("application/x-7z-compressed", ".7z"),
    ("application/vnd.rar", ".rar"),
    ("application/vnd.android.package-archive", ".apk"),
    ("audio/ogg", ".ogg"),
    ("audio/opus", ".opus"),
    ("audio/flac", ".flac"),
    ("audio/mp4", ".m4a"),
    ("audio/aac", ".aac"),
    ("video/mp4", ".m4v"),
    ("video/ogg", ".ogv"),
    ("video/x-matroska", ".mkv"),
    ("text/calendar", ".ics"),
    ("text/vcard", ".vcf"),
    ("text/yaml", ".yaml"),
    ("text/yaml", ".yml"),
    ("application/toml", ".toml"),
)


@cache
def _known_types() -> mimetypes.MimeTypes:
    """Python's own types and common ones that it lacks, before those of this machine: servers answer alike."""
    types = mimetypes.MimeTypes()
    for content_type, extension in _FURTHER_TYPES:
        types.add_type(content_type, extension)
    return types


@dataclass(frozen=True, slots=True)
class ObjectHeaders:
    """What is stored beside the bytes of an object; a None is not sent. ``further`` is what others may have stored."""

    content_type: str
    cache_control: str | None = None
    content_disposition: str | None = None
    content_language: str | None = None
    content_encoding: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    further: Mapping[str, str] = field(default_factory=dict)

    def marked(self, mark: str) -> ObjectHeaders:
        """The same with the mark by which one write is told from all others."""
        return replace(self, metadata={**self.metadata, WRITE_MARK: mark})

    def standard(self) -> dict[str, str]:
        """Those that HTTP itself names."""
        pairs = (
            ("Content-Type", self.content_type),
            ("Cache-Control", self.cache_control),
            ("Content-Disposition", self.content_disposition),
            ("Content-Language", self.content_language),
            ("Content-Encoding", self.content_encoding),
        )
        return {**self.further, **{name: value for name, value in pairs if value is not None}}


def for_object(name: str, options: StorageOptions, declared_type: object = None) -> ObjectHeaders:
    """Decide the headers of a new object.

    Args:
        name: the storage name, which the rules of the options may look at.
        options: the storage's options.
        declared_type: the content type that came with the upload; ignored when it is none.

    Raises:
        InvalidOption: a rule gave a value that no header can hold.
    """
    return ObjectHeaders(
        content_type=content_type(name, options.default_content_type, declared_type),
        cache_control=_text(name, "cache_control", options.cache_control),
        content_disposition=_text(name, "content_disposition", options.content_disposition),
        content_language=_text(name, "content_language", options.content_language),
        content_encoding="gzip" if _is_packed_picture(name) else None,
        metadata=_metadata(name, options),
    )


def overridden(described: ObjectHeaders, given: Mapping[str, str], metadata: Mapping[str, str] | None) -> ObjectHeaders:
    """Put header fields and metadata that were given for one object over those of the rules.

    Args:
        described: what the rules say.
        given: HTTP header fields, in any case; those of metadata begin with ``x-amz-meta-`` or ``x-object-meta-``.
        metadata: further metadata.

    Raises:
        InvalidOption: a field is not one that objects have, or has a value that no header can hold.
    """
    changes: dict[str, str | None] = {}
    extra: dict[str, str] = {}
    for name, value in given.items():
        field_name = name.lower().replace("-", "_")
        if field_name in STANDARD:
            changes[field_name] = _fit(value, f"The header {name!r} is no text without control characters.")
        elif name.lower().startswith(_METADATA_PREFIXES):
            extra[name.lower().partition("-meta-")[2]] = value
        else:
            raise InvalidOption(f"Objects have no header {name!r}; they have: {', '.join(STANDARD)} and metadata.")
    added = checked_metadata({**extra, **(metadata or {})})
    changed: Any = {name: value for name, value in changes.items() if value is not None or name != "content_type"}
    return replace(described, **changed, metadata={**described.metadata, **added})


def content_type(name: str, default: str, declared: object = None) -> str:
    """Choose a content type: the upload's own, else what the name's extension tells, else the default."""
    if isinstance(declared, str) and MEDIA_TYPE.fullmatch(declared):
        return declared
    file = name.rpartition("/")[2].replace(":", "_")
    guessed, compression = _known_types().guess_type(file)
    if compression and not _is_packed_picture(name):
        return _COMPRESSED.get(compression, default)
    # What a project has added with mimetypes.add_type() counts too, where nothing is known here.
    return guessed or mimetypes.guess_type(file)[0] or default


def _is_packed_picture(name: str) -> bool:
    """Whether a name is that of an SVG that browsers show only when they are told to unpack it (SVG 1.1, 1.2)."""
    return name.lower().endswith(".svgz")


def checked_metadata(metadata: Mapping[str, str]) -> dict[str, str]:
    """Give metadata with its names in lower case, as HTTP headers lose their case anyway.

    What this package itself keeps there, as of another object that the metadata was copied from, is left out.

    Raises:
        InvalidOption: a name is not made of letters, digits and hyphens, or a value has a control character.
    """
    result = {}
    for name, value in metadata.items():
        if not isinstance(name, str) or not _METADATA_NAME.fullmatch(name):
            raise InvalidOption(f"The metadata name {name!a} may consist of letters, digits and hyphens only.")
        if not isinstance(value, str) or UNFIT.search(value):
            raise InvalidOption(f"The metadata value of {name!r} is not text without control characters.")
        result[name.lower()] = value
    return {name: value for name, value in result.items() if name not in OWN_METADATA}


def _text(name: str, option: str, rule: TextRule | None) -> str | None:
    value = rule(name) if callable(rule) else rule
    return _fit(value, f"The option {option!r} gave no text without control characters for {name!a}.")


def _fit(value: object, complaint: str) -> str | None:
    if value is not None and (not isinstance(value, str) or UNFIT.search(value)):
        raise InvalidOption(complaint)
    return value or None


def _metadata(name: str, options: StorageOptions) -> dict[str, str]:
    rule = options.metadata
    return checked_metadata((rule(name) if callable(rule) else rule) or {})
