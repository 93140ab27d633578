"""Django's own tests of storages: fetched from the source release of the installed version, kept in a cache."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

import django

SUITE = "tests/file_storage/"


class ReleaseMissing(Exception):
    """The source release could not be fetched."""


def unpacked_suite(cache: Path) -> Path:
    """Give the folder that holds the package ``file_storage`` of the installed Django; fetch it if it is not there."""
    target = cache / f"django-{django.__version__}"
    if not target.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=cache) as scratch:
            unpacked = _unpacked(_fetched(Path(scratch)), Path(scratch) / "unpacked")
            _put(unpacked, target)
    return target


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


def _unpacked(archive: Path, folder: Path) -> Path:
    """Write out the modules of the suite, and nothing else."""
    package = folder / "file_storage"
    package.mkdir(parents=True)
    with tarfile.open(archive) as members:
        for member in members:
            _, _, name = member.name.partition("/")
            content = members.extractfile(member) if name.startswith(SUITE) and name.endswith(".py") else None
            if content is not None:
                (package / Path(name).name).write_bytes(content.read())
    if not (package / "tests.py").exists():
        raise ReleaseMissing(f"{archive.name} has no {SUITE}tests.py.")
    return folder


def _put(folder: Path, target: Path) -> None:
    """Move the folder to its place, where another run may have put one in the meantime."""
    try:
        folder.rename(target)
    except OSError:
        if not target.is_dir():
            raise
