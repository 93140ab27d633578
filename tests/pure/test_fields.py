"""Header fields of objects: dates, lengths, ranges, metadata in any language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3 import HTTPHeaderDict

from django_selectel_storage.exceptions import DamagedTransfer, StorageError
from django_selectel_storage.protocols import fields
from django_selectel_storage.transport.messages import Answer

UTC = timezone.utc


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("Fri, 24 May 2013 00:00:00 GMT", datetime(2013, 5, 24, tzinfo=UTC)),
        ("Friday, 24-May-13 00:00:00 GMT", datetime(2013, 5, 24, tzinfo=UTC)),
        ("Fri May 24 00:00:00 2013", datetime(2013, 5, 24, tzinfo=UTC)),
        ("Fri, 24 May 2013 03:00:00 +0300", datetime(2013, 5, 24, tzinfo=UTC)),
        ("Fri, 24 May 2013 00:00:00 -0000", datetime(2013, 5, 24, tzinfo=UTC)),
        ("", None),
        ("yesterday", None),
        ("Fri, 24 May 2013 99:00:00 GMT", None),
        ("Fri, 24 Foo 2013 00:00:00 GMT", None),
        ("Fri, 31 Feb 2013 00:00:00 GMT", None),
    ],
)
def test_an_http_date_is_an_aware_time_or_nothing(value: str, date: datetime | None) -> None:
    found = fields.http_date(value)

    assert found == date
    assert found is None or found.tzinfo is not None


@pytest.mark.parametrize(
    ("value", "date"),
    [
        pytest.param("2013-05-24T00:00:00.000Z", datetime(2013, 5, 24, tzinfo=UTC), id="S3"),
        pytest.param("2013-05-24T00:00:00Z", datetime(2013, 5, 24, tzinfo=UTC), id="without fractions"),
        pytest.param("2013-05-24T00:00:00.123450", datetime(2013, 5, 24, 0, 0, 0, 123450, tzinfo=UTC), id="Swift"),
        pytest.param("2013-05-24T03:00:00+03:00", datetime(2013, 5, 24, tzinfo=UTC), id="another zone"),
        pytest.param("", None, id="empty"),
        pytest.param("None", None, id="no time"),
        pytest.param("2013-99-24T00:00:00Z", None, id="no such month"),
    ],
)
def test_an_iso_date_is_an_aware_time_or_nothing(value: str, date: datetime | None) -> None:
    found = fields.iso_date(value)

    assert found == date
    assert found is None or found.tzinfo is not None


@given(st.datetimes(datetime(1970, 1, 1), datetime(9998, 12, 31)))
def test_a_date_that_the_standard_library_writes_is_read(date: datetime) -> None:
    whole = date.replace(microsecond=0, tzinfo=UTC)
    assert fields.http_date(format_datetime(whole, usegmt=True)) == whole


@given(st.text())
def test_any_text_is_read_as_a_value_or_as_none(value: str) -> None:
    for date in (fields.http_date(value), fields.iso_date(value)):
        assert date is None or date.tzinfo is not None
    assert fields.length(value) >= 0
    start, stop, size = fields.content_range(value) or (0, 0, 0)
    assert 0 <= start <= stop <= size


@pytest.mark.parametrize(
    ("value", "size"),
    [("0", 0), ("12", 12), ("", 0), ("-1", 0), ("1.5", 0), ("²", 0), ("9" * 19, 10**19 - 1), ("9" * 20, 0)],
)
def test_a_length_is_a_number_of_bytes(value: str, size: int) -> None:
    assert fields.length(value) == size


@pytest.mark.parametrize(
    ("value", "stretch"),
    [
        ("bytes 0-9/100", (0, 10, 100)),
        (" bytes 90-99/100 ", (90, 100, 100)),
        ("bytes */100", (0, 0, 100)),
        ("bytes 0-9/*", None),
        ("bytes=0-9/100", None),
        ("items 0-9/100", None),
        ("bytes 0-9", None),
        ("", None),
    ],
)
def test_a_content_range_says_which_bytes_come(value: str, stretch: tuple[int, int, int] | None) -> None:
    assert fields.content_range(value) == stretch


# --- text in headers -------------------------------------------------------------------------------------------------

writable = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)


@given(writable)
def test_text_survives_as_utf8_in_a_header(value: str) -> None:
    written = fields.wire_text(value)

    assert written.encode("latin-1") == value.encode()
    assert fields.plain_text(written) == value


@given(writable)
def test_text_survives_as_an_encoded_word(value: str) -> None:
    written = fields.encoded_word(value)

    assert written.isascii()
    assert fields.plain_text(written) == value


@given(writable.filter(lambda text: not text.isascii()))
def test_the_standard_library_reads_our_encoded_words(value: str) -> None:
    assert str(make_header(decode_header(fields.encoded_word(value)))) == value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        pytest.param("plain", "plain", id="ASCII"),
        pytest.param("=?UTF-8?B?0LDQsdCy?=", "абв", id="as S3 hands it out"),
        pytest.param("=?utf-8?b?0LDQsdCy?=", "абв", id="in lower case"),
        pytest.param("\xd0\xb6", "ж", id="UTF-8 in the guise of Latin-1"),
        pytest.param("\xff", "\xff", id="Latin-1 that is no UTF-8"),
        pytest.param("абв", "абв", id="decoded already"),
        pytest.param("=?UTF-8?B?x?=", "=?UTF-8?B?x?=", id="no Base64"),
        pytest.param("=?UTF-8?B?/w==?=", "=?UTF-8?B?/w==?=", id="Base64 of what is no UTF-8"),
        pytest.param("=?UTF-8?Q?a?=", "=?UTF-8?Q?a?=", id="another encoding"),
        pytest.param("a =?UTF-8?B?0LDQsdCy?=", "a =?UTF-8?B?0LDQsdCy?=", id="not alone"),
    ],
)
def test_text_of_a_header_is_read_in_either_form(written: str, value: str) -> None:
    assert fields.plain_text(written) == value


# --- objects ---------------------------------------------------------------------------------------------------------


class Coming:
    """A body that never comes; it remembers whether it was closed."""

    def __init__(self) -> None:
        self.closed = False

    def chunks(self, size: int) -> Iterator[bytes]:
        yield from ()

    def close(self) -> None:
        self.closed = True


HEADERS = {
    "ETag": '"9a0364b9e99bb480dd25e1f0284c8555"',
    "Last-Modified": "Fri, 24 May 2013 00:00:00 GMT",
    "Content-Type": "text/css",
    "Cache-Control": "max-age=60",
    "CONTENT-ENCODING": "gzip",
    "X-Amz-Meta-Author": "=?UTF-8?B?0LDQsdCy?=",
    "x-amz-meta-upload-id": "1",
    "X-Amz-Request-Id": "r",
}


def test_the_headers_of_an_answer_say_what_the_store_knows_of_an_object() -> None:
    info = fields.object_info("k", HEADERS, "x-amz-meta-", 7)

    assert (info.key, info.size, info.etag) == ("k", 7, "9a0364b9e99bb480dd25e1f0284c8555")
    assert info.last_modified == datetime(2013, 5, 24, tzinfo=UTC)
    assert info.content_type == "text/css"
    assert info.headers == {"cache-control": "max-age=60", "content-encoding": "gzip"}
    assert info.metadata == {"author": "абв", "upload-id": "1"}


def test_an_object_of_which_nothing_is_said_has_no_time_and_no_type() -> None:
    info = fields.object_info("k", {}, "x-amz-meta-", 0)

    assert (info.etag, info.last_modified, info.content_type, info.headers, info.metadata) == ("", None, "", {}, {})


def test_a_200_brings_everything() -> None:
    coming = fields.object_range("k", Answer(200, {"Content-Length": "12"}, incoming=Coming()), "x-")

    assert (coming.start, coming.stop, coming.info.size) == (0, 12, 12)


def test_a_206_brings_a_part() -> None:
    headers = {"Content-Length": "10", "Content-Range": "bytes 10-19/100"}
    coming = fields.object_range("k", Answer(206, headers, incoming=Coming()), "x-")

    assert (coming.start, coming.stop, coming.info.size) == (10, 20, 100)


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        pytest.param(206, {"Content-Length": "10"}, id="a part of which nothing is said"),
        pytest.param(206, {"Content-Length": "10", "Content-Range": "bytes 0-9/*"}, id="a part of who knows how much"),
        pytest.param(200, {"Transfer-Encoding": "chunked"}, id="everything, but nobody says how much that is"),
    ],
)
def test_an_answer_that_does_not_say_which_bytes_it_brings_is_refused_and_closed(
    status: int, headers: dict[str, str]
) -> None:
    incoming = Coming()
    with pytest.raises(DamagedTransfer):
        fields.object_range("k", Answer(status, headers, incoming=incoming), "x-")

    assert incoming.closed


def test_an_answer_without_bytes_is_refused() -> None:
    with pytest.raises(DamagedTransfer):
        fields.object_range("k", Answer(200, {"Content-Length": "1"}, b"a"), "x-")


def test_dates_of_both_forms_mean_the_same_moment() -> None:
    written = "2013-05-24T01:00:00Z"

    assert fields.iso_date(written) == (fields.http_date("Fri, 24 May 2013 00:00:00 GMT") or datetime.min) + timedelta(
        hours=1
    )


@pytest.mark.parametrize(
    "value", ["Fri, 31 Dec 9999 23:59:59 GMT", "Fri, 31 Dec 9999 23:59:59 +0000", "Mon, 23 Nov 2026 11:00:00 +9999"]
)
def test_a_date_that_not_every_time_zone_can_show_is_none(value: str) -> None:
    assert fields.http_date(value) is None


def test_the_ends_of_the_calendar_are_no_dates_of_listings() -> None:
    assert fields.iso_date("9999-12-31T23:59:59Z") is None
    assert fields.iso_date("0001-01-01T00:00:00+14:00") is None


def test_a_date_is_given_in_utc() -> None:
    assert str(fields.http_date("Mon, 23 Nov 2026 11:00:00 +0300")) == "2026-11-23 08:00:00+00:00"
    assert str(fields.iso_date("2026-11-23T11:00:00+03:00")) == "2026-11-23 08:00:00+00:00"


def test_json_is_read_unless_it_has_more_syntax_than_any_answer() -> None:
    assert fields.json_of(b'{"a": [1]}', "Swift") == {"a": [1]}
    most = b"[" + b"1," * (fields.MOST_MARKS - 2) + b"1]"
    assert len(fields.json_of(most, "Swift")) == fields.MOST_MARKS - 1
    for body in (b"[" + b"1," * fields.MOST_MARKS + b"1]", b"[" * 10**6, b"{", b"\xff", b""):
        with pytest.raises(StorageError, match="JSON that Swift promises"):
            fields.json_of(body, "Swift")


@pytest.mark.parametrize(
    ("etag", "others", "proven"),
    [
        pytest.param("d41d8cd98f00b204e9800998ecf8427e", {}, True, id="of one piece"),
        pytest.param('"d41d8cd98f00b204e9800998ecf8427e"', {}, True, id="in quotes"),
        pytest.param("d41d8cd98f00b204e9800998ecf8427e-2", {}, False, id="of parts"),
        pytest.param("", {}, False, id="none"),
        pytest.param("d41d8cd98f00b204e9800998ecf8427e", {"X-Static-Large-Object": "True"}, False, id="SLO"),
        pytest.param("d41d8cd98f00b204e9800998ecf8427e", {"X-Object-Manifest": "c/p"}, False, id="DLO"),
        pytest.param("d41d8cd98f00b204e9800998ecf8427e", {"x-amz-server-side-encryption": "AES256"}, True, id="S3's"),
        pytest.param("d41d8cd98f00b204e9800998ecf8427e", {"x-amz-server-side-encryption": "aws:kms"}, False, id="KMS"),
        pytest.param(
            "d41d8cd98f00b204e9800998ecf8427e",
            {"x-amz-server-side-encryption-customer-algorithm": "AES256"},
            False,
            id="a customer's key",
        ),
    ],
)
def test_an_etag_counts_as_an_md5_only_where_it_is_one(etag: str, others: dict[str, str], proven: bool) -> None:
    info = fields.object_info("a", HTTPHeaderDict({"ETag": etag, **others}), "x-amz-meta-", 0)
    assert info.md5 == (etag.strip('"') if proven else "")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("ETag", ["d41d8cd98f00b204e9800998ecf8427e", "9a0364b9e99bb480dd25e1f0284c8555"]),
        ("x-amz-server-side-encryption", ["aws:kms", "AES256"]),
    ],
)
def test_a_field_that_came_twice_proves_no_md5(name: str, values: list[str]) -> None:
    headers = HTTPHeaderDict({} if name == "ETag" else {"ETag": "d41d8cd98f00b204e9800998ecf8427e"})
    for value in values:
        headers.add(name, value)
    assert fields.object_info("a", headers, "x-amz-meta-", 0).md5 == ""
