"""What S3 requests look like and what its answers mean. Pure: nothing is signed or sent here.

Source: Amazon S3 API Reference. ``bucket`` is S3's word for the container.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import NoReturn
from urllib.parse import urlsplit

from django_selectel_storage.exceptions import (
    AuthenticationFailed,
    ContainerNotFound,
    DamagedTransfer,
    ObjectTooLarge,
    StorageError,
    UploadGone,
    WriteConflict,
)
from django_selectel_storage.headers import ObjectHeaders
from django_selectel_storage.names import quoted
from django_selectel_storage.protocols import failures, fields
from django_selectel_storage.protocols.base import Listing, ObjectInfo, ObjectRange
from django_selectel_storage.protocols.failures import Operation, Words
from django_selectel_storage.protocols.s3 import xml
from django_selectel_storage.signing.sigv4 import canonical_query
from django_selectel_storage.transport.body import Body, BytesBody
from django_selectel_storage.transport.messages import Answer, Request

METADATA = "x-amz-meta-"
LARGEST_SKEW = timedelta(minutes=15)  # between the clocks of client and server
PAGE = 1000  # objects; ListObjectsV2 gives no more

_DAMAGED = "The bytes were damaged on their way, and the server refused them. Nothing was stored."
_HINTS = {
    "NoSuchBucket": "Is the bucket virtual-hosted while 'addressing' is 'path', or is 'endpoint' of another pool?",
    "InvalidAccessKeyId": "Is 'access_key' right? A new key can take some minutes until it works.",
    "SignatureDoesNotMatch": "Are 'secret_key', 'region' and 'endpoint' right?",
    "AuthorizationHeaderMalformed": "Is 'region' right? On Selectel it is the name of the pool.",
    "RequestTimeTooSkewed": "The clock of this machine is wrong by more than the 15 minutes that S3 accepts.",
    "SlowDown": "The server asks for fewer requests a second.",
    "BadDigest": _DAMAGED,
    "XAmzContentSHA256Mismatch": _DAMAGED,
}
_KINDS: dict[str, type[StorageError]] = {
    "InvalidAccessKeyId": AuthenticationFailed,
    "SignatureDoesNotMatch": AuthenticationFailed,
    "AuthorizationHeaderMalformed": AuthenticationFailed,
    "RequestTimeTooSkewed": AuthenticationFailed,
    "ConditionalRequestConflict": WriteConflict,
    "OperationAborted": WriteConflict,
    "NoSuchUpload": UploadGone,
    "EntityTooLarge": ObjectTooLarge,
    "BadDigest": DamagedTransfer,
    "XAmzContentSHA256Mismatch": DamagedTransfer,
}
_STATUSES = {"AccessDenied": 403, "NoSuchKey": 404, "PreconditionFailed": 412}  # of errors inside of a success
_HEAD_DENIED = (
    "The key may be wrong, or so new that it does not work yet (that takes some minutes), or not allowed to do this. "
    "Without the permission to list the bucket, S3 answers 403 instead of 404 for what is missing."
)
_THROTTLED = "Selectel allows 2000 requests a second for a bucket (300 PUT, 300 DELETE, 200 POST): slow down."
_REDIRECTED = "The server sends us elsewhere: are 'endpoint', 'pool' and 'addressing' those of the bucket?"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a bucket answers.

    Attributes:
        origin: scheme, host and port.
        host: host and port, as the Host header names them.
        base: the path of the bucket, without a trailing slash; empty with virtual-hosted addressing.
    """

    origin: str
    host: str
    base: str

    def path(self, key: str) -> str:
        """The path of an object, percent-encoded; of the bucket, for an empty key."""
        return f"{self.base}/{quoted(key)}" if key or not self.base else self.base


def address(endpoint: str, bucket: str, addressing: str) -> Address:
    """Work out where a bucket answers ("Virtual hosting of buckets")."""
    parts = urlsplit(endpoint)
    host = _host(parts.scheme, parts.netloc)
    if addressing == "virtual":
        return Address(f"{parts.scheme}://{bucket}.{host}", f"{bucket}.{host}", parts.path)
    return Address(f"{parts.scheme}://{host}", host, f"{parts.path}/{quoted(bucket)}")


