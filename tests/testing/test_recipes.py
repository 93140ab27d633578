"""The recipes of docs/testing.md, carried out as they stand there, in a site of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PIECE = re.compile(r"^```python\n# (\S+\.py)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RECIPES: dict[str, str] = {}  # a file may have several pieces
for file, piece in PIECE.findall((ROOT / "docs/testing.md").read_text(encoding="utf-8")):
    RECIPES[file] = RECIPES.get(file, "") + piece
SETTINGS = """
SECRET_KEY = "for tests only"
USE_TZ = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with all recipes, and settings."""
    for name, text in {**RECIPES, "settings.py": SETTINGS, "pytest.ini": "[pytest]\n"}.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for package in ("app", "real_app"):
        (tmp_path / package / "__init__.py").touch()
    return tmp_path


def run(site: Path, *arguments: str) -> str:
    """Run Python in the site; what it printed. It has to succeed."""
    paths = os.pathsep.join([str(site), str(ROOT / "src")])
    variables = {**os.environ, "DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": paths}
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(command, cwd=site, env=variables, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_every_file_of_the_recipes_is_known() -> None:
    assert set(RECIPES) == {
        "conftest.py", "test_media.py", "app/tests.py", "real/test_real.py", "real_app/tests.py",
    }  # fmt: skip


def test_the_storage_in_memory_with_pytest(site: Path) -> None:
    assert "2 passed" in run(site, "pytest", "-q", "test_media.py", "-p", "no:cacheprovider")


def test_the_real_server_with_pytest(site: Path) -> None:
    assert "3 passed" in run(site, "pytest", "-q", "real", "-p", "no:cacheprovider")


def test_all_of_it_at_once_with_pytest(site: Path) -> None:
    assert "5 passed" in run(site, "pytest", "-q", "-p", "no:cacheprovider")


def test_the_fixtures_also_load_from_the_command_line(site: Path) -> None:
    (site / "conftest.py").unlink()
    plugin = ("-p", "django_selectel_storage.testing.fixtures")
    assert "3 passed" in run(site, "pytest", "-q", *plugin, "real", "-p", "no:cacheprovider")


@pytest.mark.parametrize("label", ["app", "real_app"])
def test_the_recipes_for_manage_py_test(site: Path, label: str) -> None:
    output = run(site, "django", "test", label)
    assert "Ran 1 test" in output
    assert output.rstrip().endswith("OK")
