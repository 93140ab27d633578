"""S3's XML: read safely, written by hand. Pure; what the elements mean is written in ``wire``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import unquote_to_bytes

from django_selectel_storage.exceptions import StorageError
from django_selectel_storage.protocols import fields

if TYPE_CHECKING:
    from xml.etree import ElementTree

ERROR = b"<Error"  # what an error's body begins with, also one that comes with status 200
NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
Element: TypeAlias = "ElementTree.Element"  # by its name: only ``parse`` imports it


def parse(body: bytes) -> Element:
    """Parse XML as S3 writes it: UTF-8, without a document type, so that no entity can grow."""
    from xml.etree import ElementTree  # noqa: PLC0415 - milliseconds, and most processes never list nor fail

    if fields.is_overgrown(body, b"<="):
        raise StorageError("The server's XML has more elements than any answer of S3; it is not read.")
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body or b"\0" in body:
        raise StorageError("The server's XML has a document type or is not UTF-8; it is not read.")
    try:
        return ElementTree.fromstring(body.lstrip())  # noqa: S314 - see above # nosec B314
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise StorageError(f"The server's answer is not the XML that S3 promises: {error}.") from None


def children(element: Element, name: str) -> list[Element]:
    """Give the children of a name: those in the element's own namespace, or if there are none, those in any."""
    found = element.findall(_beside(element, name))
    return found or [child for child in element if child.tag.endswith(name) and _plain(child.tag) == name]


def text(element: Element, name: str) -> str:
    """Give the text of the first of these children; empty when there is none."""
    found = element.findtext(_beside(element, name))
    return next((child.text or "" for child in children(element, name)), "") if found is None else found


def texts(element: Element) -> dict[str, str]:
    """Give the texts of all children by name, whatever their namespace; of two of one name, the first."""
    return {_plain(child.tag): child.text or "" for child in reversed(element)}


def _beside(element: Element, name: str) -> str:
    """Put the element's namespace before a name, which then is a tag that ElementTree looks for in C."""
    return element.tag[: element.tag.find("}") + 1] + name


def _plain(tag: str) -> str:
    """Give a name without its namespace, which ElementTree puts before it in braces."""
    return tag[tag.rfind("}") + 1 :]


def texts_of_error(body: bytes) -> dict[str, str]:
    """Give what an error says; nothing where it says nothing (to a HEAD), or not in XML."""
    try:
        return texts(parse(body)) if body else {}
    except StorageError:
        return {}


def decoder(root: Element) -> Callable[[str], str]:
    """Give what undoes the encoding of the names in a listing (``encoding-type=url``), if the server heeded it."""
    return _unquoted if text(root, "EncodingType") == "url" else str


def _unquoted(text: str) -> str:
    """Undo the encoding of a form; ``unquote_plus`` is made for longer texts, and slower with a key."""
    return unquote_to_bytes(text.replace("+", " ")).decode("utf-8", "replace") if "%" in text or "+" in text else text


def can_hold(text: str) -> bool:
    """Whether XML 1.0 has a way to write a text; it has none for most control characters."""
    return not _unwritable().search(text)


@cache
def _unwritable() -> re.Pattern[str]:
    """What XML 1.0 cannot hold (section 2.2); compiled when it is needed, which takes milliseconds."""
    return re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def delete_request(keys: Iterator[str] | list[str]) -> bytes:
    """Write the body of DeleteObjects."""
    entries = "".join(f"<Object><Key>{escaped(key)}</Key></Object>" for key in keys)
    return f'<Delete xmlns="{NAMESPACE}"><Quiet>true</Quiet>{entries}</Delete>'.encode()


def complete_request(tags: list[str]) -> bytes:
    """Write the body of CompleteMultipartUpload; ``tags`` are the ETags of the parts, in order."""
    parts = "".join(
        f"<Part><PartNumber>{number}</PartNumber><ETag>&quot;{escaped(tag)}&quot;</ETag></Part>"
        for number, tag in enumerate(tags, start=1)
    )
    return f'<CompleteMultipartUpload xmlns="{NAMESPACE}">{parts}</CompleteMultipartUpload>'.encode()


def escaped(text: str) -> str:
    """Escape a text; a bare carriage return would be read as a line feed (XML 1.0, section 2.11).

    The standard library's own ``escape`` comes with all of ``urllib.request``, which takes milliseconds to import.
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
