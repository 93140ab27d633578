"""Where packages of others are kept between runs."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def fetched(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder for wheels of other packages: in pytest's cache, where there is one."""
    cache = getattr(pytestconfig, "cache", None)
    return Path(cache.mkdir("peers")) if cache else tmp_path_factory.mktemp("peers")
