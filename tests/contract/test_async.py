"""The async twins: the same results, many at a time, and a loop that goes on meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile

from django_selectel_storage.devserver import Hooks
from django_selectel_storage.storage import SelectelStorage
from tests.conftest import MakeStorage

DELAY = 0.4  # seconds that the server takes


def test_the_twins_do_what_their_elders_do(storage: SelectelStorage) -> None:
    async def life() -> None:
        name = await storage.asave("a.txt", ContentFile(b"content"))
        assert name == "a.txt"
        assert await storage.aexists(name) is True
        assert await storage.aread(name) == b"content"
        assert (await storage.aurl(name)).partition("?")[0] == storage.url(name).partition("?")[0]
        await storage.adelete(name)
        assert await storage.aexists(name) is False

    asyncio.run(life())


def test_the_arguments_of_async_verbs_arrive(make_storage: MakeStorage, face: str) -> None:
    storage = make_storage(temp_url_key=None if face == "s3" else "key")

    async def life() -> None:
        taken = await storage.asave("a" * 20 + ".txt", ContentFile(b"1"), max_length=20)
        assert len(taken) <= 20
        named = await storage.asave(None, ContentFile(b"2", name="own.txt"))
        assert named == "own.txt"
        url = await storage.aurl(named, http_method="PUT", expire=77)
        assert url != await storage.aurl(named)

    asyncio.run(life())


def test_fifty_files_at_a_time_are_stored_and_read(storage: SelectelStorage) -> None:
    async def all_at_once() -> list[bytes]:
        names = await asyncio.gather(
            *(storage.asave(f"{number}.txt", ContentFile(str(number))) for number in range(50))
        )
        return await asyncio.gather(*map(storage.aread, names))

    assert asyncio.run(all_at_once()) == [str(number).encode() for number in range(50)]


VERBS: dict[str, Callable[[SelectelStorage], Coroutine[Any, Any, Any]]] = {
    "asave": lambda storage: storage.asave("new.txt", ContentFile(b"x")),
    "aread": lambda storage: storage.aread("here.txt"),
    "aexists": lambda storage: storage.aexists("here.txt"),
    "adelete": lambda storage: storage.adelete("here.txt"),
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS.keys())
def test_the_loop_goes_on_while_the_server_takes_its_time(
    storage: SelectelStorage, hooks: Hooks, location: str, verb: Callable[[SelectelStorage], Coroutine[Any, Any, Any]]
) -> None:
    storage.save("here.txt", ContentFile(b"x"))
    hooks.fault(status=0, delay=DELAY, match=location)
    pauses = []

    async def tick() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.01)
            pauses.append(time.perf_counter() - before)

    async def both() -> float:
        ticking = asyncio.create_task(tick())
        begun = time.perf_counter()
        await verb(storage)
        taken = time.perf_counter() - begun
        ticking.cancel()
        return taken

    assert asyncio.run(both()) >= DELAY
    assert len(pauses) >= 8
    assert max(pauses) < DELAY * 0.8


def test_slow_answers_are_waited_for_side_by_side(storage: SelectelStorage, hooks: Hooks, location: str) -> None:
    storage.exists("warm-up")
    hooks.fault(status=0, delay=DELAY, count=4, match=location)

    async def four() -> float:
        begun = time.perf_counter()
        await asyncio.gather(*(storage.aexists(f"{number}.txt") for number in range(4)))
        return time.perf_counter() - begun

    assert DELAY <= asyncio.run(four()) < 3 * DELAY


@pytest.mark.parametrize(
    ("verb", "error"),
    [
        pytest.param(lambda storage: storage.aread("missing.txt"), FileNotFoundError, id="aread"),
        pytest.param(lambda storage: storage.adelete(""), ValueError, id="adelete"),
        pytest.param(lambda storage: storage.aexists("../x"), SuspiciousFileOperation, id="aexists"),
        pytest.param(lambda storage: storage.asave("../x", ContentFile(b"")), SuspiciousFileOperation, id="asave"),
        pytest.param(lambda storage: storage.aurl("../x"), SuspiciousFileOperation, id="aurl"),
    ],
)
def test_the_errors_of_async_verbs_are_those_of_their_twins(
    storage: SelectelStorage,
    verb: Callable[[SelectelStorage], Coroutine[Any, Any, Any]],
    error: type[Exception],
) -> None:
    with pytest.raises(error):
        asyncio.run(verb(storage))
