"""A token that ends while many threads use it, and a login server that is away."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from django_selectel_storage.exceptions import ServerError, StorageError, TimedOut
from django_selectel_storage.storage import SelectelStorage
from tests.faults.bench import Bench
from tests.faults.operations import OLD
from tests.servers.mischief import Mischief

THREADS = 32

faces_with_tokens = pytest.mark.parametrize("face", ["swift", "keystone"])


def at_once(work: Callable[[], object]) -> list[object]:
    """What each of 32 threads gives that do the same at the same moment; an error is a result too."""
    barrier = threading.Barrier(THREADS)

    def one(_: int) -> object:
        barrier.wait()
        try:
            return work()
        except StorageError as error:
            return error

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


def prepared(bench: Bench, face: str, **options: float) -> SelectelStorage:
    folder = f"t{uuid4().hex}"
    bench.observers[face].put(folder, {"kept.bin": OLD})
    return bench.storage(face, folder, **options)[0]


def logins(bench: Bench, face: str) -> int:
    return sum("auth" in each.target for each in bench.login_proxy(face).exchanges)


def content(storage: SelectelStorage) -> bytes:
    with storage.open("kept.bin") as file:
        read: bytes = file.read()
    return read


@faces_with_tokens
def test_a_token_that_ends_under_32_threads_is_renewed_by_one_login(bench: Bench, face: str) -> None:
    storage = prepared(bench, face)
    assert content(storage) == OLD
    assert logins(bench, face) == 1
    bench.revoke_tokens()
    assert at_once(lambda: content(storage)) == [OLD] * THREADS
    assert logins(bench, face) == 2


@faces_with_tokens
def test_a_token_that_is_not_accepted_at_all_is_no_loop(bench: Bench, face: str) -> None:
    storage = prepared(bench, face)
    bench.storage_proxy.plan(Mischief(status=401, count=1000, method="GET", match="kept.bin"))
    with pytest.raises(PermissionError, match="also not a fresh one"):
        content(storage)
    assert logins(bench, face) == 2


@pytest.mark.parametrize(
    ("mischief", "error"),
    [(Mischief(status=0, silent=True, count=1000), TimedOut), (Mischief(status=500, count=1000), ServerError)],
    ids=["silent", "failing"],
)
@faces_with_tokens
def test_32_threads_do_not_queue_for_a_login_server_that_is_away(
    bench: Bench, face: str, mischief: Mischief, error: type[StorageError]
) -> None:
    storage = prepared(bench, face, read_timeout=1.0, max_retries=0)
    bench.login_proxy(face).plan(mischief)
    results = at_once(lambda: content(storage))
    assert {type(result) for result in results} == {error}
    assert logins(bench, face) <= 3  # one for all who came in time; a busy machine may let some come later
    assert len({id(result) for result in results}) == THREADS
