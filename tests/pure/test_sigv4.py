"""Signatures against the examples that AWS publishes, and against botocore for everything else."""

from __future__ import annotations

import calendar
import string
from datetime import datetime, timezone
from unittest import mock
from urllib.parse import parse_qsl, urlsplit

import botocore.auth
import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from django_selectel_storage.names import quoted
from django_selectel_storage.signing.sigv4 import (
    EMPTY_SHA256,
    SigningKey,
    amz_date,
    authorization,
    canonical_query,
    presigned_query,
)

# Amazon S3 API Reference, "Signature Calculations for the Authorization Header: Transferring Payload in a Single
# Chunk" and "Authenticating Requests: Using Query Parameters".
EXAMPLE_KEY = SigningKey("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1")
EXAMPLE_HOST = "examplebucket.s3.amazonaws.com"
EXAMPLE_DATE = "20130524T000000Z"
EXAMPLE_CREDENTIAL = "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request"
WELCOME_SHA256 = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"  # of "Welcome to Amazon S3."

Example = tuple[str, str, dict[str, str], dict[str, str], str, str, str]

EXAMPLES: dict[str, Example] = {
    "GET object, a range": (
        "GET",
        "/test.txt",
        {},
        {"range": "bytes=0-9"},
        EMPTY_SHA256,
        "host;range;x-amz-content-sha256;x-amz-date",
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    ),
    "PUT object": (
        "PUT",
        "/test%24file.text",
        {},
        {"date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"},
        WELCOME_SHA256,
        "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
    ),
    "GET bucket lifecycle": (
        "GET",
        "/",
        {"lifecycle": ""},
        {},
        EMPTY_SHA256,
        "host;x-amz-content-sha256;x-amz-date",
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
    ),
    "GET bucket, list objects": (
        "GET",
        "/",
        {"prefix": "J", "max-keys": "2"},
        {},
        EMPTY_SHA256,
        "host;x-amz-content-sha256;x-amz-date",
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
    ),
}


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES.keys())
def test_the_authorization_header_is_the_one_that_aws_publishes(example: Example) -> None:
    method, path, parameters, headers, payload, signed_headers, signature = example
    headers = {"host": EXAMPLE_HOST, "x-amz-content-sha256": payload, "x-amz-date": EXAMPLE_DATE, **headers}

    value = authorization(EXAMPLE_KEY, method, path, canonical_query(parameters), headers, payload, EXAMPLE_DATE)

    assert value == (
        f"AWS4-HMAC-SHA256 Credential={EXAMPLE_CREDENTIAL},SignedHeaders={signed_headers},Signature={signature}"
    )


def test_the_presigned_query_is_the_one_that_aws_publishes() -> None:
    query = presigned_query(EXAMPLE_KEY, "GET", "/test.txt", EXAMPLE_HOST, EXAMPLE_DATE, 86400)

    assert query == (
        "X-Amz-Algorithm=AWS4-HMAC-SHA256"
        "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    )


def test_urls_of_one_second_share_nothing_that_differs() -> None:
    other_region = SigningKey(EXAMPLE_KEY.access_key, EXAMPLE_KEY.secret_key, "ru-1")
    other_secret = SigningKey(EXAMPLE_KEY.access_key, "another", "us-east-1")
    queries = [
        presigned_query(EXAMPLE_KEY, "GET", "/test.txt", EXAMPLE_HOST, EXAMPLE_DATE, 86400),
        presigned_query(other_region, "GET", "/test.txt", EXAMPLE_HOST, EXAMPLE_DATE, 86400),
        presigned_query(other_secret, "GET", "/test.txt", EXAMPLE_HOST, EXAMPLE_DATE, 86400),
        presigned_query(EXAMPLE_KEY, "PUT", "/test.txt", EXAMPLE_HOST, EXAMPLE_DATE, 86400),
        presigned_query(EXAMPLE_KEY, "GET", "/other.txt", EXAMPLE_HOST, EXAMPLE_DATE, 86400),
        presigned_query(EXAMPLE_KEY, "GET", "/test.txt", "other.example.com", EXAMPLE_DATE, 86400),
        presigned_query(EXAMPLE_KEY, "GET", "/test.txt", EXAMPLE_HOST, "20130524T000001Z", 86400),
        presigned_query(EXAMPLE_KEY, "GET", "/test.txt", EXAMPLE_HOST, EXAMPLE_DATE, 60),
    ]

    assert len({query[-64:] for query in queries}) == len(queries)
    assert "X-Amz-Date=20130524T000001Z&" in queries[6]
    assert "&X-Amz-Expires=60&" in queries[7]


@pytest.mark.parametrize(
    ("now", "written"),
    [
        pytest.param(1369353600, EXAMPLE_DATE, id="AWS's example"),
        pytest.param(0, "19700101T000000Z", id="the epoch"),
        pytest.param(1369353599.999, "20130523T235959Z", id="fractions do not round up into the next day"),
    ],
)
def test_a_time_is_written_as_sigv4_wants_it(now: float, written: str) -> None:
    assert amz_date(now) == written


def test_the_secret_key_is_not_in_the_repr_of_a_signing_key() -> None:
    assert "wJalrXUtnFEMI" not in repr(EXAMPLE_KEY)


def test_another_day_another_region_and_another_secret_give_other_signatures() -> None:
    def signature(key: SigningKey, date: str) -> str:
        return authorization(key, "GET", "/", "", {"host": "h", "x-amz-date": date}, EMPTY_SHA256, date)[-64:]

    other_region = SigningKey(EXAMPLE_KEY.access_key, EXAMPLE_KEY.secret_key, "ru-1")
    other_secret = SigningKey(EXAMPLE_KEY.access_key, "another", "us-east-1")
    signatures = {
        signature(EXAMPLE_KEY, EXAMPLE_DATE),
        signature(EXAMPLE_KEY, "20130525T000000Z"),
        signature(other_region, EXAMPLE_DATE),
        signature(other_secret, EXAMPLE_DATE),
    }

    assert len(signatures) == 4


# --- botocore as the oracle ------------------------------------------------------------------------------------------

unicode_text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
object_keys = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)
secrets = st.text(string.ascii_letters + string.digits + "/+=", min_size=1, max_size=40)
access_keys = st.text(string.ascii_letters + string.digits, min_size=1, max_size=20)
regions = st.sampled_from(["ru-1", "ru-7", "gis-1", "us-east-1", "uz-2"])
methods = st.sampled_from(["GET", "PUT", "HEAD", "DELETE", "POST"])
hosts = st.sampled_from(["s3.ru-1.storage.selcloud.ru", "bucket.s3.ru-7.storage.selcloud.ru", "localhost:9000"])
parameter_names = st.text("ab1-_.~ %й", min_size=1, max_size=3)  # few characters: many begin alike
parameters = st.dictionaries(parameter_names, unicode_text, max_size=5)
visible = st.text(string.ascii_letters + string.digits + string.punctuation + " ", max_size=20)
header_names = st.from_regex(r"x-amz-meta-[a-z0-9-]{1,8}", fullmatch=True) | st.sampled_from(
    ["content-type", "content-md5", "range", "if-match", "x-amz-storage-class"]
)
signed_headers = st.dictionaries(header_names, visible, max_size=4)
times = st.integers(0, calendar.timegm((2100, 1, 1, 0, 0, 0)))


