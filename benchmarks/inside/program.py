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

from benchmarks.inside import gauges, race
from benchmarks.inside.shares import shares
from benchmarks.inside.verbs import VERBS


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


def prepare(verb: str, times: int, size: int) -> None:
    """Make ready what one thing is done with, so many times."""
    READY[verb] = list(VERBS[verb].names(gauges.the_storage(), times, size))


def act(verb: str, size: int, gauge: str) -> float:
    """Do one thing with each of the names that were made ready; give what one of them took, in seconds."""
    return GAUGES[gauge](gauges.the_storage(), VERBS[verb].act, READY.pop(verb), bytes(size))


def profiled(verb: str, size: int) -> dict[str, float]:
    """Do one thing with each of the names that were made ready; see ``shares``."""
    storage, one, content = gauges.the_storage(), VERBS[verb], bytes(size)
    names = READY.pop(verb)
    return shares(lambda: [one.act(storage, name, content) for name in names])


def threads(verb: str, number: int, times: int, size: int) -> dict[str, float]:
    """Do one thing in so many threads; see ``gauges.in_threads``."""
    storage, one = gauges.the_storage(), VERBS[verb]
    names = [list(one.names(storage, times, size)) for _ in range(number)]
    one.act(storage, next(iter(one.names(storage, 1, size))), bytes(size))
    return gauges.in_threads(storage, one.act, names, bytes(size))


READY: dict[str, list[str]] = {}  # names, by the verb that they were made ready for
GAUGES = {"cpu": gauges.cpu_of_one, "wall": gauges.wall_of_one}
ORDERS: dict[str, Callable[..., object]] = {
    "configure": configure,
    "prepare": prepare,
    "act": act,
    "shares": profiled,
    "threads": threads,
    "first": gauges.first_request,
    "upload": gauges.upload,
    "download": gauges.download,
    "forget": lambda name: gauges.the_storage().delete(name),
    "walk": gauges.walk,
    "put files": gauges.put_files,
    "command": gauges.management_command,
    "race": race.lost,
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
