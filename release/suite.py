"""The suite without the source that it tests: what the source distribution holds, but for its src folder."""

from __future__ import annotations

import shutil
from pathlib import Path

from release.dist import only


def lay_out(dist: Path, target: Path) -> None:
    """Unpack the built source distribution without its src folder; what was there before goes.

    Args:
        dist: the folder with one source distribution and one wheel.
        target: where the suite is to lie; the wheel lies below it too, for the tests that look into it.
    """
    sdist, wheel = only(dist, "*.tar.gz"), only(dist, "*.whl")
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.unpack_archive(sdist, target.parent, filter="data")
    (target.parent / sdist.name.removesuffix(".tar.gz")).rename(target)
    shutil.rmtree(target / "src")
    (target / "dist").mkdir()
    shutil.copy2(wheel, target / "dist")
