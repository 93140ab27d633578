"""Hostile texts and bodies: words that have a meaning somewhere, between others, cut and nested. For Hypothesis."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

CHARACTERS = st.characters(exclude_categories=())  # also halves of surrogate pairs
DOTS = (
    "..", ".", "/", "\\", "%2e", "%2E%2e", "%2f", "%5c", "\r\n", "\n", "\0", "\x01", "\x7f", "\x85", "\u2028",
    "\u202e", "\ufeff", "\ufffe", "\ud800", "\udcff", "．．", "／", "e\u0301", "é", "?", "#", "&", "=", ";", "+", " ",
    "a", "a.txt", "x" * 300, "CON", "~", "..%00/", "/etc/passwd", "file://", "http://evil.example/", "tenants",
    "tenants/b", "../b",
)  # fmt: skip
DSN_WORDS = (
    "selectel://", "selectel+s3://", "SELECTEL://", "user", ":", "@", "/", "?", "#", "&", "=", "%", "%2F", "%ZZ",
    "%00", "container", "cdn.example.com", "[", "]", "location", "allow_http=1", "endpoint=http://evil.example",
    "pool=ru-1", "max_retries=-1", "proxy=", "container=b", "s3cr3t-of-nobody", "\n", " ",
)  # fmt: skip
OPTION_WORDS = (
    "endpoint", "auth_url", "location", "container", "pool", "proxy", "ca_bundle", "custom_domain", "max_retries",
    "read_timeout",
    "querystring_expire", "metadata", "cache_control", "gzip", "url_endpoint", "access_key", "secret_key",
    "=", "http://", "https://", "127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "@", "\\", "#", "?", "..",
    "evil.example", ":99999", ":x", "[", "1e400", "nan", "-1", "0x10", "9" * 400, "\r\n", "true", "environment",
    ".localhost", "0177.0.0.1",
)  # fmt: skip
ADDRESSES = (
    "https://", "http://", "swift.example.com", "127.0.0.1", "[", "[::1]", "]", "/v1/AUTH_a", ":80", ":x", ":99999",
    "@", "?", "#", "\n", "\t", "token", "3600", "-5", "9" * 400, "é", "\x00", "\r", " ", "ftp://", "//", "\\",
)  # fmt: skip
TIMES = (
    "Mon, ", "23 ", "Nov ", "2026 ", "11:00:00 ", "GMT", "+9999", "-2359", "+0530", "0001", "9999",
    "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT", "2026-11-23", "T", "11:00:00", ".123456", "Z",
    "+23:59", "-23:59", "0001-01-01T00:00:00", "9999-12-31T23:59:59", "bytes ", "-", "/", "*", "0", "5",
    "99999999999999999999", "1e9", "inf", "nan", " ", "٣", "²",
)  # fmt: skip
TAGS = (
    "<", ">", "</", "/>", "<?xml version='1.0' encoding='", "UTF-16", "utf-8", "latin-1", "cp037", "utf-7", "idna",
    "rot13", "'?>", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "&b;", "&#0;", "&#xD800;", "&#13;", "<![CDATA[", "]]>", "<!--",
    "-->", "<ListBucketResult xmlns='x'>", "</ListBucketResult>", "<Contents>", "</Contents>", "<Key>", "</Key>",
    "<Size>", "</Size>", "<ETag>", "</ETag>", "<LastModified>", "</LastModified>", "<IsTruncated>true</IsTruncated>",
    "<NextContinuationToken>t</NextContinuationToken>", "<NextKeyMarker>k</NextKeyMarker>", "<Upload>", "</Upload>",
    "<UploadId>u</UploadId>", "<Initiated>9999-12-31T23:59:59-23:59</Initiated>", "<Error>", "</Error>", "<Code>",
    "</Code>", "<Message>", "</Message>", "2026-11-23T00:00:00Z", "9999-12-31T23:59:59", "\0",
    "<CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes>",
)  # fmt: skip
FIELDS = (
    "name", "subdir", "bytes", "hash", "last_modified", "content_type", "Errors", "Response Status", "Response Body",
    "tempurl", "allowed_digests", "token", "catalog", "type", "object-store", "endpoints", "interface", "public",
    "url", "region_id", "expires_at", "project", "id",
)  # fmt: skip
WORDS: Mapping[str, tuple[str, ...]] = {
    "names": DOTS,
    "DSNs": DSN_WORDS,
    "options": OPTION_WORDS,
    "header text": (*DOTS, "=?UTF-8?B?", "?=", "YQ==", 'attachment; filename="', '"', "\t"),
    "auth v1.0 answers": ADDRESSES,
    "object headers": (*TIMES, *DOTS, 'W/"', '"', "=?UTF-8?B?", "?=", "YQ==", "gzip"),
    "Content-Range": (*TIMES, "bytes 5-", "bytes 0-", "bytes */", "4/", "9/", "0/", "10"),
    "Retry-After": TIMES,
    "dates": TIMES,
    "S3 XML": TAGS,
    "Swift JSON": FIELDS,
    "Keystone answers": (*FIELDS, *ADDRESSES, *TIMES),
}


def texts(target: str) -> st.SearchStrategy[str]:
    """Texts for a target: its words in any order, with others between them."""
    words = st.sampled_from(WORDS[target])
    return st.lists(st.one_of(words, words, st.text(CHARACTERS, max_size=8)), max_size=12).map("".join)


def bodies(target: str) -> st.SearchStrategy[bytes]:
    """Bodies for a target: XML of its words, or JSON of them; at times cut, at times no text at all."""
    whole = texts(target).map(_encoded) if target == "S3 XML" else _json(target)
    return st.one_of(whole, whole, st.tuples(whole, st.integers(0, 200)).map(lambda cut: cut[0][: cut[1]]), st.binary())


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _json(target: str) -> st.SearchStrategy[bytes]:
    """Nested JSON whose names are those that the target knows, among others."""
    words = st.one_of(st.sampled_from(WORDS[target]), st.text(CHARACTERS, max_size=5))
    leaves: st.SearchStrategy[Any] = st.one_of(
        words, texts(target), st.none(), st.booleans(), st.integers(), st.floats()
    )
    values = st.recursive(leaves, lambda inner: _containers(words, inner), max_leaves=12)
    plausible = st.one_of(_catalogues(values), st.lists(_containers(words, values), max_size=3), values)
    return plausible.map(json.dumps).map(str.encode)


def _containers(words: st.SearchStrategy[str], inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.lists(inner, max_size=4), st.dictionaries(words, inner, max_size=6))


def _catalogues(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Answers of Keystone with something hostile where the address and the times stand."""
    addresses = st.one_of(texts("auth v1.0 answers"), values)
    endpoint = st.fixed_dictionaries({"interface": st.just("public"), "url": addresses, "region_id": values})
    service = st.fixed_dictionaries({"type": st.just("object-store"), "endpoints": st.lists(endpoint, max_size=2)})
    token = {"catalog": st.lists(service, max_size=2), "expires_at": texts("dates"), "project": values}
    return st.fixed_dictionaries({"token": st.fixed_dictionaries(token)})
