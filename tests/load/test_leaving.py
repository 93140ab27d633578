"""How a process ends that has used the storage, in Python's development mode and with warnings as errors: silently."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import CONTAINER
from tests.load.processes import run
from tests.load.programs.leaving import WAYS


@pytest.mark.parametrize("way", [way.__name__ for way in WAYS])
@pytest.mark.parametrize("face", ["s3", "swift"])
def test_a_process_ends_without_a_word(
    options_of: Callable[[str], dict[str, Any]], face: str, location: str, way: str
) -> None:
    options = {**options_of(face), "container": CONTAINER, "location": location}

    result = run(options, "-X", "dev", "-W", "error", "-m", "tests.load.programs.leaving", way)

    assert (result.returncode, result.stdout) == (0, "done\n"), result.stderr
    assert result.stderr == ""
