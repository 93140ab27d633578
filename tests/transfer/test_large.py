"""Large objects stream: parts straight out of ranged reads, one PUT straight out of a GET; memory stays bounded."""

from __future__ import annotations

import hashlib
import io
import json
import os
import threading
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import pytest
from django.core.files.base import ContentFile

from django_selectel_storage.devserver.hooks import LoggedRequest
from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.transfer import bodies, mover
from django_selectel_storage.transfer.places.container import ContainerPlace
from tests.outsider import Clients
from tests.transfer.conftest import MIB, Command, Define

LARGE = os.urandom(23 * MIB + 7)
Requests = Callable[[], list[LoggedRequest]]
Segmented = Callable[[SelectelStorage, str, bytes], None]


@pytest.fixture
def no_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when a large object is copied anywhere on its way."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a temporary file")

    monkeypatch.setattr(bodies, "Spool", refuse)


def digest(file: IO[bytes] | io.BufferedReader) -> str:
    state = hashlib.md5()
    while chunk := file.read(MIB):
        state.update(chunk)
    return state.hexdigest()


@pytest.mark.parametrize(
    ("old", "new"), [("swift", "s3"), ("s3", "swift"), ("s3", "keystone"), ("swift", "keystone"), ("keystone", "s3")]
)
@pytest.mark.usefixtures("no_copies")
def test_a_large_object_streams_from_service_to_service(
    transfer: Command, define: Define, old: str, new: str, requests_for: Requests
) -> None:
    source, target = define("old", old), define("new", new)
    source.save("large.bin", ContentFile(LARGE))
    requests_for()
    assert transfer("old", "new", "--verify").code == 0
    requests = requests_for()
    assert target.open("large.bin").read() == LARGE
    parts = [entry for entry in requests if entry.method == "PUT" and "partNumber" in entry.query]
    whole = [entry for entry in requests if entry.method == "PUT" and "partNumber" not in entry.query]
    ranges = [entry for entry in requests if "/old/" in entry.path and "range" in entry.headers]
    assert (len(parts), len(ranges), len(whole)) == ((5, 5, 0) if new == "s3" else (0, 0, 1))
    assert "1 same" in transfer("old", "new", "--verify").words


@pytest.mark.parametrize("face", ["swift", "s3"], ids=["whose MD5 is known", "that has parts"])
def test_an_object_that_is_replaced_while_it_is_copied_is_no_mixture(
    transfer: Command, define: Define, monkeypatch: pytest.MonkeyPatch, face: str
) -> None:
    monkeypatch.setattr(ContainerPlace, "copies_from", lambda *_: False)
    source, target = define("old", face), define("new", "s3")
    source.save("large.bin", ContentFile(LARGE))
    part, replaced = bodies.StoredBody.part, threading.Event()

    def interrupted(self: bodies.StoredBody, start: int, stop: int) -> bytes:
        if start and not replaced.is_set():
            replaced.set()
            source.open("large.bin", "wb").close()
            with source.open("large.bin", "wb") as file:
                file.write(LARGE[::-1])
        return part(self, start, stop)

    monkeypatch.setattr(bodies.StoredBody, "part", interrupted)
    assert transfer("old", "new").code == 0
    assert target.open("large.bin").read() == LARGE[::-1]
    assert list(target.unfinished_uploads()) == []


def test_segments_of_others_arrive_as_one_object(transfer: Command, define: Define, clients: Clients) -> None:
    source, target = define("old", "swift"), define("new", "s3")
    swift, folder = clients.of("swift"), source.options.location
    for number in range(3):
        swift.put_object("other", f"{folder}/segments/{number}", LARGE[number * 2 * MIB : (number + 1) * 2 * MIB])
    manifest = {"X-Object-Manifest": f"other/{folder}/segments/", "Content-Type": "video/mp4"}
    swift.put_object("media", f"{folder}/film.mp4", b"", headers=manifest)
    assert transfer("old", "new").code == 0
    assert target.open("film.mp4").read() == LARGE[: 6 * MIB]
    assert target.stat("film.mp4").content_type == "video/mp4"
    assert "1 same" in transfer("old", "new").words
    copy = define("copy", "swift", container="other")
    assert transfer("old", "copy").code == 0
    for number in range(3):
        swift.delete_object("other", f"{folder}/segments/{number}")
    assert copy.open("film.mp4").read() == LARGE[: 6 * MIB]


