"""Takes over the tests of the contract that need no server, to run them on storages in memory."""

from __future__ import annotations

import inspect
from collections.abc import Collection
from types import ModuleType
from typing import Any

import pytest

FIXTURE = type(pytest.fixture(lambda: None))
# Fixtures that stand for a server, for clients of one that are not ours, or for what it was asked.
SERVERS = {"hooks", "requests_for", "virtual_server", "clients", "outsider", "botocore_client"}
FETCHING = ("fetch(", "urlopen(", "upload(", "send(", "refused(", "127.0.0.1")


def adopted(module: ModuleType, without: Collection[str] = ()) -> dict[str, object]:
    """Give a module's tests that do without a server, and its fixtures.

    Args:
        module: a module of the contract.
        without: tests that make no sense in memory; each has to be one that would be taken over.
    """
    fixtures = {name: value for name, value in vars(module).items() if isinstance(value, FIXTURE)}
    tests = {
        name: value
        for name, value in vars(module).items()
        if name.startswith("test_") and not _asks(value, fixtures) and not _fetches(value)
    }
    assert set(without) <= set(tests)
    return {**fixtures, **{name: value for name, value in tests.items() if name not in without}}


def _asks(function: Any, fixtures: dict[str, Any]) -> bool:
    """Whether a function asks for a server, itself or through fixtures of its module."""
    asked = set(inspect.signature(function).parameters)
    through = [fixtures[name].__wrapped__ for name in asked & fixtures.keys()]
    return bool(asked & SERVERS) or any(_asks(inner, fixtures) for inner in through if inner is not function)


def _fetches(function: object) -> bool:
    return any(word in inspect.getsource(function) for word in FETCHING)  # type: ignore[arg-type]
