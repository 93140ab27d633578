"""What cannot be moved: listed with a reason, tried again at the end, counted in the exit code; the rest is moved."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile

from django_selectel_storage.devserver import Hooks
from django_selectel_storage.transfer import run
from django_selectel_storage.transfer.report import SOME_FAILED
from tests.outsider import Outsider
from tests.transfer.conftest import MIB, Command, Define, content_of, files_in

FILES = {"a.txt": b"1", "b.txt": b"2", "c.txt": b"3"}
Outsiders = Callable[[str, str], Outsider]


def test_what_fails_at_first_is_tried_again_at_the_end(
    transfer: Command, define: Define, disk: Any, hooks: Hooks
) -> None:
    new = define("new", max_retries=0)
    hooks.fault(method="PUT", match="b.txt", count=1)
    done = transfer(str(disk(FILES)), "new")
    assert (done.code, "3 copied" in done.words) == (0, True)
    assert content_of(new) == FILES


def test_what_fails_for_good_is_named_and_the_rest_is_moved(
    transfer: Command, define: Define, disk: Any, hooks: Hooks, tmp_path: Path
) -> None:
    new, report = define("new", max_retries=0), tmp_path / "report.jsonl"
    hooks.fault(method="PUT", match="b.txt", count=99)
    done = transfer(str(disk(FILES)), "new", f"--report={report}")
    assert done.code == SOME_FAILED
    assert "b.txt: Saving" in done.complaints
    assert "2 copied, 1 failed" in done.complaints
    *lines, last = map(json.loads, report.read_text(encoding="utf-8").splitlines())
    by_name = {line["name"]: line for line in lines}
    assert {name: line["result"] for name, line in by_name.items()} == {
        "a.txt": "copied",
        "b.txt": "failed",
        "c.txt": "copied",
    }
    assert "503" in by_name["b.txt"]["reason"]
    assert last == {"summary": {"copied": 2, "same": 0, "would copy": 0, "failed": 1, "bytes": 2}}
    hooks.clear_faults()
    assert "1 copied, 2 same" in transfer(str(disk(FILES)), "new").words
    assert content_of(new) == FILES


def test_failures_beyond_those_that_are_remembered_are_not_tried_again(
    transfer: Command, define: Define, disk: Any, hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    define("new", max_retries=0)
    monkeypatch.setattr(run, "MOST_TRIED_AGAIN", 1)
    hooks.fault(method="PUT", match="/new/", count=3)
    done = transfer(str(disk(FILES)), "new", "--workers=1")
    assert (done.code, "1 copied, 2 failed" in done.complaints) == (SOME_FAILED, True)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("..\\up.txt", "leaves the storage"),
        (("я" * 127 + "/") * 4 + "x", "1024"),
    ],
    ids=["backslashes", "too long"],
)
def test_names_that_a_container_cannot_hold_are_named(
    transfer: Command, define: Define, disk: Any, name: str, reason: str
) -> None:
    new = define("new")
    done = transfer(str(disk({**FILES, name: b"x"})), "new")
    assert done.code == SOME_FAILED
    assert reason in done.complaints
    assert content_of(new) == FILES


def test_names_that_are_not_text_are_named(transfer: Command, define: Define, disk: Any) -> None:
    new, folder = define("new"), disk(FILES)
    with open(os.fsencode(folder) + b"/\xff.txt", "wb") as file:  # noqa: PTH123 - Path knows no bytes
        file.write(b"x")
    done = transfer(str(folder), "new")
    assert done.code == SOME_FAILED
    assert "\\udcff.txt: The name of the file is not UTF-8" in done.complaints
    assert content_of(new) == FILES


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a//b.txt", "empty step"),
        ("a/../../outside.txt", "'..'"),
        ("folder/", "ends? with a slash"),
        ("x" * 300, "File name too long"),
        ("a.txt/b", "exists|directory"),
    ],
)
def test_names_that_a_disk_cannot_hold_are_named(
    transfer: Command, define: Define, outsider: Outsiders, tmp_path: Path, name: str, reason: str
) -> None:
    define("old", "s3")
    others = outsider("old", "s3")
    for known in (*FILES, name):
        others.put(known, b"x")
    done = transfer("old", str(tmp_path / "new" / "inner"), "--workers=1")  # of a file and a folder the first wins
    assert done.code == SOME_FAILED
    assert re.search(reason, done.complaints)
    assert "3 copied, 1 failed" in done.complaints
    assert set(files_in(tmp_path / "new")) == {f"inner/{known}" for known in FILES}


@pytest.mark.parametrize("face", ["s3", "swift"])
@pytest.mark.parametrize("dry", [["--dry-run"], []], ids=["dry", ""])
def test_a_mark_of_a_folder_is_no_file_on_a_disk(
    transfer: Command, define: Define, outsider: Outsiders, settings: Any, tmp_path: Path, face: str, dry: list[str]
) -> None:
    memory = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = {**settings.STORAGES, "memory": memory}
    define("old", face)
    others = outsider("old", "swift")
    others.put("fold", b"", content_type="application/directory")
    others.put("fold/x.txt", b"x")
    others.put("fold/empty.txt", b"")
    for target in (str(tmp_path / "new"), "memory"):
        done = transfer("old", target, *dry)
        assert done.code == SOME_FAILED
        assert "fold: It is the mark of a folder" in done.complaints
        assert f"2 {'would copy' if dry else 'copied'}, 1 failed" in done.complaints
    assert files_in(tmp_path / "new") == ({} if dry else {"fold/x.txt": b"x", "fold/empty.txt": b""})


def test_a_mark_of_a_folder_stays_one_in_a_container(transfer: Command, define: Define, outsider: Outsiders) -> None:
    define("old", "swift")
    new = define("new", "s3")
    outsider("old", "swift").put("fold", b"", content_type="application/directory")
    assert transfer("old", "new").code == 0
    assert new.stat("fold").content_type == "application/directory"


def test_a_foreign_key_that_we_would_write_otherwise_is_not_written_otherwise(
    transfer: Command, define: Define, outsider: Outsiders
) -> None:
    define("old", "s3")
    new = define("new", "s3")
    outsider("old", "s3").put("a/./b.txt", b"x")
    done = transfer("old", "new")
    assert (done.code, "would become 'a/b.txt'" in done.complaints) == (SOME_FAILED, True)
    assert content_of(new) == {}


def test_bytes_that_are_not_what_the_source_promises_are_not_stored(
    transfer: Command, define: Define, hooks: Hooks
) -> None:
    old, new = define("old", "swift"), define("new", "s3")
    old.save("small.bin", ContentFile(b"small"))
    old.save("large.bin", ContentFile(os.urandom(13 * MIB)))
    hooks.fault(status=0, method="GET", match="/old/", corrupt=True, count=99)
    done = transfer("old", "new")
    assert done.code == SOME_FAILED
    assert re.search(r"small.bin: .* were damaged on their way", done.complaints)
    assert re.search(r"large.bin: .* not those that the store promises", done.complaints)
    assert content_of(new) == {}
    assert list(new.unfinished_uploads()) == []


def test_bytes_that_are_damaged_on_their_way_out_are_not_stored(
    transfer: Command, define: Define, disk: Any, hooks: Hooks
) -> None:
    new = define("new", "s3", max_retries=0)
    hooks.fault(status=0, method="PUT", match="b.txt", corrupt_upload=True, count=99)
    assert transfer(str(disk(FILES)), "new").code == SOME_FAILED
    assert set(content_of(new)) == {"a.txt", "c.txt"}


def test_a_connection_that_breaks_is_taken_up_again(transfer: Command, define: Define, hooks: Hooks) -> None:
    old, new, large = define("old", "swift"), define("new", "s3"), os.urandom(13 * MIB)
    old.save("large.bin", ContentFile(large))
    hooks.fault(status=0, method="GET", match="/old/large.bin", truncate=MIB, count=2)
    assert transfer("old", "new").code == 0
    assert content_of(new) == {"large.bin": large}


def test_what_was_damaged_in_the_store_is_found_by_reading_it_back(
    transfer: Command, define: Define, disk: Any, hooks: Hooks
) -> None:
    new, folder = define("new", "swift"), str(disk(FILES))
    assert transfer(folder, "new", "--verify").code == 0
    hooks.fault(status=0, method="GET", match="/new/b.txt", corrupt=True, count=99)
    assert transfer(folder, "new").code == 0
    done = transfer(folder, "new", "--verify")
    assert (done.code, "b.txt: The bytes of" in done.complaints) == (SOME_FAILED, True)
    hooks.clear_faults()
    assert content_of(new) == FILES


def test_what_arrives_damaged_is_found_by_reading_it_back_at_once(
    transfer: Command, define: Define, disk: Any, hooks: Hooks
) -> None:
    define("new", "swift")
    hooks.fault(status=0, method="GET", match="/new/b.txt", corrupt=True, count=99)
    done = transfer(str(disk(FILES)), "new", "--verify")
    assert (done.code, "2 copied, 1 failed" in done.complaints) == (SOME_FAILED, True)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"container": "missing"}, "there is no container 'missing'"),
        ({"secret_key": "wrong"}, "secret_key"),
        ({"secret_key": None}, "'secret_key' is missing"),
    ],
    ids=["no container", "a wrong key", "no key"],
)
def test_what_concerns_all_files_ends_the_run_at_once(
    transfer: Command, define: Define, disk: Any, options: dict[str, Any], words: str
) -> None:
    define("new", "s3", **options)
    done = transfer(str(disk(FILES)), "new")
    assert (done.code, words in done.complaints) == (1, True)
