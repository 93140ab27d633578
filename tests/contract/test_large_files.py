"""Large files: in parts on S3, in one request on Swift, and nothing left behind by a failure."""

from __future__ import annotations

import hashlib
import io
import os
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files import File
from django.core.files.base import ContentFile

from django_selectel_storage.devserver import Hooks
from django_selectel_storage.devserver.hooks import LoggedRequest
from django_selectel_storage.exceptions import AccessDenied, ObjectTooLarge, ServerError
from django_selectel_storage.headers import WRITE_MARK
from django_selectel_storage.protocols.s3 import client, multipart
from django_selectel_storage.protocols.s3.multipart import Uploads
from django_selectel_storage.storage import SelectelStorage
from tests.conftest import CONTAINER, MakeStorage
from tests.devserver.clients import s3_client
from tests.servers.stack import Stack

Requests = Callable[[], list[LoggedRequest]]
MIB = 1024**2
CHUNK = 5 * MIB
LARGE = os.urandom(CHUNK * 2 + MIB + 3)
PARTS = 3
LARGER = LARGE + LARGE[: 6 * MIB]

on_s3 = pytest.mark.parametrize("face", ["s3"])
on_swift = pytest.mark.parametrize("face", ["swift", "keystone"])


@pytest.fixture
def make_large(make_storage: MakeStorage) -> MakeStorage:
    """Makes a storage for which 6 MiB is large."""

    def make(**options: Any) -> SelectelStorage:
        sizes = {"multipart_threshold": 6 * MIB, "multipart_chunksize": CHUNK, "max_concurrency": 3}
        storage = make_storage(**{**sizes, **options})
        storage.exists("warm-up")
        return storage

    return make


@pytest.fixture(scope="module")
def on_disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "large.bin"
    path.write_bytes(LARGER)
    return path


@pytest.fixture(scope="module")
def botocore_client(stack: Stack) -> Iterator[Any]:
    info = stack.server.info
    client = s3_client(info.endpoint, info.access_key, info.secret_key, info.region)
    yield client
    client.close()


@pytest.fixture
def nothing_left(botocore_client: Any, location: str) -> Callable[[SelectelStorage], None]:
    """Says that neither the storage nor botocore finds an unfinished upload."""

    def check(storage: SelectelStorage) -> None:
        assert list(storage.unfinished_uploads()) == []
        assert "Uploads" not in botocore_client.list_multipart_uploads(Bucket=CONTAINER, Prefix=location)

    return check


class Stream(io.RawIOBase):
    """A stream of unknown size that cannot go back."""

    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._content.readinto(memoryview(buffer)[:100_000])


class Eventful(io.BytesIO):
    """A file that does something when its 9th MiB is read for the ``on``-th time."""

    def __init__(self, event: Callable[[], object], on: int = 1) -> None:
        super().__init__(LARGE)
        self._event = event
        self._left = on

    def read(self, size: int | None = -1, /) -> bytes:
        content = super().read(size)
        if self.tell() > 8 * MIB >= self.tell() - len(content):
            self._left -= 1
            if self._left == 0:
                self._event()
        return content


def holds(storage: SelectelStorage, name: str, content: bytes = LARGE) -> bool:
    """Whether a file holds these bytes (a failed comparison of the bytes themselves would be long to print)."""
    with storage.open(name) as file:
        return hashlib.sha256(file.read()).digest() == hashlib.sha256(content).digest()


def kinds(requests: list[LoggedRequest]) -> list[str]:
    """What the requests are for, in a word each."""

    def kind(entry: LoggedRequest) -> str:
        names = [pair.partition("=")[0] for pair in entry.query.split("&") if pair]
        return " ".join([entry.method, *sorted(names)])

    return [kind(entry) for entry in requests]


SOURCES: dict[str, Callable[[Path], Any]] = {
    "a file on disk": lambda path: File(path.open("rb"), "large.bin"),
    "a stream of unknown size": lambda _: Stream(LARGER),
    "bytes in memory": lambda _: ContentFile(LARGER),
}

each_source = pytest.mark.parametrize(
    ("source", "file_overwrite"), list(zip(SOURCES.values(), (False, False, True), strict=True)), ids=SOURCES.keys()
)


