"""S3 as it travels: requests like botocore's, answers in every condition."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import botocore.session
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from hypothesis import given
from hypothesis import strategies as st

from django_selectel_storage.exceptions import (
    AccessDenied,
    AuthenticationFailed,
    ContainerNotFound,
    DamagedTransfer,
    InvalidRequest,
    ObjectChanged,
    ObjectExists,
    ObjectNotFound,
    RangeNotSatisfiable,
    ServerError,
    StorageError,
    TooManyRequests,
    WriteConflict,
)
from django_selectel_storage.headers import ObjectHeaders
from django_selectel_storage.protocols.failures import Condition, Operation
from django_selectel_storage.protocols.s3 import wire
from django_selectel_storage.transport.body import BytesBody
from django_selectel_storage.transport.messages import Answer, Request

ENDPOINT = "https://s3.ru-1.storage.selcloud.ru"
PATH = wire.address(ENDPOINT, "media", "path")
VIRTUAL = wire.address(ENDPOINT, "media", "virtual")

# --- addresses -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("endpoint", "bucket", "addressing", "origin", "host", "path"),
    [
        pytest.param(ENDPOINT, "m", "path", ENDPOINT, "s3.ru-1.storage.selcloud.ru", "/m/a/b", id="path"),
        pytest.param(
            ENDPOINT,
            "m",
            "virtual",
            "https://m.s3.ru-1.storage.selcloud.ru",
            "m.s3.ru-1.storage.selcloud.ru",
            "/a/b",
            id="virtual-hosted",
        ),
        pytest.param("https://a.example:443", "m", "path", "https://a.example", "a.example", "/m/a/b", id="port 443"),
        pytest.param("http://a.example:80", "m", "path", "http://a.example", "a.example", "/m/a/b", id="port 80"),
        pytest.param(
            "http://a.example:443", "m", "path", "http://a.example:443", "a.example:443", "/m/a/b", id="http on 443"
        ),
        pytest.param(
            "https://A.Example:9000", "m", "virtual", "https://m.a.example:9000", "m.a.example:9000", "/a/b", id="9000"
        ),
        pytest.param("https://a.example/s3", "m", "path", "https://a.example", "a.example", "/s3/m/a/b", id="a base"),
        pytest.param(
            "https://a.example/s3", "m", "virtual", "https://m.a.example", "m.a.example", "/s3/a/b", id="virtual, base"
        ),
        pytest.param(
            "https://a.example", "м m", "path", "https://a.example", "a.example", "/%D0%BC%20m/a/b", id="quoted"
        ),
    ],
)
def test_a_bucket_has_an_address(
    endpoint: str, bucket: str, addressing: str, origin: str, host: str, path: str
) -> None:
    place = wire.address(endpoint, bucket, addressing)

    assert (place.origin, place.host, place.path("a/b")) == (origin, host, path)


def test_the_bucket_itself_has_a_path() -> None:
    assert (PATH.path(""), VIRTUAL.path("")) == ("/media", "/")


# --- requests, with botocore as the oracle ---------------------------------------------------------------------------


class Botocore:
    """A botocore client whose requests go nowhere."""

    def __init__(self, addressing: str) -> None:
        config = Config(
            s3={"addressing_style": addressing},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        self.client = botocore.session.Session().create_client(
            "s3",
            region_name="ru-1",
            endpoint_url=ENDPOINT,
            aws_access_key_id="access",
            aws_secret_access_key="secret",
            config=config,
        )
        self.client.meta.events.register("before-send.s3", self._keep)
        self.sent: list[AWSPreparedRequest] = []

    def _keep(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        self.sent.append(request)
        return AWSResponse(request.url, 200, {}, _Nothing())

    def shape(self, operation: str, **parameters: Any) -> Shape:
        getattr(self.client, operation)(Bucket="media", **parameters)
        request = self.sent.pop()
        parts = urlsplit(request.url)
        headers = {
            name.lower(): value.decode() if isinstance(value, bytes) else value
            for name, value in request.headers.items()
        }
        return shape(request.method, parts.path, parts.query, headers)


class _Nothing:
    def stream(self) -> Iterator[bytes]:
        yield b""


Shape = tuple[str, str, list[tuple[str, str]], dict[str, str]]
# What both add to every request in their own way, and what is not sent at all or only by one of them.
_OWN = {
    "accept-encoding", "amz-sdk-invocation-id", "amz-sdk-request", "authorization", "content-length", "expect",
    "user-agent", "x-amz-content-sha256", "x-amz-date",
}  # fmt: skip


def shape(method: str, path: str, query: str, headers: dict[str, str]) -> Shape:
    kept = {name.lower(): value for name, value in headers.items() if name.lower() not in _OWN}
    pairs = sorted(pair for pair in parse_qsl(query, keep_blank_values=True) if pair != ("encoding-type", "url"))
    return method, path, pairs, kept


def shape_of(request: Request) -> Shape:
    return shape(request.method, request.path, request.query, dict(request.headers))


@pytest.fixture(scope="module")
def oracles() -> dict[str, Botocore]:
    return {addressing: Botocore(addressing) for addressing in ("path", "virtual")}


HEADERS = ObjectHeaders(
    "text/css", "max-age=60", 'attachment; filename="a.css"', "ru", "gzip", {"author": "somebody", "x-y": "1"}
)
PUT_PARAMETERS = {
    "ContentType": "text/css",
    "CacheControl": "max-age=60",
    "ContentDisposition": 'attachment; filename="a.css"',
    "ContentLanguage": "ru",
    "ContentEncoding": "gzip",
    "Metadata": {"author": "somebody", "x-y": "1"},
}
Make = Callable[[wire.Address], Request]
OPERATIONS: dict[str, tuple[Make, str, dict[str, Any]]] = {
    "PutObject": (
        lambda place: wire.put_object(place, "a/b c.css", BytesBody(b"x"), HEADERS, only_if_absent=False),
        "put_object",
        {"Key": "a/b c.css", "Body": b"x", **PUT_PARAMETERS},
    ),
    "PutObject, conditional": (
        lambda place: wire.put_object(place, "a", BytesBody(b"x"), ObjectHeaders("text/css"), only_if_absent=True),
        "put_object",
        {"Key": "a", "Body": b"x", "ContentType": "text/css", "IfNoneMatch": "*"},
    ),
    "HeadObject": (lambda place: wire.head_object(place, "ф/a"), "head_object", {"Key": "ф/a"}),
    "GetObject": (lambda place: wire.get_object(place, "a//b", 0, None, ""), "get_object", {"Key": "a//b"}),
    "GetObject, a part": (
        lambda place: wire.get_object(place, "a", 0, 10, ""),
        "get_object",
        {"Key": "a", "Range": "bytes=0-9"},
    ),
    "GetObject, the rest of a version": (
        lambda place: wire.get_object(place, "a", 10, None, "etag"),
        "get_object",
        {"Key": "a", "Range": "bytes=10-", "IfMatch": '"etag"'},
    ),
    "DeleteObject": (lambda place: wire.delete_object(place, "a?b#c"), "delete_object", {"Key": "a?b#c"}),
    "HeadBucket": (wire.head_bucket, "head_bucket", {}),
    "ListObjectsV2": (
        lambda place: wire.list_objects(place, "a b/ф&", "/", None, None),
        "list_objects_v2",
        {"Prefix": "a b/ф&", "Delimiter": "/", "MaxKeys": 1000},
    ),
    "ListObjectsV2, the next page": (
        lambda place: wire.list_objects(place, "", "", "to+ken/=", 5),
        "list_objects_v2",
        {"Prefix": "", "ContinuationToken": "to+ken/=", "MaxKeys": 5},
    ),
}


@pytest.mark.parametrize("addressing", ["path", "virtual"])
@pytest.mark.parametrize(("make", "operation", "parameters"), OPERATIONS.values(), ids=OPERATIONS.keys())
def test_a_request_is_what_botocore_sends(
    oracles: dict[str, Botocore], addressing: str, make: Make, operation: str, parameters: dict[str, Any]
) -> None:
    place = {"path": PATH, "virtual": VIRTUAL}[addressing]

    assert shape_of(make(place)) == oracles[addressing].shape(operation, **parameters)


def test_only_reading_leaves_the_bytes_on_the_wire() -> None:
    assert wire.get_object(PATH, "a", 0, None, "").streamed
    assert not wire.head_object(PATH, "a").streamed


@pytest.mark.parametrize("request_", [wire.head_object(PATH, "a"), wire.get_object(PATH, "a", 0, 1, "")])
def test_nobody_is_asked_to_compress_what_is_read(request_: Request) -> None:
    assert request_.headers["Accept-Encoding"] == "identity"


def test_text_of_other_alphabets_fits_into_headers() -> None:
    headers = wire.object_fields(ObjectHeaders("text/css", content_disposition="ёж", metadata={"author": "Ё"}))

    assert headers["Content-Disposition"].encode("latin-1").decode() == "ёж"
    assert headers["x-amz-meta-author"] == "=?UTF-8?B?0IE=?="


@pytest.mark.parametrize(("limit", "asked"), [(None, "1000"), (1, "1"), (5000, "1000")])
def test_a_page_has_at_most_a_thousand_objects(limit: int | None, asked: str) -> None:
    assert dict(parse_qsl(wire.list_objects(PATH, "", "", None, limit).query))["max-keys"] == asked


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_key_is_quoted_into_the_path(key: str) -> None:
    assert wire.head_object(PATH, key).path == f"/media/{quote(key, safe='/~')}"


# --- listings --------------------------------------------------------------------------------------------------------

NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


def listing(content: str, attributes: str = NAMESPACE) -> Answer:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult {attributes}>{content}</ListBucketResult>'
    return Answer(200, {}, text.encode())


ONE = (
    "<Contents><Key>media/фото &amp; &lt;a&gt;.jpg</Key><LastModified>2013-05-24T00:00:00.000Z</LastModified>"
    "<ETag>&quot;9a0364b9e99bb480dd25e1f0284c8555&quot;</ETag><Size>12</Size>"
    "<Owner><ID>1</ID><Key>not this one</Key></Owner></Contents>"
)


def test_an_empty_listing_is_empty() -> None:
    found = wire.read_listing(listing("<IsTruncated>false</IsTruncated>"))

    assert (found.objects, found.folders, found.next_page) == ((), (), None)


@pytest.mark.parametrize("attributes", [NAMESPACE, ""], ids=["with a namespace", "without"])
def test_a_listing_tells_of_objects_and_folders(attributes: str) -> None:
    content = f"{ONE}<CommonPrefixes><Prefix>media/жук/</Prefix></CommonPrefixes><Prefix>media/</Prefix>"
    found = wire.read_listing(listing(content, attributes))

    (entry,) = found.objects
    assert (entry.key, entry.size, entry.etag) == ("media/фото & <a>.jpg", 12, "9a0364b9e99bb480dd25e1f0284c8555")
    assert entry.last_modified == datetime(2013, 5, 24, tzinfo=timezone.utc)
    assert found.folders == ("media/жук/",)
    assert found.next_page is None


def test_objects_are_read_out_of_a_listing_only_when_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "_listed", lambda key, entry: pytest.fail(f"{key} was described: {entry}"))
    found = wire.read_listing(listing(ONE))

    assert found.keys == ("media/фото & <a>.jpg",)
    with pytest.raises(pytest.fail.Exception, match="was described"):
        tuple(found.described())


def test_a_listing_that_goes_on_says_where() -> None:
    content = f"{ONE}<IsTruncated>true</IsTruncated><NextContinuationToken>a+b/=</NextContinuationToken>"

    assert wire.read_listing(listing(content)).next_page == "a+b/="


def test_a_token_of_a_listing_that_is_complete_is_not_followed() -> None:
    content = "<IsTruncated>false</IsTruncated><NextContinuationToken>a</NextContinuationToken>"

    assert wire.read_listing(listing(content)).next_page is None


def test_a_listing_that_goes_on_without_saying_where_is_an_error_and_not_the_end() -> None:
    with pytest.raises(StorageError):
        wire.read_listing(listing(f"{ONE}<IsTruncated>true</IsTruncated>"))


def test_a_server_that_lists_its_buckets_instead_of_one_does_not_know_the_address() -> None:
    answer = Answer(200, {}, f"<ListAllMyBucketsResult {NAMESPACE}></ListAllMyBucketsResult>".encode())
    with pytest.raises(ContainerNotFound, match=r"ListAllMyBucketsResult.*'addressing'"):
        wire.read_listing(answer)


@pytest.mark.parametrize("size", ["", "-1", "many"])
def test_a_size_that_is_none_counts_as_nothing(size: str) -> None:
    content = f"<Contents><Key>a</Key><Size>{size}</Size></Contents>"

    assert wire.read_listing(listing(content)).objects[0].size == 0


BOMB = (
    '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;">]>'
    "<ListBucketResult><Contents><Key>&d;</Key></Contents></ListBucketResult>"
)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{}", id="JSON"),
        pytest.param(b"<html><br></html>", id="a web page"),
        pytest.param(b"<ListBucketResult>", id="cut off"),
        pytest.param(b"\xff\xfe<", id="no UTF-8"),
        pytest.param(b'<?xml version="1.0" encoding="klingon"?><a/>', id="an unknown encoding"),
        pytest.param(b"<a>\x00</a>", id="a zero byte"),
        pytest.param(BOMB.encode(), id="an entity bomb"),
        pytest.param(BOMB.encode("utf-16"), id="an entity bomb in UTF-16"),
        pytest.param(b"<a>&undefined;</a>", id="an unknown entity"),
        pytest.param(b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', id="a document type from elsewhere"),
    ],
)
def test_an_answer_that_is_no_xml_of_s3_is_an_error_of_ours(body: bytes) -> None:
    with pytest.raises(StorageError):
        wire.read_listing(Answer(200, {}, body))


@given(st.binary(max_size=200))
def test_any_answer_is_a_listing_or_an_error_of_ours(body: bytes) -> None:
    try:
        wire.read_listing(Answer(200, {}, body))
    except StorageError as error:
        assert type(error) is StorageError  # noqa: PT017 - whether there is an error depends on the bytes


# --- errors ----------------------------------------------------------------------------------------------------------

SAVING = Operation("Saving", "media", "a.txt", Condition.ABSENT)
READING = Operation("Reading", "media", "a.txt", Condition.UNCHANGED)
PLAIN = Operation("Saving", "media", "a.txt")
LISTING = Operation("Listing", "media")


def error_answer(status: int, code: str, tries: int = 1) -> Answer:
    body = f"<Error><Code>{code}</Code><Message>In words.</Message><RequestId>from body</RequestId></Error>"
    return Answer(status, {"x-amz-request-id": "R-1"}, body.encode() if code else b"", tries=tries)


@pytest.mark.parametrize(
    ("status", "code", "operation", "error", "hint"),
    [
        (403, "InvalidAccessKeyId", PLAIN, AuthenticationFailed, "'access_key'"),
        (403, "SignatureDoesNotMatch", PLAIN, AuthenticationFailed, "'secret_key'"),
        (400, "AuthorizationHeaderMalformed", PLAIN, AuthenticationFailed, "'region'"),
        (403, "RequestTimeTooSkewed", PLAIN, AuthenticationFailed, "clock"),
        (403, "AccessDenied", PLAIN, AccessDenied, ""),
        (403, "", PLAIN, AccessDenied, "403 instead of 404"),
        (401, "", PLAIN, AuthenticationFailed, ""),
        (404, "NoSuchKey", PLAIN, ObjectNotFound, ""),
        (404, "", PLAIN, ObjectNotFound, ""),
        (404, "NoSuchBucket", PLAIN, ContainerNotFound, "'container'"),
        (404, "", LISTING, ContainerNotFound, "'container'"),
        (412, "PreconditionFailed", SAVING, ObjectExists, ""),
        (412, "PreconditionFailed", READING, ObjectChanged, ""),
        (412, "PreconditionFailed", PLAIN, InvalidRequest, ""),
        (400, "BadDigest", PLAIN, DamagedTransfer, "damaged"),
        (409, "ConditionalRequestConflict", SAVING, WriteConflict, ""),
        (416, "InvalidRange", READING, RangeNotSatisfiable, ""),
        (301, "PermanentRedirect", PLAIN, InvalidRequest, "'endpoint'"),
        (307, "TemporaryRedirect", PLAIN, InvalidRequest, "'addressing'"),
        (429, "", PLAIN, TooManyRequests, "300 PUT"),
        (500, "InternalError", PLAIN, ServerError, ""),
        (503, "SlowDown", PLAIN, ServerError, "fewer requests"),
        (599, "", PLAIN, ServerError, ""),
    ],
)
def test_an_error_has_the_class_the_words_and_the_hint_that_fit(
    status: int, code: str, operation: Operation, error: type[StorageError], hint: str
) -> None:
    with pytest.raises(error) as raised:
        wire.raise_for_status(error_answer(status, code), operation)

    assert type(raised.value) is error
    assert (raised.value.status, raised.value.code, raised.value.request_id) == (status, code, "R-1")
    text = str(raised.value)
    assert all(word in text for word in (operation.action, repr("media"), "R-1", hint))
    assert repr(operation.key) in text or not operation.key


@pytest.mark.parametrize(
    ("status", "code"),
    [(403, "InvalidAccessKeyId"), (403, "AccessDenied"), (400, "AuthorizationHeaderMalformed"), (503, "")],
)
def test_the_message_repeats_what_the_server_answered(status: int, code: str) -> None:
    with pytest.raises(StorageError) as raised:
        wire.raise_for_status(error_answer(status, code), PLAIN)

    assert f"the server answered {status} {code}".rstrip() in str(raised.value)
    assert not code or "In words" in str(raised.value)


@pytest.mark.parametrize("status", [200, 201, 204, 206])
def test_a_success_is_no_error(status: int) -> None:
    wire.raise_for_status(Answer(status, {}), PLAIN)


@pytest.mark.parametrize(
    ("headers", "body", "request_id"),
    [
        ({"x-amz-request-id": "head"}, b"<Error><RequestId>body</RequestId></Error>", "head"),
        ({}, b"<Error><RequestId>body</RequestId></Error>", "body"),
        ({"x-trans-id": "tx"}, b"", "tx"),
        ({}, b"no XML", ""),
        ({}, BOMB.encode(), ""),
    ],
)
def test_the_request_id_is_found_wherever_the_server_puts_it(
    headers: dict[str, str], body: bytes, request_id: str
) -> None:
    with pytest.raises(ServerError) as raised:
        wire.raise_for_status(Answer(500, headers, body), PLAIN)

    assert raised.value.request_id == request_id


def test_the_number_of_tries_comes_along() -> None:
    with pytest.raises(ObjectExists) as raised:
        wire.raise_for_status(error_answer(412, "PreconditionFailed", tries=3), SAVING)

    assert raised.value.tries == 3


def test_an_object_is_read_from_its_head() -> None:
    info = wire.read_info("k", Answer(200, {"Content-Length": "7", "x-amz-meta-upload-id": "1"}))

    assert (info.key, info.size, info.metadata) == ("k", 7, {"upload-id": "1"})


@pytest.mark.parametrize(
    "body",
    [b"", b"   \n ", b'<?xml version="1.0"?><CopyObjectResult><ETag>', b"<Err"],
    ids=["nothing", "white space", "half an answer", "half an error"],
)
def test_a_success_that_ends_before_it_says_so_is_none(body: bytes) -> None:
    with pytest.raises(StorageError, match="not the XML"):
        wire.raise_for_error_in_body(Answer(200, {}, body), SAVING)
