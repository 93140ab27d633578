"""Django's own tests of static files, pointed at the static classes: each passes or fails for a known reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from tests.conftest import CONTAINER, face_options
from tests.django_release import ROOT, Reports, ask, unpacked_suite
from tests.outside_static.excused import EXCUSED
from tests.servers.stack import Stack

DOCUMENT = (ROOT / "docs/django-static-tests.md").read_text(encoding="utf-8")
PROGRAM = "tests.outside_static.child"
TIME_LIMIT = 1800  # seconds


@pytest.fixture(scope="session")
def reports_of(
    request: pytest.FixtureRequest, stack: Stack, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Reports]]:
    """What Django's tests say of the static classes in the store, and of Django's own on the disk: side by side."""
    suite = str(unpacked_suite("staticfiles_tests", request.config))
    in_store = {**face_options(stack, "s3"), "container": CONTAINER, "location": f"static{uuid4().hex}"}
    requests: dict[str, dict[str, Any]] = {
        "store": {"suite": suite, "options": in_store, "sub_app": True},
        "disk": {"suite": suite, "options": {}, "sub_app": False},
    }
    with ThreadPoolExecutor(len(requests)) as at_once:
        running = {
            place: at_once.submit(ask, PROGRAM, asked, tmp_path_factory.mktemp("static"), TIME_LIMIT)
            for place, asked in requests.items()
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
