"""A plain HTTP client for tests, and real children started from the command line."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django_selectel_storage.devserver import ServerInfo
from django_selectel_storage.devserver.offspring import environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

MODULE = ("-W", "ignore", "-m", "django_selectel_storage.devserver")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


def ask(method: str, url: str, body: bytes | None = None, **headers: str) -> Answer:
    """One request on a connection of its own; underscores in header names become hyphens."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=30)
    try:
        target = parts.path + ("?" + parts.query if parts.query else "")
        connection.request(method, target, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        fields = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, fields, answer.read())
    finally:
        connection.close()


def log_in(info: ServerInfo) -> str:
    """A token by auth v1.0."""
    return ask("GET", info.auth_url, X_Auth_User=info.username, X_Auth_Key=info.password).headers["x-auth-token"]


@contextmanager
def started(*arguments: str, program: tuple[str, ...] = MODULE, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """A Python child; killed at the end if it still runs."""
    child = subprocess.Popen(
        [sys.executable, *program, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**environment(), **variables},
    )
    with child:
        try:
            yield child
        finally:
            child.kill()


def first_info(child: subprocess.Popen[str]) -> ServerInfo:
    """What a child started with --json tells when it is ready."""
    assert child.stdout is not None
    return ServerInfo.from_json(child.stdout.readline())


def outcome(*arguments: str, program: tuple[str, ...] = MODULE) -> tuple[int, str]:
    """Exit code and complaints of a child that ends by itself."""
    command = [sys.executable, *program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=30, check=False)
    return done.returncode, done.stderr


def lives(pid: int) -> bool:
    """Whether a process runs; one that waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def becomes_true(condition: Callable[[], bool], seconds: float = 5) -> bool:
    """Whether it is true within so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def everything_printed(child: subprocess.Popen[str]) -> str:
    """The settings that a child prints when it is ready; their last line is the third closing brace."""
    assert child.stdout is not None
    lines: list[str] = []
    while lines.count("}\n") < 3:
        lines.append(child.stdout.readline())
        assert lines[-1], "the child ended"
    return "".join(lines)