@each_source
@on_s3
def test_on_s3_a_large_file_goes_up_in_parts(
    make_large: MakeStorage,
    on_disk: Path,
    source: Callable[[Path], Any],
    file_overwrite: bool,
    requests_for: Requests,
    nothing_left: Callable[[SelectelStorage], None],
) -> None:
    storage = make_large(file_overwrite=file_overwrite)
    requests_for()
    with source(on_disk) as content:
        assert storage.save("large.bin", content) == "large.bin"
        assert not content.closed
    requests = requests_for()
    asked = [] if file_overwrite else ["HEAD"]
    found = kinds(requests)
    assert found[: len(asked) + 1] == [*asked, "POST uploads"]
    assert found[len(asked) + 1 : -1] == ["PUT partNumber uploadId"] * 4
    assert found[-1] == "POST uploadId"
    assert requests[-1].headers.get("if-none-match") == (None if file_overwrite else "*")
    assert holds(storage, "large.bin", LARGER)
    assert storage.size("large.bin") == len(LARGER)
    nothing_left(storage)


@each_source
@on_swift
def test_on_swift_a_large_file_is_one_request_of_known_length(
    make_large: MakeStorage,
    on_disk: Path,
    source: Callable[[Path], Any],
    file_overwrite: bool,
    requests_for: Requests,
) -> None:
    storage = make_large(file_overwrite=file_overwrite)
    requests_for()
    with source(on_disk) as content:
        assert storage.save("large.bin", content) == "large.bin"
    requests = requests_for()
    assert kinds(requests) == (["PUT"] if file_overwrite else ["HEAD", "PUT"])
    assert requests[-1].headers["content-length"] == str(len(LARGER))
    assert "transfer-encoding" not in requests[-1].headers
    assert requests[-1].headers.get("if-none-match") == (None if file_overwrite else "*")
    assert holds(storage, "large.bin", LARGER)


def test_a_large_file_keeps_its_type_and_its_metadata(make_large: MakeStorage) -> None:
    storage = make_large(metadata={"author": "кто-то"}, cache_control="max-age=5")
    info = storage.stat(storage.save("large.txt", ContentFile(LARGE)))
    assert (info.content_type, info.headers["cache-control"]) == ("text/plain", "max-age=5")
    assert info.metadata["author"] == "кто-то"


def test_file_overwrite_replaces_a_large_file(make_large: MakeStorage) -> None:
    storage = make_large(file_overwrite=True)
    storage.save("large.bin", ContentFile(b"small"))
    storage.save("large.bin", ContentFile(LARGE))
    assert holds(storage, "large.bin")
    assert storage.listdir("") == ([], ["large.bin"])


def test_of_a_large_file_whose_name_is_taken_not_one_byte_is_sent_there(
    make_large: MakeStorage, requests_for: Requests
) -> None:
    storage = make_large()
    storage.save("large.bin", ContentFile(b"first"))
    requests_for()
    second = storage.save("large.bin", ContentFile(LARGE))
    to_the_taken = [entry.method for entry in requests_for() if entry.path.endswith("/large.bin")]
    assert to_the_taken == ["HEAD"]
    assert second != "large.bin"
    assert storage.open("large.bin").read() == b"first"
    assert holds(storage, second)


def test_a_name_that_is_taken_while_a_large_file_goes_up_is_not_overwritten(
    make_large: MakeStorage, make_storage: MakeStorage, nothing_left: Callable[[SelectelStorage], None]
) -> None:
    storage, other = make_large(), make_storage()
    saved = storage.save("large.bin", Eventful(lambda: other.save("large.bin", ContentFile(b"quicker"))))
    assert saved != "large.bin"
    assert storage.open("large.bin").read() == b"quicker"
    assert holds(storage, saved)
    assert sorted(storage.listdir("")[1]) == sorted(["large.bin", saved])
    nothing_left(storage)


@pytest.mark.parametrize("max_concurrency", [1, 3])
@on_s3
def test_no_more_parts_than_allowed_are_under_way_and_all_of_those(
    make_large: MakeStorage, hooks: Hooks, monkeypatch: pytest.MonkeyPatch, max_concurrency: int
) -> None:
    storage = make_large(max_concurrency=max_concurrency)
    now, most, lock, send = 0, 0, threading.Lock(), Uploads._send_part

    def counted(self: Uploads, *arguments: Any) -> str:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        try:
            return send(self, *arguments)
        finally:
            with lock:
                now -= 1

    monkeypatch.setattr(Uploads, "_send_part", counted)
    hooks.fault(status=0, delay=0.2, count=PARTS, method="PUT", match="partNumber")
    storage.save("large.bin", ContentFile(LARGE))
    assert most == max_concurrency


