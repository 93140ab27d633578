"""The way of an upload over real HTTP: start, bytes to the storage, finish; and what it leaves in the container."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pytest_django import Settings

from django_selectel_storage.devserver import Hooks
from django_selectel_storage.devserver.hooks import LoggedRequest
from django_selectel_storage.exceptions import ObjectNotFound
from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.uploads.grants import Grant, Receipt, opened
from tests.uploads.conftest import DOCUMENT, MIB, SCAN, Visitor, offer, send

pytestmark = pytest.mark.django_db
Requests = Callable[[], list[LoggedRequest]]

LARGE = os.urandom(12 * MIB + 5)
on_s3 = pytest.mark.parametrize("face", ["s3"])
on_swift = pytest.mark.parametrize("face", ["swift"])


def receipt_of(value: str) -> Receipt:
    return opened(Receipt, value, 60)


@on_s3
def test_a_plain_upload_to_is_where_the_bytes_go(visitor: Visitor, storage: SelectelStorage) -> None:
    receipt = receipt_of(visitor.upload(b"hello", "note.txt"))
    assert (receipt.name, receipt.staged, receipt.filename) == ("documents/note.txt", False, "note.txt")
    assert storage.open("documents/note.txt").read() == b"hello"
    assert storage.stat("documents/note.txt").content_type == "text/plain"


@on_swift
def test_on_swift_where_links_bind_nothing_every_upload_is_staged(visitor: Visitor, storage: SelectelStorage) -> None:
    receipt = receipt_of(visitor.upload(b"hello", "note.txt"))
    assert receipt.staged
    assert receipt.name.startswith("direct-uploads/")
    assert storage.open(receipt.name).read() == b"hello"
    assert not storage.exists("documents/note.txt")


@on_s3
def test_where_the_server_may_ignore_conditions_every_upload_is_staged(
    visitor: Visitor, storage: SelectelStorage
) -> None:
    storage.__dict__["options"] = replace(storage.options, conditional_writes=None)
    assert receipt_of(visitor.upload(b"hello")).staged


def test_a_function_as_upload_to_means_staging(visitor: Visitor) -> None:
    receipt = receipt_of(visitor.upload(b"hello", "note.txt", label=SCAN))
    assert receipt.staged
    assert "note" not in receipt.name


@on_s3
def test_the_rules_of_the_options_describe_the_object(
    visitor: Visitor, storage: SelectelStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, Any] = {**storage._arguments.keywords, "cache_control": "max-age=60", "metadata": {"by": "us"}}
    described = SelectelStorage(**given)
    monkeypatch.setattr("django.core.files.storage.default_storage._wrapped", described)
    receipt = receipt_of(visitor.upload(b"hello"))
    info = described.stat(receipt.name)
    assert info.headers["cache-control"] == "max-age=60"
    assert info.metadata["by"] == "us"


@on_s3
@pytest.mark.usefixtures("small_parts")
def test_a_large_file_goes_up_in_parts(visitor: Visitor, storage: SelectelStorage) -> None:
    started = visitor.start(LARGE, "film.bin", "video/x-test")
    assert (started["parts"], started["part_size"]) == (3, 5 * MIB)
    visitor.send_parts(started, LARGE)
    finished = visitor.ask("finish", grant=started["grant"])
    receipt = receipt_of(finished["value"])
    assert (finished["size"], finished["name"]) == (len(LARGE), "film.bin")
    assert storage.open(receipt.name).read() == LARGE
    assert storage.stat(receipt.name).content_type == "video/x-test"
    assert list(storage.unfinished_uploads()) == []


@on_swift
@pytest.mark.usefixtures("small_parts")
def test_on_swift_a_large_file_is_one_request(visitor: Visitor) -> None:
    started = visitor.start(LARGE, "film.bin")
    assert started["method"] == "PUT"
    assert "parts" not in started


@pytest.mark.usefixtures("small_parts")
def test_the_file_does_not_pass_through_the_site(
    visitor: Visitor, storage: SelectelStorage, requests_for: Requests
) -> None:
    storage.exists("warm-up")
    requests_for()
    visitor.upload(LARGE, "film.bin")
    writes = [entry for entry in requests_for() if entry.method in {"PUT", "POST"}]
    of_the_site = [entry for entry in writes if not entry.headers["user-agent"].startswith("Python-urllib/")]
    assert sum(int(entry.headers.get("content-length", 0)) for entry in of_the_site) < 1000
    assert sum(int(entry.headers.get("content-length", 0)) for entry in writes) >= len(LARGE)


def test_a_file_that_no_single_request_carries_is_refused_where_there_are_no_parts(visitor: Visitor, face: str) -> None:
    wish = {"field": offer(max_size=6 * 1024**3), "name": "film.bin", "type": "video/mp4"}
    assert visitor.ask("start", **wish, size=5 * 1024**3)["status"] == 201
    answer = visitor.ask("start", **wish, size=5 * 1024**3 + 1)
    if face == "s3":
        assert answer["status"] == 201
    else:
        assert answer["error"]["code"] == "too_large"
        assert "5.0\xa0GB" in answer["error"]["message"]


def test_to_finish_twice_is_as_good_as_once(visitor: Visitor) -> None:
    started = visitor.start(b"hello")
    send(started, b"hello")
    first, second = (visitor.ask("finish", grant=started["grant"]) for _ in range(2))
    assert receipt_of(first["value"]) == receipt_of(second["value"])


@on_s3
@pytest.mark.usefixtures("small_parts")
def test_to_finish_parts_twice_is_as_good_as_once(visitor: Visitor) -> None:
    started = visitor.start(LARGE)
    visitor.send_parts(started, LARGE)
    first, second = (visitor.ask("finish", grant=started["grant"]) for _ in range(2))
    assert receipt_of(first["value"]) == receipt_of(second["value"])


def test_to_finish_what_has_not_arrived_is_refused(visitor: Visitor) -> None:
    finished = visitor.ask("finish", grant=visitor.start(b"hello")["grant"])
    assert (finished["status"], finished["error"]["code"]) == (409, "missing")


@on_s3
@pytest.mark.usefixtures("small_parts")
def test_to_finish_without_all_parts_is_refused_and_can_be_made_good(visitor: Visitor) -> None:
    started = visitor.start(LARGE)
    visitor.send_parts(started, LARGE, [1, 3])
    assert visitor.ask("finish", grant=started["grant"])["error"]["code"] == "incomplete"
    visitor.send_parts(started, LARGE, [2])
    assert visitor.ask("finish", grant=started["grant"])["status"] == 200


@on_s3
def test_two_uploads_of_one_name_get_two_names(visitor: Visitor, storage: SelectelStorage) -> None:
    one, two = (receipt_of(visitor.upload(text, "same.txt")) for text in (b"one", b"two"))
    assert one.name != two.name
    assert storage.open(one.name).read() == b"one"


@on_s3
@pytest.mark.usefixtures("small_parts")
def test_two_large_uploads_of_one_name_do_not_meet(visitor: Visitor) -> None:
    names = [opened(Grant, visitor.start(LARGE, "same.bin")["grant"], 60).name for _ in range(2)]
    assert names[0] != names[1]
    assert all(name.startswith("documents/same_") for name in names)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("content", [b"hello", LARGE], ids=["small", "large"])
def test_to_cancel_leaves_nothing(visitor: Visitor, storage: SelectelStorage, content: bytes) -> None:
    started = visitor.start(content)
    if "url" in started:
        send(started, content)
    else:
        visitor.send_parts(started, content, [1])
    assert visitor.ask("cancel", grant=started["grant"])["status"] == 200
    assert list(storage.unfinished_uploads()) == []
    assert [info.name for info in storage.walk()] == []
    assert visitor.ask("cancel", grant=started["grant"])["status"] == 200
    assert visitor.ask("finish", grant=started["grant"])["error"]["code"] == "missing"


def test_an_outage_of_the_storage_is_told_in_json(visitor: Visitor, hooks: Hooks, location: str) -> None:
    started = visitor.start(b"hello")
    hooks.fault(status=503, count=50, method="HEAD", match=location)
    finished = visitor.ask("finish", grant=started["grant"])
    assert (finished["status"], finished["error"]["code"]) == (502, "storage")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        pytest.param({"size": 0}, "empty", id="empty"),
        pytest.param({"size": -1}, "empty", id="negative"),
        pytest.param({"size": "5"}, "malformed", id="size as text"),
        pytest.param({"size": True}, "malformed", id="size as truth"),
        pytest.param({"size": 5.0}, "malformed", id="size as fraction"),
        pytest.param({"name": ""}, "name", id="no name"),
        pytest.param({"name": ".."}, "name", id="dots"),
        pytest.param({"name": 5}, "malformed", id="name as number"),
        pytest.param({"type": "text/plain\r\nX-Evil: 1"}, "malformed", id="type with a line break"),
        pytest.param({"type": "nonsense"}, "malformed", id="type that is none"),
        pytest.param({"field": DOCUMENT}, "forged", id="a field by its name"),
        pytest.param({"field": None}, "malformed", id="no field"),
    ],
)
@on_s3
def test_what_makes_no_sense_is_refused(visitor: Visitor, said: dict[str, Any], code: str) -> None:
    answer = visitor.ask("start", **{"field": offer(), "name": "a.txt", "size": 5, "type": "text/plain", **said})
    assert answer["error"]["code"] == code
    assert 400 <= answer["status"] < 500


@on_s3
def test_a_file_without_a_type_is_bytes(visitor: Visitor, storage: SelectelStorage) -> None:
    receipt = receipt_of(visitor.upload(b"hello", "thing", ""))
    assert storage.stat(receipt.name).content_type == "application/octet-stream"


@on_s3
def test_programs_may_name_the_fields_that_the_settings_list(visitor: Visitor, settings: Settings) -> None:
    settings.SELECTEL_UPLOADS = {"FIELDS": {DOCUMENT: {"max_size": 10, "content_types": ["text/plain"]}}}
    wish = {"field": DOCUMENT, "name": "a.txt", "type": "text/plain"}
    assert visitor.ask("start", size=5, **wish)["status"] == 201
    assert visitor.ask("start", size=11, **wish)["error"]["code"] == "too_large"
    assert visitor.ask("start", size=5, **{**wish, "type": "text/html"})["error"]["code"] == "wrong_type"
    assert visitor.ask("start", size=5, **{**wish, "field": SCAN})["error"]["code"] == "forged"


@on_s3
def test_the_name_fits_the_field(visitor: Visitor, storage: SelectelStorage) -> None:
    receipt = receipt_of(visitor.upload(b"hello", "long" * 60 + ".txt"))
    assert len(receipt.name) <= 100
    assert receipt.name.endswith(".txt")


def test_nothing_is_left_of_a_cancelled_start(visitor: Visitor, storage: SelectelStorage) -> None:
    started = visitor.start(b"hello")
    visitor.ask("cancel", grant=started["grant"])
    with pytest.raises(ObjectNotFound):
        storage.stat(opened(Grant, started["grant"], 60).name)
