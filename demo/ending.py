"""The signals that tell the demo to end. They only leave a note: nothing is interrupted half-way."""

from __future__ import annotations

import signal

NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Ending:
    """Whether somebody wants the demo to end."""

    def __init__(self) -> None:
        self.signals: list[int] = []

    @property
    def wanted(self) -> bool:
        return bool(self.signals)

    def watch(self) -> None:
        for number in NUMBERS:
            signal.signal(number, lambda got, _: self.signals.append(got))
