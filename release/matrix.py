"""Runs the suite, as it comes out of the source distribution, against the built wheel: ``python -m release.matrix``.

The source folder is out of reach: the tests lie in a folder below build/ that has none, and tox installs the wheel.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from python_discovery import get_interpreter

from release import pairs
from release.dist import DIST, ROOT, only
from release.pairs import Pair
from release.suite import lay_out

BUILD = ROOT / "build"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for, and give tox's exit status."""
    wanted, pytest_arguments = _command_line(arguments)
    known = pairs.supported(pairs.TOX_INI.read_text(encoding="utf-8"))
    interpreters = found_interpreters({pair.python for pair in known})
    here = [pair for pair in known if pair.python in interpreters]
    missing = [pair for pair in known if pair not in here]
    for python in sorted({pair.python for pair in missing}):
        left_out = ", ".join(pair.name for pair in missing if pair.python == python)
        print(f"Python {python[0]}.{python[1]} is not found here, so these are not run: {left_out}")
    chosen = pairs.chosen(wanted, here)
    if not chosen:
        raise SystemExit("error: there is no interpreter for any pair.")
    for pair in chosen:
        lay_out(DIST, BUILD / pair.name)
    return run_tox(chosen, only(DIST, "*.whl"), [interpreters[pair.python] for pair in chosen], pytest_arguments)


def _command_line(arguments: Sequence[str] | None) -> tuple[str, list[str]]:
    parser = argparse.ArgumentParser(prog="python -m release.matrix", description=__doc__)
    parser.add_argument("--pairs", default="all", help="all, oldest, newest, names as py310-django42; commas between")
    parser.add_argument("pytest", nargs="*", help="arguments of pytest, behind --")
    given = parser.parse_args(arguments)
    return given.pairs, given.pytest


def found_interpreters(versions: Iterable[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """Give the path of an interpreter for each version that is on PATH or among pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    first = [str(python) for python in sorted(pyenv.glob("versions/3.[1-9][0-9]*/bin/python"))]
    found = {version: get_interpreter(f"cpython{version[0]}.{version[1]}", first) for version in versions}
    return {version: python.system_executable or python.executable for version, python in found.items() if python}


def run_tox(chosen: Sequence[Pair], wheel: Path, interpreters: Sequence[str], pytest_arguments: Sequence[str]) -> int:
    """Run tox on these pairs with a wheel that is already built, and give its exit status."""
    command = [sys.executable, "-m", "tox", "run", "-e", ",".join(pair.name for pair in chosen)]
    command += ["--installpkg", str(wheel), "--skip-missing-interpreters", "false", "--discover", *interpreters]
    return subprocess.run([*command, "--", *pytest_arguments], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
