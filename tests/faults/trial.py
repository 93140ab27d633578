"""Carries out one case, and judges it: nothing lost, nothing half, nothing twice, nobody waiting for ever."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, replace
from uuid import uuid4

from django_selectel_storage.exceptions import DeletionFailed, StorageError, TimedOut
from django_selectel_storage.storage import SelectelStorage
from tests.faults.bench import Bench, Waiting
from tests.faults.catalogue import SHORT, Case
from tests.servers.mischief import Mischief
from tests.servers.proxy import Proxy

TRIES = 6
TRIES_FOR_GOOD = 2
REQUESTS = 4  # that an operation may have to give up on
WARM_UPS = 10
SLACK = 20  # seconds that a busy machine may take beyond what the options allow


@dataclass(frozen=True)
class Verdict:
    """How a case ended.

    Attributes:
        survived: whether the operation was done in spite of it all; otherwise it ended in the error that fits.
        objects: how many objects were compared byte for byte afterwards.
        seconds: how long the operation took.
    """

    survived: bool
    objects: int
    seconds: float


def carry_out(case: Case, bench: Bench) -> Verdict:
    """Let an operation meet a trouble.

    Raises:
        AssertionError: something was lost, stands there half or twice, or took too long.
    """
    operation, folder = case.operation, f"t{uuid4().hex}"
    bench.behave()
    observer = bench.observers[case.face]
    observer.put(folder, operation.before)
    tries = TRIES_FOR_GOOD if case.trouble.for_good else TRIES
    storage, waiting = bench.storage(
        case.face, folder, read_timeout=case.read_timeout, connect_timeout=SHORT, max_retries=tries - 1
    )
    if not operation.is_login:
        warm_up(storage)
    cause(case, bench, waiting)
    begun = time.monotonic()
    error = outcome(case, storage)
    seconds = time.monotonic() - begun
    bench.behave()
    longest = REQUESTS * tries * (SHORT + 2 * case.read_timeout) + SLACK
    assert seconds < longest, f"it took {seconds:.0f} seconds, where the options allow {longest:.0f}"
    assert_error_fits(case, error, folder)
    left = observer.contents(folder)
    assert_state_fits(case, error, left)
    assert observer.parts(folder) == 0, "parts of an upload were left behind"
    return Verdict(error is None, len(left), seconds)


def warm_up(storage: SelectelStorage) -> None:
    """Log in and connect; on a busy machine even that may take longer than the short timeouts of some cases."""
    for _ in range(WARM_UPS - 1):
        with suppress(TimedOut):
            storage.exists("kept.bin")
            return
    storage.exists("kept.bin")


def cause(case: Case, bench: Bench, waiting: Waiting) -> None:
    """Bring the trouble about."""
    operation, trouble = case.operation, case.trouble
    proxy = bench.login_proxy(case.face) if operation.is_login else bench.storage_proxy
    if trouble.way == "refuse":
        refuse(proxy, waiting, for_good=trouble.for_good)
    elif trouble.way == "stale":
        proxy.hang_up()
    elif trouble.way == "revoke":
        bench.revoke_tokens()
    else:
        proxy.plan(_aimed(case))


def _aimed(case: Case) -> Mischief:
    return replace(case.trouble.mischief, method=case.operation.method, match=case.operation.match)


def refuse(proxy: Proxy, waiting: Waiting, *, for_good: bool) -> None:
    """Refuse connections; unless it is for good, until the storage has waited twice."""
    if not for_good:
        waiting.meanwhile = lambda count: proxy.listen() if count == 2 else None
    proxy.refuse()


def outcome(case: Case, storage: SelectelStorage) -> StorageError | None:
    """Do the operation; a result that is not the right one is no success."""
    try:
        result = case.operation.act(storage)
    except StorageError as error:
        return error
    assert result == case.operation.result, "a wrong result was handed out"
    return None


def assert_error_fits(case: Case, error: StorageError | None, folder: str) -> None:
    """An error only where one is allowed, of the right kind, and one that names what it is about."""
    errors = case.trouble.errors
    if error is None:
        may_survive = not errors or (case.trouble.for_good and case.trouble.may_be_done)
        assert may_survive, f"a silent success, where {errors} was to be raised"
        return
    for each in error.failures.values() if isinstance(error, DeletionFailed) else [error]:
        assert isinstance(each, errors), f"{type(each).__name__}: {each}"
        assert any(word in str(each) for word in (folder, "'media'", "127.0.0.1")), str(each)


def assert_state_fits(case: Case, error: StorageError | None, left: dict[str, bytes]) -> None:
    """All as after the operation, or all as before; nothing between, nothing else."""
    operation = case.operation
    allowed = [operation.after] if error is None else [operation.before]
    if error is not None and case.trouble.may_be_done:
        allowed.append(operation.after)
    assert any(left == state for state in allowed), f"there lie {sorted(left)}, after {error!r}"
