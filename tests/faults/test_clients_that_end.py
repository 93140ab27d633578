"""Clients that are killed or interrupted in the middle of a large upload."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from tests.faults.bench import Bench
from tests.servers.mischief import Mischief

ROOT = Path(__file__).parents[2]
PATIENCE = 60  # seconds
FACES = ("s3", "swift")


@contextmanager
def uploader(bench: Bench, face: str, folder: str) -> Iterator[subprocess.Popen[str]]:
    """A process that is in the middle of a large upload: one part of it never gets an answer."""
    bench.storage_proxy.plan(
        Mischief(status=0, silent=True, count=9, method="PUT", match="partNumber=2" if face == "s3" else folder)
    )
    options = bench.options(face, folder, read_timeout=5, max_retries=0)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.uploader"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin is not None
        process.stdin.write(json.dumps(options))
        process.stdin.close()
        try:
            yield process
        finally:
            process.kill()


def wait_until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


def wait_for_the_middle(bench: Bench, face: str, folder: str) -> None:
    """Wait until all parts but one are stored, and that one is under way."""
    if face == "s3":
        wait_until(lambda: bench.observers["s3"].parts(folder) >= 1)
    wait_until(lambda: any(each.method == "PUT" and each.status == 0 for each in bench.storage_proxy.exchanges))


@pytest.mark.parametrize("face", FACES)
def test_a_killed_client_leaves_no_object_and_its_parts_can_be_removed(bench: Bench, face: str) -> None:
    folder = f"t{uuid4().hex}"
    with uploader(bench, face, folder) as process:
        wait_for_the_middle(bench, face, folder)
        process.send_signal(signal.SIGKILL)
        assert process.wait(PATIENCE) == -signal.SIGKILL
    bench.behave()
    assert bench.observers[face].contents(folder) == {}
    storage, _ = bench.storage(face, folder)
    assert not storage.exists("large.bin")
    left = list(storage.unfinished_uploads())
    assert [upload.key for upload in left] == ([f"{folder}/large.bin"] if face == "s3" else [])
    for upload in left:
        assert upload.begun is not None
        storage.abort_upload(upload)
    assert list(storage.unfinished_uploads()) == []
    assert bench.observers[face].parts(folder) == 0


@pytest.mark.parametrize("face", FACES)
def test_an_interrupted_client_leaves_nothing_at_all_and_no_thread(bench: Bench, face: str) -> None:
    folder = f"t{uuid4().hex}"
    with uploader(bench, face, folder) as process:
        wait_for_the_middle(bench, face, folder)
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        threads = json.loads(process.stdout.read())
        assert process.wait(PATIENCE) == 0
    assert threads == ["MainThread"]
    bench.behave()
    assert bench.observers[face].contents(folder) == {}
    assert bench.observers[face].parts(folder) == 0
    storage, _ = bench.storage(face, folder)
    assert list(storage.unfinished_uploads()) == []
