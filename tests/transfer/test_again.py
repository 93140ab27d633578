"""A second run asks for little and moves nothing; an interrupted one goes on."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile

from django_selectel_storage.devserver import Hooks
from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.transfer import plan
from django_selectel_storage.transfer.mover import Mover, Wishes
from django_selectel_storage.transfer.places.container import ContainerPlace
from django_selectel_storage.transfer.places.folder import FolderPlace
from django_selectel_storage.transfer.report import INTERRUPTED
from django_selectel_storage.transfer.values import Result
from tests.conftest import CONTAINER, face_options
from tests.servers.stack import Stack
from tests.transfer.conftest import LARGE_FROM, MIB, Command, Define, content_of

Kinds = Callable[[], dict[str, int]]
FILES = {f"{number % 7}/{number}.txt": str(number).encode() * 50 for number in range(40)}
LARGE = os.urandom(11 * MIB)

each_pair = pytest.mark.parametrize(
    ("old", "new"), [("swift", "keystone"), ("swift", "s3"), ("s3", "swift"), ("s3", "s3"), ("swift", "swift")]
)


@pytest.mark.parametrize("face", ["s3", "swift", "keystone"])
def test_the_second_run_from_a_disk_is_one_listing(
    transfer: Command, define: Define, disk: Any, kinds_for: Kinds, face: str
) -> None:
    define("new", face)
    folder = str(disk(FILES))
    assert "40 copied" in transfer(folder, "new").words
    kinds_for()
    assert "40 same" in transfer(folder, "new").words
    assert kinds_for() == {"list": 1}


@pytest.mark.parametrize("face", ["s3", "swift", "keystone"])
def test_the_first_run_from_a_disk_is_one_listing_and_one_request_a_file(
    transfer: Command, define: Define, disk: Any, kinds_for: Kinds, face: str
) -> None:
    define("new", face)
    transfer(str(disk(FILES)), "new")
    assert kinds_for() == {"list": 1, "PUT": 40}


@each_pair
def test_the_second_run_between_containers_is_listings_only(
    transfer: Command, define: Define, kinds_for: Kinds, old: str, new: str
) -> None:
    source = define("old", old)
    define("new", new, container="other")
    for name in list(FILES)[:5]:
        source.save(name, ContentFile(FILES[name]))
    assert "5 copied" in transfer("old", "new").words
    kinds_for()
    assert "5 same" in transfer("old", "new").words
    assert kinds_for() == {"list": 3}  # the source once more, for the time that is left


def test_between_services_a_small_file_is_one_request_at_either_end(
    transfer: Command, define: Define, kinds_for: Kinds
) -> None:
    source = define("old", "swift")
    define("new", "s3")
    for name, content in FILES.items():
        source.save(name, ContentFile(content))
    kinds_for()
    transfer("old", "new")
    assert kinds_for() == {"list": 3, "GET": 40, "PUT": 40}


@pytest.mark.parametrize(
    ("old", "new"), [("disk", "s3"), ("swift", "s3"), ("s3", "swift"), ("s3", "s3"), ("s3", "disk"), ("s3", "keystone")]
)
def test_what_has_parts_is_known_again(
    transfer: Command, define: Define, disk: Any, kinds_for: Kinds, tmp_path: Path, old: str, new: str
) -> None:
    ends = {"old": str(disk({"large.bin": LARGE})), "new": str(tmp_path / "new")}
    for end, face in (("old", old), ("new", new)):
        if face != "disk":
            storage = define(end, face)
            ends[end] = end
            if end == "old":
                storage.save("large.bin", ContentFile(LARGE))
    assert "1 copied" in transfer(ends["old"], ends["new"]).words
    kinds_for()
    assert "1 same" in transfer(ends["old"], ends["new"]).words
    assert kinds_for().keys() <= {"list", "HEAD"}


def test_what_the_site_itself_stored_in_parts_is_known_by_the_plan_of_the_parts(
    transfer: Command, define: Define, disk: Any, kinds_for: Kinds
) -> None:
    define("new", "s3").save("large.bin", ContentFile(LARGE))
    folder = disk({"large.bin": LARGE})
    kinds_for()
    assert "1 same" in transfer(str(folder), "new").words
    (folder / "large.bin").write_bytes(LARGE[:-1] + b"?")
    assert "1 copied" in transfer(str(folder), "new").words


def test_a_change_of_the_same_size_is_seen(transfer: Command, define: Define, disk: Any) -> None:
    new = define("new")
    folder = disk({"a.txt": b"first", "large.bin": LARGE})
    transfer(str(folder), "new")
    disk({"a.txt": b"other", "large.bin": LARGE[::-1]})
    assert "2 copied" in transfer(str(folder), "new").words
    assert content_of(new) == {"a.txt": b"other", "large.bin": LARGE[::-1]}


SITE = """
SECRET_KEY = "x"
INSTALLED_APPS = ["django_selectel_storage"]
SELECTEL_STORAGES = {storages!r}
"""


@pytest.fixture
def started(stack: Stack, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts the command in a process of its own, that moves a folder into the storage."""
    children: list[subprocess.Popen[str]] = []

    def start(folder: Path, new: SelectelStorage, *arguments: str) -> subprocess.Popen[str]:
        options = {**LARGE_FROM, **face_options(stack, "s3"), "container": CONTAINER, "location": new.options.location}
        (tmp_path / "site_settings.py").write_text(SITE.format(storages={"new": options}))
        places = [str(tmp_path), *filter(None, sys.path)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(places), "DJANGO_SETTINGS_MODULE": "site_settings"}
        command = [sys.executable, "-m", "django", "selectel_transfer", str(folder), "new", *arguments]
        child = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        children.append(child)
        return child

    yield start
    for child in children:
        child.kill()
        child.wait()
        if child.stderr:
            child.stderr.close()


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_run_that_is_killed_goes_on_where_it_was(
    transfer: Command, define: Define, disk: Any, hooks: Hooks, tmp_path: Path, started: Any
) -> None:
    new, report, folder = define("new", "s3"), tmp_path / "report", disk({**FILES, "large.bin": LARGE})
    hooks.fault(status=0, delay=0.2, count=1000, method="PUT", match=new.options.location)
    child = started(folder, new, "--workers=2", f"--report={report}")
    wait_until(lambda: report.exists() and report.read_text().count("copied") >= 5)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    hooks.clear_faults()

    there = content_of(new)
    assert 5 <= len(there) < len(FILES)
    assert there.items() <= FILES.items()
    told = [json.loads(line) for line in report.read_text().splitlines() if line.endswith("}")]
    assert {line["name"] for line in told if line["result"] == "copied"} <= there.keys()
    done = transfer(str(folder), "new")
    assert done.code == 0
    copied, same = map(int, re.findall(r"(\d+) (?:copied|same)", done.words))
    assert copied + same == len(FILES) + 1
    assert len(there) <= same <= len(there) + 2  # what the server had received, but not yet stored
    assert content_of(new) == {**FILES, "large.bin": LARGE}


