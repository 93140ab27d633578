"""The entrance of the child process: `python -m django_selectel_storage.devserver`."""

from __future__ import annotations

import os
import sys
import time
import warnings
from importlib.util import find_spec
from typing import TYPE_CHECKING

from .arguments import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

INSTALL = 'pip install "django-selectel-storage[devserver]"'


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the server; the exit code."""
    started = time.monotonic()
    # Those of eventlet and Swift, which concern nobody here; also where PYTHONWARNINGS makes them errors.
    warnings.simplefilter("ignore")
    options = parse(arguments)
    if sys.platform != "linux":
        return refuse(f"OpenStack Swift runs on Linux only; there: {INSTALL}")
    if options.keystone and find_spec("keystonemiddleware") is None:
        return refuse("--keystone needs another package: pip install keystonemiddleware")
    try:
        from .child import run  # noqa: PLC0415 - the only door through which Swift and eventlet come in
    except ImportError as error:
        return refuse(f"OpenStack Swift is not installed here ({error}): {INSTALL}")
    return run(options, started)


def refuse(reason: str) -> int:
    """Tell why not in one line; the exit code."""
    print(f"error: {reason}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Connections that are still open would hold an orderly exit up.
    os._exit(status)
