"""Examining storages; whatever a test finds, the doctor must leave nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from django_selectel_storage.doctor.case import Case
from django_selectel_storage.doctor.findings import State, Verdict
from django_selectel_storage.doctor.run import examine
from django_selectel_storage.options import storage_options
from django_selectel_storage.storage import SelectelStorage
from tests.conftest import CONTAINER, face_options
from tests.servers.front import Front, front_of
from tests.servers.stack import Stack

Examine = Callable[..., dict[str, Verdict]]
GOOD, BAD, SKIPPED = State.GOOD, State.BAD, State.SKIPPED


def left_behind(stack: Stack, location: str) -> list[str]:
    """The names of what lies in a folder, on any account of the servers."""
    faces = (face_options(stack, face) for face in ("s3", "keystone"))
    storages = [SelectelStorage(**options, container=CONTAINER, location=location) for options in faces]
    return [info.name for storage in storages for info in storage.walk()]


@pytest.fixture
def examine_options(stack: Stack, location: str) -> Iterator[Examine]:
    """Examines a storage with these options; gives the verdicts by examination."""

    def examined(case: dict[str, Any] | None = None, **options: Any) -> dict[str, Verdict]:
        kept = {name: value for name, value in options.items() if value is not None}
        given = storage_options({"container": CONTAINER, "location": location, **kept})
        findings = examine(Case("STORAGES['default']", given, **(case or {})), lambda _: None)
        return {finding.examination: finding.verdict for finding in findings}

    yield examined
    assert left_behind(stack, location) == []


@pytest.fixture
def examined(examine_options: Examine, stack: Stack, hooks: Any) -> Examine:
    """Examines a storage on one face of the servers (S3, if nothing else is said), with further options."""

    def run(face: str = "s3", case: dict[str, Any] | None = None, **options: Any) -> dict[str, Verdict]:
        return examine_options(case, **{**face_options(stack, face), **options})

    return run


@pytest.fixture
def front(stack: Stack) -> Iterator[Front]:
    """A front before the real server."""
    with front_of(stack.server.info.url) as running:
        yield running


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """A certificate authority that nobody knows."""
    return trustme.CA(organization_name="Testing")


@pytest.fixture
def bundle_of(tmp_path: Path) -> Callable[[trustme.CA], str]:
    """Writes the root of an authority into a file for ``ca_bundle``."""

    def written(authority: trustme.CA) -> str:
        path = tmp_path / "roots.pem"
        authority.cert_pem.write_to_path(path)
        return str(path)

    return written


def states(verdicts: dict[str, Verdict], state: State) -> set[str]:
    """The examinations that ended in one way."""
    return {name for name, verdict in verdicts.items() if verdict.state is state}


def iam(stack: Stack) -> dict[str, Any]:
    """The IAM user beside an S3 key."""
    options = face_options(stack, "keystone")
    return {name: options[name] for name in ("username", "password", "account", "project", "auth_url")}
