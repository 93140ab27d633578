"""The entrance: `python -m demo`. Signals are watched before anything that takes time is imported."""

from __future__ import annotations

import sys

from demo.ending import Ending


def main() -> int:
    ending = Ending()
    ending.watch()
    from demo.run import run  # noqa: PLC0415

    return run(ending)


if __name__ == "__main__":
    sys.exit(main())
