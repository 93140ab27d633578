"""What users' type checkers see of the package: the types that are promised, and no Any from us."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from django_selectel_storage import exceptions
from django_selectel_storage.container import Container
from django_selectel_storage.devserver import DevServer, Hooks
from django_selectel_storage.files import ObjectFile
from django_selectel_storage.options import StorageOptions
from django_selectel_storage.storage import SelectelManifestStaticStorage, SelectelStaticStorage, SelectelStorage
from django_selectel_storage.testing import InMemorySelectelStorage
from django_selectel_storage.upload_links import UploadLink
from tests.honesty.source import PACKAGE, SOURCE

PROJECT = Path(__file__).parent / "project"
STORAGES = [SelectelStorage, SelectelStaticStorage, SelectelManifestStaticStorage, InMemorySelectelStorage]
DJANGOS = {"hashed_name", "url_converter"}  # the works of its mixin; only collectstatic calls them
MAY_SAY_ANY = DJANGOS | {
    "open",  # of a mode that is not a literal: ObjectFile[Any], as Python's own open() gives IO[Any]
    "deconstruct",  # the third part is dict[str, Any], as of everything that Django deconstructs
}
# Checkers find the package by themselves where it is installed. What is wrong inside of it is not for this test to say.
MYPY = f"""
[tool.mypy]
strict = true
plugins = ["mypy_django_plugin.main"]
mypy_path = {{source}}
disallow_any_expr = true
disallow_any_explicit = true
disallow_any_decorated = true
disallow_any_unimported = true
enable_error_code = ["ignore-without-code"]

[[tool.mypy.overrides]]
module = "{PACKAGE}.*"
follow_imports = "silent"

[[tool.mypy.overrides]]
module = "project.models"
disallow_any_expr = false
disallow_any_explicit = false

[tool.django-stubs]
django_settings_module = "project.settings"
"""
PYRIGHT = """
[tool.pyright]
include = ["project"]
extraPaths = {source}
typeCheckingMode = "strict"
enableTypeIgnoreComments = true
reportUnnecessaryTypeIgnoreComment = "error"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A user's project, in a folder of its own."""
    shutil.copytree(PROJECT, tmp_path / "project", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def configure(folder: Path, text: str) -> None:
    paths = [] if "site-packages" in SOURCE.parts else [SOURCE.parent.as_posix()]
    (folder / "pyproject.toml").write_text(text.replace("{source}", json.dumps(paths)), encoding="utf-8")


def checked(folder: Path, *command: str) -> str:
    """What a type checker, run in a folder, has to say; its exit status has to agree."""
    run = subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, timeout=600, check=False
    )
    assert run.returncode in {0, 1}, run.stderr + run.stdout
    return f"exit status {run.returncode}\n{run.stdout}{run.stderr}"


def mypy(folder: Path) -> str:
    configure(folder, MYPY)
    return checked(folder, "mypy", "project")


def pyright(folder: Path) -> str:
    configure(folder, PYRIGHT)
    return checked(folder, "pyright", "--pythonpath", sys.executable)


def test_mypy_finds_the_promised_types_and_no_any(project: Path) -> None:
    assert mypy(project).startswith("exit status 0")


def test_pyright_finds_the_promised_types(project: Path) -> None:
    assert pyright(project).startswith("exit status 0")


def test_mypy_would_have_found_an_any_and_a_wrong_type(project: Path) -> None:
    text = "import json\nfrom typing_extensions import assert_type\nloaded = json.loads('1')\nassert_type(1, str)\n"
    (project / "project/others.py").write_text(text, encoding="utf-8")
    found = mypy(project)

    assert 'others.py:3: error: Expression has type "Any"' in found
    assert "others.py:4: error: Expression is of type" in found


def test_pyright_would_have_found_a_wrong_type(project: Path) -> None:
    text = "from typing_extensions import assert_type\nassert_type(1, str)\n"
    (project / "project/others.py").write_text(text, encoding="utf-8")

    assert "others.py:2:13 - error" in pyright(project)


@pytest.mark.parametrize("kind", STORAGES)
def test_each_public_name_of_a_storage_is_in_the_project(kind: type) -> None:
    used = "".join(path.read_text(encoding="utf-8") for path in PROJECT.glob("*.py"))
    ours = {name for base in kind.__mro__ if base.__module__.startswith(PACKAGE) for name in vars(base)}
    public = {name for name in ours if not name.startswith("_")} - DJANGOS

    assert {name for name in public if not re.search(rf"\bstorage\.{name}\b", used)} == set()


@pytest.mark.parametrize("kind", [*STORAGES, ObjectFile, Container, UploadLink, StorageOptions, DevServer, Hooks])
def test_no_public_signature_says_any_but_where_django_does(kind: type) -> None:
    ours = {
        name: value
        for base in reversed(kind.__mro__)
        if base.__module__.startswith(PACKAGE)
        for name, value in vars(base).items()
    }
    public = {name: getattr(value, "fget", value) for name, value in ours.items() if not name.startswith("_")}
    says_any = {
        name for name, value in public.items() if re.search(r"\bAny\b", str(getattr(value, "__annotations__", "")))
    }

    assert says_any <= (MAY_SAY_ANY if issubclass(kind, SelectelStorage) else set())


def test_each_error_is_one_that_a_checker_knows() -> None:
    ours = [value for value in vars(exceptions).values() if isinstance(value, type)]

    assert {kind for kind in ours if not issubclass(kind, exceptions.SelectelException)} == set()
