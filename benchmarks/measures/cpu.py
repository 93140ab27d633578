"""What an operation costs the client: seconds of CPU a call; and how long ``url()`` takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from benchmarks.address import Address
from benchmarks.bench import Bench, say
from benchmarks.figures import Collected, Figure
from benchmarks.measures.cases import SINGLE, Case
from benchmarks.peers import WORKING, Peer

MEASURE = "client CPU"
CUSTOM_DOMAIN = "url, custom domain"


def client_cpu(bench: Bench) -> Iterator[Figure]:
    """CPU seconds of each operation, on both servers."""
    bench.fill_swift()
    scale = bench.scale
    yield from _on(bench, bench.nginx, (*bench.with_floor, WORKING), scale.times, scale.cpu_rounds)
    yield from _on(bench, bench.swift, bench.peers, max(3, scale.times // 10), scale.rounds)


def _on(bench: Bench, server: Address, peers: tuple[Peer, ...], times: int, rounds: int) -> Iterator[Figure]:
    collected = Collected()
    with bench.at_work(server, peers) as workers:
        for case in SINGLE:
            say(f"  {server.name}: {case.label}")
            able = [peer for peer in peers if case.concerns(peer)]
            for peer in able:
                workers[peer.name].repeat(case.verb, 3, case.size)

            def once(peer: Peer, case: Case = case) -> None:
                cpu = workers[peer.name].repeat(case.verb, max(2, int(times * case.share)), case.size)
                collected.add(case.label, peer.name, "s", cpu)

            bench.rounds(rounds, once, able)
    yield from collected.figures(MEASURE, server.name)


def custom_domain(bench: Bench) -> Iterator[Figure]:
    """CPU seconds of ``url()`` where files have a domain of their own."""
    options = bench.ours.options
    public = replace(bench.ours, options=lambda address: {**options(address), "custom_domain": "files.example.com"})
    collected = Collected()
    with bench.at_work(bench.nginx, [public]) as workers:
        worker = workers[public.name]
        worker.repeat("url", 10)
        for _ in range(bench.scale.cpu_rounds):
            collected.add(CUSTOM_DOMAIN, public.name, "s", worker.repeat("url", bench.scale.times * 10))
    yield from collected.figures(MEASURE, bench.nginx.name)