def _host(scheme: str, netloc: str) -> str:
    """Drop the scheme's own port: the Host header does not name it, so the signature must not."""
    return netloc.lower().removesuffix(":443" if scheme == "https" else ":80")


# --- requests --------------------------------------------------------------------------------------------------------


def put_object(place: Address, key: str, body: Body, headers: ObjectHeaders, *, only_if_absent: bool) -> Request:
    """PutObject."""
    fields_out = object_fields(headers)
    if only_if_absent:
        fields_out["If-None-Match"] = "*"
    return Request("PUT", place.path(key), headers=fields_out, body=body, also_retried=failures.CONFLICT)


def object_fields(headers: ObjectHeaders) -> dict[str, str]:
    """The header fields that a new object is described with."""
    result = {name: fields.wire_text(value) for name, value in headers.standard().items()}
    for name, value in headers.metadata.items():
        result[METADATA + name] = fields.encoded_word(value)
    return result


def head_object(place: Address, key: str) -> Request:
    """HeadObject."""
    return Request("HEAD", place.path(key), headers=fields.IDENTITY)


def get_object(place: Address, key: str, start: int, stop: int | None, if_match: str) -> Request:
    """GetObject, whole or in part."""
    return Request("GET", place.path(key), headers=fields.range_fields(start, stop, if_match), streamed=True)


def delete_object(place: Address, key: str) -> Request:
    """DeleteObject."""
    return Request("DELETE", place.path(key))


def head_bucket(place: Address) -> Request:
    """HeadBucket."""
    return Request("HEAD", place.path(""))


def copy_object(place: Address, key: str, source: str, etag: str, headers: ObjectHeaders | None) -> Request:
    """CopyObject; with ``headers``, the copy is described anew.

    Args:
        place: the bucket.
        key: the key of the copy.
        source: the path of the original, percent-encoded: ``/bucket/key``.
        etag: the ETag that the original must have.
        headers: what to store beside the bytes; None takes over what the original has.
    """
    fields_out = copy_source(source, etag)
    if headers is not None:
        fields_out |= {"x-amz-metadata-directive": "REPLACE", **object_fields(headers)}
    return Request("PUT", place.path(key), headers=fields_out, failure_mark=xml.ERROR)


def copy_source(source: str, etag: str) -> dict[str, str]:
    """The header fields that name the original of a copy."""
    return {"x-amz-copy-source": source, **({"x-amz-copy-source-if-match": f'"{etag}"'} if etag else {})}


def delete_objects(place: Address, keys: list[str]) -> Request:
    """DeleteObjects, with the Content-MD5 that some servers insist on."""
    body = BytesBody(xml.delete_request(keys))
    md5 = b64encode(bytes.fromhex(body.digest("md5"))).decode()
    headers = {"Content-Type": "application/xml", "Content-MD5": md5}
    return Request("POST", place.path(""), "delete=", headers, body)


def list_objects(place: Address, prefix: str, delimiter: str, page: str | None, limit: int | None) -> Request:
    """ListObjectsV2."""
    parameters = {
        "encoding-type": "url",  # XML has no way to write control characters
        "list-type": "2",
        "max-keys": str(min(limit or PAGE, PAGE)),
        "prefix": prefix,
    }
    if delimiter:
        parameters["delimiter"] = delimiter
    if page is not None:
        parameters["continuation-token"] = page
    return Request("GET", place.path(""), canonical_query(parameters))


# --- answers ---------------------------------------------------------------------------------------------------------


def read_info(key: str, answer: Answer) -> ObjectInfo:
    """Read a HeadObject answer."""
    return fields.object_info(key, answer.headers, METADATA, fields.length(answer.headers.get("Content-Length", "")))


def read_range(key: str, answer: Answer) -> ObjectRange:
    """Read the head of a GetObject answer; the bytes are still on their way."""
    return fields.object_range(key, answer, METADATA)


