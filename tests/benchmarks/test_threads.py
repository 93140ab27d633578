"""Threads are measured with no package that mixes their answers up."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

from benchmarks.bench import Bench
from benchmarks.measures.threads import threads
from benchmarks.peers import PEERS, Peer
from benchmarks.scales import SCALES


def test_a_package_whose_threads_share_one_connection_is_measured_with_one_thread_only() -> None:
    scale = SCALES["full"]
    measured: list[list[str]] = []

    def rounds(_number: int, _once: Callable[[Peer], None], peers: list[Peer]) -> None:
        measured.append([peer.name for peer in peers])

    nginx = SimpleNamespace(name="nginx")
    list(threads(cast(Bench, SimpleNamespace(scale=scale, peers=PEERS, nginx=nginx, rounds=rounds))))

    everyone = [peer.name for peer in PEERS]
    others = [name for name in everyone if name != "django-storage-swift"]
    assert dict(zip(scale.threads, measured, strict=True)) == {1: everyone, 8: others, 32: others}
