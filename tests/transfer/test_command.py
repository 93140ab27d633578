"""`manage.py selectel_transfer`: what its arguments mean, and what it refuses."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, InMemoryStorage, storages

from django_selectel_storage import dsn
from django_selectel_storage.storage import SelectelStorage
from tests.conftest import FACES, face_options
from tests.servers.stack import Stack
from tests.transfer.conftest import MOMENT, Command, Define, content_of, files_in, run

Kinds = Callable[[], dict[str, int]]

FILES = {"a.txt": b"1", "b/c.txt": b"2"}


class Shouting(FileSystemStorage):
    """A storage that stores something else than it is given."""

    def _save(self, name: str, content: Any) -> str:
        saved: str = super()._save(name, ContentFile(content.read().upper()))  # type: ignore[misc]
        return saved


class Renaming(InMemoryStorage):
    """A storage that chooses names itself."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return super().get_available_name(f"mine-{name}" if name == "a.txt" else name, max_length)


def test_an_alias_of_a_folder_keeps_its_permissions(
    transfer: Command, define: Define, alias: Any, tmp_path: Path
) -> None:
    old = define("old")
    old.save("b/c.txt", ContentFile(b"x"))
    modes = {"file_permissions_mode": 0o640, "directory_permissions_mode": 0o750}
    alias("uploads", FileSystemStorage, location=str(tmp_path / "uploads"), **modes)
    assert transfer("old", "uploads").code == 0
    found = [(tmp_path / "uploads" / name).stat().st_mode & 0o777 for name in ("b", "b/c.txt")]
    assert found == [0o750, 0o640]


def test_a_dsn_is_a_place_and_stays_out_of_messages(transfer: Command, stack: Stack, location: str, disk: Any) -> None:
    options = {**face_options(stack, "swift"), "container": "media", "location": location}
    assert transfer(str(disk(FILES)), dsn.build(options)).code == 0
    assert content_of(SelectelStorage(**options)) == FILES
    done = transfer(str(disk(FILES)), dsn.build({**options, "container": "missing"}))
    assert (done.code, "'missing'" in done.complaints) == (1, True)
    assert options["password"] not in done.complaints


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(("verbosity", "listings"), [(0, 1), (1, 2)], ids=["silent", "with progress"])
def test_files_are_counted_only_for_somebody_who_looks(
    transfer: Command, define: Define, kinds_for: Kinds, tmp_path: Path, face: str, verbosity: int, listings: int
) -> None:
    define("old", face).save("a.txt", ContentFile(b"x"))
    kinds_for()
    assert transfer("old", str(tmp_path / "new"), verbosity=verbosity).code == 0
    assert kinds_for()["list"] == listings


@pytest.mark.parametrize("verify", [[], ["--verify"]], ids=["", "verified"])
def test_any_django_storage_is_a_place(
    transfer: Command, define: Define, alias: Any, disk: Any, tmp_path: Path, verify: list[str]
) -> None:
    alias("memory", InMemoryStorage)
    new = define("new")
    assert transfer(str(disk(FILES)), "memory", *verify).code == 0
    memory = storages["memory"]
    assert memory.open("b/c.txt").read() == b"2"
    assert transfer("memory", "new", *verify).code == 0
    assert content_of(new) == FILES
    assert "2 same" in transfer("memory", "new", *verify).words
    assert "2 same" in transfer("new", "memory", *verify).words
    memory.delete("a.txt")
    memory.save("a.txt", ContentFile(b"!"))
    assert "1 copied, 1 same" in transfer("new", "memory", *verify).words
    assert memory.open("a.txt").read() == b"1"
    assert "2 copied" in transfer("memory", str(tmp_path / "back"), *verify).words
    assert files_in(tmp_path / "back") == FILES


def test_a_class_that_stores_in_its_own_way_does_so(transfer: Command, alias: Any, disk: Any, tmp_path: Path) -> None:
    alias("loud", Shouting, location=str(tmp_path / "loud"))
    transfer(str(disk({"a.txt": b"quiet"})), "loud")
    assert files_in(tmp_path / "loud") == {"a.txt": b"QUIET"}


