"""A whole run: list both ends, move what is to be moved, try again what failed, and count."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django_selectel_storage.transfer import plan
from django_selectel_storage.transfer.mover import Mover, Wishes
from django_selectel_storage.transfer.plan import Shard
from django_selectel_storage.transfer.progress import Progress
from django_selectel_storage.transfer.report import Report, Tally
from django_selectel_storage.transfer.values import Entry, Outcome, Pair, Place, Result
from django_selectel_storage.transfer.work import unordered

MOST_TRIED_AGAIN = 10_000  # failures that are kept in memory to be tried again at the end


@dataclass(frozen=True, slots=True)
class Scope:
    """Which files, and how many at a time."""

    prefix: str = ""
    shard: Shard = Shard()
    workers: int = 16


class Run:
    """Moves all files of a scope from one place to another.

    Args:
        source: where they are.
        target: where they are to be.
        scope: which of them.
        wishes: how.
        report: takes down what became of each.
        progress: shows how far it is.
    """

    def __init__(
        self, source: Place, target: Place, scope: Scope, wishes: Wishes, report: Report, progress: Progress
    ) -> None:
        self._source = source
        self._target = target
        self._scope = scope
        self._verify = wishes.verify
        self._mover = Mover(source, target, wishes)
        self._report = report
        self._progress = progress
        self._tally = Tally()

    def carry_out(self) -> Tally:
        """Move everything; those that failed come once more at the end.

        Raises:
            StorageError: one end cannot be listed, or no file at all can be moved.
            ConfigurationError: an end's options are not usable.
        """
        again: list[Pair] = []
        with _counted(self._source, self._scope, self._progress):
            for outcome in self._moved(self._pairs()):
                if outcome.result is Result.FAILED and not outcome.final and len(again) < MOST_TRIED_AGAIN:
                    again.append(outcome.pair)
                else:
                    self._count(outcome)
            for outcome in self._moved(again):
                self._count(outcome)
        self._report.end(self._tally)
        return self._tally

    def _pairs(self) -> Iterator[Pair]:
        target = plan.in_order(self._target.entries(self._scope.prefix), self._target.title)
        return plan.pairs(_ours(self._source, self._scope), target)

    def _moved(self, pairs: Iterable[Pair]) -> Iterator[Outcome]:
        return unordered(self._mover.move, self._not_settled(pairs), self._scope.workers, self._mover.give_up)

    def _not_settled(self, pairs: Iterable[Pair]) -> Iterator[Pair]:
        """Give the pairs that the listings alone do not settle; the others are counted at once."""
        for pair in pairs:
            if not self._verify and plan.is_same(pair):
                self._count(Outcome(pair, Result.SAME))
            else:
                yield pair

    def _count(self, outcome: Outcome) -> None:
        self._tally.add(outcome)
        self._report.add(outcome)
        self._progress.advance(self._tally)


def _ours(source: Place, scope: Scope) -> Iterator[Entry]:
    entries = plan.in_order(source.entries(scope.prefix), source.title)
    return (entry for entry in entries if scope.shard.holds(entry.name))


@contextmanager
def _counted(source: Place, scope: Scope, progress: Progress) -> Iterator[None]:
    """Count the files in a thread beside the block, for the time that is left; who cannot be listed has no total."""
    if not (source.lists_cheaply and progress.wants_total):
        yield
        return
    over = threading.Event()

    def count() -> None:
        total = 0
        try:
            for _ in _ours(source, scope):
                if over.is_set():
                    return
                total += 1
        except Exception:  # noqa: BLE001 - the run lists as well, and says what is wrong
            return
        progress.expect(total)

    thread = threading.Thread(target=count, name="selectel-count", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
