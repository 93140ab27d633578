"""Hypothesis against everything that reads what others wrote: only the documented errors come out.

A million cases, also of a coverage-guided fuzzer, run with ``python -m tests.hostile.fuzz``.
"""

from __future__ import annotations

import sys

import pytest
from hypothesis import HealthCheck, given, settings

from tests.hostile import material, targets
from tests.hostile.fuzz import with_atheris

CASES = 200
quietly = settings(max_examples=CASES, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("target", targets.TEXTS)
def test_a_hostile_text_leads_to_no_other_error_than_the_documented_ones(target: str) -> None:
    @quietly
    @given(material.texts(target))
    def read(text: str) -> None:
        targets.run_text(target, text)

    read()


@pytest.mark.parametrize("target", targets.BODIES)
def test_a_hostile_body_leads_to_no_other_error_than_the_documented_ones(target: str) -> None:
    @quietly
    @given(material.bodies(target))
    def read(body: bytes) -> None:
        targets.run_body(target, body)

    read()


@pytest.mark.skipif(not (3, 11) <= sys.version_info[:2] <= (3, 13), reason="atheris has no wheel for this Python")
@pytest.mark.parametrize("target", ["names", "S3 XML"])
def test_nor_does_what_a_coverage_guided_fuzzer_makes_of_it(target: str) -> None:
    assert with_atheris(target, 2000) == 2000
