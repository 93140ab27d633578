"""Carries out all cases and writes their figures into docs/reliability.md: `python -m tests.faults.report`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

from tests.faults.catalogue import CASES, LASTING, PASSING, Case
from tests.faults.operations import OPERATIONS
from tests.faults.run import Verdicts, carry_out_all
from tests.faults.trial import Verdict
from tests.reliability import record
from tests.servers.stack import storage_stack

SECTION = ("faults", "tests.faults.report")
PROTOCOLS = {"s3": "S3", "swift": "Swift, auth v1.0", "keystone": "Swift, login with Keystone"}


def rows(verdicts: Verdicts) -> Iterable[str]:
    """A row for each protocol: how many cases, how they ended, how much was compared."""
    yield "| protocol | cases | survived | refused with the right error | lost, half or twice | objects compared |"
    yield "|---|---|---|---|---|---|"
    for face, label in PROTOCOLS.items():
        ends = [verdict for case, verdict in verdicts.items() if case.face == face]
        good = [verdict for verdict in ends if isinstance(verdict, Verdict)]
        survived = sum(verdict.survived for verdict in good)
        objects = sum(verdict.objects for verdict in good)
        cells = (label, len(ends), survived, len(good) - survived, len(ends) - len(good), objects)
        yield f"| {' | '.join(map(str, cells))} |"


def lines(verdicts: Verdicts) -> Iterable[str]:
    """What stands between the marks of the page."""
    yield from rows(verdicts)
    yield ""
    yield "For a while: " + "; ".join(trouble.name for trouble in PASSING) + "."
    yield ""
    yield "For good: " + "; ".join(trouble.name.removesuffix(", for good") for trouble in LASTING) + "."
    yield ""
    yield "Each during: " + "; ".join(operation.name for operation in OPERATIONS) + "."


def failures(verdicts: Verdicts) -> list[tuple[Case, BaseException]]:
    return [(case, verdict) for case, verdict in verdicts.items() if isinstance(verdict, BaseException)]


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    with storage_stack(keystone=True) as stack:
        verdicts = carry_out_all(CASES, stack)
    for case, error in failures(verdicts):
        print(f"{case}: {error!r}", file=sys.stderr)
    print("\n".join(rows(verdicts)))
    record(*SECTION, lines(verdicts))
    return 1 if failures(verdicts) else 0


if __name__ == "__main__":
    sys.exit(main())
