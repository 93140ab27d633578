"""What Django's Storage has no verb for: stat, walk, copy, move, delete_many, open_stream, unfinished uploads."""

from __future__ import annotations

import gc
import io
import os
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime, timezone
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from PIL import Image

from django_selectel_storage.devserver import Hooks
from django_selectel_storage.devserver.hooks import LoggedRequest
from django_selectel_storage.exceptions import (
    AccessDenied,
    ContainerNotFound,
    DeletionFailed,
    ObjectChanged,
    UploadGone,
)
from django_selectel_storage.headers import ObjectHeaders
from django_selectel_storage.protocols.base import ObjectInfo, UnfinishedUpload
from django_selectel_storage.protocols.s3 import multipart_wire
from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.transport.body import BytesBody
from django_selectel_storage.windows import FIRST_WINDOW
from tests.conftest import CONTAINER, MakeStorage
from tests.outsider import Outsider

Requests = Callable[[], list[LoggedRequest]]
BIG = os.urandom(3_000_000)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Listings and deletions in pages of three."""
    monkeypatch.setattr("django_selectel_storage.protocols.s3.wire.PAGE", 3)
    monkeypatch.setattr("django_selectel_storage.protocols.swift.wire.PAGE", 3)


def save(storage: SelectelStorage, *names: str) -> None:
    for name in names:
        storage.save(name, ContentFile(name.encode()))


def names_in(storage: SelectelStorage, prefix: str = "") -> list[str]:
    return [info.name for info in storage.walk(prefix)]


# --- open_stream -----------------------------------------------------------------------------------------------------


@pytest.fixture
def big(storage: SelectelStorage) -> str:
    return storage.save("big.bin", ContentFile(BIG))


@pytest.mark.parametrize(
    ("start", "length"),
    [
        pytest.param(0, None, id="everything"),
        pytest.param(1_000_000, None, id="from somewhere on"),
        pytest.param(5, 10, id="a few bytes"),
        pytest.param(2_999_990, 100, id="over the end"),
        pytest.param(0, 3_000_000, id="exactly everything"),
        pytest.param(7, 0, id="nothing"),
    ],
)
def test_a_stream_gives_its_stretch_with_one_request(
    storage: SelectelStorage, big: str, requests_for: Requests, start: int, length: int | None
) -> None:
    requests_for()
    with storage.open_stream(big, start, length) as stream:
        assert stream.read() == BIG[start : None if length is None else start + length]
        assert stream.read() == b""
    (request,) = requests_for()
    asked = request.headers.get("range", "")
    assert asked.startswith(f"bytes={start}-") or (start == 0 and not asked)


@pytest.mark.parametrize("start", [len(BIG), len(BIG) + 1, 10**12])
@pytest.mark.parametrize("length", [None, 0, 10])
def test_behind_the_end_a_stream_is_empty(storage: SelectelStorage, big: str, start: int, length: int | None) -> None:
    with storage.open_stream(big, start, length) as stream:
        assert stream.read() == b""


@pytest.mark.parametrize(("start", "length"), [(0, None), (0, 0), (0, 5), (5, None)])
def test_a_stream_of_an_empty_file_is_empty(storage: SelectelStorage, start: int, length: int | None) -> None:
    name = storage.save("empty.bin", ContentFile(b""))
    with storage.open_stream(name, start, length) as stream:
        assert stream.read() == b""


def test_a_stream_goes_forward_only(storage: SelectelStorage, big: str) -> None:
    with storage.open_stream(big) as stream:
        assert stream.readable()
        assert not stream.seekable()
        assert stream.read(10) == BIG[:10]
        assert stream.peek(1)[:1] == BIG[10:11]
        with pytest.raises(io.UnsupportedOperation):
            stream.seek(0)
        with pytest.raises(io.UnsupportedOperation):
            stream.write(b"x")


def test_a_stream_reads_lines(storage: SelectelStorage) -> None:
    name = storage.save("lines.txt", ContentFile(b"one\ntwo\nthree"))
    with storage.open_stream(name) as stream:
        assert list(stream) == [b"one\n", b"two\n", b"three"]


def test_a_missing_file_has_no_stream(storage: SelectelStorage) -> None:
    with pytest.raises(FileNotFoundError, match=r"missing\.bin"):
        storage.open_stream("missing.bin")


@pytest.mark.parametrize(("start", "length"), [(-1, None), (0, -1), (-5, 5)])
def test_a_stretch_before_the_start_is_refused(storage: SelectelStorage, start: int, length: int | None) -> None:
    with pytest.raises(ValueError, match="below 0"):
        storage.open_stream("any.bin", start, length)


@pytest.mark.parametrize(("forgotten", "count"), [(False, 200), (True, 20)], ids=["closed", "forgotten"])
def test_unfinished_streams_give_their_connections_back(make_storage: MakeStorage, forgotten: bool, count: int) -> None:
    storage = make_storage(pool_maxsize=2, connect_timeout=1, read_timeout=5)
    name = storage.save("big.bin", ContentFile(BIG))
    for _ in range(count):
        stream = storage.open_stream(name, 0, 1_000_000)
        assert stream.read(3) == BIG[:3]
        if forgotten:
            del stream
            gc.collect(0)
        else:
            stream.close()
    assert storage.open(name).read() == BIG


@pytest.mark.parametrize("length", [0, 5])
def test_unread_streams_give_their_connections_back(make_storage: MakeStorage, length: int) -> None:
    storage = make_storage(pool_maxsize=1, connect_timeout=1, read_timeout=5)
    name = storage.save("big.bin", ContentFile(BIG))
    for _ in range(5):
        storage.open_stream(name, 0, length).close()
    assert storage.exists(name)


# --- answers that break off ------------------------------------------------------------------------------------------

READERS: dict[str, Callable[[SelectelStorage, str], bytes]] = {
    "whole": lambda storage, name: storage.open(name).read(),
    "chunks": lambda storage, name: b"".join(storage.open(name).chunks(100_000)),
    "small pieces": lambda storage, name: b"".join(iter(partial(storage.open(name).read, 9999), b"")),
    "a stream": lambda storage, name: storage.open_stream(name).read(),
    "a stretch": lambda storage, name: BIG[:1000] + storage.open_stream(name, 1000, len(BIG)).read(),
}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS.keys())
@pytest.mark.parametrize("after", [1, 100_001, 262_144])
def test_answers_that_break_off_are_taken_up_and_every_byte_is_right(
    storage: SelectelStorage, big: str, hooks: Hooks, read: Callable[[SelectelStorage, str], bytes], after: int
) -> None:
    hooks.fault(method="GET", match=big, truncate=after, count=3)
    assert read(storage, big) == BIG


def test_a_stream_that_breaks_off_for_ever_raises(make_storage: MakeStorage, hooks: Hooks) -> None:
    storage = make_storage(max_retries=2)
    name = storage.save("big.bin", ContentFile(BIG))
    hooks.fault(method="GET", match=name, truncate=10, count=20)
    with storage.open_stream(name) as stream:
        for size in (-1, 10, -1):  # what went wrong once is no end of the file
            with pytest.raises(ConnectionError):
                stream.read(size)


def test_a_stream_of_a_replaced_file_does_not_mix(make_storage: MakeStorage, hooks: Hooks) -> None:
    storage = make_storage(file_overwrite=True)
    name = storage.save("big.bin", ContentFile(BIG))
    hooks.fault(method="GET", match=name, truncate=500_000)
    with storage.open_stream(name) as stream:
        assert stream.read(10) == BIG[:10]
        storage.save(name, ContentFile(BIG[::-1]))
        with pytest.raises(ObjectChanged):
            stream.read()


def test_a_replaced_file_does_not_mix_where_the_server_ignores_the_condition(
    make_storage: MakeStorage, hooks: Hooks
) -> None:
    storage = make_storage(file_overwrite=True)
    name = storage.save("big.bin", ContentFile(BIG))
    hooks.drop_header("If-Match")
    with storage.open(name) as file:
        assert file.read(10) == BIG[:10]
        storage.save(name, ContentFile(BIG[::-1]))
        with pytest.raises(ObjectChanged):
            file.read()


def test_the_size_of_a_large_picture_is_one_small_request(storage: SelectelStorage, requests_for: Requests) -> None:
    buffer = io.BytesIO()
    Image.frombytes("RGB", (1000, 1000), os.urandom(3_000_000)).save(buffer, "PNG", compress_level=0)
    name = storage.save("large.png", ContentFile(buffer.getvalue()))
    requests_for()
    with storage.open(name) as file, Image.open(file) as picture:
        assert picture.size == (1000, 1000)
    (request,) = requests_for()
    assert request.headers["range"] == f"bytes=0-{FIRST_WINDOW - 1}"


# --- stat and walk ---------------------------------------------------------------------------------------------------


def test_stat_tells_everything_with_one_request(make_storage: MakeStorage, requests_for: Requests) -> None:
    storage = make_storage(metadata={"author": "кто-то"}, cache_control="no-store")
    name = storage.save("папка/a.txt", ContentFile(b"content"))
    requests_for()
    info = storage.stat(name)
    assert len(requests_for()) == 1
    assert (info.name, info.size, info.content_type) == ("папка/a.txt", 7, "text/plain")
    assert info.etag == "9a0364b9e99bb480dd25e1f0284c8555"  # md5sum of the content
    assert info.headers == {"cache-control": "no-store"}
    assert info.metadata["author"] == "кто-то"
    assert info.last_modified == storage.get_modified_time(name)


def test_a_file_that_is_given_its_name_stays_as_it_is_otherwise() -> None:
    written = datetime(2013, 5, 24, tzinfo=timezone.utc)
    info = ObjectInfo("a/b", 1, "tag", written, "text/css", {"expires": "0"}, {"by": "me"}, "another", "md5")
    storage = SelectelStorage(access_key="a", secret_key="s", container="c", location="a")

    assert all(getattr(info, field.name) for field in fields(info))
    assert storage._named(info) == replace(info, name="b")


def test_what_is_missing_has_no_stat(storage: SelectelStorage) -> None:
    with pytest.raises(FileNotFoundError, match=r"missing\.txt"):
        storage.stat("missing.txt")


TREE = ["a.txt", "b/c.txt", "b/d/e.txt", "b/d/ф.txt", "b.txt", "bc/x.txt", "я.txt"]


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("", TREE),
        ("b", ["b.txt", "b/c.txt", "b/d/e.txt", "b/d/ф.txt", "bc/x.txt"]),
        ("b/", ["b/c.txt", "b/d/e.txt", "b/d/ф.txt"]),
        ("b/d/", ["b/d/e.txt", "b/d/ф.txt"]),
        ("я", ["я.txt"]),
        ("b/./d/../c", ["b/c.txt"]),
        ("nowhere/", []),
    ],
)
@pytest.mark.usefixtures("small_pages")
def test_walk_gives_all_files_below_a_prefix_page_by_page(
    storage: SelectelStorage, prefix: str, expected: list[str]
) -> None:
    save(storage, *TREE)
    found = list(storage.walk(prefix))
    assert [info.name for info in found] == sorted(expected, key=str.encode)
    assert all(info.size == len(info.name.encode()) and info.etag and info.last_modified for info in found)


@pytest.mark.usefixtures("small_pages")
def test_walk_asks_for_a_page_when_it_is_needed(storage: SelectelStorage, requests_for: Requests) -> None:
    save(storage, *TREE)
    requests_for()
    files = storage.walk()
    assert requests_for() == []
    next(files)
    assert len(requests_for()) == 1
    assert len(list(files)) == len(TREE) - 1
    assert len(requests_for()) == 2


def test_walk_does_not_see_a_neighbour_whose_name_begins_alike(make_storage: MakeStorage, location: str) -> None:
    one, two = make_storage(location=f"{location}/a"), make_storage(location=f"{location}/ab")
    save(one, "x.txt")
    save(two, "y.txt")
    assert (names_in(one), names_in(two)) == (["x.txt"], ["y.txt"])


def test_the_marks_of_folders_that_consoles_make_do_not_disturb(storage: SelectelStorage, outsider: Outsider) -> None:
    for mark in ("", "b/"):
        outsider.put(mark, b"", content_type="application/directory")
    save(storage, "a.txt", "b/c.txt")
    assert "" not in names_in(storage)
    storage.delete_many(names_in(storage))
    assert storage.listdir("b") == ([], [])


# --- copy and move ---------------------------------------------------------------------------------------------------


@pytest.fixture
def original(make_storage: MakeStorage) -> SelectelStorage:
    """A storage with one file that is described in every way."""
    storage = make_storage(
        cache_control="max-age=5",
        content_disposition="attachment; filename=отчёт",
        content_language="ru",
        metadata={"author": "кто-то"},
    )
    storage.save("папка/a b.txt", ContentFile(b"content"))
    return storage


@pytest.mark.parametrize("verb", ["copy", "move"])
def test_a_copy_has_the_bytes_and_the_headers(original: SelectelStorage, verb: str) -> None:
    before = original.stat("папка/a b.txt")
    assert getattr(original, verb)("папка/a b.txt", "другая/я%20д+б.txt") == "другая/я%20д+б.txt"
    after = original.stat("другая/я%20д+б.txt")
    assert (after.headers, after.content_type, after.etag) == (before.headers, before.content_type, before.etag)
    assert after.metadata["author"] == "кто-то"
    assert original.open("другая/я%20д+б.txt").read() == b"content"
    assert original.exists("папка/a b.txt") is (verb == "copy")


@pytest.mark.parametrize("verb", ["copy", "move"])
def test_a_taken_name_is_not_overwritten_unless_that_is_wished(storage: SelectelStorage, verb: str) -> None:
    save(storage, "one.txt", "two.txt")
    with pytest.raises(FileExistsError, match=r"two\.txt"):
        getattr(storage, verb)("one.txt", "two.txt")
    assert (storage.open("one.txt").read(), storage.open("two.txt").read()) == (b"one.txt", b"two.txt")
    getattr(storage, verb)("one.txt", "two.txt", overwrite=True)
    assert storage.open("two.txt").read() == b"one.txt"
    assert storage.exists("one.txt") is (verb == "copy")


@pytest.mark.parametrize("verb", ["copy", "move"])
@pytest.mark.parametrize("target", ["new.txt", "missing.txt"])
def test_what_is_missing_is_neither_copied_nor_moved(storage: SelectelStorage, verb: str, target: str) -> None:
    with pytest.raises(FileNotFoundError, match=r"missing\.txt"):
        getattr(storage, verb)("missing.txt", target)
    assert names_in(storage) == []


@pytest.mark.parametrize("target", ["a.txt", "./a.txt", "b/../a.txt"])
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_file_that_moves_onto_itself_stays(
    storage: SelectelStorage, requests_for: Requests, target: str, overwrite: bool
) -> None:
    save(storage, "a.txt")
    requests_for()
    assert storage.move("a.txt", target, overwrite=overwrite) == "a.txt"
    assert {entry.method for entry in requests_for()} == {"HEAD"}
    assert storage.open("a.txt").read() == b"a.txt"


def test_a_file_that_is_copied_onto_itself_stays(original: SelectelStorage) -> None:
    name = "папка/a b.txt"
    with pytest.raises(FileExistsError):
        original.copy(name, name)
    before = original.stat(name)
    assert original.copy(name, name, overwrite=True) == name
    after = original.stat(name)
    assert (after.headers, after.metadata, after.etag) == (before.headers, before.metadata, before.etag)


def test_copying_sends_no_bytes_through_us(storage: SelectelStorage, big: str, requests_for: Requests) -> None:
    requests_for()
    storage.copy(big, "copy.bin")
    requests = requests_for()
    assert [entry.method for entry in requests] == ["HEAD", "HEAD", "PUT"]
    assert requests[-1].headers.get("content-length", "0") == "0"
    assert storage.open("copy.bin").read() == BIG


def test_a_copy_that_fails_on_the_way_does_not_delete_the_original(storage: SelectelStorage, hooks: Hooks) -> None:
    save(storage, "a.txt")
    hooks.fault(status=403, method="PUT")
    with pytest.raises(AccessDenied):
        storage.move("a.txt", "b.txt")
    assert names_in(storage) == ["a.txt"]


# --- delete_many -----------------------------------------------------------------------------------------------------

NAMES = [f"{number}/x & <y> {number}.txt" for number in range(7)] + ["я/😀.txt", "100%.txt", "a+b.txt"]


@pytest.mark.usefixtures("small_pages")
def test_many_are_removed_with_few_requests_and_missing_ones_silently(storage: SelectelStorage, hooks: Hooks) -> None:
    save(storage, *NAMES, "kept.txt")
    hooks.clear_requests()
    storage.delete_many(iter([*NAMES, "missing.txt", NAMES[0]]))
    assert [entry.method for entry in hooks.requests()] == ["POST"] * 4
    assert names_in(storage) == ["kept.txt"]


def test_nothing_to_remove_is_no_request(storage: SelectelStorage, hooks: Hooks) -> None:
    storage.exists("warm-up")
    hooks.clear_requests()
    storage.delete_many([])
    assert hooks.requests() == []


@pytest.mark.parametrize("status", [400, 404, 405, 501])
def test_a_server_that_does_not_know_how_is_asked_one_by_one(
    storage: SelectelStorage, face: str, hooks: Hooks, status: int
) -> None:
    save(storage, "a.txt", "b.txt")
    hooks.fault(status=status, method="POST")
    hooks.clear_requests()
    storage.delete_many(["a.txt", "b.txt", "missing.txt"])
    assert names_in(storage) == []


def test_names_that_xml_cannot_hold_are_removed_too(storage: SelectelStorage) -> None:
    names = ["control\x01.txt", "line\rbreak.txt", "plain.txt"]
    for name in names:  # storages refuse to save the first one; others may have
        storage.client.put(storage._key(name), BytesBody(b"x"), ObjectHeaders("text/plain"))
    storage.delete_many(names)
    assert [name for name in names if storage.exists(name)] == []


def test_what_could_not_be_removed_is_told_by_name(make_storage: MakeStorage, hooks: Hooks) -> None:
    storage = make_storage(max_retries=0)
    save(storage, "a.txt", "b.txt", "c.txt")
    hooks.fault(status=501, method="POST")
    hooks.fault(status=403, method="DELETE", match="b.txt")
    with pytest.raises(DeletionFailed, match=r"b\.txt") as caught:
        storage.delete_many(["a.txt", "b.txt", "c.txt"])
    assert caught.value.failures.keys() == {"b.txt"}
    assert isinstance(caught.value.failures["b.txt"], AccessDenied)
    assert names_in(storage) == ["b.txt"]


@pytest.mark.usefixtures("small_pages")
def test_a_page_that_is_refused_does_not_hide_what_became_of_the_others(
    make_storage: MakeStorage, hooks: Hooks
) -> None:
    storage = make_storage(max_retries=0)
    names = [f"{number}.txt" for number in range(7)]
    save(storage, *names)
    hooks.fault(status=0, method="POST")
    hooks.fault(status=403, method="POST")
    with pytest.raises(DeletionFailed) as caught:
        storage.delete_many(names)
    assert caught.value.failures.keys() == {"3.txt", "4.txt", "5.txt"}
    assert names_in(storage) == ["3.txt", "4.txt", "5.txt"]


def test_a_missing_container_is_told_and_not_taken_for_missing_files(make_storage: MakeStorage) -> None:
    with pytest.raises((ContainerNotFound, DeletionFailed), match="no-such-container"):
        make_storage(container="no-such-container").delete_many(["a.txt"])


def test_a_server_that_takes_fewer_at_once_is_asked_one_by_one(make_storage: MakeStorage, hooks: Hooks) -> None:
    storage = make_storage(max_retries=0)
    names = [storage.save(f"{number}.txt", ContentFile(b"x")) for number in range(3)]
    hooks.fault(status=413, method="POST")
    storage.delete_many(names)
    assert storage.listdir("") == ([], [])


def test_no_name_at_all_among_many_removes_nothing(storage: SelectelStorage) -> None:
    save(storage, "a.txt")
    with pytest.raises(ValueError, match="empty"):
        storage.delete_many(["a.txt", ""])
    assert names_in(storage) == ["a.txt"]


# --- unfinished uploads ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("face", ["s3"])
def test_unfinished_uploads_are_found_and_dropped(storage: SelectelStorage, outsider: Outsider, location: str) -> None:
    def begin(key: str) -> str:
        return str(outsider.client.create_multipart_upload(Bucket=CONTAINER, Key=key)["UploadId"])

    ids = {begin(f"{location}/{name}") for name in ("a & b.bin", "папка/c.bin")}
    neighbour = begin(f"{location}x/d.bin")
    found = list(storage.unfinished_uploads())
    assert {upload.upload_id for upload in found} == ids
    assert {upload.key for upload in found} == {f"{location}/a & b.bin", f"{location}/папка/c.bin"}
    assert [upload.key for upload in storage.unfinished_uploads("папка/")] == [f"{location}/папка/c.bin"]
    with pytest.raises(SuspiciousFileOperation):
        storage.abort_upload(UnfinishedUpload(f"{location}x/d.bin", neighbour))
    for upload in found:
        storage.abort_upload(upload)
    assert list(storage.unfinished_uploads()) == []
    with pytest.raises(UploadGone):
        storage.abort_upload(found[0])
    outsider.client.abort_multipart_upload(Bucket=CONTAINER, Key=f"{location}x/d.bin", UploadId=neighbour)


@pytest.mark.parametrize("face", ["s3"])
@pytest.mark.parametrize("page", [2, 3])
def test_unfinished_uploads_come_page_by_page(
    storage: SelectelStorage, outsider: Outsider, location: str, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    ask = multipart_wire.list_uploads

    def limited(*arguments: Any) -> Any:
        request = ask(*arguments)
        query = "&".join(sorted([f"max-uploads={page}", *request.query.split("&")]))
        return replace(request, query=query)

    monkeypatch.setattr(multipart_wire, "list_uploads", limited)
    for number in range(5):
        key = f"{location}/{number // 2}.bin"  # two uploads of one key, too
        outsider.client.create_multipart_upload(Bucket=CONTAINER, Key=key)
    found = list(storage.unfinished_uploads())
    assert len({upload.upload_id for upload in found}) == len(found) == 5
    for upload in found:
        storage.abort_upload(upload)


@pytest.mark.parametrize("face", ["swift", "keystone"])
def test_on_swift_nothing_is_ever_unfinished(storage: SelectelStorage, location: str) -> None:
    assert list(storage.unfinished_uploads()) == []
    with pytest.raises(UploadGone):
        storage.abort_upload(UnfinishedUpload(f"{location}/a.bin", "1"))


# --- containment -----------------------------------------------------------------------------------------------------

OUTSIDE = ["../outside.txt", "a/../../outside.txt", "/outside.txt", "a\\..\\..\\outside.txt", "\ud800outside"]
VERBS: dict[str, Callable[[SelectelStorage, str], Any]] = {
    "stat": lambda storage, name: storage.stat(name),
    "walk": lambda storage, name: list(storage.walk(name)),
    "open_stream": lambda storage, name: storage.open_stream(name),
    "open for writing": lambda storage, name: storage.open(name, "wb"),
    "save_with_metadata": lambda storage, name: storage.save_with_metadata(name, ContentFile(b"x"), {}),
    "update_headers": lambda storage, name: storage.update_headers(name, cache_control="x"),
    "copy from": lambda storage, name: storage.copy(name, "a.txt"),
    "copy to": lambda storage, name: storage.copy("here.txt", name),
    "move from": lambda storage, name: storage.move(name, "a.txt"),
    "move to": lambda storage, name: storage.move("here.txt", name),
    "delete_many": lambda storage, name: storage.delete_many(["here.txt", name]),
    "unfinished_uploads": lambda storage, name: list(storage.unfinished_uploads(name)),
    "abort_upload": lambda storage, name: storage.abort_upload(UnfinishedUpload(name, "1")),
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS.keys())
def test_no_verb_reaches_outside_the_location(
    storage: SelectelStorage, hooks: Hooks, verb: Callable[[SelectelStorage, str], Any]
) -> None:
    save(storage, "here.txt")
    hooks.clear_requests()
    for name in OUTSIDE:
        with pytest.raises(SuspiciousFileOperation):
            verb(storage, name)
    assert not any("outside" in entry.path + entry.query for entry in hooks.requests())
    assert names_in(storage) == ["here.txt"]


FILES = [name for name in VERBS if name not in {"walk", "unfinished_uploads", "abort_upload"}]


@pytest.mark.parametrize("verb", FILES)
@pytest.mark.parametrize("name", ["", ".", "a/.."])
def test_the_location_itself_is_no_file(storage: SelectelStorage, hooks: Hooks, verb: str, name: str) -> None:
    save(storage, "here.txt")
    with pytest.raises(ValueError, match="empty"):
        VERBS[verb](storage, name)
    assert names_in(storage) == ["here.txt"]


@pytest.mark.parametrize("name", ["d/.", "d/e/..", "d\\."])
def test_a_name_that_ends_in_dots_is_that_of_a_folder(storage: SelectelStorage, name: str) -> None:
    storage.save("d/e/f.txt", ContentFile(b"x"))
    with pytest.raises(SuspiciousFileOperation):
        storage.delete_many([name])
    with pytest.raises(SuspiciousFileOperation):
        list(storage.walk(name))
    assert storage.exists("d/e/f.txt")


def test_one_text_is_not_taken_for_many_names(storage: SelectelStorage) -> None:
    storage.save("a", ContentFile(b"x"))
    with pytest.raises(TypeError, match=r"\[name\]"):
        storage.delete_many("abc")
    assert storage.exists("a")


@pytest.mark.parametrize("content", [b"bytes", "bytes"])
def test_metadata_are_saved_with_bytes_and_text(storage: SelectelStorage, content: bytes | str) -> None:
    storage.save_with_metadata("a.txt", content, {"author": "me"})
    assert storage.open("a.txt").read() == b"bytes"
