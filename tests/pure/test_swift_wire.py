"""Swift as it travels: requests like swiftclient's, answers in every condition."""

from __future__ import annotations

import importlib
import json
import time
import warnings
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
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
)
from django_selectel_storage.headers import ObjectHeaders
from django_selectel_storage.protocols.failures import Condition, Operation
from django_selectel_storage.protocols.swift import wire
from django_selectel_storage.transport.body import BytesBody
from django_selectel_storage.transport.messages import Answer, Request

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of packages that swiftclient imports
    swift_client: Any = importlib.import_module("swiftclient.client")

STORAGE_URL = "https://swift.example.com/v1/AUTH_a"
CONTAINER = "мой files"
BASE = wire.container_path("/v1/AUTH_a", CONTAINER)

# --- requests, with swiftclient as the oracle ------------------------------------------------------------------------


class _Response:
    status = 200
    reason = "OK"
    headers: dict[str, str] = {}  # noqa: RUF012 - swiftclient only reads it

    def getheaders(self) -> list[tuple[str, str]]:
        return []

    def getheader(self, name: str, default: str = "") -> str:
        return default

    def read(self, *_: object) -> bytes:
        return b"[]"

    def close(self) -> None:
        pass


class Recorder:
    """The connection of swiftclient: keeps what would be sent."""

    def __init__(self) -> None:
        self.sent: tuple[str, str, dict[str, Any]] = ("", "", {})

    def request(self, method: str, path: str, data: object = None, headers: Any = None) -> None:
        self.sent = (method, path, dict(headers or {}))

    def putrequest(self, path: str, data: object = None, headers: Any = None) -> None:
        self.sent = ("PUT", path, dict(headers or {}))

    def getresponse(self) -> _Response:
        return _Response()

    def close(self) -> None:
        pass


Shape = tuple[str, str, list[tuple[str, str]], dict[str, str]]
_OWN = {"accept-encoding", "content-length", "user-agent", "x-auth-token"}


def shape(method: str, target: str, headers: dict[str, Any]) -> Shape:
    parts = urlsplit(target)
    kept = {name.lower(): str(value) for name, value in headers.items() if name.lower() not in _OWN}
    return method, parts.path, sorted(parse_qsl(parts.query, keep_blank_values=True)), kept


def shape_of(request: Request) -> Shape:
    return shape(request.method, request.target, dict(request.headers))


def swiftclients(operation: str, *args: Any, **keywords: Any) -> Shape:
    connection = Recorder()
    place = (urlsplit(STORAGE_URL), connection)
    getattr(swift_client, operation)(STORAGE_URL, "token", CONTAINER, *args, http_conn=place, **keywords)
    return shape(*connection.sent)