@pytest.mark.parametrize(("write", "max_concurrency"), [("save", 2), ("open", 1)])
def test_memory_stays_below_one_chunk_more_than_are_under_way(
    make_large: MakeStorage, face: str, hooks: Hooks, tmp_path: Path, max_concurrency: int, write: str
) -> None:
    storage = make_large(max_concurrency=max_concurrency, max_memory_size=MIB)
    sparse = tmp_path / "sparse.bin"
    sparse.touch()
    os.truncate(sparse, 5 * CHUNK)
    hooks.fault(status=0, delay=0.05, count=5, method="PUT", match="partNumber")
    with sparse.open("rb") as file:
        tracemalloc.start()
        try:
            if write == "save":
                storage.save("large.bin", File(file))
            else:
                with storage.open("large.bin", "wb") as target:
                    while piece := file.read(MIB):
                        target.write(piece)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    allowed = (max_concurrency + 1) * CHUNK if face == "s3" else 2 * MIB
    assert peak < allowed + 3 * MIB
    assert storage.size("large.bin") == 5 * CHUNK


@pytest.mark.parametrize(("status", "error"), [(403, AccessDenied), (500, ServerError)])
@on_s3
def test_a_part_that_fails_for_good_leaves_nothing(
    make_large: MakeStorage,
    hooks: Hooks,
    nothing_left: Callable[[SelectelStorage], None],
    status: int,
    error: type[Exception],
) -> None:
    storage = make_large(max_retries=1)
    hooks.fault(status=status, count=9, method="PUT", match="partNumber=2")
    with pytest.raises(error, match=r"part 2.*large\.bin"):
        storage.save("large.bin", ContentFile(LARGE))
    assert not storage.exists("large.bin")
    nothing_left(storage)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"status": 500, "stage": "after"}, id="done, but it says otherwise"),
        pytest.param({"reset": True, "stage": "middle"}, id="broken off"),
    ],
)
def test_what_fails_at_first_works_in_the_end(
    make_large: MakeStorage, face: str, hooks: Hooks, location: str, fault: dict[str, Any]
) -> None:
    storage = make_large()
    where: dict[str, Any] = {"count": 2, "match": "partNumber=2"} if face == "s3" else {"count": 1, "match": location}
    hooks.fault(method="PUT", **where, **fault)
    assert storage.save("large.bin", ContentFile(LARGE)) == "large.bin"
    assert holds(storage, "large.bin")
    assert storage.listdir("") == ([], ["large.bin"])


def test_a_part_that_is_damaged_on_its_way_is_never_stored(
    make_large: MakeStorage, face: str, hooks: Hooks, location: str
) -> None:
    storage = make_large()
    hooks.fault(count=9, method="PUT", match="partNumber=3" if face == "s3" else location, corrupt_upload=True)
    with pytest.raises(OSError, match=r"large\.bin"):
        storage.save("large.bin", ContentFile(LARGE))
    assert not storage.exists("large.bin")


@pytest.mark.parametrize(
    ("fault", "file_overwrite"),
    [({"reset": True}, False), ({"status": 500}, False), ({"status": 503}, True)],
    ids=["no answer", "500", "503"],
)
@on_s3
def test_a_completion_whose_answer_is_lost_is_known_again(
    make_large: MakeStorage,
    hooks: Hooks,
    fault: dict[str, Any],
    file_overwrite: bool,
    nothing_left: Callable[[SelectelStorage], None],
) -> None:
    storage = make_large(file_overwrite=file_overwrite)
    hooks.fault(method="POST", match="uploadId", stage="after", **fault)
    assert storage.save("large.bin", ContentFile(LARGE)) == "large.bin"
    assert storage.listdir("") == ([], ["large.bin"])
    assert holds(storage, "large.bin")
    nothing_left(storage)


@on_s3
def test_a_completion_that_conflicts_with_another_write_begins_anew(
    make_large: MakeStorage,
    hooks: Hooks,
    requests_for: Requests,
    nothing_left: Callable[[SelectelStorage], None],
) -> None:
    storage = make_large()
    hooks.fault(method="POST", match="uploadId", status=409)
    requests_for()
    assert storage.save("large.bin", ContentFile(LARGE)) == "large.bin"
    assert kinds(requests_for()).count("POST uploads") == 2
    assert holds(storage, "large.bin")
    nothing_left(storage)


@on_s3
def test_a_completion_that_fails_for_good_leaves_nothing(
    make_large: MakeStorage, hooks: Hooks, nothing_left: Callable[[SelectelStorage], None]
) -> None:
    storage = make_large(max_retries=1)
    hooks.fault(method="POST", match="uploadId", count=9, status=500)
    with pytest.raises(ServerError):
        storage.save("large.bin", ContentFile(LARGE))
    hooks.clear_faults()
    assert not storage.exists("large.bin")
    nothing_left(storage)


