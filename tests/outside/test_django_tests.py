"""Django's own tests of storages, pointed at SelectelStorage on real Swift: each passes or fails for a known reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import django
import pytest

from tests.conftest import CONTAINER, face_options
from tests.django_release import ROOT, ReleaseMissing, Reports, ask, unpacked_suite
from tests.outside.excused import EXCUSED, OF_SOME_VERSIONS
from tests.servers.stack import Stack

DOCUMENT = (ROOT / "docs/django-tests.md").read_text(encoding="utf-8")
SUITE, PROGRAM = "file_storage", "tests.outside.child"
FACES = ("s3", "swift")
STORES = {"s3": "selectel", "swift": "selectel", "memory": "memory", "disk": ""}  # and what stands for Django's own
UNREACHABLE = "the source release of Django"  # stands for all cases where it cannot be fetched
TIME_LIMIT = 300  # seconds


@cache
def origins(config: pytest.Config) -> dict[str, str]:
    """All cases of this Django, and where each is written."""
    try:
        suite = unpacked_suite(SUITE, config)
    except ReleaseMissing:
        return {UNREACHABLE: UNREACHABLE}
    return ask(PROGRAM, {"suite": str(suite), "store": "", "run": False}, suite, TIME_LIMIT)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", sorted(origins(metafunc.config)))


@pytest.fixture(scope="session")
def reports_of(
    request: pytest.FixtureRequest, stack: Stack, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Reports]]:
    """What Django's tests say of a face of SelectelStorage, of InMemoryStorage, or of Django as it is: side by side."""
    suite = str(unpacked_suite(SUITE, request.config))

    def ran(store: str, folder: Path) -> Reports:
        options: dict[str, Any] = {}
        if store in FACES:
            options = {**face_options(stack, store), "container": CONTAINER, "location": f"django{uuid4().hex}"}
        asked = {"suite": suite, "store": STORES[store], "options": options, "run": True}
        return ask(PROGRAM, asked, folder, TIME_LIMIT)

    with ThreadPoolExecutor(len(STORES)) as at_once:
        running = {store: at_once.submit(ran, store, tmp_path_factory.mktemp(store)) for store in STORES}
        yield lambda store: running[store].result()


@pytest.mark.parametrize("store", FACES)
def test_a_case_passes_or_fails_for_the_known_reason(
    store: str, case: str, reports_of: Callable[[str], Reports], request: pytest.FixtureRequest
) -> None:
    report = reports_of(store)[case]
    excuse = EXCUSED.get(origins(request.config)[case])
    if excuse is None:
        assert not report, report
    else:
        assert report, f"It passes now; take it off the table: {excuse.reason}."
        assert excuse.sign in report, f"It should fail because it {excuse.reason}, but:\n{report}"


@pytest.mark.parametrize("store", list(STORES))
def test_every_case_is_run_and_none_is_skipped(
    store: str, reports_of: Callable[[str], Reports], request: pytest.FixtureRequest
) -> None:
    reports = reports_of(store)
    assert reports.keys() == origins(request.config).keys()
    assert [case for case, report in reports.items() if report.startswith("skipped")] == []


def test_django_passes_its_own_tests_here_when_nothing_is_replaced(reports_of: Callable[[str], Reports]) -> None:
    assert {case: report for case, report in reports_of("disk").items() if report} == {}


def test_the_table_names_cases_that_exist(request: pytest.FixtureRequest) -> None:
    assert set(EXCUSED) - set(origins(request.config).values()) <= OF_SOME_VERSIONS
    assert set(EXCUSED) >= OF_SOME_VERSIONS


def test_the_documents_excuse_the_same_cases_for_the_same_reasons() -> None:
    documented = dict(re.findall(r"^\| `(\w+\.test_\w+)` \| (.+) \|$", DOCUMENT, re.MULTILINE))
    assert documented == {case: excuse.reason for case, excuse in EXCUSED.items()}


def test_the_documented_counts_are_those_of_this_django(reports_of: Callable[[str], Reports]) -> None:
    rows = dict(re.findall(r"^\| (\d+\.\d+\.\d+) \| (\d+ \| \d+ \| \d+ \| \d+) \|$", DOCUMENT, re.MULTILINE))
    passed = {store: sum(not report for report in reports_of(store).values()) for store in (*FACES, "memory")}
    counted = " | ".join(map(str, [len(reports_of("memory")), *passed.values()]))
    assert rows
    assert rows.get(django.__version__, counted) == counted
