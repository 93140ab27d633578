"""What all tests of the measuring programs need: nginx."""

from __future__ import annotations

import pytest

from benchmarks.nginx import found


@pytest.fixture(scope="session", autouse=True)
def installed() -> None:
    """Without nginx each test fails, and says why; pytest does not get over a fixture that raises SystemExit."""
    try:
        found()
    except SystemExit as missing:
        raise AssertionError(str(missing)) from None