def test_a_storage_that_chooses_another_name_is_no_success(transfer: Command, alias: Any, disk: Any) -> None:
    alias("renaming", Renaming)
    done = transfer(str(disk(FILES)), "renaming")
    assert (done.code, "it chose 'mine-a.txt'" in done.complaints) == (3, True)
    assert storages["renaming"].listdir("")[1] == []


def test_a_name_that_is_an_alias_and_another_schema_has_to_be_told_apart(
    transfer: Command, define: Define, alias: Any, tmp_path: Path, disk: Any
) -> None:
    alias("both", FileSystemStorage, location=str(tmp_path / "alias"))
    new, folder = define("both"), str(disk(FILES))
    done = transfer(folder, "both")
    assert (done.code, "'alias:both' or 'schema:both'" in done.complaints) == (1, True)
    assert transfer(folder, "schema:both").code == 0
    assert content_of(new) == FILES
    assert transfer(folder, "alias:both").code == 0
    assert files_in(tmp_path / "alias") == FILES


def test_an_alias_that_is_the_schema_of_its_name_may_be_named(
    transfer: Command, define: Define, alias: Any, disk: Any
) -> None:
    new = define("both")
    alias("both", SelectelStorage, storage="both")
    assert transfer(str(disk(FILES)), "both").code == 0
    assert content_of(new) == FILES


def test_an_unknown_name_is_answered_with_the_known_ones(transfer: Command, define: Define) -> None:
    define("new")
    done = transfer("nowhere", "new")
    assert done.code == 1
    assert "There is no storage 'nowhere' (STORAGES: default, staticfiles; SELECTEL_STORAGES: new)" in done.complaints
    assert "./nowhere" in done.complaints


MISTYPED = [
    "selectel+s3:/AKEY:hunter2secret@media/",
    "selectel+s3:AKEY:hunter2secret@media",
    "selectel:/user:hunter2secret@media",
    "selectel+s3//AKEY:hunter2secret@media",
    "//AKEY:hunter2secret@media/",
    "AKEY:hunter2secret@media",
    "hunter2secret@media",
    "schema:AKEY:hunter2secret@media",
    "s3://AKEY:hunter2secret@media",
]


@pytest.mark.parametrize("mistyped", MISTYPED)
def test_a_mistyped_dsn_is_no_folder_and_is_not_repeated(
    transfer: Command, define: Define, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mistyped: str
) -> None:
    monkeypatch.chdir(tmp_path)
    define("s3").save("a.txt", ContentFile(b"x"))
    for done in (transfer("s3", mistyped), transfer(mistyped, "s3"), run("selectel_headers", mistyped)):
        assert (done.code, "begins with 'selectel://'" in done.complaints) == (1, True)
        assert "hunter2" not in done.complaints
    assert list(tmp_path.iterdir()) == []


