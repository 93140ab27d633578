"""Carries out many cases side by side: most of their time is waiting for answers that do not come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from queue import SimpleQueue

from tests.faults.bench import Bench, small_limits_and_no_waiting
from tests.faults.catalogue import Case
from tests.faults.trial import Verdict, carry_out
from tests.servers.stack import Stack

AT_ONCE = 8

Verdicts = Mapping[Case, "Verdict | BaseException"]


def carry_out_all(cases: Iterable[Case], stack: Stack) -> Verdicts:
    """Give the verdict on each case, or what it failed with."""
    together = [case for case in cases if case.trouble.way != "revoke"]
    alone = [case for case in cases if case.trouble.way == "revoke"]  # this concerns everybody's tokens
    benches: SimpleQueue[Bench] = SimpleQueue()

    def judged_by_any(case: Case) -> Verdict | BaseException:
        bench = benches.get()
        try:
            return judged(case, bench)
        finally:
            benches.put(bench)

    with ExitStack() as exits:
        exits.enter_context(small_limits_and_no_waiting())
        for _ in range(AT_ONCE):
            benches.put(exits.enter_context(Bench(stack)))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            verdicts = dict(zip(together, pool.map(judged_by_any, together), strict=True))
        bench = benches.get()
        return {**verdicts, **{case: judged(case, bench) for case in alone}}


def judged(case: Case, bench: Bench) -> Verdict | BaseException:
    """The verdict on a case, or what it failed with."""
    try:
        return carry_out(case, bench)
    except Exception as error:  # noqa: BLE001 - handed on
        return error