@pytest.fixture
def segmented(clients: Clients) -> Segmented:
    """Stores an object in two segments, as clients of Swift do: it is listed with 0 bytes and the MD5 of none."""

    def store(storage: SelectelStorage, name: str, content: bytes) -> None:
        swift, container, half = clients.of("swift"), storage.options.container, len(content) // 2
        key = f"{storage.options.location}/{name}"
        for number, segment in enumerate((content[:half], content[half:])):
            swift.put_object(container, f"segments/{key}/{number}", segment)
        swift.put_object(container, key, b"", headers={"X-Object-Manifest": f"{container}/segments/{key}/"})

    return store


def test_a_segmented_object_is_not_the_same_as_an_empty_file(
    transfer: Command, define: Define, segmented: Segmented, disk: Any
) -> None:
    segmented(define("old", "swift"), "film", b"a film")
    for schema, face in (("beside", "swift"), ("new", "s3"), ("far", "keystone")):
        target = define(schema, face)
        target.save("film", ContentFile(b""))
        assert "1 copied" in transfer("old", schema).words
        assert target.open("film").read() == b"a film"
    folder = disk({"film": b""})
    assert "1 copied" in transfer("old", str(folder)).words
    assert (folder / "film").read_bytes() == b"a film"


@pytest.mark.parametrize("face", ["swift", "s3"])
def test_an_empty_file_replaces_a_segmented_object(
    transfer: Command, define: Define, segmented: Segmented, disk: Any, face: str
) -> None:
    new = define("new", face, container="other")
    define("old", "swift").save("film", ContentFile(b""))
    for source in (str(disk({"film": b""})), "old"):
        segmented(new, "film", b"a film")
        assert "1 copied" in transfer(source, "new").words
        assert new.open("film").read() == b""
        assert "1 same" in transfer(source, "new").words


def test_segmented_objects_are_compared_by_their_segments(
    transfer: Command, define: Define, segmented: Segmented
) -> None:
    old, new = define("old", "swift"), define("new", "swift", container="other")
    segmented(old, "film", b"a film")
    segmented(new, "film", b"a film")
    assert "1 same" in transfer("old", "new").words
    segmented(new, "film", b"b film")
    assert "1 copied" in transfer("old", "new").words
    assert new.open("film").read() == b"a film"


def test_static_large_objects_are_listed_by_their_segments(transfer: Command, define: Define, clients: Clients) -> None:
    old, new = define("old", "swift"), define("new", "swift", container="other")
    swift = clients.of("swift")
    for storage, content in ((old, b"a film"), (new, b"b film")):
        container, key = storage.options.container, f"{storage.options.location}/film"
        swift.put_object(container, f"segments/{key}", content)
        manifest = json.dumps([{"path": f"{container}/segments/{key}"}])
        swift.put_object(container, key, manifest, query_string="multipart-manifest=put")
    assert [info.size for info in old.walk()] == [6]
    assert "1 copied" in transfer("old", "new").words
    assert new.open("film").read() == b"a film"
    assert "1 same" in transfer("old", "new").words


def test_memory_stays_bounded(
    transfer: Command, define: Define, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mover, "MEMORY", 32 * MIB)
    folder = tmp_path / "sparse"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.bin").touch()
        os.truncate(folder / f"{number}.bin", 30 * MIB)
    define("old", "s3", max_concurrency=3)
    define("new", "keystone")
    define("back", "s3", container="other", max_concurrency=3)
    tracemalloc.start()
    try:
        assert transfer(str(folder), "old", "--workers=6").code == 0
        assert transfer("old", "new", "--workers=6").code == 0
        assert transfer("new", "back", "--workers=6").code == 0
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 32 * MIB + 6 * 2 * MIB


def test_memory_stays_bounded_also_where_a_listing_does_not_tell_the_size(
    transfer: Command, define: Define, segmented: Segmented, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mover, "MEMORY", 16 * MIB)
    old = define("old", "swift")
    define("new", "s3", max_concurrency=3)
    for number in range(6):
        segmented(old, f"{number}.bin", LARGE[: 16 * MIB])
    tracemalloc.start()
    try:
        assert transfer("old", "new", "--workers=6").code == 0
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 16 * MIB + 6 * 2 * MIB


def test_a_large_sparse_file_goes_up_in_parts(
    transfer: Command, define: Define, tmp_path: Path, requests_for: Requests
) -> None:
    target, sparse = define("new", "s3"), tmp_path / "disk" / "sparse.bin"
    sparse.parent.mkdir()
    sparse.touch()
    os.truncate(sparse, 101 * MIB)
    requests_for()
    assert transfer(str(sparse.parent), "new").code == 0
    assert sum("partNumber" in entry.query for entry in requests_for()) == 21
    with sparse.open("rb") as file, target.open_stream("sparse.bin") as stored:
        assert digest(stored) == digest(file)