@pytest.mark.parametrize(
    ("kind", "on"),
    [(KeyboardInterrupt, 1), (KeyboardInterrupt, 2), (ZeroDivisionError, 2)],
    ids=["an interrupt at the first reading", "an interrupt at the second", "an error at the second"],
)
def test_whoever_is_interrupted_while_reading_leaves_nothing(
    make_large: MakeStorage,
    face: str,
    nothing_left: Callable[[SelectelStorage], None],
    kind: type[BaseException],
    on: int,
) -> None:
    def interrupt() -> None:
        raise kind("enough")

    storage = make_large()
    if face == "s3":
        on = 1  # there the bytes are read once
    with pytest.raises(kind, match="enough"):
        storage.save("large.bin", Eventful(interrupt, on))
    assert not storage.exists("large.bin")
    nothing_left(storage)
    assert storage.save("large.bin", ContentFile(b"then a small one")) == "large.bin"


class Sparse(io.RawIOBase):
    """A file of zeros, larger than anybody would have one here."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._position = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: Any) -> int:
        count = min(len(buffer), self._size - self._position)
        buffer[:count] = bytes(count)
        self._position += count
        return count


@pytest.mark.parametrize("file_overwrite", [False, True])
@on_swift
def test_above_five_gibibytes_swift_is_not_tried_and_s3_is_named(
    make_large: MakeStorage, requests_for: Requests, file_overwrite: bool
) -> None:
    storage = make_large(file_overwrite=file_overwrite)
    requests_for()
    with pytest.raises(ObjectTooLarge, match=r"5368709121 bytes.*S3"):
        storage.save("huge.bin", Sparse(5 * 1024**3 + 1))
    assert [entry.method for entry in requests_for() if entry.method != "HEAD"] == []


@on_s3
def test_above_five_tebibytes_s3_is_not_tried(make_large: MakeStorage, requests_for: Requests) -> None:
    storage = make_large()
    requests_for()
    with pytest.raises(ObjectTooLarge, match="5 TiB"):
        storage.save("huge.bin", Sparse(5 * 1024**4 + 1))
    assert [entry.method for entry in requests_for() if entry.method != "HEAD"] == []


def test_a_file_that_becomes_shorter_is_an_error_and_no_object(
    make_large: MakeStorage, nothing_left: Callable[[SelectelStorage], None]
) -> None:
    storage = make_large()
    content = Eventful(lambda: content.truncate(9 * MIB))
    with pytest.raises(OSError, match="shorter"):
        storage.save("large.bin", content)
    assert not storage.exists("large.bin")
    nothing_left(storage)


# --- copies above the limit of a single one --------------------------------------------------------------------------


@pytest.fixture
def small_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a single copy carry 5 MiB where S3's own limit is 5 GiB; the server takes any size."""
    monkeypatch.setattr(multipart, "LARGEST_PUT", CHUNK)
    monkeypatch.setattr(client, "LARGEST_PUT", CHUNK)


@on_s3
@pytest.mark.usefixtures("small_limit")
def test_a_very_large_file_is_copied_in_parts_with_its_headers(
    make_large: MakeStorage, requests_for: Requests, nothing_left: Callable[[SelectelStorage], None]
) -> None:
    storage = make_large(cache_control="max-age=5", metadata={"author": "somebody"})
    storage.save("large.bin", ContentFile(LARGE))
    requests_for()
    storage.copy("large.bin", "copy.bin")
    assert kinds(requests_for()) == [
        "HEAD",
        "HEAD",
        "POST uploads",
        *["PUT partNumber uploadId"] * PARTS,
        "POST uploadId",
    ]
    assert holds(storage, "copy.bin")
    before, after = storage.stat("large.bin"), storage.stat("copy.bin")
    assert (after.headers, after.content_type) == (before.headers, before.content_type)
    assert after.metadata["author"] == "somebody"
    assert after.metadata[WRITE_MARK] != before.metadata[WRITE_MARK]
    nothing_left(storage)


@on_s3
@pytest.mark.usefixtures("small_limit")
def test_new_headers_of_a_very_large_file_that_fail_are_no_silent_success(
    make_large: MakeStorage, hooks: Hooks, nothing_left: Callable[[SelectelStorage], None]
) -> None:
    storage = make_large(max_retries=0)
    storage.save("large.bin", ContentFile(LARGE))
    hooks.fault(status=500, method="POST", match="uploadId=", count=9)
    with pytest.raises(ServerError):
        storage.update_headers("large.bin", cache_control="max-age=5")
    hooks.clear_faults()
    assert "cache-control" not in storage.stat("large.bin").headers
    storage.update_headers("large.bin", cache_control="max-age=5")
    assert storage.stat("large.bin").headers["cache-control"] == "max-age=5"
    assert holds(storage, "large.bin")
    nothing_left(storage)
