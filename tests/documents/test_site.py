"""The built documentation: no warning, no link that leads nowhere, nothing public that is missing."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
import zlib
from importlib import import_module
from pathlib import Path

import pytest
from django.core.files.storage import Storage

from django_selectel_storage import exceptions, storage
from django_selectel_storage.devserver.offspring import environment
from tests.documents.pages import DOCS, ROOT, blocks, markdown
from tests.honesty.source import PACKAGE, SOURCE

PATIENCE = 300
HEAD_OF_INVENTORY = 4  # lines before the compressed ones: Sphinx inventory version 2
COMMANDS = "docs/reference/commands.md"
# How others are to use the package; the rest is its own business.
IMPORTED_BY_PAGES = re.compile(rf"^\s*from ({PACKAGE}[\w.]*) import (.+)$", re.MULTILINE)


def build(source: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """Build pages as `make docs` does."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (line,) = re.findall(r"sphinx-build (.+) docs build/docs$", makefile, re.MULTILINE)
    command = [sys.executable, "-m", "sphinx", *line.split(), str(source), str(target)]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        env=environment([ROOT / "src"]),
        cwd=ROOT,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built documentation."""
    target = tmp_path_factory.mktemp("site")
    built = build(DOCS, target)
    assert (built.returncode, built.stderr) == (0, "")
    return target


@pytest.fixture(scope="module")
def documented(site: Path) -> set[str]:
    """The dotted names of Python that the reference has."""
    inventory = (site / "objects.inv").read_bytes().split(b"\n", HEAD_OF_INVENTORY)[-1]
    entries = (line.split() for line in zlib.decompress(inventory).decode().splitlines())
    return {name for name, kind, *_ in entries if kind.startswith("py:")}


def test_the_site_has_pages_indices_and_a_search(site: Path) -> None:
    for page in ("index", "genindex", "py-modindex", "search", "tutorial", "changelog", "ru/index"):
        assert (site / f"{page}.html").exists(), page
    assert "SelectelStorage" in (site / "genindex.html").read_text(encoding="utf-8")


def test_a_link_that_leads_nowhere_fails_the_build(tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text(
        "extensions = ['myst_parser']\nnitpicky = True\nmyst_heading_anchors = 3\n", encoding="utf-8"
    )
    (tmp_path / "index.md").write_text("# Index\n\n[there](nowhere.md) [and](#nothing)\n", encoding="utf-8")

    built = build(tmp_path, tmp_path / "built")

    assert built.returncode != 0
    assert "nowhere.md" in built.stderr
    assert "nothing" in built.stderr


@pytest.mark.parametrize("name", sorted(name for name in vars(storage) if re.fullmatch(r"Selectel\w*Storage", name)))
def test_every_storage_and_every_verb_of_it_is_in_the_reference(name: str, documented: set[str]) -> None:
    kind = getattr(storage, name)
    owners = [base for base in kind.__mro__ if base.__module__.startswith(PACKAGE)]
    verbs = {verb for base in owners for verb in vars(base) if not verb.startswith("_")}
    own = {verb for verb in verbs if not _is_djangos_own(verb)}
    classes = [f"{base.__module__}.{base.__qualname__}" for base in owners]

    assert f"{storage.__name__}.{name}" in documented
    assert {verb for verb in own if not any(f"{place}.{verb}" in documented for place in classes)} == set()


def _is_djangos_own(verb: str) -> bool:
    """Whether a name only fills in what Django has; its documentation may be Django's."""
    return hasattr(Storage, verb) and verb not in storage.SelectelStorage.__dict__


def test_every_error_is_in_the_reference(documented: set[str]) -> None:
    errors = {name for name, value in vars(exceptions).items() if inspect.isclass(value) and not name.startswith("_")}

    assert {name for name in errors if f"{exceptions.__name__}.{name}" not in documented} == set()


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("__init__.py")), ids=lambda path: path.parent.name)
def test_what_a_package_exports_is_in_the_reference(path: Path, documented: set[str]) -> None:
    package = ".".join((PACKAGE, *path.parent.relative_to(SOURCE).parts))
    exported = [] if _is_internal(package) else getattr(import_module(package), "__all__", [])

    assert [name for name in exported if f"{package}.{name}" not in documented] == []


def _is_internal(package: str) -> bool:
    """Checks are known by their ids, and have a page by these."""
    return package == f"{PACKAGE}.checks"


@pytest.mark.parametrize("path", markdown(), ids=lambda path: path.name)
def test_what_the_pages_import_is_in_the_reference(path: Path, documented: set[str]) -> None:
    code = "".join(entry.text for entry in blocks(str(path.relative_to(ROOT))) if entry.language == "python")
    named = {
        f"{module}.{name.strip()}" for module, names in IMPORTED_BY_PAGES.findall(code) for name in names.split(",")
    }

    assert named - documented == set()


def test_every_command_is_in_the_reference_and_every_one_there_exists() -> None:
    commands = {path.stem for path in SOURCE.rglob("management/commands/[!_]*.py")}
    text = (ROOT / COMMANDS).read_text(encoding="utf-8")

    assert set(re.findall(r"^## (\w+)$", text, re.MULTILINE)) == commands
    assert set(re.findall(r"^```\{command\} (\w+)$", text, re.MULTILINE)) == commands


def test_the_reference_of_a_command_has_each_of_its_options(site: Path) -> None:
    page = (site / "reference/commands.html").read_text(encoding="utf-8")

    for path in SOURCE.rglob("management/commands/[!_]*.py"):
        flags = set(re.findall(r"[\"'](--[a-z-]+)[\"']", path.read_text(encoding="utf-8")))
        assert [flag for flag in sorted(flags) if flag not in page] == []
    assert "--temp-url-key" in page


@pytest.mark.parametrize("path", markdown(), ids=lambda path: path.name)
def test_every_block_of_python_in_the_pages_is_python(path: Path) -> None:
    code = [entry.text for entry in blocks(str(path.relative_to(ROOT))) if entry.language == "python"]

    assert [text for text in code if not is_python(text)] == []


def is_python(text: str) -> bool:
    """Whether a text is Python, by itself or as a part of a dictionary."""
    for whole in (text, f"{{{text}}}"):
        try:
            compile(whole, "a page", "exec")
        except SyntaxError:
            continue
        return True
    return False


@pytest.mark.parametrize(("text", "expected"), [("a = 1", True), ('"a": 1,', True), ("a = ", False), ("a: = 1", False)])
def test_what_is_no_python_would_be_found(text: str, expected: bool) -> None:
    assert is_python(text) is expected
