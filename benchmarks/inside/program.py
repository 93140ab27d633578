"""Runs in the environment of a peer: reads an order a line, carries it out, answers a line. Knows no peer by name.

Everything is done through Django's Storage API, with the same code for all. Needs Django and the standard library.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any

import gauges
from verbs import VERBS


def configure(settings: Mapping[str, Any], attributes: Mapping[str, object]) -> None:
    """Set Django up, as an idle worker has it; the storage itself is not imported yet.

    Args:
        settings: Django's settings.
        attributes: what to set before the storage is made, by dotted path: for what no setting reaches.
    """
    import django  # noqa: PLC0415 - its time is none of the storage's
    from django.conf import settings as djangos  # noqa: PLC0415

    djangos.configure(**settings)
    django.setup()
    gauges.ATTRIBUTES.update(attributes)


def repeat(verb: str, times: int, size: int) -> dict[str, Any]:
    """Do one thing so many times, each on a name of its own; see ``gauges.repeated``."""
    return gauges.repeated(gauges.the_storage(), VERBS[verb], times, size)


def threads(verb: str, number: int, times: int, size: int) -> dict[str, Any]:
    """Do one thing in so many threads; see ``gauges.in_threads``."""
    return gauges.in_threads(gauges.the_storage(), VERBS[verb], number, times, size)


ORDERS: dict[str, Callable[..., object]] = {
    "configure": configure,
    "repeat": repeat,
    "threads": threads,
    "first": gauges.first_request,
    "upload": gauges.upload,
    "download": gauges.download,
    "walk": gauges.walk,
    "command": gauges.management_command,
    "installed": gauges.installed,
}


def main() -> None:
    """Carry out orders until there are no more."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a peer prints is no answer
    for line in sys.stdin:
        order = json.loads(line)
        try:
            answer = {"answer": ORDERS[order.pop("order")](**order)}
        except Exception:  # noqa: BLE001 - whatever it is, the other end tells of it and ends
            answer = {"error": traceback.format_exc()}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