HEADERS = ObjectHeaders("text/css", "max-age=60", "inline", "ru", "gzip", {"author": "somebody"})
PUT_HEADERS = {
    "Cache-Control": "max-age=60",
    "Content-Disposition": "inline",
    "Content-Language": "ru",
    "Content-Encoding": "gzip",
    "X-Object-Meta-Author": "somebody",
}
OPERATIONS: dict[str, tuple[Callable[[], Request], Callable[[], Shape]]] = {
    "PUT": (
        lambda: wire.put_object(BASE, "a/b c.css", BytesBody(b"x"), HEADERS, only_if_absent=False),
        lambda: swiftclients(
            "put_object", "a/b c.css", b"x", etag="9dd4e461268c8034f5c8564e155c67a6", content_type="text/css",
            headers=PUT_HEADERS,
        ),
    ),
    "PUT, conditional": (
        lambda: wire.put_object(BASE, "a", BytesBody(b""), ObjectHeaders("text/css"), only_if_absent=True),
        lambda: swiftclients(
            "put_object", "a", b"", etag="d41d8cd98f00b204e9800998ecf8427e", content_type="text/css",
            headers={"If-None-Match": "*"},
        ),
    ),
    "HEAD": (lambda: wire.head_object(BASE, "ф/a?"), lambda: swiftclients("head_object", "ф/a?")),
    "HEAD of the container": (lambda: wire.head_object(BASE, ""), lambda: swiftclients("head_container")),
    "GET": (lambda: wire.get_object(BASE, "a//b", 0, None, ""), lambda: swiftclients("get_object", "a//b")),
    "GET of a part": (
        lambda: wire.get_object(BASE, "a", 5, 10, "etag"),
        lambda: swiftclients("get_object", "a", headers={"Range": "bytes=5-9", "If-Match": '"etag"'}),
    ),
    "GET of the rest": (
        lambda: wire.get_object(BASE, "a", 5, None, ""),
        lambda: swiftclients("get_object", "a", headers={"Range": "bytes=5-"}),
    ),
    "DELETE": (lambda: wire.delete_object(BASE, "a#b"), lambda: swiftclients("delete_object", "a#b")),
    "listing": (
        lambda: wire.list_objects(BASE, "a b/ф&", "/", "a b/ф&m", 7),
        lambda: swiftclients("get_container", prefix="a b/ф&", delimiter="/", marker="a b/ф&m", limit=7),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("ours", "theirs"), OPERATIONS.values(), ids=OPERATIONS.keys())
def test_a_request_is_what_swiftclient_sends(ours: Callable[[], Request], theirs: Callable[[], Shape]) -> None:
    method, path, query, headers = theirs()
    lower = {name: value for name, value in headers.items() if (name, value) != ("accept", "application/json")}

    assert shape_of(ours()) == (method, path, query, lower)


@pytest.mark.parametrize(("limit", "asked"), [(None, "10000"), (1, "1"), (20000, "10000")])
def test_a_page_has_at_most_ten_thousand_objects(limit: int | None, asked: str) -> None:
    assert dict(parse_qsl(wire.list_objects(BASE, "", "", None, limit).query))["limit"] == asked


def test_text_of_other_alphabets_is_sent_as_utf8() -> None:
    headers = wire.object_fields(ObjectHeaders("text/css", metadata={"author": "Ё"}))

    assert headers["x-object-meta-author"].encode("latin-1").decode() == "Ё"


@pytest.mark.parametrize("request_", [wire.head_object(BASE, "a"), wire.get_object(BASE, "a", 0, 1, "")])
def test_nobody_is_asked_to_compress_what_is_read(request_: Request) -> None:
    assert request_.headers["Accept-Encoding"] == "identity"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_key_is_quoted_into_the_path(key: str) -> None:
    assert wire.head_object("/v1/a/c", key).path == f"/v1/a/c/{quote(key, safe='/~')}"


# --- listings --------------------------------------------------------------------------------------------------------


def listing(*entries: object) -> Answer:
    return Answer(200, {}, json.dumps(entries).encode())


OBJECT = {
    "name": "media/фото.jpg",
    "bytes": 12,
    "hash": "9a0364b9e99bb480dd25e1f0284c8555",
    "content_type": "image/jpeg",
    "last_modified": "2013-05-24T00:00:00.123450",
}


@pytest.mark.parametrize("answer", [Answer(204, {}), listing()], ids=["204", "an empty list"])
def test_an_empty_listing_is_empty(answer: Answer) -> None:
    found = wire.read_listing(answer, None)

    assert (found.objects, found.folders, found.next_page) == ((), (), None)


def test_a_listing_tells_of_objects_and_folders() -> None:
    found = wire.read_listing(listing(OBJECT, {"subdir": "media/жук/"}), None)

    (entry,) = found.objects
    assert (entry.key, entry.size, entry.etag) == ("media/фото.jpg", 12, "9a0364b9e99bb480dd25e1f0284c8555")
    assert (entry.content_type, found.folders, found.next_page) == ("image/jpeg", ("media/жук/",), None)
    assert entry.last_modified == datetime(2013, 5, 24, 0, 0, 0, 123450, tzinfo=timezone.utc)


def test_objects_are_read_out_of_a_listing_only_when_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "_listed", lambda key, entry: pytest.fail(f"{key} was described: {entry}"))
    found = wire.read_listing(listing(OBJECT), None)

    assert found.keys == ("media/фото.jpg",)
    with pytest.raises(pytest.fail.Exception, match="was described"):
        tuple(found.described())


@pytest.mark.parametrize(
    ("entries", "limit", "next_page"),
    [
        pytest.param([OBJECT, {"name": "z"}], 2, "z", id="a full page that ends with an object"),
        pytest.param([OBJECT, {"subdir": "z/"}], 2, "z/", id="a full page that ends with a folder"),
        pytest.param([OBJECT], 2, None, id="a page that is not full"),
        pytest.param([{"name": str(number)} for number in range(10_000)], None, "9999", id="the largest page"),
        pytest.param([{"name": str(number)} for number in range(10_000)], 20_000, "9999", id="larger than allowed"),
    ],
)
def test_a_full_page_is_followed_by_another(entries: list[object], limit: int | None, next_page: str | None) -> None:
    assert wire.read_listing(listing(*entries), limit).next_page == next_page


