"""CORS rules: S3's requests are botocore's to the byte, Swift's are those of its documentation."""

from __future__ import annotations

import base64
import hashlib
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

import pytest

from django_selectel_storage import headers
from django_selectel_storage.exceptions import AccessDenied, StorageError
from django_selectel_storage.options import StorageOptions
from django_selectel_storage.protocols.cors import OURS, CorsRule, allowing, for_uploads, without_ours
from django_selectel_storage.protocols.failures import Operation
from django_selectel_storage.protocols.s3 import cors, wire
from django_selectel_storage.protocols.swift import cors as swift_cors
from django_selectel_storage.transport.messages import Answer, Request
from tests.pure.test_multipart_wire import ENDPOINT, sent_by_botocore

PLACE = wire.address(ENDPOINT, "media", "path")
RULE = for_uploads(["https://b.example", "https://a.example"])
FOREIGN = CorsRule(("*",), ("GET", "HEAD"), ("range",), ("ETag", "x-a"), 60, "theirs & others'")


def as_botocore_takes_it(rule: CorsRule) -> dict[str, Any]:
    return {
        "ID": rule.name,
        "AllowedHeaders": list(rule.headers),
        "AllowedMethods": list(rule.methods),
        "AllowedOrigins": list(rule.origins),
        "ExposeHeaders": list(rule.exposed),
        "MaxAgeSeconds": rule.max_age,
    }


def test_put_bucket_cors_is_botocores_to_the_byte() -> None:
    rules = {"CORSRules": [as_botocore_takes_it(rule) for rule in (RULE, FOREIGN)]}
    theirs = sent_by_botocore(lambda s3: s3.put_bucket_cors(Bucket="media", CORSConfiguration=rules))
    ours = cors.put_rules(PLACE, [RULE, FOREIGN])
    assert b"".join(ours.body.chunks()) == theirs.body
    assert (ours.method, ours.path) == (theirs.method, urlsplit(theirs.url).path)
    assert ours.query.rstrip("=") == urlsplit(theirs.url).query
    given = {name.lower(): value for name, value in theirs.headers.items()}
    if "content-md5" in given:
        assert ours.headers["Content-MD5"].encode() in {given["content-md5"], str(given["content-md5"]).encode()}


@pytest.mark.parametrize(
    ("ours", "name"), [(cors.get_rules(PLACE), "get_bucket_cors"), (cors.delete_rules(PLACE), "delete_bucket_cors")]
)
def test_the_other_calls_are_botocores_too(ours: Request, name: str) -> None:
    theirs = sent_by_botocore(lambda s3: getattr(s3, name)(Bucket="media"))
    assert (ours.method, ours.path) == (theirs.method, urlsplit(theirs.url).path)
    assert ours.query.rstrip("=") == urlsplit(theirs.url).query


def test_the_md5_is_that_of_the_body() -> None:
    request = cors.put_rules(PLACE, [RULE])
    body = b"".join(request.body.chunks())
    assert base64.b64decode(request.headers["Content-MD5"]) == hashlib.md5(body).digest()


def test_rules_are_read_as_they_were_written() -> None:
    body = b"".join(cors.put_rules(PLACE, [RULE, FOREIGN]).body.chunks())
    assert cors.read_rules(Answer(200, {}, body)) == [RULE, FOREIGN]


@pytest.mark.parametrize(("rules", "method"), [([RULE], "PUT"), ([], "DELETE")])
def test_no_rules_at_all_are_a_deletion(rules: list[CorsRule], method: str) -> None:
    sent: list[Request] = []

    def send(request: Request, _: Operation) -> Answer:
        sent.append(request)
        return Answer(200, {})

    cors.BucketCors(send, PLACE, "media").store(rules)
    assert [request.method for request in sent] == [method]


def test_a_bucket_without_rules_has_none_and_other_errors_are_told() -> None:
    def failing(error: StorageError) -> cors.BucketCors:
        def send(_: Request, __: Operation) -> Answer:
            raise error

        return cors.BucketCors(send, PLACE, "media")

    assert failing(StorageError("none", status=404, code="NoSuchCORSConfiguration")).rules() == []
    with pytest.raises(AccessDenied):
        failing(AccessDenied("no", status=403, code="AccessDenied")).rules()


def test_swift_rules_are_three_metadata_of_the_container() -> None:
    request = swift_cors.put_rules("/v1/a/media", [RULE])
    assert (request.method, request.path) == ("POST", "/v1/a/media")
    assert request.headers == {
        "X-Container-Meta-Access-Control-Allow-Origin": "https://a.example https://b.example",
        "X-Container-Meta-Access-Control-Expose-Headers": "ETag",
        "X-Container-Meta-Access-Control-Max-Age": "3600",
    }
    assert set(swift_cors.put_rules("/v1/a/media", []).headers.values()) == {""}


def test_only_what_uploads_need_is_allowed() -> None:
    assert RULE.methods == ("PUT",)
    assert "*" not in RULE.headers
    assert RULE.origins == ("https://a.example", "https://b.example")


def test_origins_are_added_and_the_rules_of_others_stay() -> None:
    rules = allowing([FOREIGN, RULE], ["https://c.example"])
    assert rules[0] == FOREIGN
    assert rules[1].name == OURS
    assert rules[1].origins == ("https://a.example", "https://b.example", "https://c.example")
    assert without_ours(rules) == [FOREIGN]


@pytest.mark.parametrize("name", ["a.txt", "a.svgz"])
def test_pages_may_send_every_field_that_an_upload_link_can_bind(name: str) -> None:
    options = StorageOptions(
        access_key="a",
        secret_key="b",
        container="media",
        cache_control="no-store",
        content_disposition="attachment",
        content_language="ru",
        metadata={"author": "somebody"},
    )
    described = headers.overridden(headers.for_object(name, options), {"X-Object-Meta-Two": "2"}, None).marked("mark")
    bound = {"Content-Length", "If-None-Match", *wire.object_fields(described)}
    written_by_browsers = {"content-length"}  # Fetch standard, "forbidden request-header"
    refused = {
        field
        for field in {field.lower() for field in bound} - written_by_browsers
        if not any(fnmatchcase(field, allowed) for allowed in RULE.headers)
    }
    assert refused == set()
