"""Puts the built wheel into empty projects of pip, pipenv, poetry and uv, and a commit of this repository into pip's.

``python -m release.installers`` runs them all, in folders that go afterwards and lie in no other project.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Mapping
from pathlib import Path

from release.dist import DIST, ROOT, only, version_of

NAME = "django-selectel-storage"
BIN = "Scripts" if os.name == "nt" else "bin"
SIMPLE_API = "https://pypi.org/simple/"  # by default poetry asks PyPI's JSON API, which caching mirrors do not have
# What the installed package says of itself; run in the project's folder, it must not come from the source.
QUESTION = (
    "import importlib.metadata as m, django_selectel_storage.storage as s; "
    f"print(m.version('{NAME}'), s.SelectelStorage.__module__, s.__file__)"
)


class Project:
    """An empty folder with the environment that one installer makes.

    Args:
        home: an empty folder.
        tool: the installer's package; empty for pip, which every environment has.
    """

    def __init__(self, home: Path, tool: str = "") -> None:
        self.home = home
        self.folder = self.home / "project"
        self.folder.mkdir(parents=True)
        # Whoever runs this may not be the owner of the repository, which git would refuse to read.
        (self.home / "gitconfig").write_text("[safe]\n\tdirectory = *\n", encoding="utf-8")
        if tool:
            venv.create(self.home / "tool", with_pip=True)
            self.run(str(self.home / "tool" / BIN / "python"), "-m", "pip", "install", "--quiet", tool)
        self.tool = str(self.home / "tool" / BIN / (tool or "python"))

    @property
    def environment(self) -> Mapping[str, str]:
        """This process's environment, but for what would lead to another project."""
        others = {"VIRTUAL_ENV", "PYTHONPATH", "PIPENV_PIPFILE", "UV_PROJECT_ENVIRONMENT"}
        kept = {name: value for name, value in os.environ.items() if name not in others}
        return {
            **kept,
            "PIPENV_VENV_IN_PROJECT": "1",
            "PIPENV_NOSPIN": "1",
            "POETRY_VIRTUALENVS_IN_PROJECT": "true",
            "POETRY_CONFIG_DIR": str(self.home),
            "GIT_CONFIG_GLOBAL": str(self.home / "gitconfig"),
        }

    def run(self, *command: str) -> str:
        """Run a command in the project's folder, and give its output.

        Raises:
            SystemExit: it failed; what it said has been printed.
        """
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, text=True, capture_output=True, check=False
        )
        if done.returncode:
            print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
            raise SystemExit(f"error: {' '.join(command)}: exit status {done.returncode}")
        return done.stdout


def with_pip(home: Path, what: str) -> str:
    """Install with pip, and give the installed package's answer."""
    project = Project(home)
    venv.create(project.folder / ".venv", with_pip=True)
    python = str(project.folder / ".venv" / BIN / "python")
    project.run(python, "-m", "pip", "install", "--quiet", what)
    project.run(python, "-m", "pip", "check")
    return project.run(python, "-c", QUESTION)


def from_git(home: Path) -> str:
    """Install the commit that is checked out, by the repository's URL."""
    commit = subprocess.run(
        ["git", "-c", "safe.directory=*", "rev-parse", "HEAD"], cwd=ROOT, text=True, capture_output=True, check=True
    )
    return with_pip(home, f"git+{ROOT.as_uri()}@{commit.stdout.strip()}")


def with_pipenv(home: Path, wheel: str) -> str:
    """Install with pipenv."""
    project = Project(home, "pipenv")
    project.run(project.tool, "--python", sys.executable, "install", wheel)
    return project.run(project.tool, "run", "python", "-c", QUESTION)


def with_poetry(home: Path, wheel: str) -> str:
    """Install with poetry."""
    project = Project(home, "poetry")
    python = f">={sys.version_info.major}.{sys.version_info.minor}"
    project.run(project.tool, "init", "--no-interaction", "--name", "site", "--python", python)
    project.run(project.tool, "source", "add", "--priority=primary", "simple", SIMPLE_API)
    project.run(project.tool, "add", "--no-interaction", wheel)
    return project.run(project.tool, "run", "python", "-c", QUESTION)


def with_uv(home: Path, wheel: str) -> str:
    """Install with uv."""
    project = Project(home, "uv")
    project.run(project.tool, "init", "--bare", "--name", "site", "--python", sys.executable)
    project.run(project.tool, "add", "--python", sys.executable, wheel)
    return project.run(project.tool, "run", "python", "-c", QUESTION)


def main() -> int:
    """Try all of them, say how each did, and give the exit status."""
    wheel = only(DIST, "*.whl")
    version = version_of(wheel)
    ways: dict[str, Callable[[Path], str]] = {
        "pip, the wheel": lambda home: with_pip(home, str(wheel)),
        "pip, a commit by its URL": from_git,
        "pipenv": lambda home: with_pipenv(home, str(wheel)),
        "poetry": lambda home: with_poetry(home, str(wheel)),
        "uv": lambda home: with_uv(home, str(wheel)),
    }
    for name, install in ways.items():
        with tempfile.TemporaryDirectory() as home:
            installed, module, path = install(Path(home)).split(maxsplit=2)
        if (installed, module) != (version, "django_selectel_storage.storage") or "site-packages" not in path:
            raise SystemExit(f"error: {name} installed {installed}, imported from {path}")
        print(f"{name}: {installed} is installed and can be imported", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
