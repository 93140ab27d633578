"""What arrives: names, bytes, types, headers, metadata and times, from every kind of place to every other."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.base import ContentFile

from django_selectel_storage.headers import WRITE_MARK
from django_selectel_storage.transfer.places.folder import FolderPlace
from django_selectel_storage.transfer.values import Entry
from tests.outsider import Outsider
from tests.transfer.conftest import MIB, MOMENT, Command, Define, content_of, files_in

FACES = ("s3", "swift", "keystone")
FILES = {
    "a.txt": b"first",
    "a/b.txt": b"below",
    "a/b/c.html": b"<p>deep</p>",
    "a-b.txt": b"between",
    "empty.bin": b"",
    "данные/Отчёт №1.pdf": b"%PDF",
    "spaces and + signs & more?.txt": b"x",
    "\N{LATIN SMALL LIGATURE FFI}.txt": b"behind the surrogates",
    "\N{GRINNING FACE}.txt": b"above them",
    "large.bin": os.urandom(MIB + 5),
}

each_face = pytest.mark.parametrize("face", FACES)
between_services = pytest.mark.parametrize(
    ("old", "new"), [("swift", "keystone"), ("keystone", "s3"), ("s3", "keystone"), ("swift", "s3"), ("s3", "swift")]
)


@each_face
def test_a_folder_arrives_in_a_container(transfer: Command, define: Define, disk: Any, face: str) -> None:
    new = define("new", face)
    done = transfer(str(disk(FILES)), "new")
    assert (done.code, done.complaints) == (0, "")
    assert content_of(new) == FILES
    info = new.stat("a/b/c.html")
    assert (info.content_type, info.metadata["mtime"]) == ("text/html", "1234567890.123456789")


@each_face
def test_a_container_arrives_in_a_folder(transfer: Command, define: Define, tmp_path: Path, face: str) -> None:
    old = define("old", face)
    for name, content in FILES.items():
        old.save(name, ContentFile(content))
    assert transfer("old", str(tmp_path / "new")).code == 0
    assert files_in(tmp_path / "new") == FILES
    stored = old.stat("a.txt").last_modified
    assert stored is not None
    assert (tmp_path / "new/a.txt").stat().st_mtime == stored.timestamp()


@between_services
def test_a_container_arrives_in_another_service(
    transfer: Command, define: Define, outsider: Callable[[str, str], Outsider], old: str, new: str
) -> None:
    source, target = define("old", old), define("new", new, cache_control="max-age=1")
    for name, content in FILES.items():
        source.save(name, ContentFile(content))
    outsider("old", old).put(
        "theirs.dat",
        b"described",
        content_type="text/x-special",
        cache_control="max-age=60",
        content_disposition='attachment; filename="a.txt"',
        meta_author="somebody",
    )
    assert transfer("old", "new").code == 0
    assert content_of(target) == {**FILES, "theirs.dat": b"described"}
    theirs, headers = outsider("new", new), outsider("new", new).headers("theirs.dat")
    assert headers["content-type"] == "text/x-special"
    assert headers["content-disposition"] == 'attachment; filename="a.txt"'
    assert headers["cache-control"] == "max-age=60"
    assert theirs.metadata("theirs.dat")["author"] == "somebody"
    assert theirs.headers("a.txt")["cache-control"] == "max-age=1"


def test_text_of_every_language_arrives_in_metadata(transfer: Command, define: Define) -> None:
    old, new = define("old", "swift", metadata={"author": "кто-то"}), define("new", "s3")
    name = old.save("a.txt", ContentFile(b"x"))
    mark = old.stat(name).metadata[WRITE_MARK]
    transfer("old", "new")
    metadata = new.stat("a.txt").metadata
    assert metadata["author"] == "кто-то"
    assert metadata.get(WRITE_MARK) != mark


@each_face
def test_the_time_of_a_file_survives_the_way_through_a_container(
    transfer: Command, define: Define, disk: Any, tmp_path: Path, face: str
) -> None:
    define("there", face)
    transfer(str(disk({"a.txt": b"x"})), "there")
    transfer("there", str(tmp_path / "back"))
    assert (tmp_path / "back/a.txt").stat().st_mtime_ns == MOMENT


@each_face
@pytest.mark.parametrize("container", ["media", "other"])
def test_inside_one_service_the_store_copies_by_itself(
    transfer: Command, define: Define, kinds_for: Callable[[], dict[str, int]], face: str, container: str
) -> None:
    old, new = define("old", face), define("new", face, container=container)
    for name, content in FILES.items():
        old.save_with_metadata(name, ContentFile(content), {"author": "кто-то"})
    stored = old.stat("a.txt")
    kinds_for()
    assert transfer("old", "new").code == 0
    found = kinds_for()
    assert "GET" not in found
    assert found["PUT"] == len(FILES)
    assert content_of(new) == FILES
    metadata = new.stat("a.txt").metadata
    assert metadata["author"] == "кто-то"
    assert stored.last_modified is not None
    assert float(metadata["mtime"]) == stored.last_modified.timestamp()


def test_what_is_compressed_arrives_as_it_is_in_a_container_and_unpacked_on_a_disk(
    transfer: Command, define: Define, outsider: Callable[[str, str], Outsider], tmp_path: Path
) -> None:
    old, new, text = define("old", "s3", gzip=True), define("new", "swift"), b"again and again. " * 1000
    old.save("a.css", ContentFile(text))
    transfer("old", "new")
    assert outsider("new", "swift").content("a.css") == outsider("old", "s3").content("a.css") != text
    assert new.open("a.css").read() == text
    assert transfer("old", str(tmp_path / "disk")).code == 0
    assert files_in(tmp_path / "disk") == {"a.css": text}
    assert "1 same" in transfer("old", str(tmp_path / "disk")).words
    assert "1 same" in transfer("old", "new").words


def test_only_what_begins_with_the_prefix_is_moved(
    transfer: Command, define: Define, disk: Any, tmp_path: Path
) -> None:
    new = define("new")
    transfer(str(disk(FILES)), "new", "--prefix=a/")
    assert set(content_of(new)) == {"a/b.txt", "a/b/c.html"}
    transfer("new", str(tmp_path / "back"), "--prefix=a/b/")
    assert set(files_in(tmp_path / "back")) == {"a/b/c.html"}
    transfer(str(disk(FILES)), "new", "--prefix=a/b.")
    assert "1 same" in transfer(str(disk(FILES)), "new", "--prefix=a/b.").words


def test_the_shards_together_move_everything_once(
    transfer: Command, define: Define, disk: Any, kinds_for: Callable[[], dict[str, int]]
) -> None:
    new, folder = define("new"), str(disk(FILES))
    kinds_for()
    for number in range(3):
        transfer(folder, "new", f"--shard={number}/3")
    assert kinds_for()["PUT"] == len(FILES)
    assert content_of(new) == FILES


def test_a_dry_run_changes_nothing_and_says_what_would_be_done(
    transfer: Command, define: Define, disk: Any, tmp_path: Path
) -> None:
    new, folder = define("new"), str(disk({"a.txt": b"1", "b.txt": b"2"}))
    transfer(folder, "new", "--prefix=a")
    done = transfer(folder, "new", "--dry-run")
    assert "1 same, 1 would copy" in done.words
    assert set(content_of(new)) == {"a.txt"}
    assert transfer("new", str(tmp_path / "nowhere"), "--dry-run").code == 0
    assert not (tmp_path / "nowhere").exists()


def test_a_target_that_differs_is_replaced_and_what_else_is_there_stays(
    transfer: Command, define: Define, disk: Any
) -> None:
    new = define("new")
    for name, content in {"a.txt": b"other", "b.txt": b"longer than it was", "z.txt": b"stays"}.items():
        new.save(name, ContentFile(content))
    assert "2 copied" in transfer(str(disk({"a.txt": b"first", "b.txt": b"x"})), "new").words
    assert content_of(new) == {"a.txt": b"first", "b.txt": b"x", "z.txt": b"stays"}


class Reluctant(io.FileIO):
    """A file of a file system that gives less than it is asked for."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 0, 1000))


class Mount(FolderPlace):
    """A folder on such a file system."""

    def _path(self, name: str) -> Any:
        path = super()._path(name)
        return SimpleNamespace(open=lambda mode, **_: Reluctant(path, mode))


def test_a_file_that_comes_in_small_pieces_comes_whole(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(bytes(range(250)) * 40)
    with Mount(tmp_path, "a mount").open(Entry("a.bin", 10_000), as_stored=False) as item:
        assert b"".join(item.body.chunks()) == bytes(range(250)) * 40
