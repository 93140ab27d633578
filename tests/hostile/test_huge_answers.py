"""Answers that want to fill memory or never end: refused, in bounded memory and time."""

from __future__ import annotations

import itertools
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.files.base import ContentFile

from django_selectel_storage import naming
from django_selectel_storage.exceptions import DamagedTransfer, ObjectExists, StorageError
from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.transport.pool import LONGEST_BODY
from tests.hostile.rogue import Rogue, head, rogue, whole

MIB = 1024 * 1024
ENTITIES = "".join(f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' for level in range(1, 30))
BOMBS = {
    "entities that grow": f'<!DOCTYPE a [<!ENTITY a0 "lol">{ENTITIES}]><a>&a29;</a>'.encode(),
    "one long entity, often": b'<!DOCTYPE a [<!ENTITY b "' + b"x" * MIB + b'">]><a>' + b"&b;" * 5000 + b"</a>",
    "an entity from a file": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a><Key>&b;</Key></a>',
    "an entity from elsewhere": b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
    "in UTF-16": '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16"),
    "in lower case": b'<?xml version="1.0"?><!doctype a><a/>',
    "elements without end": b"<a>" * (10 * MIB),
    "small elements": b"<a>" + b"<b/>" * (12 * MIB) + b"</a>",
    "attributes": b"<a " + b" ".join(b'a%d=""' % number for number in range(4 * MIB)) + b"/>",
}
TREES = {
    "lists": b"[" + b"[]," * (15 * MIB) + b"[]]",
    "dictionaries": b"[" + b"{}," * (15 * MIB) + b"{}]",
    "numbers": b"[" + b"1," * (25 * MIB) + b"1]",
    "depth": b"[" * (20 * MIB),
    "a long number": b"[" + b"9" * (20 * MIB) + b"]",
}


def s3(peer: Rogue, **options: Any) -> SelectelStorage:
    return SelectelStorage(
        **{
            "access_key": "a",
            "secret_key": "b",
            "container": "media",
            "endpoint": peer.origin,
            "max_retries": 0,
            **options,
        }
    )


def swift(peer: Rogue, **options: Any) -> SelectelStorage:
    """A storage that has logged in already, so that every answer is the peer's to a real question."""
    given = {
        "username": "a",
        "password": "b",
        "account": "c",
        "project": "d" * 32,
        "endpoint": peer.origin + "/v1/AUTH_d",
    }
    return SelectelStorage(container="media", auth_url=peer.origin, max_retries=0, **{**given, **options})


@contextmanager
def bounded(most: int) -> Iterator[None]:
    """The block takes at most that many bytes more than there were."""
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < most


@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS)
def test_xml_that_would_grow_is_refused(body: bytes) -> None:
    with rogue(whole(body)) as peer, bounded(3 * LONGEST_BODY), pytest.raises(StorageError):
        s3(peer).listdir("")


@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS)
def test_an_error_of_such_xml_is_the_error_that_its_status_says(body: bytes) -> None:
    with rogue(whole(body, "403 Forbidden")) as peer, bounded(16 * MIB), pytest.raises(PermissionError) as raised:
        s3(peer).delete("a.txt")
    assert len(str(raised.value)) < 1000


@pytest.mark.parametrize("body", TREES.values(), ids=TREES)
def test_json_that_would_grow_is_refused_of_a_login_and_of_a_listing(body: bytes) -> None:
    logins = [whole(b"{}", X_Subject_Token="token")]

    def answer() -> Iterable[bytes]:
        return (logins.pop() if logins else whole(body, X_Subject_Token="token"))()

    with rogue(answer) as peer:
        for storage in (swift(peer), swift(peer, project="e" * 32)):
            with bounded(3 * LONGEST_BODY), pytest.raises(StorageError, match="promises"):
                storage.listdir("")


def endless() -> Iterable[bytes]:
    return itertools.chain([head()], itertools.repeat(b"x" * MIB, 4096))


def endless_in_chunks() -> Iterable[bytes]:
    chunk = b"100000\r\n" + b"x" * MIB + b"\r\n"
    return itertools.chain([head(Transfer_Encoding="chunked")], itertools.repeat(chunk, 4096))


def endless_head() -> Iterable[bytes]:
    return itertools.chain([b"HTTP/1.1 200 OK\r\n"], (b"X-A%d: b\r\n" % number for number in range(10**6)))


def long_head_line() -> Iterable[bytes]:
    return itertools.chain([b"HTTP/1.1 200 OK\r\nX-A: "], itertools.repeat(b"x" * 65536, 4096))