@pytest.mark.parametrize(
    "body",
    [b"{", b"<html/>", b"{}", b"null", b'"a"', b"[1]", b"[[]]", b"\xff", b"[" * 100_000],
    ids=["cut off", "a page", "a mapping", "null", "text", "numbers", "lists", "no UTF-8", "nested beyond reason"],
)
def test_an_answer_that_is_no_listing_is_an_error_of_ours(body: bytes) -> None:
    with pytest.raises(StorageError):
        wire.read_listing(Answer(200, {}, body), None)


def test_an_entry_that_says_nothing_more_than_its_name_is_an_object() -> None:
    (entry,) = wire.read_listing(listing({"name": "a"}), None).objects

    assert (entry.key, entry.size, entry.last_modified) == ("a", 0, None)


# --- errors ----------------------------------------------------------------------------------------------------------

SAVING = Operation("Saving", "media", "a.txt", Condition.ABSENT)
READING = Operation("Reading", "media", "a.txt", Condition.UNCHANGED)
PLAIN = Operation("Saving", "media", "a.txt")
LISTING = Operation("Listing", "media")
PAGE = b"<html><h1>Not &amp; found</h1><p>The resource could not be found.</p></html>"


@pytest.mark.parametrize(
    ("status", "operation", "error", "hint"),
    [
        (401, PLAIN, AuthenticationFailed, "fresh one"),
        (403, PLAIN, AccessDenied, "role"),
        (404, PLAIN, ObjectNotFound, ""),
        (404, LISTING, ContainerNotFound, "'container'"),
        (412, SAVING, ObjectExists, ""),
        (412, READING, ObjectChanged, ""),
        (412, PLAIN, InvalidRequest, ""),
        (413, PLAIN, InvalidRequest, "larger"),
        (416, READING, RangeNotSatisfiable, ""),
        (422, PLAIN, DamagedTransfer, "damaged"),
        (429, PLAIN, TooManyRequests, "300 PUT"),
        (498, PLAIN, TooManyRequests, "slow down"),
        (500, PLAIN, ServerError, ""),
        (503, PLAIN, ServerError, ""),
        (507, PLAIN, ServerError, "quota"),
        (301, PLAIN, InvalidRequest, ""),
    ],
)
def test_an_error_has_the_class_the_words_and_the_hint_that_fit(
    status: int, operation: Operation, error: type[StorageError], hint: str
) -> None:
    with pytest.raises(error) as raised:
        wire.raise_for_status(Answer(status, {"X-Trans-Id": "tx1"}, PAGE), operation)

    assert type(raised.value) is error
    assert (raised.value.status, raised.value.request_id) == (status, "tx1")
    assert all(word in str(raised.value) for word in (operation.action, repr("media"), "tx1", hint))


def test_the_text_of_the_servers_page_is_the_message() -> None:
    with pytest.raises(ServerError, match="Not & found The resource could not be found") as raised:
        wire.raise_for_status(Answer(500, {"X-Openstack-Request-Id": "req-1"}, PAGE), PLAIN)

    assert raised.value.request_id == "req-1"


def test_a_long_page_is_cut() -> None:
    with pytest.raises(ServerError) as raised:
        wire.raise_for_status(Answer(500, {}, b"x" * 60_000), PLAIN)

    assert len(str(raised.value)) < 400


def test_a_page_made_to_be_slow_is_read_quickly() -> None:
    began = time.process_time()
    with pytest.raises(ServerError):
        wire.raise_for_status(Answer(500, {}, b"<" * 65_536), PLAIN)

    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("status", [200, 201, 202, 204, 206])
def test_a_success_is_no_error(status: int) -> None:
    wire.raise_for_status(Answer(status, {}), PLAIN)


def test_the_number_of_tries_comes_along() -> None:
    with pytest.raises(ObjectExists) as raised:
        wire.raise_for_status(Answer(412, {}, tries=3), SAVING)

    assert raised.value.tries == 3


def test_an_object_is_read_from_its_head() -> None:
    info = wire.read_info("k", Answer(200, {"Content-Length": "7", "X-Object-Meta-Author": "\xd0\x81"}))

    assert (info.key, info.size, info.metadata) == ("k", 7, {"author": "Ё"})
