"""The figures in docs/reliability.md are those of this very suite."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.faults.catalogue import CASES, LASTING, PASSING
from tests.faults.operations import OPERATIONS
from tests.faults.report import PROTOCOLS, SECTION, lines
from tests.faults.trial import Verdict
from tests.reliability import PAGE, marks, replaced

BEGIN, END = marks(*SECTION)
TEXT = PAGE.read_text(encoding="utf-8")
FAULTS = TEXT.partition(BEGIN)[2].partition(END)[0]
TABLE = {
    cells[0]: [int(cell) for cell in cells[1:]]
    for cells in (row.strip("| ").split(" | ") for row in FAULTS.splitlines() if re.match(r"\| .*\d+ \|$", row))
}


@pytest.mark.parametrize(("face", "label"), PROTOCOLS.items())
def test_the_table_counts_the_cases_of_the_suite(face: str, label: str) -> None:
    cases, survived, refused, lost, objects = TABLE[label]
    assert cases == Counter(case.face for case in CASES)[face]
    assert (survived + refused, lost) == (cases, 0)
    assert survived >= sum(case.face == face and not case.trouble.errors for case in CASES)
    assert objects >= cases


@pytest.mark.parametrize("named", [*PASSING, *LASTING, *OPERATIONS], ids=lambda named: named.name)
def test_the_page_names_what_goes_wrong_and_when(named: object) -> None:
    assert named.name.removesuffix(", for good") in FAULTS  # type: ignore[attr-defined]


def test_every_file_of_tests_that_the_page_names_exists() -> None:
    root = PAGE.parents[1]
    named = re.findall(r"`(tests/[\w/.]+)`", TEXT)
    assert named
    assert [path for path in named if not (root / path).exists()] == []


def test_a_new_run_replaces_the_section_and_nothing_else() -> None:
    verdicts = dict.fromkeys(CASES, Verdict(survived=True, objects=2, seconds=0.1))
    page = replaced(f"before\n{BEGIN}\nold\n{END}\nafter\n", BEGIN, END, lines(verdicts))
    assert page.startswith("before\n")
    assert page.endswith("after\n")
    assert "old" not in page
    assert f"| {len([case for case in CASES if case.face == 's3'])} |" in page


def test_a_case_that_failed_would_be_counted_as_lost() -> None:
    verdicts = {case: AssertionError("half a file") for case in CASES}
    (row,) = [row for row in lines(verdicts) if row.startswith("| S3")]
    count = Counter(case.face for case in CASES)["s3"]
    assert row == f"| S3 | {count} | 0 | 0 | {count} | 0 |"
