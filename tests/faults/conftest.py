"""The bench on which faults are tried."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.bench import Bench, small_limits_and_no_waiting
from tests.faults.catalogue import Case
from tests.faults.run import Verdicts, carry_out_all
from tests.servers.stack import Stack


@pytest.fixture
def bench(stack: Stack) -> Iterator[Bench]:
    """Proxies before the servers, for one test; retries do not wait."""
    with small_limits_and_no_waiting(), Bench(stack) as ready:
        yield ready


@pytest.fixture(scope="session")
def verdicts(stack: Stack, request: pytest.FixtureRequest) -> Verdicts:
    """How all cases ended that this run asks for."""
    asked = [item.callspec.params.get("case") for item in request.session.items if hasattr(item, "callspec")]
    return carry_out_all([case for case in asked if isinstance(case, Case)], stack)