def read_listing(answer: Answer) -> Listing:
    """Read a ListObjectsV2 answer.

    Raises:
        ContainerNotFound: it lists something else than a bucket.
        StorageError: the answer is not the XML it should be.
    """
    root = xml.parse(answer.body)
    if root.tag.rpartition("}")[2] != "ListBucketResult":
        raise ContainerNotFound(
            f"The server did not list the bucket, but answered {root.tag.rpartition('}')[2]}: are 'endpoint' and "
            "'addressing' right? A server that knows no virtual-hosted buckets takes the first folder for the bucket."
        )
    decoded, entries = xml.decoder(root), xml.children(root, "Contents")
    keys = tuple(decoded(xml.text(entry, "Key")) for entry in entries)
    folders = tuple(decoded(xml.text(entry, "Prefix")) for entry in xml.children(root, "CommonPrefixes"))
    next_page = xml.text(root, "NextContinuationToken") if xml.text(root, "IsTruncated") == "true" else None
    if next_page == "":
        raise StorageError("The server's listing goes on, but does not say where (NextContinuationToken).")
    return Listing(keys, lambda: map(_listed, keys, entries), folders, next_page)


def _listed(key: str, entry: xml.Element) -> ObjectInfo:
    """What a listing says of one object."""
    return ObjectInfo(
        key=key,
        size=fields.length(xml.text(entry, "Size")),
        etag=fields.entity_tag(xml.text(entry, "ETag")),
        last_modified=fields.iso_date(xml.text(entry, "LastModified")),
    )


def read_failures(answer: Answer) -> dict[str, Words]:
    """Read what a DeleteObjects answer says went wrong, by key."""
    request_id = answer.headers.get("x-amz-request-id", "")
    return {
        xml.text(entry, "Key"): Words(xml.text(entry, "Code"), xml.text(entry, "Message"), request_id)
        for entry in xml.children(xml.parse(answer.body), "Error")
    }


def deletion_error(operation: Operation, words: Words) -> StorageError:
    """Give the error for one key of a DeleteObjects answer."""
    return failures.error_for(operation, _STATUSES.get(words.code, 500), words, kind=_KINDS.get(words.code))


def raise_for_error_in_body(answer: Answer, operation: Operation) -> None:
    """Raise for an error that came with status 200: copies and completions take long, and S3 begins to answer early.

    Raises:
        StorageError: there is an error in the answer, or the answer ends before it says how things went.
    """
    if xml.ERROR in answer.body:
        status = _STATUSES.get(_words(answer, None).code, 500)
        _raise(replace(answer, status=status), operation)
    xml.parse(answer.body)


def raise_for_status(answer: Answer, operation: Operation, now: float | None = None) -> None:
    """Do nothing for a success; raise the precise error for anything else.

    Args:
        answer: what the server answered.
        operation: what was tried.
        now: this machine's POSIX time, to be compared with the server's.
    """
    if answer.status >= 300:
        _raise(answer, operation, now)


def _raise(answer: Answer, operation: Operation, now: float | None = None) -> NoReturn:
    words = _words(answer, now)
    if words.code == "NoSuchBucket" or (answer.status == 404 and not operation.key):
        raise failures.container_missing(operation, answer.status, words)
    raise failures.error_for(operation, answer.status, words, tries=answer.tries, kind=_KINDS.get(words.code))


def _words(answer: Answer, now: float | None) -> Words:
    said = xml.texts_of_error(answer.body)
    code, server = said.get("Code", ""), answer.headers
    request_id = server.get("x-amz-request-id") or said.get("RequestId") or server.get("x-trans-id", "")
    hint = _clock_hint(answer, code, now) or _hint(answer.status, code)
    return Words(code, said.get("Message", ""), request_id, hint)


def _clock_hint(answer: Answer, code: str, now: float | None) -> str:
    """Show both clocks when they are too far apart; to a HEAD the server cannot even say that they are."""
    there = fields.http_date(answer.headers.get("Date", "")) if answer.status == 403 else None
    if there is None or now is None:
        return ""
    here = datetime.fromtimestamp(now, timezone.utc)
    if code != "RequestTimeTooSkewed" and abs(here - there) < LARGEST_SKEW:
        return ""
    return (
        f"The clocks are too far apart: this machine says {here:%Y-%m-%d %H:%M:%S}, the server "
        f"{there:%Y-%m-%d %H:%M:%S} (UTC); S3 accepts 15 minutes. Set the clock."
    )


def _hint(status: int, code: str) -> str:
    by_status = {301: _REDIRECTED, 307: _REDIRECTED, 403: "" if code else _HEAD_DENIED, 429: _THROTTLED}
    return _HINTS.get(code) or by_status.get(status, "")