ENDLESS: dict[str, Callable[[], Iterable[bytes]]] = {
    "a body": endless, "chunks": endless_in_chunks, "a head": endless_head, "a line of the head": long_head_line,
}  # fmt: skip


@pytest.mark.parametrize("answer", ENDLESS.values(), ids=ENDLESS)
def test_an_endless_answer_is_read_no_further_than_the_limit(answer: Callable[[], Iterable[bytes]]) -> None:
    with rogue(answer) as peer, bounded(3 * LONGEST_BODY), pytest.raises(StorageError):
        s3(peer).listdir("")
    assert peer.sent < 2 * LONGEST_BODY


def test_an_endless_error_is_read_no_further_than_64_kib() -> None:
    def refuse() -> Iterable[bytes]:
        return itertools.chain([head("403 Forbidden")], itertools.repeat(b"x" * 65536, 65536))

    with rogue(refuse) as peer, bounded(4 * MIB), pytest.raises(PermissionError):
        s3(peer).delete("a.txt")
    assert peer.sent < 64 * MIB


def test_an_answer_that_was_not_asked_for_is_read_no_further_than_the_window() -> None:
    def everything() -> Iterable[bytes]:
        return itertools.chain([head(Content_Length=10**12, ETag='"a"')], itertools.repeat(b"x" * MIB, 4096))

    with rogue(everything) as peer, bounded(16 * MIB):
        file = s3(peer).open("a.bin")
        assert file.read(10) == b"x" * 10
        file.close()
    assert peer.sent < 64 * MIB


def test_gzip_that_nobody_asked_for_is_not_unpacked() -> None:
    body = b"\x1f\x8b" + b"\0" * 100
    with rogue(whole(body, Content_Encoding="gzip", ETag='"a"')) as peer:
        assert s3(peer).open("a.bin").read() == body


def listing(keys: Iterable[str], *, more: str = "") -> bytes:
    entries = "".join(f"<Contents><Key>{key}</Key></Contents>" for key in keys)
    truncated = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{more}</NextContinuationToken>" if more else ""
    return f"<ListBucketResult>{entries}{truncated}</ListBucketResult>".encode()


@pytest.mark.parametrize("verb", ["listdir", "walk"])
def test_a_listing_that_never_turns_the_page_ends(verb: str) -> None:
    with rogue(whole(listing(["m/a"], more="again"))) as peer, pytest.raises(StorageError, match="again and again"):
        list(getattr(s3(peer, location="m"), verb)(""))
    assert len(peer.requests) == 2


@pytest.mark.parametrize("verb", ["listdir", "walk"])
def test_keys_that_were_not_asked_for_are_not_taken_for_files_of_the_location(verb: str) -> None:
    with rogue(whole(listing(["m/a", "other/secret"]))) as peer, pytest.raises(StorageError, match="'m/'"):
        list(getattr(s3(peer, location="m"), verb)(""))


def test_a_server_to_which_every_name_is_taken_is_not_asked_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(naming, "MOST_NAMES", 20)
    with rogue(whole(b"", ETag='"a"')) as peer, pytest.raises(ObjectExists, match="20 names in a row"):
        s3(peer).save("a.txt", ContentFile(b"x"))
    assert len(peer.requests) == 20


def test_bytes_beyond_what_was_announced_are_not_read_as_a_second_answer() -> None:
    smuggled = head("200 OK", Content_Length=0) * 2
    with rogue(lambda: [head(Content_Length=3, ETag='"a"'), b"abc", smuggled]) as peer:
        storage = s3(peer)
        assert storage.open("a.txt").read() == b"abc"
        assert storage.open("b.txt").read() == b"abc"
    assert len(peer.requests) == 2


def test_a_short_answer_is_damage_and_no_end() -> None:
    with (
        rogue(lambda: [head(Content_Length=10, ETag='"a"'), b"abc"]) as peer,
        pytest.raises((DamagedTransfer, OSError)),
    ):
        s3(peer).open("a.txt").read()


@pytest.mark.parametrize(
    "said", ["line\r\none\nCRITICAL forged", "\x1b[31mred", "x" * 5000, "\u202egnp.exe", "\x85next"]
)
def test_what_a_server_says_stays_one_short_line_of_an_error(said: str) -> None:
    text = said.replace("\x1b", "&#27;").encode()
    for body in (b"<Error><Code>A</Code><Message>" + text + b"</Message></Error>", b"<html>" + text + b"</html>"):
        with rogue(whole(body, "409 Conflict", X_Subject_Token="t")) as peer:
            for storage in (s3(peer), swift(peer)):
                with pytest.raises(StorageError) as raised:
                    storage.delete("a.txt")
                assert str(raised.value).isprintable()
                assert len(str(raised.value)) < 1000
