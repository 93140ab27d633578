"""Servers that take bytes slowly, or hand them out slowly."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile

from django_selectel_storage.exceptions import TimedOut
from tests.faults.bench import Bench
from tests.faults.operations import LARGE, MIDDLING
from tests.servers.mischief import Mischief

both_protocols = pytest.mark.parametrize("face", ["s3", "swift"])
SLOWLY: dict[str, Any] = {"status": 0, "slow": True, "method": "PUT"}  # 64 KiB at a time


@both_protocols
def test_a_server_that_takes_its_time_gets_every_byte(bench: Bench, face: str) -> None:
    """The bytes take longer than `connect_timeout`, which is none of their business."""
    folder = f"t{uuid4().hex}"
    storage, _ = bench.storage(face, folder, connect_timeout=0.4, read_timeout=20.0, max_retries=0)
    storage.exists("warm-up")
    bench.storage_proxy.plan(Mischief(**SLOWLY, pause=0.03, count=2))
    storage.save("large.bin", ContentFile(LARGE))
    assert bench.observers[face].contents(folder) == {"large.bin": LARGE}


@both_protocols
def test_a_server_that_takes_no_more_bytes_is_not_waited_for(bench: Bench, face: str) -> None:
    folder = f"t{uuid4().hex}"
    storage, _ = bench.storage(face, folder, read_timeout=1.0, max_retries=0)
    storage.exists("warm-up")
    bench.storage_proxy.plan(Mischief(**SLOWLY, pause=30.0, count=2))
    with pytest.raises(TimedOut, match="read_timeout"):
        storage.save("large.bin", ContentFile(LARGE))
    bench.behave()
    assert bench.observers[face].contents(folder) == {}
    assert bench.observers[face].parts(folder) == 0


@both_protocols
def test_a_body_that_trickles_is_taken_up_again_on_another_connection(bench: Bench, face: str) -> None:
    folder = f"t{uuid4().hex}"
    bench.observers[face].put(folder, {"middling.bin": MIDDLING})
    storage, _ = bench.storage(face, folder, read_timeout=1.0)
    storage.exists("warm-up")
    bench.storage_proxy.plan(Mischief(status=0, trickle=1000, pause=0.2, method="GET"))
    with storage.open("middling.bin") as file:
        assert file.read() == MIDDLING
    reads = [each for each in bench.storage_proxy.exchanges if each.method == "GET"]
    assert len(reads) >= 2
