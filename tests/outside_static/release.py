"""Django's own tests of static files: fetched from the source release of the installed version, kept in a cache."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

import django

SUITE = "tests/staticfiles_tests/"


class ReleaseMissing(Exception):
    """The source release could not be fetched."""


def unpacked_suite(cache: Path) -> Path:
    """Give the folder that holds the package ``staticfiles_tests`` of the installed Django; fetch it if need be."""
    target = cache / f"django-{django.__version__}"
    if not target.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=cache) as scratch:
            archive = _fetched(Path(scratch))
            folder = Path(scratch) / "unpacked"
            with tarfile.open(archive) as members:
                _unpack(members, folder)
            if not (folder / "staticfiles_tests/test_storage.py").exists():
                raise ReleaseMissing(f"{archive.name} has no {SUITE}test_storage.py.")
            _put(folder, target)
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


def _unpack(members: tarfile.TarFile, folder: Path) -> None:
    """Write out the files of the suite, and nothing else; a symbolic link would be skipped."""
    for member in members:
        _, _, name = member.name.partition("/tests/")
        content = members.extractfile(member) if f"tests/{name}".startswith(SUITE) and member.isfile() else None
        if content is not None and ".." not in Path(name).parts:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content.read())


def _put(folder: Path, target: Path) -> None:
    """Move the folder to its place, where another run may have put one in the meantime."""
    try:
        folder.rename(target)
    except OSError:
        if not target.is_dir():
            raise
