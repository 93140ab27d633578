"""What the requests of a multipart upload look like and what their answers mean. Pure, as ``wire``.

Source: Amazon S3 API Reference, CreateMultipartUpload and its kin.
"""

from __future__ import annotations

from django_selectel_storage.exceptions import StorageError
from django_selectel_storage.headers import ObjectHeaders
from django_selectel_storage.protocols import fields
from django_selectel_storage.protocols.base import UnfinishedUpload
from django_selectel_storage.protocols.in_parts import SentPart
from django_selectel_storage.protocols.s3 import xml
from django_selectel_storage.protocols.s3.wire import Address, copy_source, object_fields
from django_selectel_storage.signing.sigv4 import canonical_query
from django_selectel_storage.transport.body import Body, BytesBody
from django_selectel_storage.transport.messages import Answer, Request


def create(place: Address, key: str, headers: ObjectHeaders) -> Request:
    """CreateMultipartUpload. Sent twice it makes two uploads; the forgotten one, without parts, stays listed."""
    return Request("POST", place.path(key), "uploads=", object_fields(headers))


def upload_part(place: Address, key: str, upload: str, number: int, body: Body) -> Request:
    """UploadPart."""
    return Request("PUT", place.path(key), _part_query(upload, number), body=body)


def copy_part(place: Address, key: str, upload: str, number: int, source: str, stretch: str, etag: str) -> Request:
    """UploadPartCopy, of the bytes that ``stretch`` names (``bytes=0-99``)."""
    headers = {**copy_source(source, etag), "x-amz-copy-source-range": stretch}
    return Request("PUT", place.path(key), _part_query(upload, number), headers, failure_mark=xml.ERROR)


def complete(place: Address, key: str, upload: str, tags: list[str], *, only_if_absent: bool) -> Request:
    """CompleteMultipartUpload."""
    headers = {"Content-Type": "application/xml", **({"If-None-Match": "*"} if only_if_absent else {})}
    body = BytesBody(xml.complete_request(tags))
    query = canonical_query({"uploadId": upload})
    return Request("POST", place.path(key), query, headers, body, failure_mark=xml.ERROR)


def abort(place: Address, key: str, upload: str) -> Request:
    """AbortMultipartUpload."""
    return Request("DELETE", place.path(key), canonical_query({"uploadId": upload}))


def list_uploads(place: Address, prefix: str, key_marker: str, upload_marker: str) -> Request:
    """ListMultipartUploads."""
    parameters = {"encoding-type": "url", "uploads": "", "prefix": prefix}
    if key_marker:
        parameters |= {"key-marker": key_marker, "upload-id-marker": upload_marker}
    return Request("GET", place.path(""), canonical_query(parameters))


def list_parts(place: Address, key: str, upload: str, marker: str) -> Request:
    """ListParts, of those behind the number ``marker``."""
    parameters = {"uploadId": upload, **({"part-number-marker": marker} if marker else {})}
    return Request("GET", place.path(key), canonical_query(parameters))


def _part_query(upload: str, number: int) -> str:
    return canonical_query({"partNumber": str(number), "uploadId": upload})


def read_upload_id(answer: Answer) -> str:
    """Read a CreateMultipartUpload answer."""
    upload = xml.text(xml.parse(answer.body), "UploadId")
    if not upload:
        raise StorageError("The server began a multipart upload, but did not name it (UploadId).")
    return upload


def read_part_tag(answer: Answer) -> str:
    """Read the ETag that an UploadPart or UploadPartCopy answer gives."""
    tag = answer.headers.get("ETag") or (xml.text(xml.parse(answer.body), "ETag") if answer.body else "")
    if not tag:
        raise StorageError("The server took a part, but gave no ETag for it.")
    return fields.entity_tag(tag)


def read_parts(answer: Answer) -> tuple[list[SentPart], str | None]:
    """Read a page of ListParts, and the marker of the next one."""
    root = xml.parse(answer.body)
    parts = [
        SentPart(
            number=fields.length(xml.text(entry, "PartNumber")),
            size=fields.length(xml.text(entry, "Size")),
            etag=fields.entity_tag(xml.text(entry, "ETag")),
        )
        for entry in xml.children(root, "Part")
    ]
    if xml.text(root, "IsTruncated") != "true":
        return parts, None
    marker = xml.text(root, "NextPartNumberMarker")
    if not marker:
        raise StorageError("The server's list of parts goes on, but does not say where (NextPartNumberMarker).")
    return parts, marker


def read_uploads(answer: Answer) -> tuple[list[UnfinishedUpload], tuple[str, str] | None]:
    """Read a page of ListMultipartUploads, and the markers of the next one."""
    root = xml.parse(answer.body)
    decoded = xml.decoder(root)
    uploads = [
        UnfinishedUpload(
            key=decoded(xml.text(entry, "Key")),
            upload_id=xml.text(entry, "UploadId"),
            begun=fields.iso_date(xml.text(entry, "Initiated")),
        )
        for entry in xml.children(root, "Upload")
    ]
    if xml.text(root, "IsTruncated") != "true":
        return uploads, None
    markers = (decoded(xml.text(root, "NextKeyMarker")), xml.text(root, "NextUploadIdMarker"))
    if not markers[0]:
        raise StorageError("The server's list of uploads goes on, but does not say where (NextKeyMarker).")
    return uploads, markers
