"""How far it is: a bar on a terminal, a line now and then elsewhere. Knows numbers, and nothing of files."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import IO, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from tqdm import tqdm

from django_selectel_storage.transfer.report import Tally, counted, number, size_text
from django_selectel_storage.transfer.values import Result

INTERVAL = 10.0  # seconds between two lines


class Progress(Protocol):
    """Shows how far it is.

    Attributes:
        wants_total: whether it does anything with the number of files, so that counting them is worth a listing.
    """

    wants_total: bool

    def advance(self, tally: Tally) -> None:
        """Show the numbers after one more file."""
        ...

    def expect(self, total: int) -> None:
        """Take note of how many files there are; called from another thread."""
        ...

    def close(self) -> None:
        """Show nothing more."""
        ...


def progress_on(stream: IO[str]) -> Progress:
    """Choose by whether somebody sits at a terminal."""
    return Bar(stream) if stream.isatty() else Lines(stream)


class Bar:
    """A bar with files, rate, time left, bytes and failures."""

    wants_total = True

    def __init__(self, stream: IO[str]) -> None:
        self._bar = tqdm(unit=pgettext("transfer", " files"), file=stream, dynamic_ncols=True, mininterval=0.2)
        self._begun = time.monotonic()

    def advance(self, tally: Tally) -> None:
        """Move the bar."""
        seconds = time.monotonic() - self._begun
        self._bar.set_postfix_str(_bytes_and_failures(tally, seconds), refresh=False)
        self._bar.update()

    def expect(self, total: int) -> None:
        """Give the bar its end."""
        self._bar.total = total

    def close(self) -> None:
        """Leave the bar as it is."""
        self._bar.close()


class Lines:
    """A line every ten seconds, for logs.

    Args:
        stream: where they go.
        clock: gives seconds.
    """

    wants_total = True

    def __init__(self, stream: IO[str], clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._begun = self._shown = clock()
        self._total = 0

    def advance(self, tally: Tally) -> None:
        """Write a line, if the last one is old enough."""
        now = self._clock()
        if now - self._shown < INTERVAL:
            return
        self._shown = now
        seconds = now - self._begun
        rate = tally.done / seconds
        words = [self._files(tally.done), _("{rate} files/s").format(rate=number(rate, 1))]
        words.append(_bytes_and_failures(tally, seconds))
        if self._total and rate:
            words.append(_("{seconds} s left").format(seconds=number(max(0, self._total - tally.done) / rate)))
        self._stream.write(f"{', '.join(words)}\n")
        self._stream.flush()

    def expect(self, total: int) -> None:
        """Take note of how many files there are."""
        self._total = total

    def _files(self, done: int) -> str:
        if not self._total:
            return ngettext("{count} file", "{count} files", done).format(count=number(done))
        words = ngettext("{count} of {total} file", "{count} of {total} files", self._total)
        return words.format(count=number(done), total=number(self._total))

    def close(self) -> None:
        """Do nothing."""


class Silence:
    """Shows nothing."""

    wants_total = False

    def advance(self, tally: Tally) -> None:
        """Do nothing."""

    def expect(self, total: int) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


def _bytes_and_failures(tally: Tally, seconds: float) -> str:
    rate = _("{size}/s").format(size=size_text(tally.copied_bytes / seconds))
    words = [size_text(tally.copied_bytes), rate]
    if tally.failed:
        words.append(counted(Result.FAILED, tally.failed))
    return ", ".join(words)
