"""Django's own tests of static files, pointed at the static classes: each passes or fails for a known reason."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from uuid import uuid4

import pytest

from tests.conftest import CONTAINER, face_options
from tests.outside_static.excused import EXCUSED
from tests.outside_static.release import unpacked_suite
from tests.servers.stack import Stack

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs/django-static-tests.md").read_text(encoding="utf-8")
TIME_LIMIT = 1800  # seconds

Reports = dict[str, str]  # case -> what went wrong with it, "" for nothing


def ask(request: dict[str, Any], folder: Path) -> Reports:
    """Give a request to a process of its own, and read its answer."""
    answer = folder / f"{uuid4().hex}.json"
    run = subprocess.run(
        [sys.executable, "-m", "tests.outside_static.child"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])},
        input=json.dumps({**request, "answer": str(answer)}),
        capture_output=True,
        text=True,
        timeout=TIME_LIMIT,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    reports: Reports = json.loads(answer.read_text(encoding="utf-8"))
    return reports


@cache
def release_of(config: pytest.Config) -> str:
    """The folder with Django's tests, in pytest's cache."""
    cached = getattr(config, "cache", None)
    return str(unpacked_suite(cached.mkdir("django-tests") if cached else Path(gettempdir()) / "django-static-tests"))


@pytest.fixture(scope="session")
def reports_of(
    request: pytest.FixtureRequest, stack: Stack, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Reports]]:
    """What Django's tests say of the static classes in the store, and of Django's own on the disk: side by side."""
    suite = release_of(request.config)
    in_store = {**face_options(stack, "s3"), "container": CONTAINER, "location": f"static{uuid4().hex}"}
    requests: dict[str, dict[str, Any]] = {
        "store": {"suite": suite, "options": in_store, "sub_app": True},
        "disk": {"suite": suite, "options": {}, "sub_app": False},
    }
    with ThreadPoolExecutor(len(requests)) as at_once:
        running = {
            place: at_once.submit(ask, asked, tmp_path_factory.mktemp("static")) for place, asked in requests.items()
        }
        yield lambda place: running[place].result()


def test_every_case_passes_or_fails_for_the_known_reason(reports_of: Callable[[str], Reports]) -> None:
    reports = reports_of("store")
    failed = {case: report for case, report in reports.items() if report}
    unexpected = {case: report for case, report in failed.items() if case not in EXCUSED}
    assert not unexpected, "\n".join(f"{case}\n{report}" for case, report in unexpected.items())
    for case, excuse in EXCUSED.items():
        assert case not in reports or excuse.sign in failed.get(case, "it passes"), f"{case}: {failed.get(case)}"


def test_django_passes_its_own_tests_here_when_nothing_is_replaced(reports_of: Callable[[str], Reports]) -> None:
    reports = reports_of("disk")
    assert len(reports) > 100
    assert {case: report for case, report in reports.items() if report} == {}


def test_all_cases_are_run(reports_of: Callable[[str], Reports]) -> None:
    assert reports_of("store").keys() == reports_of("disk").keys()


def test_the_document_lists_the_same_cases_for_the_same_reasons() -> None:
    rows = re.findall(r"^\| `(\w+\.test_\w+)` \| (.+) \|$", DOCUMENT, re.MULTILINE)
    assert dict(rows) == {case: excuse.reason for case, excuse in EXCUSED.items()}
