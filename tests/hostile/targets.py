"""What is fuzzed: each target reads one hostile text or body and lets only the documented errors through.

A target raises ``AssertionError``, or anything but a ``SelectelException``, when it has found a weakness. Both fuzzers
drive the same targets.
"""

from __future__ import annotations

import posixpath
import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from urllib.parse import unquote, urlsplit

from urllib3 import HTTPHeaderDict

from django_selectel_storage import compression, dsn, headers, names, options
from django_selectel_storage.exceptions import SelectelException
from django_selectel_storage.options import StorageOptions
from django_selectel_storage.protocols import fields
from django_selectel_storage.protocols.base import headers_of
from django_selectel_storage.protocols.failures import Operation
from django_selectel_storage.protocols.s3 import multipart_wire, wire
from django_selectel_storage.protocols.swift import keystone, legacy
from django_selectel_storage.protocols.swift import wire as swift
from django_selectel_storage.protocols.swift.tokens import Token
from django_selectel_storage.signing import sigv4, tempurl
from django_selectel_storage.transport import retries
from django_selectel_storage.transport.messages import Answer

LOCATION = "tenants/a"
SECRET = "s3cr3t-of-nobody"
PLACE = wire.address("https://s3.example.com", "media", "path")
ZONES = [timezone(timedelta(hours=hours)) for hours in (-23, 0, 14)]
LEGACY = StorageOptions(username="user", password=SECRET, container="media", auth_url="https://auth.example.com/v1.0")
KEYSTONE = StorageOptions(
    username="user", password=SECRET, account="1", project="p", container="media", auth_url="https://id.example.com/v3"
)


def stays_inside(key: str, location: str) -> bool:
    """Whether a key lies in a location also for those who take dots for steps, and backslashes for slashes."""
    resolved = posixpath.normpath("/" + key.replace("\\", "/").lstrip("/"))
    return f"{resolved}/".startswith(f"/{location}/")


# --- what users write ------------------------------------------------------------------------------------------------


def name(text: str) -> None:
    """A name leads to a key inside the location, and that key into one segment of one request line."""
    key = names.object_key(text, LOCATION)
    assert key == LOCATION or key.startswith(f"{LOCATION}/")
    assert stays_inside(key, LOCATION)
    assert names.folder_prefix(text, LOCATION).startswith(f"{LOCATION}/")
    for target in (wire.head_object(PLACE, key).target, swift.head_object("/v1/a/media", key).target):
        assert target.isascii()
        assert not set(target) & set('\r\n\0 ?#\\"<>')
        assert unquote(target).endswith(f"/media/{key}")
    sigv4.presigned_query(sigv4.SigningKey("a", "b", "c"), "GET", PLACE.path(key), PLACE.host, "20260101T000000Z", 60)
    tempurl.signed_query("key", "GET", PLACE.path(key), 60)
    headers.content_type(text, "application/octet-stream")


def storage_dsn(text: str) -> None:
    """A DSN becomes options or an error, and comes back from its options as it was."""
    given = options.canonical(dsn.parse(text))
    usable = options.storage_options(given)
    again = options.storage_options(options.canonical(dsn.parse(dsn.build(given))))
    assert again == usable


def option(text: str) -> None:
    """A value for an option is taken or refused; credentials never reach plain http, nor secrets the error."""
    written, _, value = text.partition("=")
    given = {"username": "user", "password": SECRET, "container": "media"}
    try:
        usable = options.storage_options(options.canonical({**given, written: value}))
    except SelectelException as error:
        _without_secret(error)
        return
    for address in filter(None, (usable.endpoint, usable.auth_url)):
        parts = urlsplit(address)
        assert usable.allow_http or parts.scheme == "https" or _LOOPBACK.fullmatch(parts.hostname or "")
    _without_secret(usable)


_LOOPBACK = re.compile(r"127(\.\d+){3}|(.*\.)?localhost|::1|::ffff:127\..*|::ffff:7f.*")


def _without_secret(thing: object) -> None:
    assert SECRET not in f"{thing} {thing!r}"


def header(text: str) -> None:
    """Text for a header is refused, or goes out as one line and comes back as it was."""
    described = headers.overridden(headers.ObjectHeaders("text/plain"), {"Content-Disposition": text}, {"note": text})
    for fields_out in (wire.object_fields(described), swift.object_fields(described)):
        for name_out, value in fields_out.items():
            assert not set(f"{name_out}{value}".encode("latin-1")) & set(b"\r\n\0")
            assert (
                name_out == "Content-Disposition"
                or not name_out.lower().endswith("note")
                or (fields.plain_text(value) == text)
            )


# --- what servers answer ---------------------------------------------------------------------------------------------


def s3_xml(body: bytes) -> None:
    """XML becomes a listing, an upload, an error; never a crash, and the next page can be asked for."""
    answer = Answer(200, HTTPHeaderDict(), body)
    for read in (wire.read_failures, multipart_wire.read_upload_id, multipart_wire.read_part_tag):
        with suppress(SelectelException):
            read(answer)
    with suppress(SelectelException):
        uploads, markers = multipart_wire.read_uploads(answer)
        if markers:
            multipart_wire.list_uploads(PLACE, "", *markers)
        for upload in uploads:
            multipart_wire.abort(PLACE, upload.key, upload.upload_id)
            _all_zones(upload.begun)
    with suppress(SelectelException):
        wire.raise_for_error_in_body(answer, Operation("Copying", "media", "key"))
    with suppress(SelectelException):
        wire.raise_for_status(Answer(403, HTTPHeaderDict(), body), Operation("Saving", "media", "key"), time.time())
    listing = wire.read_listing(answer)
    for entry in listing.objects:
        wire.head_object(PLACE, entry.key)
        _all_zones(entry.last_modified)
    if listing.next_page:
        wire.list_objects(PLACE, "", "", listing.next_page, None)


