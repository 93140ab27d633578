"""The requests of a multipart upload are botocore's, and its answers are read in every condition."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import botocore.session
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config

from django_selectel_storage.exceptions import StorageError
from django_selectel_storage.headers import ObjectHeaders
from django_selectel_storage.protocols.base import UnfinishedUpload
from django_selectel_storage.protocols.in_parts import SentPart
from django_selectel_storage.protocols.s3 import multipart_wire, wire
from django_selectel_storage.transport.body import BytesBody
from django_selectel_storage.transport.messages import Answer, Request

ENDPOINT = "https://s3.ru-1.storage.selcloud.ru"
PLACE = wire.address(ENDPOINT, "media", "path")
KEY = "папка/a b+c.bin"
NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'

DESCRIBED = ObjectHeaders(
    "text/plain", "max-age=60", "attachment", "ru", "gzip", metadata={"author": "somebody", "upload-id": "1"}
)


def sent_by_botocore(call: Callable[[Any], Any]) -> AWSPreparedRequest:
    """What botocore would send."""
    client = botocore.session.Session().create_client(
        "s3",
        region_name="ru-1",
        endpoint_url=ENDPOINT,
        aws_access_key_id="a",
        aws_secret_access_key="s",
        config=Config(s3={"addressing_style": "path"}, request_checksum_calculation="when_required"),
    )
    sent: list[AWSPreparedRequest] = []

    def answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        sent.append(request)
        body = b"<A><UploadId>u</UploadId><CopyPartResult/></A>"
        return AWSResponse(request.url, 200, {}, type("Raw", (), {"stream": lambda *_, **__: [body]})())

    client.meta.events.register("before-send.s3", answer)
    call(client)
    client.close()
    return sent[0]


REQUESTS: dict[str, tuple[Request, Callable[[Any], Any]]] = {
    "create": (
        multipart_wire.create(PLACE, KEY, DESCRIBED),
        lambda s3: s3.create_multipart_upload(
            Bucket="media",
            Key=KEY,
            ContentType="text/plain",
            CacheControl="max-age=60",
            ContentDisposition="attachment",
            ContentLanguage="ru",
            ContentEncoding="gzip",
            Metadata={"author": "somebody", "upload-id": "1"},
        ),
    ),
    "upload a part": (
        multipart_wire.upload_part(PLACE, KEY, "up/load=1&", 7, BytesBody(b"bytes")),
        lambda s3: s3.upload_part(Bucket="media", Key=KEY, UploadId="up/load=1&", PartNumber=7, Body=b"bytes"),
    ),
    "copy a part": (
        multipart_wire.copy_part(PLACE, KEY, "u", 2, "media/a%20b", "bytes=5-9", "tag"),
        lambda s3: s3.upload_part_copy(
            Bucket="media",
            Key=KEY,
            UploadId="u",
            PartNumber=2,
            CopySource={"Bucket": "media", "Key": "a b"},
            CopySourceRange="bytes=5-9",
            CopySourceIfMatch='"tag"',
        ),
    ),
    "complete": (
        multipart_wire.complete(PLACE, KEY, "u", ["a1", "b2"], only_if_absent=True),
        lambda s3: s3.complete_multipart_upload(
            Bucket="media",
            Key=KEY,
            UploadId="u",
            IfNoneMatch="*",
            MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": '"a1"'}, {"PartNumber": 2, "ETag": '"b2"'}]},
        ),
    ),
    "abort": (
        multipart_wire.abort(PLACE, KEY, "u"),
        lambda s3: s3.abort_multipart_upload(Bucket="media", Key=KEY, UploadId="u"),
    ),
    "list parts": (
        multipart_wire.list_parts(PLACE, KEY, "u", ""),
        lambda s3: s3.list_parts(Bucket="media", Key=KEY, UploadId="u"),
    ),
    "list parts on": (
        multipart_wire.list_parts(PLACE, KEY, "u", "1000"),
        lambda s3: s3.list_parts(Bucket="media", Key=KEY, UploadId="u", PartNumberMarker=1000),
    ),
    "list": (
        multipart_wire.list_uploads(PLACE, "папка/", "", ""),
        lambda s3: s3.list_multipart_uploads(Bucket="media", Prefix="папка/"),
    ),
    "list on": (
        multipart_wire.list_uploads(PLACE, "p", "k k", "u"),
        lambda s3: s3.list_multipart_uploads(Bucket="media", Prefix="p", KeyMarker="k k", UploadIdMarker="u"),
    ),
}


def meaning(query: str) -> dict[str, str]:
    found = dict(parse_qsl(query, keep_blank_values=True))
    return {name: value for name, value in found.items() if name not in {"x-id", "encoding-type"}}


def text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_is_that_of_botocore(name: str) -> None:
    ours, call = REQUESTS[name]
    theirs = sent_by_botocore(call)
    url = urlsplit(theirs.url)

    assert (ours.method, ours.path) == (theirs.method, url.path)
    assert meaning(ours.query) == meaning(url.query)
    headers = {name.lower(): text(value) for name, value in theirs.headers.items()}
    for field, value in ours.headers.items():
        if field.lower() != "content-type" or name == "create":
            assert headers[field.lower()] == value


def test_the_body_of_a_completion_is_that_of_botocore() -> None:
    ours, call = REQUESTS["complete"]
    theirs = sent_by_botocore(call)

    def parts(body: bytes) -> list[dict[str, str | None]]:
        root = ElementTree.fromstring(body)
        return [{child.tag.rpartition("}")[2]: child.text for child in part} for part in root]

    assert parts(b"".join(ours.body.chunks())) == parts(theirs.body)


def test_a_completion_that_may_overwrite_has_no_condition() -> None:
    request = multipart_wire.complete(PLACE, KEY, "u", ["a"], only_if_absent=False)

    assert "If-None-Match" not in request.headers


def test_a_new_upload_has_a_name() -> None:
    body = f"<InitiateMultipartUploadResult {NAMESPACE}><UploadId>VXBs b2Fk</UploadId></InitiateMultipartUploadResult>"

    assert multipart_wire.read_upload_id(Answer(200, {}, body.encode())) == "VXBs b2Fk"


@pytest.mark.parametrize("body", [b"<A/>", b"<A><UploadId/></A>", b"", b"nonsense"])
def test_an_upload_without_a_name_is_an_error(body: bytes) -> None:
    with pytest.raises(StorageError):
        multipart_wire.read_upload_id(Answer(200, {}, body))


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        pytest.param({"ETag": '"abc"'}, b"", id="UploadPart"),
        pytest.param(
            {}, f"<CopyPartResult {NAMESPACE}><ETag>&quot;abc&quot;</ETag></CopyPartResult>".encode(), id="copy"
        ),
        pytest.param({}, b'<CopyPartResult><ETag>"abc"</ETag></CopyPartResult>', id="copy without namespace"),
    ],
)
def test_a_part_has_a_tag(headers: dict[str, str], body: bytes) -> None:
    assert multipart_wire.read_part_tag(Answer(200, headers, body)) == "abc"


@pytest.mark.parametrize("body", [b"", b"<CopyPartResult/>", b"nonsense"])
def test_a_part_without_a_tag_is_an_error(body: bytes) -> None:
    with pytest.raises(StorageError):
        multipart_wire.read_part_tag(Answer(200, {}, body))


def uploads(*entries: str, truncated: bool = False, markers: str = "") -> Answer:
    end = f"<IsTruncated>{str(truncated).lower()}</IsTruncated>{markers}"
    body = f"<ListMultipartUploadsResult {NAMESPACE}>{''.join(entries)}{end}</ListMultipartUploadsResult>"
    return Answer(200, {}, body.encode())


UPLOAD = "<Upload><Key>a &amp; b</Key><UploadId>u1</UploadId><Initiated>2026-01-02T03:04:05.000Z</Initiated></Upload>"


def test_unfinished_uploads_are_read() -> None:
    begun = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)

    assert multipart_wire.read_uploads(uploads(UPLOAD)) == ([UnfinishedUpload("a & b", "u1", begun)], None)
    assert multipart_wire.read_uploads(uploads()) == ([], None)


def test_a_page_of_uploads_tells_where_the_next_one_begins() -> None:
    markers = "<NextKeyMarker>k</NextKeyMarker><NextUploadIdMarker>u</NextUploadIdMarker>"

    assert multipart_wire.read_uploads(uploads(UPLOAD, truncated=True, markers=markers))[1] == ("k", "u")


def test_a_list_that_goes_on_without_saying_where_is_an_error_and_no_endless_loop() -> None:
    with pytest.raises(StorageError):
        multipart_wire.read_uploads(uploads(UPLOAD, truncated=True))


def parts_answer(more: str) -> Answer:
    part = "<Part><PartNumber>2</PartNumber><Size>5</Size><ETag>&quot;ab&quot;</ETag></Part>"
    return Answer(200, {}, f"<ListPartsResult {NAMESPACE}>{part}{more}</ListPartsResult>".encode())


def test_a_list_of_parts_is_read_page_by_page() -> None:
    part = SentPart(2, 5, "ab")
    assert multipart_wire.read_parts(parts_answer("")) == ([part], None)
    more = "<IsTruncated>true</IsTruncated>"
    marker = "<NextPartNumberMarker>2</NextPartNumberMarker>"
    assert multipart_wire.read_parts(parts_answer(more + marker)) == ([part], "2")
    with pytest.raises(StorageError, match="NextPartNumberMarker"):
        multipart_wire.read_parts(parts_answer(more))
