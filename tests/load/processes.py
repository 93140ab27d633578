"""Starting the programs of tests.load.programs with a storage's options, and asking those that serve HTTP."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from django_selectel_storage.devserver.offspring import environment
from tests.servers.stack import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
GUNICORN = ("--no-control-socket", "--bind=127.0.0.1:{port}")


def surroundings(options: Mapping[str, Any], **variables: str) -> dict[str, str]:
    """The environment of a program whose default storage has these options."""
    settings = {"DJANGO_SETTINGS_MODULE": "tests.load.programs.settings", "STORAGE_OPTIONS": json.dumps(options)}
    return {**environment([ROOT]), **settings, **variables}


def run(options: Mapping[str, Any], *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a Python program to its end."""
    return subprocess.run(
        [sys.executable, *command], env=surroundings(options, **variables), capture_output=True, text=True,
        timeout=PATIENCE, check=False, cwd=ROOT,
    )  # fmt: skip


class Site:
    """A web server that runs."""

    def __init__(self, port: int, log: Path) -> None:
        self.port = port
        self._log = log

    @property
    def log(self) -> str:
        """What the server has written so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def get(self, path: str) -> dict[str, Any]:
        """Ask for one address."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        assert answer.status == 200, body[-2000:]
        result: dict[str, Any] = json.loads(body)
        return result

    def get_all(self, paths: list[str]) -> list[dict[str, Any]]:
        """Ask for all of them at the same moment."""
        with ThreadPoolExecutor(len(paths)) as pool:
            return list(pool.map(self.get, paths))

    def is_up(self) -> bool:
        """Whether it answers."""
        try:
            return bool(self.get("/ping"))
        except OSError:
            return False


@contextmanager
def site(options: Mapping[str, Any], log: Path, *command: str, **variables: str) -> Iterator[Site]:
    """A web server for as long as the block runs; ``{port}`` in the command is its port. It has to end in order."""
    port = free_port()
    arguments = [argument.format(port=port) for argument in command]
    with started(options, log, *arguments, **variables) as process:
        running = Site(port, log)
        until(running.is_up, process, log)
        yield running


@contextmanager
def started(options: Mapping[str, Any], log: Path, *command: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """A program that runs until the block ends; then it has to end in order, when it is asked to.

    Uvicorn ends by the signal itself.
    """
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [sys.executable, *command], env=surroundings(options, **variables), stdout=output, stderr=output, text=True,
            cwd=ROOT,
        )  # fmt: skip
        try:
            yield process
            process.terminate()
            assert process.wait(PATIENCE) in {0, -signal.SIGTERM}, log.read_text(encoding="utf-8")[-3000:]
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


def until(happened: Any, process: subprocess.Popen[str], log: Path) -> None:
    """Wait until something has happened, as long as the process lives."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert process.poll() is None, log.read_text(encoding="utf-8")[-3000:]
        assert time.monotonic() < end, log.read_text(encoding="utf-8")[-3000:]
        time.sleep(0.05)


def seconds_wanted(default: float) -> float:
    """How long a test of load takes; the script asks for more by the environment."""
    return float(os.environ.get("SELECTEL_LOAD_SECONDS", default))