def swift_json(body: bytes) -> None:
    """JSON becomes a listing or failures by key; never a crash, and the next page can be asked for."""
    answer = Answer(200, HTTPHeaderDict(), body)
    with suppress(SelectelException):
        for key in swift.read_bulk_failures(answer, "media"):
            swift.delete_object("/v1/a/media", key)
    swift.allowed_digests(answer)
    tempurl.best_algorithm(swift.allowed_digests(answer))
    with suppress(SelectelException):
        swift.raise_for_status(Answer(403, HTTPHeaderDict(), body), Operation("Saving", "media", "key"))
    listing = swift.read_listing(answer, 1)
    for entry in listing.objects:
        swift.head_object("/v1/a/media", entry.key)
        _all_zones(entry.last_modified)
    if listing.next_page:
        swift.list_objects("/v1/a/media", "", "", listing.next_page, None)


def keystone_answer(body: bytes) -> None:
    """Keystone's answer becomes a token whose address can be used, or an error without the password."""
    fields_in = HTTPHeaderDict({"X-Subject-Token": "t", "Date": "Mon, 23 Nov 2026 11:00:00 GMT"})
    _use(lambda: keystone.read_token(KEYSTONE, Answer(201, fields_in, body)))


def login_headers(text: str) -> None:
    """The headers of an auth v1.0 answer become a token whose address can be used, or an error without the password."""
    url, _, rest = text.partition("\n")
    token, _, life = rest.partition("\n")
    fields_in = HTTPHeaderDict(
        {"X-Storage-Url": url, "X-Auth-Token": token or "t", "X-Expire-Auth-Token": life, "X-Trans-Id": token}
    )
    for status in (200, 401):
        with suppress(SelectelException):
            _use(lambda status=status: legacy.read_token(LEGACY, Answer(status, fields_in)))  # type: ignore[misc]


def object_headers(text: str) -> None:
    """The headers of an object become what is known of it, and can be written again."""
    names_in = ("ETag", "Last-Modified", "Content-Type", "Content-Length", "Cache-Control", "X-Amz-Meta-A", "Expires")
    for value in text.encode("utf-8", "surrogatepass").decode("latin-1").split("\n"):
        answer = Answer(200, HTTPHeaderDict(dict.fromkeys(names_in, value)))
        info = wire.read_info("key", answer)
        _all_zones(info.last_modified)
        assert info.size >= 0
        compression.original_size(info.headers, {"original-size": value})
        wire.get_object(PLACE, "key", 0, None, info.etag)
        for name_out, written in wire.object_fields(headers_of(info)).items():
            f"{name_out}: {written}".encode("latin-1")


def content_range(text: str) -> None:
    """Content-Range becomes three numbers or nothing."""
    stretch = fields.content_range(text)
    assert stretch is None or (stretch[0] <= stretch[1] <= stretch[2])
    assert fields.length(text) >= 0


def retry_after(text: str) -> None:
    """Retry-After becomes a wait of no less than nothing, and what is waited is bounded."""
    wait = retries.parse_retry_after(text, 1_800_000_000.0)
    assert wait is None or wait >= 0
    delay = retries.next_delay(tries=1, max_retries=3, chance=1.0, retry_after=wait)
    assert delay is None or 0 <= delay <= retries.LONGEST_RETRY_AFTER + retries.LONGEST_DELAY


def date(text: str) -> None:
    """A date of either kind becomes a time that every zone can show, or nothing."""
    _all_zones(fields.http_date(text))
    _all_zones(fields.iso_date(text))
    now = datetime(2026, 11, 23, tzinfo=timezone.utc).timestamp()
    with suppress(SelectelException):
        wire.raise_for_status(Answer(403, HTTPHeaderDict({"Date": text})), Operation("Saving", "media", "key"), now)


def _use(read: Callable[[], Token]) -> None:
    """Do with a token what the client does with it."""
    try:
        token = read()
    except SelectelException as error:
        _without_secret(error)
        return
    parts = urlsplit(token.storage_url)
    assert parts.scheme in {"http", "https"}
    assert parts.hostname
    assert parts.port is None or parts.port >= 0
    assert token.life is None or token.life >= 0
    assert swift.head_object(f"{parts.path}/media", "key").target.isascii()
    assert token.value.isprintable()
    assert token.value not in repr(replace(token, storage_url="")) or len(token.value) < 8


def _all_zones(moment: datetime | None) -> None:
    for zone in ZONES if moment else []:
        moment.astimezone(zone)  # type: ignore[union-attr]


TEXTS: Mapping[str, Callable[[str], None]] = {
    "names": name,
    "DSNs": storage_dsn,
    "options": option,
    "header text": header,
    "auth v1.0 answers": login_headers,
    "object headers": object_headers,
    "Content-Range": content_range,
    "Retry-After": retry_after,
    "dates": date,
}
BODIES: Mapping[str, Callable[[bytes], None]] = {
    "S3 XML": s3_xml,
    "Swift JSON": swift_json,
    "Keystone answers": keystone_answer,
}


def run_text(target: str, text: str) -> None:
    """Give a text to a target; the documented errors are what it may answer."""
    with suppress(SelectelException):
        TEXTS[target](text)


def run_body(target: str, body: bytes) -> None:
    """Give a body to a target; the documented errors are what it may answer."""
    with suppress(SelectelException):
        BODIES[target](body)