def test_a_run_that_is_interrupted_ends_soon_and_leaves_no_parts(
    transfer: Command, define: Define, disk: Any, hooks: Hooks, started: Any
) -> None:
    new, folder = define("new", "s3"), disk({"large.bin": LARGE * 8})
    hooks.fault(status=0, delay=4, count=100, method="PUT", match="partNumber")
    child = started(folder, new)
    wait_until(lambda: any("partNumber=2" in entry.query for entry in hooks.requests()))
    child.send_signal(signal.SIGINT)
    assert "Interrupted" in child.communicate()[1]
    assert child.returncode == INTERRUPTED
    parts = {entry.query for entry in hooks.requests() if "partNumber" in entry.query}
    assert len(parts) < 18
    assert list(new.unfinished_uploads()) == []
    assert content_of(new) == {}


@pytest.mark.parametrize("kind", ["disk", "container"])
def test_what_is_read_back_is_let_go_of_too(define: Define, disk: Any, kind: str) -> None:
    folder, old, new = disk({"large.bin": LARGE}), define("old", "keystone"), define("new", "swift")
    for storage in (old, new):
        storage.save("large.bin", ContentFile(LARGE))
    source = FolderPlace(folder, "a folder") if kind == "disk" else ContainerPlace(old, "a container")
    target = ContainerPlace(new, "another")
    (pair,) = plan.pairs(source.entries(""), target.entries(""))
    mover = Mover(source, target, Wishes(verify=True))
    assert mover.move(pair).result is Result.SAME
    mover.give_up()
    outcome = mover.move(pair)
    assert (outcome.result, outcome.reason) == (Result.FAILED, "The run was given up.")
