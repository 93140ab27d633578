"""Every operation meets every trouble, on every protocol."""

from __future__ import annotations

import pytest

from tests.faults.catalogue import CASES, Case
from tests.faults.run import Verdicts


@pytest.mark.parametrize("case", CASES, ids=str)
def test_nothing_is_lost(case: Case, verdicts: Verdicts) -> None:
    verdict = verdicts[case]
    if isinstance(verdict, BaseException):
        raise verdict
    assert verdict.survived or case.trouble.errors
