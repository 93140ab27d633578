"""Run Django's tests of static files in a process of their own, with the static classes in the place of Django's.

Reads a request from the standard input: where the tests lie, the options of the storage, whether the sub-app is
installed, where the answer goes. Everything that is bent for Django's tests is bent here; no verb of a storage is.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import unittest
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import uuid4

import django
from django.conf import settings

from tests.django_cases import Record

MODULES = ("test_storage", "test_management")
SUB_APP = "django_selectel_storage.staticfiles"
# What tests neither a storage nor collectstatic: runserver, findstatic, the help of a manage.py on the disk.
NOT_MEANT = {"TestRunserver", "TestFindStatic", "TestCollectionHelpSubcommand"}


class _Path:
    """``os.path``, as if the store lay below STATIC_ROOT."""

    def __getattr__(self, name: str) -> Any:
        return getattr(os.path, name)

    def exists(self, path: Any) -> bool:
        name = name_of(path)
        return os.path.exists(path) if name is None else current().exists(name)  # noqa: PTH110 - stands for it


class _OS:
    """``os``, as if the store lay below STATIC_ROOT."""

    path = _Path()

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def listdir(self, path: Any) -> list[str]:
        name = name_of(path)
        return os.listdir(path) if name is None else [entry for kind in current().listdir(name) for entry in kind]  # noqa: PTH208


def name_of(path: Any) -> str | None:
    """Give the name in the store that a path below STATIC_ROOT stands for; None for any other path."""
    root = str(settings.STATIC_ROOT)
    return str(path)[len(root) :].lstrip("/") if str(path).startswith(root) else None


def current() -> Any:
    """The storage of static files as the settings name it now."""
    from django.contrib.staticfiles import storage  # noqa: PLC0415 - needs settings

    return storage.staticfiles_storage


def put_in_place(options: dict[str, Any]) -> None:
    """Let Django's names of the two static classes mean ours, each STATIC_ROOT a folder of the container."""
    from django.contrib.staticfiles import storage  # noqa: PLC0415 - needs settings

    from django_selectel_storage.storage import (  # noqa: PLC0415
        SelectelManifestStaticStorage,
        SelectelStaticStorage,
        SelectelStorage,
    )

    def below_static_url(shown: SelectelStorage, url: str) -> str:
        return settings.STATIC_URL + url.partition(f"/{shown.options.location}/")[2]

    def place(location: Any) -> dict[str, Any]:
        folder = str(location or settings.STATIC_ROOT or uuid4().hex).strip("/")
        return {**options, "location": f"{options['location']}/{folder}", "querystring_auth": False}

    class Static(SelectelStaticStorage):
        def __init__(self, location: Any = None, base_url: Any = None, **_: Any) -> None:
            super().__init__(**place(location))

        def url(self, *given: Any, **keywords: Any) -> str:
            return below_static_url(self, super().url(*given, **keywords))

    class Manifest(SelectelManifestStaticStorage):
        def __init__(self, location: Any = None, base_url: Any = None, *, manifest_storage: Any = None) -> None:
            super().__init__(manifest_storage=manifest_storage, **place(location))

        def url(self, *given: Any, **keywords: Any) -> str:
            return below_static_url(self, super().url(*given, **keywords))

    storage.StaticFilesStorage = Static  # type: ignore[assignment, misc]
    storage.ManifestStaticFilesStorage = Manifest  # type: ignore[assignment, misc]


def load(request: dict[str, Any]) -> list[ModuleType]:
    """Import Django's tests."""
    sys.path.insert(0, request["suite"])
    scripts = ModuleType("admin_scripts.tests")
    scripts.AdminScriptTestCase = unittest.TestCase  # type: ignore[attr-defined] # for the help of manage.py
    sys.modules["admin_scripts"], sys.modules["admin_scripts.tests"] = ModuleType("admin_scripts"), scripts
    tests = importlib.import_module("staticfiles_tests.settings")
    if request["sub_app"]:
        tests.TEST_SETTINGS["INSTALLED_APPS"].insert(0, SUB_APP)
    settings.configure(
        SECRET_KEY="for tests only",
        USE_TZ=False,  # as in the settings of Django's tests
        TIME_ZONE="UTC",  # that of the process: configure() does not set it
        STATIC_URL="static/",
        INSTALLED_APPS=["django.contrib.staticfiles", "staticfiles_tests"],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        ROOT_URLCONF="staticfiles_tests.urls.default",
    )
    if request["options"]:
        put_in_place(request["options"])
    django.setup()
    modules = [importlib.import_module(f"staticfiles_tests.{name}") for name in MODULES]
    if request["options"]:
        show_the_store(modules)
    return modules


def show_the_store(modules: list[ModuleType]) -> None:
    """Let Django's tests see the store where they look into STATIC_ROOT."""
    for module in modules:
        module.os = _OS()  # type: ignore[attr-defined]
    cases = importlib.import_module("staticfiles_tests.cases")

    def get_file(_: Any, path: str) -> str:
        name = name_of(path)
        content: bytes = current().open(path if name is None else name).read()
        return content.decode()

    cases.CollectionTestCase._get_file = get_file


def main() -> None:
    """Answer the request."""
    request = json.load(sys.stdin)
    modules = load(request)
    from django.test.utils import setup_test_environment  # noqa: PLC0415 - needs settings

    setup_test_environment()
    record = Record()
    loader = unittest.defaultTestLoader
    for module in modules:
        for suite in loader.loadTestsFromModule(module):
            if not isinstance(suite, unittest.TestSuite) or not NOT_MEANT & {type(case).__name__ for case in suite}:
                suite.run(record)
    Path(request["answer"]).write_text(json.dumps(record.reports), encoding="utf-8")


if __name__ == "__main__":
    main()
