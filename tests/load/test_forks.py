"""Processes that are forked after the storage was used: gunicorn, celery and plain ``os.fork``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from django_selectel_storage.devserver import Hooks
from tests.conftest import CONTAINER
from tests.load.processes import run, site, started, until

FORKING = "ignore:This process:DeprecationWarning"  # Python 3.12 and newer: threads and forks go ill together
OptionsOf = Callable[[str], dict[str, Any]]


@pytest.fixture
def options(options_of: OptionsOf, face: str, location: str) -> dict[str, Any]:
    """The options of a face, in a folder of its own."""
    return {**options_of(face), "container": CONTAINER, "location": location}


@pytest.mark.parametrize("face", ["s3", "keystone"])
def test_a_parent_and_eight_children_work_at_once(options: dict[str, Any], hooks: Hooks, location: str) -> None:
    result = run(options, "-X", "dev", "-W", FORKING, "-m", "tests.load.programs.forking")

    assert result.returncode == 0, result.stderr[-3000:]
    assert result.stdout == f"{[0] * 8}\n"
    assert result.stderr == ""
    users: dict[int, set[str]] = {}
    for request in hooks.requests():
        if f"/{location}/" in request.path:
            users.setdefault(request.port, set()).add(request.path.partition(f"/{location}/")[2].partition("/")[0])
    assert len(set().union(*users.values())) == 9
    assert [names for names in users.values() if len(names) > 1] == []


@pytest.mark.parametrize("face", ["s3", "keystone"])
def test_the_preloaded_workers_of_gunicorn_read_back_what_they_stored(options: dict[str, Any], tmp_path: Path) -> None:
    command = (
        "-m",
        "gunicorn",
        "--preload",
        "--workers=3",
        "--worker-class=gthread",
        "--threads=4",
        "--no-control-socket",
    )
    with site(
        options,
        tmp_path / "log",
        *command,
        "--bind=127.0.0.1:{port}",
        "tests.load.programs.web:wsgi",
        USE_BEFORE_FORK="1",
    ) as running:
        answers = []
        for turn in range(10):  # the first worker that is up may answer the whole first turn
            answers += running.get_all([f"/round-trip/{turn}-{number}.bin" for number in range(48)])
            if len({answer["pid"] for answer in answers}) > 1:
                break

    assert all(answer["same"] and not answer["left"] for answer in answers)
    assert len({answer["pid"] for answer in answers}) > 1
    assert "Traceback" not in running.log


@pytest.mark.parametrize("face", ["s3", "swift"])
def test_the_forked_workers_of_celery_read_back_what_they_stored(options: dict[str, Any], tmp_path: Path) -> None:
    for name in ("queue", "control", "results", "out"):
        (tmp_path / name).mkdir()
    variables = {"CELERY_FOLDER": str(tmp_path)}
    worker = (
        "-m",
        "celery",
        "-A",
        "tests.load.programs.tasks",
        "worker",
        "--pool=prefork",
        "--concurrency=3",
        "--without-gossip",
        "--without-mingle",
    )
    log, out = tmp_path / "log", tmp_path / "results"
    with started(options, log, *worker, "--loglevel=INFO", **variables) as process:
        until(lambda: "ready." in log.read_text(encoding="utf-8"), process, log)
        sent = run(options, "-c", SEND, **variables)
        assert sent.returncode == 0, sent.stderr
        until(lambda: len(list(out.iterdir())) >= 24, process, log)
        until(lambda: log.read_text(encoding="utf-8").count("succeeded") >= 24, process, log)
    written = log.read_text(encoding="utf-8")
    assert written.count(", True)") == 24
    assert "Traceback" not in written


SEND = """
from tests.load.programs.tasks import round_trip
for number in range(24):
    round_trip.delay(f"{number}.bin")
"""
