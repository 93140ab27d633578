"""What the listing of a disk or of another Django storage meets: bad links, no folder at all, one folder in another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, InMemoryStorage

from tests.transfer.conftest import Command, Define, content_of, files_in

FILES = {"a.txt": b"1", "b/c.txt": b"2"}


class Own(FileSystemStorage):
    """A storage on a disk that stores in a way of its own."""

    def _save(self, name: str, content: Any) -> str:
        saved: str = super()._save(name, content)  # type: ignore[misc]
        return saved


class Steps(InMemoryStorage):
    """A storage that lists a folder without a name, as those do that cut keys at their slashes."""

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        folders, files = super().listdir(path)
        return [*folders, *([""] if path == "b" else [])], files


def test_a_link_that_leads_to_itself_is_one_failed_file(transfer: Command, define: Define, disk: Any) -> None:
    new, folder = define("new"), disk(FILES)
    (folder / "b/loop").symlink_to("loop")
    done = transfer(str(folder), "new")
    assert (done.code, "b/loop: The file cannot be read" in done.complaints) == (3, True)
    assert content_of(new) == FILES


def test_a_file_without_a_size_is_one_failed_file(transfer: Command, define: Define, disk: Any, alias: Any) -> None:
    new, folder = define("new"), disk(FILES)
    (folder / "b/dangling").symlink_to("nowhere")
    alias("own", Own, location=str(folder))
    done = transfer("own", "new")
    assert (done.code, "b/dangling: The file cannot be read" in done.complaints) == (3, True)
    assert content_of(new) == FILES


def test_what_the_target_cannot_tell_the_size_of_is_no_other_files_failure(
    transfer: Command, disk: Any, alias: Any, tmp_path: Path
) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own/dangling").symlink_to("nowhere")
    alias("own", Own, location=str(tmp_path / "own"))
    assert transfer(str(disk(FILES)), "own").code == 0
    assert files_in(tmp_path / "own") == FILES


def test_a_folder_without_a_name_is_not_listed_for_ever(transfer: Command, define: Define, alias: Any) -> None:
    new = define("new")
    alias("steps", Steps)
    define("old").save("b/c.txt", ContentFile(b"2"))
    assert transfer("old", "steps").code == 0
    done = transfer("steps", "new")
    assert (done.code, "empty step" in done.complaints) == (3, True)
    assert content_of(new) == {"b/c.txt": b"2"}


def test_a_storage_whose_folder_is_missing_is_no_source_but_a_target(
    transfer: Command, disk: Any, alias: Any, tmp_path: Path
) -> None:
    alias("own", Own, location=str(tmp_path / "own"))
    done = transfer("own", str(tmp_path / "new"))
    assert (done.code, "'own' (Own) does not exist" in done.complaints) == (1, True)
    assert transfer(str(disk(FILES)), "own").code == 0
    assert files_in(tmp_path / "own") == FILES


@pytest.mark.parametrize("inner", ["", "b"])
def test_storages_of_one_folder_are_not_copied_into_each_other(
    transfer: Command, disk: Any, alias: Any, inner: str
) -> None:
    folder = disk(FILES)
    alias("own", Own, location=str(folder / inner))
    alias("other", Own, location=str(folder))
    for ends in ((str(folder), "own"), ("own", str(folder)), ("other", "own")):
        done = transfer(*ends)
        assert (done.code, "same place" in done.complaints) == (1, True)
    assert files_in(folder) == FILES
