"""What Swift requests look like and what its answers mean. Pure: nothing is sent here.

Source: OpenStack Object Storage API v1 reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from email.message import Message
from html import unescape
from typing import Any, NoReturn
from urllib.parse import unquote, urlencode

from django_selectel_storage.exceptions import StorageError
from django_selectel_storage.headers import ObjectHeaders
from django_selectel_storage.names import quoted
from django_selectel_storage.protocols import failures, fields
from django_selectel_storage.protocols.base import Listing, ObjectInfo, ObjectRange
from django_selectel_storage.protocols.failures import Operation, Words
from django_selectel_storage.transport.body import Body, BytesBody
from django_selectel_storage.transport.messages import Answer, Request

METADATA = "x-object-meta-"
PAGE = 10_000  # objects; a larger limit is refused with 412
_TAGS = re.compile(r"<[^<>]*>")

_HINTS = {
    401: "The token was not accepted, also not a fresh one: may this user act on this account?",
    403: "The user may log in, but not do this: check its role and the container's access rules.",
    413: "The object is larger than the server allows.",
    422: "The bytes were damaged on their way, and the server refused them. Nothing was stored.",
    429: "Selectel allows 2000 requests a second for a container (300 PUT, 300 DELETE, 200 POST): slow down.",
    498: "The server's rate limit was reached: slow down.",
    507: "The quota or the disk of the account is full.",
}


# --- requests --------------------------------------------------------------------------------------------------------


def container_path(account_path: str, container: str) -> str:
    """The path of a container below an account's storage path."""
    return f"{account_path}/{quoted(container)}"


def put_object(base: str, key: str, body: Body, headers: ObjectHeaders, *, only_if_absent: bool) -> Request:
    """PUT of an object; its MD5 goes along, so that the server refuses damaged bytes."""
    fields_out = object_fields(headers)
    fields_out["ETag"] = body.digest("md5")
    if only_if_absent:
        fields_out["If-None-Match"] = "*"
    return Request("PUT", object_path(base, key), headers=fields_out, body=body, also_retried=failures.CONFLICT)


def object_path(base: str, key: str) -> str:
    """The path of an object, percent-encoded; of the container, for an empty key."""
    return f"{base}/{quoted(key)}" if key else base


def object_fields(headers: ObjectHeaders) -> dict[str, str]:
    """The header fields that a new object is described with."""
    result = {name: fields.wire_text(value) for name, value in headers.standard().items()}
    for name, value in headers.metadata.items():
        result[METADATA + name] = fields.wire_metadata(value)
    return result


def head_object(base: str, key: str) -> Request:
    """HEAD of an object; of the container, for an empty key."""
    return Request("HEAD", object_path(base, key), headers=fields.IDENTITY)


def get_object(base: str, key: str, start: int, stop: int | None, if_match: str) -> Request:
    """GET of an object, whole or in part."""
    return Request("GET", object_path(base, key), headers=fields.range_fields(start, stop, if_match), streamed=True)


def delete_object(base: str, key: str) -> Request:
    """DELETE of an object."""
    return Request("DELETE", object_path(base, key))


def list_objects(base: str, prefix: str, delimiter: str, page: str | None, limit: int | None) -> Request:
    """GET of a container."""
    parameters = {"format": "json", "limit": str(min(limit or PAGE, PAGE)), "prefix": prefix}
    if delimiter:
        parameters["delimiter"] = delimiter
    if page is not None:
        parameters["marker"] = page
    return Request("GET", base, urlencode(parameters))


def copy_object(
    base: str, container: str, source: str, target: str, etag: str, headers: ObjectHeaders | None
) -> Request:
    """PUT with X-Copy-From; without ``headers`` the copy keeps what the original has."""
    fields_out = {"X-Copy-From": f"/{quoted(container)}/{quoted(source)}"}
    if etag:
        fields_out["X-Copy-From-If-Match"] = etag
    if headers is not None:
        fields_out |= {"X-Fresh-Metadata": "true", **object_fields(headers)}
    return Request("PUT", object_path(base, target), headers=fields_out)


def update_object(base: str, key: str, headers: ObjectHeaders) -> Request:
    """POST of an object, which replaces everything that stands beside its bytes."""
    return Request("POST", object_path(base, key), headers=object_fields(headers))


def bulk_delete(account_path: str, container: str, keys: Sequence[str]) -> Request:
    """POST ?bulk-delete: one percent-encoded path a line."""
    lines = "".join(f"/{quoted(container)}/{quoted(key)}\n" for key in keys)
    headers = {"Content-Type": "text/plain", "Accept": "application/json"}
    return Request("POST", account_path, "bulk-delete=", headers, BytesBody(lines.encode()))


def send_me_file(base: str, key: str, size: int) -> Request:
    """PUT of an empty "sendmefile" object (Selectel's old API)."""
    headers = {
        "Content-Type": "x-storage/sendmefile+inplace",
        "X-Object-Meta-Sendmefile-Max-Size": str(size),
        "X-Object-Meta-Sendmefile-Disable-Web": "yes",
        "X-Object-Meta-Sendmefile-Allow-Overwrite": "no",
        "X-Object-Meta-Sendmefile-Ignore-Filename": "yes",
        "X-Filename": f"/{quoted(key)}",
    }
    return Request("PUT", object_path(base, key), headers=headers)


def server_info() -> Request:
    """GET of /info: what the server can do; it needs no token."""
    return Request("GET", "/info", headers={"Accept": "application/json"})


