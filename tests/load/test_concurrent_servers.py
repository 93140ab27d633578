"""Servers that do many things at once in one process: gevent's greenlets and ASGI's event loop do not wait in line.

How many requests are under way at one moment is counted at the storage's server, which holds them back.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from django_selectel_storage.devserver import Hooks
from tests.conftest import CONTAINER
from tests.load.processes import Site, site

GREENLETS = 20
HELD_BACK = 1.5  # seconds


@pytest.fixture
def options(options_of: Callable[[str], dict[str, Any]], face: str, location: str) -> dict[str, Any]:
    """The options of a face, in a folder of its own."""
    return {**options_of(face), "container": CONTAINER, "location": location, "max_retries": 0}


def most_at_once(running: Site, hooks: Hooks, paths: list[str], location: str) -> int:
    """Ask for all paths, and give how many requests the storage's server was holding back at one moment."""
    hooks.fault(status=0, delay=HELD_BACK, count=len(paths), match=location)
    most = 0
    with ThreadPoolExecutor(1) as pool:
        answers = pool.submit(running.get_all, paths)
        while not answers.done():
            most = max(most, sum(entry.status == 0 and location in entry.path for entry in hooks.requests()))
            time.sleep(0.02)
        answers.result()
    return most


@pytest.mark.parametrize("face", ["s3", "swift"])
def test_greenlets_of_a_gevent_worker_do_not_block_each_other(
    options: dict[str, Any], hooks: Hooks, location: str, tmp_path: Path
) -> None:
    command = (
        "-m",
        "gunicorn",
        "--workers=1",
        "--worker-class=gevent",
        "--no-control-socket",
        "--bind=127.0.0.1:{port}",
    )
    with site(options, tmp_path / "log", *command, "tests.load.programs.web:wsgi") as running:
        running.get("/look-up/before.bin")
        paths = [f"/look-up/{number}.bin" for number in range(GREENLETS)]

        assert most_at_once(running, hooks, paths, location) == GREENLETS

        answers = running.get_all([f"/round-trip/{number}.bin" for number in range(GREENLETS)])
    assert all(answer["same"] and not answer["left"] for answer in answers)
    assert "Traceback" not in running.log


@pytest.mark.parametrize("face", ["keystone"])
def test_asgi_under_uvicorn_with_100_concurrent_requests(
    options: dict[str, Any], hooks: Hooks, location: str, tmp_path: Path
) -> None:
    command = ("-m", "uvicorn", "--lifespan=off", "--host=127.0.0.1", "--port={port}", "tests.load.programs.web:asgi")
    with site(options, tmp_path / "log", *command) as running:
        answers = running.get_all([f"/async-round-trip/{number}.bin" for number in range(100)])
        hooks.fault(status=0, delay=HELD_BACK, count=1, match=location)
        with ThreadPoolExecutor(1) as pool:
            slow = pool.submit(running.get, "/async-round-trip/slow.bin")
            while not any(entry.status == 0 and "slow" in entry.path for entry in hooks.requests()):
                assert not slow.done()
            running.get("/ping")
            answered_before = not slow.done()
            assert slow.result()["same"]
    assert answered_before
    assert all(answer["same"] and not answer["left"] for answer in answers)
    assert "Traceback" not in running.log