def test_a_folder_and_a_schema_may_have_a_colon_in_their_names(
    transfer: Command, define: Define, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    old = define("old:media", location=f"{define('beside').options.location}/colon")
    old.save("a.txt", ContentFile(b"x"))
    for folder in ("./day:1@noon/", f"{tmp_path}/other@noon:1"):
        assert transfer("old:media", folder).code == 0
    assert files_in(tmp_path) == {"day:1@noon/a.txt": b"x", "other@noon:1/a.txt": b"x"}


def test_an_alias_whose_class_cannot_be_had_is_named(
    transfer: Command, define: Define, alias: Callable[..., None]
) -> None:
    define("new")
    alias("broken", "nowhere.Storage")
    done = transfer("broken", "new")
    assert (done.code, "nowhere" in done.complaints) == (1, True)


def test_a_source_that_is_no_folder_is_refused(transfer: Command, define: Define, tmp_path: Path) -> None:
    define("new")
    done = transfer(str(tmp_path / "mistyped"), "new")
    assert (done.code, "mistyped" in done.complaints) == (1, True)


def test_a_storage_whose_folder_is_not_set_is_not_taken_for_the_working_directory(
    transfer: Command, define: Define, settings: Any
) -> None:
    settings.MEDIA_ROOT = ""
    define("new")
    assert "set MEDIA_ROOT" in transfer("default", "new").complaints


@pytest.mark.parametrize("inner", ["", "/inner"])
def test_a_place_is_not_moved_into_itself(
    transfer: Command, define: Define, disk: Any, stack: Stack, inner: str
) -> None:
    folder = disk(FILES)
    assert "same place" in transfer(str(folder), f"{folder}{inner}").complaints
    one = define("one")
    define("two", location=f"{one.options.location}{inner}")
    assert "same place" in transfer("one", "two").complaints


@pytest.mark.parametrize(
    "argument", ["--shard=3/3", "--shard=a/b", "--shard=1", "--workers=0", "--workers=1000", "--workers=x"]
)
def test_arguments_that_make_no_sense_are_refused(transfer: Command, define: Define, disk: Any, argument: str) -> None:
    define("new")
    done = transfer(str(disk(FILES)), "new", argument)
    assert done.code == 1
    assert argument.partition("=")[2] in done.complaints


def test_a_report_that_cannot_be_written_is_named(transfer: Command, define: Define, disk: Any, tmp_path: Path) -> None:
    define("new")
    done = transfer(str(disk(FILES)), "new", f"--report={tmp_path}/missing/report")
    assert (done.code, "missing/report" in done.complaints) == (1, True)


def test_a_report_says_what_the_store_did_by_itself(transfer: Command, define: Define, tmp_path: Path) -> None:
    define("old").save("a.txt", ContentFile(b"x"))
    define("new")
    transfer("old", "new", f"--report={tmp_path}/report")
    line = json.loads((tmp_path / "report").read_text(encoding="utf-8").splitlines()[0])
    assert line == {"name": "a.txt", "result": "copied", "bytes": 1, "on_the_server": True}


def test_links_are_followed_but_not_in_circles(transfer: Command, define: Define, disk: Any, tmp_path: Path) -> None:
    new, folder = define("new"), disk(FILES)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "linked.txt").write_bytes(b"3")
    (folder / "away").symlink_to(elsewhere)
    (folder / "b" / "circle").symlink_to(folder)
    (folder / "dangling.txt").symlink_to(tmp_path / "nothing")
    done = transfer(str(folder), "new")
    assert done.code == 3
    assert "b/circle/: It is a link that leads back" in done.complaints
    assert "dangling.txt: The file cannot be read" in done.complaints
    assert content_of(new) == {**FILES, "away/linked.txt": b"3"}


def test_half_written_files_of_a_killed_run_are_no_files(
    transfer: Command, define: Define, disk: Any, tmp_path: Path
) -> None:
    new, folder = define("new"), disk(FILES)
    (folder / "b" / ".0123.selectel-part").write_bytes(b"half")
    assert transfer(str(folder), "new").code == 0
    assert content_of(new) == FILES
    assert (folder / "a.txt").stat().st_mtime_ns == MOMENT


@pytest.mark.usefixtures("russian")
def test_a_russian_site_is_told_in_russian(transfer: Command, define: Define, disk: Any) -> None:
    define("new")
    source = str(disk(FILES))
    assert transfer(source, "new", "--dry-run").words == "было бы скопировано: 2; 2 байта.\n"
    assert transfer(source, "new").words == "скопировано: 2; 2 байта.\n"
    assert transfer(source, "new").words == "уже на месте: 2; 0 байт.\n"
    assert transfer("new", "new").complaints == "SOURCE и TARGET — одно и то же место, или одно лежит внутри другого."


@pytest.mark.usefixtures("russian")
def test_a_report_is_the_same_in_every_language(transfer: Command, define: Define, disk: Any, tmp_path: Path) -> None:
    define("new")
    source, report = disk(FILES), tmp_path / "report"
    os.mkfifo(source / "pipe")
    done = transfer(str(source), "new", "--report", str(report))
    assert "pipe: Это не файл, а сокет, канал или устройство.\n" in done.complaints
    assert done.complaints.endswith("скопировано: 2, с ошибкой: 1; 2 байта. Не удалось скопировать 1 файл.")
    *files, summary = map(json.loads, report.read_text().splitlines())
    assert {file["name"]: file for file in files}["pipe"] == {
        "name": "pipe", "result": "failed", "bytes": 0, "reason": "It is no file, but a socket, a pipe or a device."
    }  # fmt: skip
    assert summary == {"summary": {"copied": 2, "same": 0, "would copy": 0, "failed": 1, "bytes": 2}}