def temp_url_parameters(parameters: Mapping[str, str]) -> dict[str, str]:
    """Translate the parameters of ``url()`` into those of TempURL; without any, a browser shows the file.

    Raises:
        ValueError: a parameter is neither TempURL's own nor ``response-content-disposition``.
    """
    result = dict(parameters)
    disposition = Message()
    disposition["Content-Disposition"] = result.pop("response-content-disposition", "inline" if not result else "")
    foreign = sorted(result.keys() - {"filename", "inline"})
    if foreign:
        raise ValueError(f"A TempURL knows no parameter {foreign[0]!r}; it knows 'filename' and 'inline'.")
    filename = disposition.get_filename()
    if filename:
        result["filename"] = filename
    if disposition.get_content_disposition() == "inline":
        result["inline"] = ""
    return result


# --- answers ---------------------------------------------------------------------------------------------------------


def read_info(key: str, answer: Answer) -> ObjectInfo:
    """Read the answer to a HEAD of an object."""
    return fields.object_info(key, answer.headers, METADATA, fields.length(answer.headers.get("Content-Length", "")))


def read_range(key: str, answer: Answer) -> ObjectRange:
    """Read the head of an answer to a GET; the bytes are still on their way."""
    return fields.object_range(key, answer, METADATA)


def read_listing(answer: Answer, limit: int | None) -> Listing:
    """Read a container's listing. Swift does not say that it goes on: a full page does.

    Raises:
        StorageError: the answer is not the JSON it should be.
    """
    entries = fields.json_of(answer.body, "Swift") if answer.body else []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise StorageError("The server's answer is not the JSON listing that Swift promises.")
    named = [entry for entry in entries if "name" in entry]
    keys = _keys(entry["name"] for entry in named)
    folders = _keys(entry["subdir"] for entry in entries if "subdir" in entry)
    full = len(entries) >= min(limit or PAGE, PAGE)
    last = entries[-1] if full and entries else {}
    next_page = last.get("name") or last.get("subdir") or None
    return Listing(keys, lambda: map(_listed, keys, named), folders, next_page)


def _listed(key: str, entry: dict[str, Any]) -> ObjectInfo:
    return ObjectInfo(
        key=key,
        size=fields.length(_text(entry.get("bytes"))),
        etag=_text(entry.get("hash")),
        last_modified=fields.iso_date(_text(entry.get("last_modified"))),
        content_type=_text(entry.get("content_type")),
    )


def _keys(values: Iterable[Any]) -> tuple[str, ...]:
    keys = tuple(values)
    try:
        "".join(keys).encode()
    except (TypeError, UnicodeEncodeError):
        raise StorageError("A name in the server's listing is no text that UTF-8 can hold.") from None
    return keys


def _text(value: object) -> str:
    """Give a value of JSON as text; nothing for what is nested, or not there."""
    return str(value) if isinstance(value, (str, int)) else ""


def read_bulk_failures(answer: Answer, container: str) -> dict[str, int]:
    """Read what a bulk-delete could not remove, by key, with the status of each; it always answers 200.

    Raises:
        StorageError: the whole of it failed, or the answer is not the JSON it should be.
    """
    told = fields.json_of(answer.body, "Swift")
    if not isinstance(told, dict):
        raise StorageError("The server's answer is not the JSON that Swift promises.")
    prefix = f"/{container}/"
    failures_by_key = {
        unquote(_text(entry[0])).removeprefix(prefix): _leading_number(_text(entry[1]))
        for entry in _list(told.get("Errors"))
        if isinstance(entry, list) and len(entry) == 2
    }
    status, said = _leading_number(_text(told.get("Response Status"))), _text(told.get("Response Body"))
    if status >= 300 and (said or not failures_by_key):
        raise StorageError(f"The server could not delete many at once: {failures.in_one_line(said) or status}.")
    return failures_by_key


def _leading_number(text: str) -> int:
    word = text.partition(" ")[0]
    return int(word) if word.isascii() and word.isdigit() and len(word) == 3 else 500


def deletion_error(operation: Operation, status: int) -> StorageError:
    """Give the error for one key of a bulk-delete."""
    return failures.error_for(operation, status, Words(hint=_HINTS.get(status, "")))


def raise_for_status(answer: Answer, operation: Operation) -> None:
    """Do nothing for a success; raise the precise error for anything else."""
    if answer.status >= 300:
        _raise(answer, operation)


def _raise(answer: Answer, operation: Operation) -> NoReturn:
    words = _words(answer)
    if answer.status == 404 and not operation.key:
        raise failures.container_missing(operation, answer.status, words)
    raise failures.error_for(operation, answer.status, words, tries=answer.tries)


def _words(answer: Answer) -> Words:
    """Swift answers with a small HTML page; its text is the message."""
    page = _TAGS.sub(" ", answer.body.decode("utf-8", "replace"))
    request_id = answer.headers.get("X-Trans-Id") or answer.headers.get("X-Openstack-Request-Id", "")
    return Words("", unescape(page), request_id, _HINTS.get(answer.status, ""))


def allowed_digests(answer: Answer) -> object:
    """Read the digests that the answer to ``server_info`` allows for TempURLs; None when it does not tell.

    A server that has TempURLs and names no digests knows SHA-1 alone: Swift before there was a choice, and Ceph
    (its manual, "Temp URL Operations").
    """
    try:
        told = fields.json_of(answer.body, "Swift") if answer.status == 200 else {}
    except StorageError:
        return None
    middleware = told.get("tempurl") if isinstance(told, dict) else None
    return middleware.get("allowed_digests", ["sha1"]) if isinstance(middleware, dict) else None


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
