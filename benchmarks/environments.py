"""One virtual environment for each peer, under ``.bench/``: the newest release that the package index has."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Protocol

import django

from benchmarks.peers import OWN, REQUIREMENTS

ROOT = Path(__file__).parents[1]


class Environments(Protocol):
    """Where peers run; ``names`` tells of whom."""

    names: Collection[str]

    def python(self, name: str) -> Path:
        """The interpreter of an environment."""
        ...


class Installed:
    """Environments of their own.

    Args:
        folder: where they are kept from one run to the next; releases that came since are installed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.names: Collection[str] = REQUIREMENTS

    def python(self, name: str) -> Path:
        """The interpreter of an environment."""
        return self._folder / name.replace(" ", "-") / "bin/python"

    def install(self) -> None:
        """Make all of them, or bring them up to date.

        Raises:
            SystemExit: one cannot be made.
        """
        for name in self.names:
            print(f"  installing {name}", file=sys.stderr, flush=True)
            python = self.python(name)
            if not python.exists():
                _run(name, sys.executable, "-m", "venv", str(python.parents[1]))
            _run(
                name, str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade",
                f"Django=={django.get_version()}", *REQUIREMENTS[name],
            )  # fmt: skip


class ThisOne:
    """The environment of this very process, for ours alone."""

    names: Collection[str] = (OWN,)

    def python(self, name: str) -> Path:  # noqa: ARG002 - the signature of Environments
        """This interpreter."""
        return Path(sys.executable)


def _run(name: str, *command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"The environment of {name} cannot be made:\n{done.stdout[-3000:]}")
