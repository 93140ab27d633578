"""Run Django's tests of storages in a process of their own: settings, app and models are theirs alone.

Reads a request from the standard input: where the tests lie, which storage stands for Django's, where the answer goes.
Without a storage nothing is replaced. The answer tells for each case what went wrong with it, ``""`` for nothing; if it
is not to be run, where the case is written.
"""

from __future__ import annotations

import importlib
import json
import sys
import unittest
import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import Any

import django
from django.conf import settings

from tests.django_cases import Record, case_name

MODULES = ("test_base", "test_generate_filename", "test_inmemory_storage", "tests")
SETTINGS: dict[str, Any] = {
    "SECRET_KEY": "for tests only",
    "INSTALLED_APPS": ["file_storage"],
    "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    "DEFAULT_AUTO_FIELD": "django.db.models.AutoField",
    "ROOT_URLCONF": "file_storage.urls",
    "STATIC_URL": "static/",
    "USE_TZ": False,  # as in the settings of Django's tests
}


def origin(test: unittest.TestCase) -> str:
    """Give the class that a case is written in, which may be a parent of its own, and the method."""
    name = test.id().rpartition(".")[2]
    writer = next(kind for kind in type(test).__mro__ if name in vars(kind))
    return f"{writer.__name__}.{name}"


def load(request: dict[str, Any], while_it_runs: ExitStack) -> list[ModuleType]:
    """Import Django's tests, on another storage if one is asked for."""
    sys.path.insert(0, request["suite"])
    settings.configure(**SETTINGS)
    if not request["store"]:
        django.setup()
        return [importlib.import_module(f"file_storage.{name}") for name in MODULES]
    from tests.outside import substitutes  # noqa: PLC0415 - needs settings

    kind = substitutes.STORES[request["store"]](request["options"])
    while_it_runs.enter_context(substitutes.one_write_at_a_time())
    while_it_runs.enter_context(substitutes.in_place_of_djangos(kind))
    django.setup()
    modules = [importlib.import_module(f"file_storage.{name}") for name in MODULES]
    for module in modules:
        substitutes.show_the_store(module)
    return modules


def cases(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    """Give the cases of a suite, however deep they are nested."""
    for entry in suite:
        if isinstance(entry, unittest.TestSuite):
            yield from cases(entry)
        else:
            yield entry


def ran(suite: unittest.TestSuite) -> dict[str, str]:
    """Run the cases as Django's runner does, in a test database."""
    from django.test.runner import DiscoverRunner  # noqa: PLC0415 - needs settings
    from django.utils import deprecation  # noqa: PLC0415

    for name, kind in vars(deprecation).items():
        if name.startswith("RemovedIn"):
            warnings.simplefilter("error", kind)  # as Django's own runner does, and some of its tests expect
    runner = DiscoverRunner(verbosity=0, interactive=False)
    runner.setup_test_environment()
    databases = runner.setup_databases()
    record = Record()
    suite.run(record)
    runner.teardown_databases(databases)
    runner.teardown_test_environment()
    return record.reports


def main() -> None:
    """Answer the request."""
    request = json.load(sys.stdin)
    with ExitStack() as while_it_runs:
        modules = load(request, while_it_runs)
        loader = unittest.defaultTestLoader
        suite = unittest.TestSuite(loader.loadTestsFromModule(module) for module in modules)
        answer = ran(suite) if request["run"] else {case_name(case): origin(case) for case in cases(suite)}
    Path(request["answer"]).write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main()
