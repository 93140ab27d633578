"""Places to move files between, on the real servers and on disk, and the command that moves them."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from django_selectel_storage.devserver.hooks import LoggedRequest
from django_selectel_storage.storage import SelectelStorage
from tests.conftest import CONTAINER, face_options
from tests.outsider import Clients, Outsider
from tests.servers.stack import Stack

MOMENT = 1_234_567_890_123_456_789  # nanoseconds since 1970
MIB = 1024**2
LARGE_FROM = {"multipart_threshold": 6 * MIB, "multipart_chunksize": 5 * MIB}


@dataclass(frozen=True)
class Done:
    """What a command said: its exit code (0 unless it complained), and its words."""

    code: int
    words: str
    complaints: str


Command = Callable[..., Done]
Define = Callable[..., SelectelStorage]


def run(command: str, *arguments: str, **options: Any) -> Done:
    stdout, stderr = io.StringIO(), io.StringIO()
    try:
        call_command(command, *arguments, stdout=stdout, stderr=stderr, **options)
    except CommandError as error:
        return Done(error.returncode, stdout.getvalue(), f"{stderr.getvalue()}{error}")
    return Done(0, stdout.getvalue(), stderr.getvalue())


@pytest.fixture
def transfer() -> Command:
    return lambda *arguments, **options: run("selectel_transfer", *arguments, **options)


@pytest.fixture
def define(settings: Any, stack: Stack, location: str) -> Define:
    """Adds a schema to the settings: a face of the server, in a folder of the schema's name."""
    settings.SELECTEL_STORAGES = {}

    def add(schema: str, face: str = "s3", **options: Any) -> SelectelStorage:
        given = {
            "container": CONTAINER,
            "location": f"{location}/{schema}",
            **LARGE_FROM,
            **face_options(stack, face),
            **options,
        }
        settings.SELECTEL_STORAGES = {**settings.SELECTEL_STORAGES, schema: given}
        return SelectelStorage(schema)

    return add


@pytest.fixture
def alias(settings: Any) -> Callable[..., None]:
    """Adds an alias to STORAGES."""

    def add(name: str, backend: str | type, **options: Any) -> None:
        path = backend if isinstance(backend, str) else f"{backend.__module__}.{backend.__qualname__}"
        settings.STORAGES = {**settings.STORAGES, name: {"BACKEND": path, "OPTIONS": options}}

    return add


@pytest.fixture
def disk(tmp_path: Path) -> Callable[..., Path]:
    """Makes a folder of files, each with the same time of change."""

    def make(files: dict[str, bytes]) -> Path:
        folder = tmp_path / "disk"
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            os.utime(path, ns=(MOMENT, MOMENT))
        return folder

    return make


@pytest.fixture(scope="module")
def clients(stack: Stack) -> Iterator[Clients]:
    with Clients(stack) as clients:
        yield clients


@pytest.fixture
def outsider(clients: Clients, location: str) -> Callable[[str, str], Outsider]:
    """Another program that uses a schema's folder through a face."""
    return lambda schema, face: Outsider(clients, face, f"{location}/{schema}")


@pytest.fixture
def kinds_for(requests_for: Callable[[], list[LoggedRequest]]) -> Callable[[], dict[str, int]]:
    """How many requests of each kind there were for this test's folders since the last call."""

    def count() -> dict[str, int]:
        found: dict[str, int] = {}
        for entry in requests_for():
            listing = entry.method == "GET" and "prefix" in entry.query
            kind = "list" if listing else entry.method
            found[kind] = found.get(kind, 0) + 1
        return found

    return count


def content_of(storage: SelectelStorage) -> dict[str, bytes]:
    """All files of a storage, with their bytes."""
    return {info.name: storage.open_stream(info.name).read() for info in storage.walk()}


def files_in(folder: Path) -> dict[str, bytes]:
    """All files below a folder, with their bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
