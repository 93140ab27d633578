"""Django's own tests: fetched from the source release of the installed version, kept in a cache, run in a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory, gettempdir
from typing import Any
from uuid import uuid4

import django
import pytest

ROOT = Path(__file__).parents[1]

Reports = dict[str, str]  # case -> what went wrong with it, "" for nothing


class ReleaseMissing(Exception):
    """The source release could not be fetched, or is not what it was expected to be."""


def unpacked_suite(package: str, config: pytest.Config) -> Path:
    """Give the folder that holds a package of Django's tests of the installed version; fetch it if it is not there.

    Args:
        package: its name, such as ``file_storage``.
        config: of the run, whose cache keeps the packages.

    Raises:
        ReleaseMissing: pip did not fetch the release, or it has no such package.
    """
    cache = _cache_of(config)
    target = cache / f"{package}-{django.__version__}"
    if not target.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=cache) as scratch:
            folder = Path(scratch) / "unpacked"
            with tarfile.open(_fetched(Path(scratch))) as members:
                _unpack(members, package, folder)
            _put(folder, target)
    return target


def _cache_of(config: pytest.Config) -> Path:
    cache: pytest.Cache | None = getattr(config, "cache", None)  # there is none under -p no:cacheprovider
    return cache.mkdir("django-tests") if cache else Path(gettempdir()) / "django-tests"


def _fetched(folder: Path) -> Path:
    """Have pip fetch the release: it knows where packages come from here, and makes sure that this one is whole."""
    wanted = f"Django=={django.__version__}"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet"]
    run = subprocess.run(
        [*pip, "--no-deps", "--no-binary", "django", "--dest", str(folder), wanted],
        capture_output=True,
        text=True,
        check=False,
    )
    found = list(folder.glob("*.tar.gz"))
    if run.returncode or not found:
        raise ReleaseMissing(f"pip did not fetch the source release of {wanted}:\n{run.stderr}")
    return found[0]


def _unpack(members: tarfile.TarFile, package: str, folder: Path) -> None:
    """Write out the files of the package, and nothing else; a symbolic link would be skipped."""
    for member in members:
        path = PurePosixPath(member.name)
        if path.parts[1:3] != ("tests", package) or ".." in path.parts or not member.isfile():
            continue
        content = members.extractfile(member)
        if content is not None:
            file = folder.joinpath(*path.parts[2:])
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.read())
    if not (folder / package / "__init__.py").exists():
        raise ReleaseMissing(f"The source release of Django {django.__version__} has no tests/{package}.")


def _put(folder: Path, target: Path) -> None:
    """Move the folder to its place, where another run may have put one in the meantime."""
    try:
        folder.rename(target)
    except OSError:
        if not target.is_dir():
            raise


def ask(module: str, request: dict[str, Any], folder: Path, time_limit: int) -> Reports:
    """Give a request to a process of its own, and read its answer.

    Args:
        module: the program that runs Django's tests.
        request: for the program.
        folder: where it works.
        time_limit: in seconds.
    """
    answer = folder / f"{uuid4().hex}.json"
    run = subprocess.run(
        [sys.executable, "-m", module],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])},
        input=json.dumps({**request, "answer": str(answer)}),
        capture_output=True,
        text=True,
        timeout=time_limit,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    reports: Reports = json.loads(answer.read_text(encoding="utf-8"))
    return reports
