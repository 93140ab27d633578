"""Swift's temporary URLs, against swiftclient and OpenStack's own examples."""

from __future__ import annotations

import warnings
from base64 import urlsafe_b64decode
from urllib.parse import parse_qs, quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_selectel_storage.protocols.swift import wire
from django_selectel_storage.signing import tempurl
from django_selectel_storage.transport.messages import Answer

with warnings.catch_warnings():
    # Where Keystone's client is installed too, swiftclient imports modules that Python has deprecated.
    warnings.simplefilter("ignore")
    from swiftclient.utils import generate_temp_url

KEY = "mykey"
PATH = "/v1/AUTH_account/container/object"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha512"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "POST"])
@pytest.mark.parametrize("key", ["object", "a b.txt", "путь/файл.txt", "100%.txt", "%2F", "a?b#c", "a+b"])
def test_the_signature_is_that_of_swiftclient(method: str, algorithm: str, key: str) -> None:
    path = f"/v1/AUTH_account/container/{key}"
    signed = generate_temp_url(path, 1_800_000_000, KEY, method, absolute=True, digest=algorithm)

    query = parse_qs(tempurl.signed_query(KEY, method, quote(path), 1_800_000_000, algorithm))
    theirs = parse_qs(signed.removeprefix(path + "?"))

    assert query["temp_url_expires"] == theirs["temp_url_expires"]
    assert query["temp_url_sig"] == [in_hexadecimal(theirs["temp_url_sig"][0])]


def in_hexadecimal(signature: str) -> str:
    """swiftclient writes SHA-512 in Base64, to be short; servers read both."""
    algorithm, colon, short = signature.partition(":")
    return urlsafe_b64decode(f"{short}==").hex() if colon else algorithm


def test_the_best_digest_comes_without_asking() -> None:
    assert tempurl.signed_query(KEY, "GET", PATH, 1) == tempurl.signed_query(KEY, "GET", PATH, 1, "sha256")


@pytest.mark.parametrize(
    ("parameters", "end"),
    [
        ({"filename": "a b.txt"}, "&filename=a%20b.txt"),
        ({"filename": "отчёт.pdf"}, "&filename=%D0%BE%D1%82%D1%87%D1%91%D1%82.pdf"),
        ({"inline": ""}, "&inline="),
        ({"filename": "x&temp_url_expires=9", "inline": ""}, "&filename=x%26temp_url_expires%3D9&inline="),
        ({}, ""),
        (None, ""),
    ],
)
def test_what_the_server_also_heeds_stands_behind_and_is_not_signed(
    parameters: dict[str, str] | None, end: str
) -> None:
    plain = tempurl.signed_query(KEY, "GET", PATH, 1_800_000_000)

    assert tempurl.signed_query(KEY, "GET", PATH, 1_800_000_000, parameters=parameters) == plain + end


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [
        (["sha1", "sha256", "sha512"], "sha256"),
        (["sha512", "sha1"], "sha512"),
        (["sha1"], "sha1"),
        (["md5"], "sha256"),
        ([], "sha256"),
        (None, "sha256"),
        ("sha1", "sha256"),
        ([["sha1"], None, 5], "sha256"),
    ],
    ids=repr,
)
def test_the_best_digest_that_the_server_allows_is_chosen(allowed: object, expected: str) -> None:
    assert tempurl.best_algorithm(allowed) == expected


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, b'{"tempurl": {"allowed_digests": ["sha1"]}}', ["sha1"]),
        (200, b'{"tempurl": {}}', ["sha1"]),
        (200, b'{"tempurl": {"methods": ["GET", "PUT"]}}', ["sha1"]),
        (200, b'{"tempurl": {"allowed_digests": []}}', []),
        (200, b'{"swift": {}}', None),
        (200, b'{"tempurl": []}', None),
        (200, b"[]", None),
        (200, b"<html>", None),
        (200, b"", None),
        (404, b'{"tempurl": {"allowed_digests": ["sha1"]}}', None),
        (403, b"<html>", None),
    ],
)
def test_what_a_server_says_of_itself_is_read(status: int, body: bytes, expected: object) -> None:
    assert wire.allowed_digests(Answer(status, {}, body)) == expected


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        pytest.param({}, {"inline": ""}, id="nothing: a browser shows the file"),
        pytest.param({"inline": ""}, {"inline": ""}, id="TempURL's own"),
        pytest.param({"filename": "a.txt"}, {"filename": "a.txt"}, id="another name"),
        pytest.param(
            {"filename": "a.txt", "inline": ""}, {"filename": "a.txt", "inline": ""}, id="another name, shown"
        ),
        pytest.param({"response-content-disposition": "attachment"}, {}, id="to be kept"),
        pytest.param({"response-content-disposition": "inline"}, {"inline": ""}, id="to be shown"),
        pytest.param(
            {"response-content-disposition": 'attachment; filename="a b.txt"'}, {"filename": "a b.txt"}, id="quoted"
        ),
        pytest.param(
            {"response-content-disposition": "attachment; filename*=UTF-8''%D1%8F.txt"},
            {"filename": "я.txt"},
            id="RFC 6266",
        ),
        pytest.param(
            {"response-content-disposition": "inline; filename=a.txt"},
            {"filename": "a.txt", "inline": ""},
            id="shown under a name",
        ),
        pytest.param(
            {"response-content-disposition": 'attachment; filename="отчёт.pdf"'},
            {"filename": "отчёт.pdf"},
            id="letters of any script",
        ),
    ],
)
def test_the_words_of_s3_become_those_of_tempurl(parameters: dict[str, str], expected: dict[str, str]) -> None:
    assert wire.temp_url_parameters(parameters) == expected


@pytest.mark.parametrize("name", ["response-content-type", "versionId", "temp_url_sig"])
def test_a_parameter_that_tempurl_does_not_know_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name}.*filename"):
        wire.temp_url_parameters({name: "x"})


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_every_key_is_signed_as_the_server_will_read_it(key: str) -> None:
    path = f"/v1/AUTH_account/container/{key}"

    assert tempurl.signed_query(KEY, "GET", quote(path), 5) == tempurl.signed_query(KEY, "GET", quote(path, ""), 5)
