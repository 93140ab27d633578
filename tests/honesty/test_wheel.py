"""The wheel that users install: everything of the package, nothing else, and the version that it says."""

from __future__ import annotations

import email.message
import email.parser
import re
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

import django_selectel_storage
from tests.honesty.source import PACKAGE, ROOT, SOURCE


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.Path:
    """The wheel that is tested where there is no source; elsewhere one built by the project's own build backend."""
    if not (ROOT / "src").exists():
        (tested,) = (ROOT / "dist").glob("*.whl")
        return zipfile.Path(tested)
    folder = tmp_path_factory.mktemp("wheel")
    (built,) = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    return zipfile.Path(built)


@pytest.fixture(scope="module")
def names(wheel: zipfile.Path) -> set[str]:
    return {name for name in wheel.root.namelist() if not name.endswith("/")}


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.Path, names: set[str]) -> email.message.Message:
    (name,) = [name for name in names if name.endswith(".dist-info/METADATA")]
    return email.parser.Parser().parsestr(wheel.joinpath(name).read_text(encoding="utf-8"))


def test_the_package_that_is_tested_is_installed_where_there_is_no_source() -> None:
    installed = "site-packages" in SOURCE.parts

    assert installed or SOURCE == ROOT / "src" / PACKAGE


def in_source(pattern: str) -> set[str]:
    return {f"{PACKAGE}/{path.relative_to(SOURCE).as_posix()}" for path in SOURCE.rglob(pattern)}


def test_every_module_is_in_the_wheel(names: set[str]) -> None:
    assert {name for name in names if name.endswith(".py")} == in_source("*.py")
    assert f"{PACKAGE}/storage.py" in names


def test_the_types_are_in_the_wheel(names: set[str]) -> None:
    assert f"{PACKAGE}/py.typed" in names


def test_templates_and_scripts_are_in_the_wheel(names: set[str]) -> None:
    assert in_source("*.html") | in_source("*.js") | in_source("*.css") <= names


def test_translations_are_in_the_wheel_compiled_too(names: set[str]) -> None:
    assert {Path(name).suffix for name in in_source("*.[mp]o")} == {".mo", ".po"}
    assert in_source("*.[mp]o") <= names


def test_nothing_but_the_package_and_its_metadata_is_in_the_wheel(names: set[str]) -> None:
    assert {name.partition("/")[0].rpartition(".")[2] for name in names} == {PACKAGE, "dist-info"}
    assert not [name for name in names if "__pycache__" in name or Path(name).parts[0] in {"tests", "demo", "docs"}]


def test_the_version_is_the_one_that_the_package_says(metadata: email.message.Message) -> None:
    assert metadata["Name"] == "django-selectel-storage"
    assert metadata["Version"] == django_selectel_storage.__version__


def test_what_the_description_shows_and_links_to_is_found_from_anywhere(metadata: email.message.Message) -> None:
    targets = re.findall(r"\]\(([^)]+)\)", str(metadata.get_payload()))

    assert metadata["Description-Content-Type"] == "text/markdown"
    assert any(target.endswith(".png") for target in targets)
    assert [target for target in targets if not target.startswith(("https://", "http://", "#"))] == []
    assert [target for target in targets if "/blob/" in target and target.endswith(".png")] == []


def test_the_metadata_say_all_that_an_index_shows(metadata: email.message.Message) -> None:
    addresses = dict(entry.split(", ", 1) for entry in metadata.get_all("Project-URL", []))
    classifiers = metadata.get_all("Classifier", [])

    assert {"Homepage", "Documentation", "Source", "Changelog", "Issues"} <= addresses.keys()
    assert all(address.startswith("https://") for address in addresses.values())
    assert {"Framework :: Django", "Typing :: Typed", "Programming Language :: Python :: 3 :: Only"} <= set(classifiers)
    assert not [entry for entry in classifiers if entry.startswith("License ::")]  # PEP 639: License-Expression
    assert metadata["Summary"]
    assert metadata["Author"] or metadata["Author-email"]
    assert metadata["Keywords"]
    assert metadata["Requires-Python"] == ">=3.10"
    assert {"devserver", "test"} <= set(metadata.get_all("Provides-Extra", []))


def test_the_license_comes_along(names: set[str], metadata: email.message.Message) -> None:
    assert metadata["License-Expression"] == "MIT"
    assert metadata["License-File"] == "LICENSE"
    assert [name for name in names if name.endswith(".dist-info/licenses/LICENSE")]


def test_only_four_packages_are_needed_at_run_time(metadata: email.message.Message) -> None:
    needed = [entry for entry in metadata.get_all("Requires-Dist", []) if "extra ==" not in entry]

    assert sorted(re.split(r"[<>=!~ ;]", entry)[0].lower() for entry in needed) == [
        "certifi",
        "django",
        "tqdm",
        "urllib3",
    ]


def test_no_file_of_the_wheel_is_empty_without_being_meant_so(wheel: zipfile.Path, names: set[str]) -> None:
    empty = {name for name in names if not wheel.joinpath(name).read_bytes()}

    assert empty <= {f"{PACKAGE}/py.typed"}
