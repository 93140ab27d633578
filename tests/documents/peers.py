"""Other packages of storages, fetched from where packages come from, each run in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PATIENCE = 120
# What django-storage-swift imports and these tests do not use; libmagic is not everywhere.
STAND_INS = {"magic.py": ""}


def unpacked(wheel: str, cache: Path) -> Path:
    """Give the folder with a package's wheel, as ``name==1.0``, unpacked; fetch it if it is not there."""
    target = cache / wheel.replace("==", "-")
    if not target.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=cache) as scratch:
            folder = Path(scratch) / "unpacked"
            with zipfile.ZipFile(_fetched(wheel, Path(scratch))) as archive:
                archive.extractall(folder)
            for name, content in STAND_INS.items():
                (folder / name).write_text(content)
            folder.rename(target)
    return target


def _fetched(wheel: str, folder: Path) -> Path:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--only-binary=:all:", "--dest", str(folder), wheel], check=True)
    (found,) = folder.glob("*.whl")
    return found


def answers(program: str, settings: dict[str, Any], package: Path | None = None) -> dict[str, Any]:
    """Run a program in a Django process with these settings, and give what it leaves as ``answer``.

    Args:
        program: what to run once Django is set up.
        settings: the settings, as far as JSON can say them.
        package: a folder whose packages come before all others.
    """
    frame = (
        "import json, sys\n"
        f"sys.path[:0] = {[str(package)] if package else []!r}\n"
        "import django\n"
        "from django.conf import settings\n"
        "settings.configure(**json.load(sys.stdin))\n"
        "django.setup()\n"
        f"{program}\n"
        "print(json.dumps(answer))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", frame],
        input=json.dumps(settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        env={**os.environ, "AWS_EC2_METADATA_DISABLED": "true"},
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer
