"""Clocks that disagree, keys that are too new, servers that ask for patience: what is told, and what is done."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile

from django_selectel_storage.exceptions import AccessDenied, AuthenticationFailed, TooManyRequests
from tests.faults.bench import Bench
from tests.faults.catalogue import NEW_KEY
from tests.faults.operations import KEPT, OLD
from tests.servers.mischief import Mischief

TWENTY_MINUTES = 1200  # seconds
TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"


@pytest.mark.parametrize("off", [TWENTY_MINUTES, -TWENTY_MINUTES])
@pytest.mark.parametrize("verb", ["save", "exists", "read", "delete"])
def test_on_s3_a_wrong_clock_is_told_with_both_times(bench: Bench, verb: str, off: int) -> None:
    folder = f"t{uuid4().hex}"
    bench.observers["s3"].put(folder, KEPT)
    storage, _ = bench.storage("s3", folder)
    storage.client._clock = lambda: time.time() + off  # type: ignore[attr-defined]
    verbs: dict[str, Callable[[], object]] = {
        "save": lambda: storage.save("new.bin", ContentFile(OLD)),
        "exists": lambda: storage.exists("kept.bin"),
        "read": lambda: storage.open("kept.bin").read(),
        "delete": lambda: storage.delete("kept.bin"),
    }
    with pytest.raises(PermissionError, match=rf"clock.*this machine says {TIME}.*the server {TIME}"):
        verbs[verb]()
    assert bench.observers["s3"].contents(folder) == KEPT


@pytest.mark.parametrize("face", ["swift", "keystone"])
def test_on_swift_a_wrong_clock_does_no_harm(bench: Bench, face: str, monkeypatch: pytest.MonkeyPatch) -> None:
    storage, _ = bench.storage(face)
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + TWENTY_MINUTES)
    assert storage.save("new.bin", ContentFile(OLD)) == "new.bin"
    assert storage.open("new.bin").read() == OLD


@pytest.mark.parametrize("body", [NEW_KEY, b""], ids=["with a body", "without one, as to a HEAD"])
def test_a_refused_key_may_be_a_new_one_says_the_error(bench: Bench, body: bytes) -> None:
    storage, _ = bench.storage("s3")
    bench.storage_proxy.plan(Mischief(status=403, body=body, count=1000))
    with pytest.raises((AuthenticationFailed, AccessDenied), match=r"new .*some minutes"):
        storage.save("new.bin", ContentFile(OLD))
    with pytest.raises(AccessDenied, match="so new that it does not work yet"):
        storage.exists("new.bin")


def test_as_soon_as_a_new_key_works_everything_works(bench: Bench) -> None:
    storage, _ = bench.storage("s3")
    bench.storage_proxy.plan(Mischief(status=403, body=NEW_KEY))
    with pytest.raises(AuthenticationFailed, match="some minutes"):
        storage.save("new.bin", ContentFile(OLD))
    assert storage.save("new.bin", ContentFile(OLD)) == "new.bin"
    assert storage.exists("new.bin")


@pytest.mark.parametrize("face", ["s3", "swift"])
def test_retry_after_is_waited_for(bench: Bench, face: str) -> None:
    storage, waiting = bench.storage(face)
    storage.exists("warm-up")
    bench.storage_proxy.plan(Mischief(status=429, retry_after="7", count=2, method="PUT"))
    assert storage.save("new.bin", ContentFile(OLD)) == "new.bin"
    assert len(waiting.delays) == 2
    assert all(7 <= delay < 17 for delay in waiting.delays)


@pytest.mark.parametrize("face", ["s3", "swift"])
def test_a_server_that_wants_an_hour_is_not_waited_for(bench: Bench, face: str) -> None:
    folder = f"t{uuid4().hex}"
    storage, waiting = bench.storage(face, folder)
    storage.exists("warm-up")
    bench.storage_proxy.plan(Mischief(status=429, retry_after="3600", method="PUT"))
    with pytest.raises(TooManyRequests, match="slow down"):
        storage.save("new.bin", ContentFile(OLD))
    assert waiting.delays == []
    assert bench.observers[face].contents(folder) == {}