@pytest.mark.parametrize(
    ("parameters_in", "query"),
    [
        pytest.param({}, "", id="none"),
        pytest.param({"b": "2", "a": "1"}, "a=1&b=2", id="sorted by name"),
        pytest.param({"a b": "c/d+e~"}, "a%20b=c%2Fd%2Be~", id="encoded, the slash too"),
        pytest.param({"v1": "", "v": "x"}, "v=x&v1=", id="a name that begins another comes first"),
        pytest.param({"B": "1", "a": "2"}, "B=1&a=2", id="capitals first"),
    ],
)
def test_a_canonical_query_is_sorted_by_encoded_name(parameters_in: dict[str, str], query: str) -> None:
    assert canonical_query(parameters_in) == query


@given(parameters)
def test_a_canonical_query_is_ordered_and_encoded_like_botocores(query: dict[str, str]) -> None:
    signer = S3SigV4Auth(Credentials("a", "b"), "s3", "ru-1")
    request = AWSRequest("GET", "https://host/", params=query)

    assert canonical_query(query) == signer.canonical_query_string(request)


@given(access_keys, secrets, regions, methods, hosts, object_keys, parameters, signed_headers, st.binary(), times)
def test_an_authorization_header_is_botocores(
    access_key: str,
    secret_key: str,
    region: str,
    method: str,
    host: str,
    key: str,
    query: dict[str, str],
    headers: dict[str, str],
    body: bytes,
    now: int,
) -> None:
    path, ours = f"/bucket/{quoted(key)}", SigningKey(access_key, secret_key, region)
    request = AWSRequest(method, f"https://{host}{path}?{canonical_query(query)}", dict(headers), body)

    _signed_by_botocore(S3SigV4Auth(Credentials(access_key, secret_key), "s3", region), request, now)
    payload, date = request.headers["X-Amz-Content-SHA256"], request.headers["X-Amz-Date"]
    to_sign = {**headers, "host": host, "x-amz-content-sha256": payload, "x-amz-date": date}
    value = authorization(ours, method, path, canonical_query(query), to_sign, payload, amz_date(now))

    assert value.replace(",", ", ") == request.headers["Authorization"]


@given(
    access_keys,
    secrets,
    regions,
    methods,
    hosts,
    object_keys,
    parameters,
    signed_headers,
    st.integers(1, 604800),
    times,
)
def test_a_presigned_query_carries_botocores_signature(
    access_key: str,
    secret_key: str,
    region: str,
    method: str,
    host: str,
    key: str,
    query: dict[str, str],
    headers: dict[str, str],
    expires: int,
    now: int,
) -> None:
    path, ours = f"/bucket/{quoted(key)}", SigningKey(access_key, secret_key, region)
    request = AWSRequest(method, f"https://{host}{path}", dict(headers), params=query)

    _signed_by_botocore(S3SigV4QueryAuth(Credentials(access_key, secret_key), "s3", region, expires), request, now)
    written = presigned_query(ours, method, path, host, amz_date(now), expires, query, headers)

    # The order of the parameters in the URL is free; the signature covers them in canonical order.
    assert sorted(_pairs(written)) == sorted(_pairs(urlsplit(request.url).query))


def _signed_by_botocore(signer: S3SigV4Auth | S3SigV4QueryAuth, request: AWSRequest, now: int) -> None:
    moment = datetime.fromtimestamp(now, tz=timezone.utc).replace(tzinfo=None)
    with mock.patch.object(botocore.auth, "get_current_datetime", return_value=moment):
        signer.add_auth(request)


def _pairs(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True, strict_parsing=True)
