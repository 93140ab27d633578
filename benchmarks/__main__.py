"""Measures everything and writes it down: ``python -m benchmarks --scale small``. Fails when a peer cannot run."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from benchmarks import machine
from benchmarks.bench import say, set_up
from benchmarks.environments import ROOT, Environments, Installed
from benchmarks.figures import Figure, Results
from benchmarks.measures import cpu, growth, large, latency, profile, races, requests, start, static, threads, transfer
from benchmarks.peers import PEERS, Peer
from benchmarks.report import page
from benchmarks.scales import SCALES, Scale
from benchmarks.worker import PeerFailed

MEASURES = {
    "cpu": (cpu.client_cpu, cpu.custom_domain),
    "profile": (profile.profile,),
    "requests": (requests.requests,),
    "latency": (latency.without_proxy, latency.latency),
    "start": (start.start, start.installed),
    "threads": (threads.threads,),
    "listings": (growth.listings,),
    "transfer": (transfer.transfer,),
    "static": (static.on_nginx, static.on_swift, static.growth),
    "races": (races.races,),
    "uploads": (growth.uploads,),
    "large": (large.large,),
}


def carried_out(scale: Scale, environments: Environments, peers: tuple[Peer, ...], wanted: list[str]) -> Results:
    """Measure, and give all that was measured.

    Args:
        scale: how much.
        environments: where the peers run.
        peers: who is compared.
        wanted: what is measured, keys of ``MEASURES``.
    """
    figures: list[Figure] = []
    started, load = time.monotonic(), os.getloadavg()[1]  # of the last five minutes
    with set_up(scale, environments, peers) as bench:
        for name in wanted:
            say(f"{name}, {time.monotonic() - started:.0f} s after the start")
            for measure in MEASURES[name]:
                figures.extend(measure(bench))
        about = machine.about(bench, wanted, time.monotonic() - started, load)
    return Results(about, tuple(figures))


def main() -> int:
    """Measure, write down and draw."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--scale", choices=[name for name in SCALES if name != "tiny"], default="full")
    parser.add_argument("--only", nargs="*", choices=list(MEASURES), metavar="MEASURE", default=[],
                        help=f"some of: {', '.join(MEASURES)}; writes no page")  # fmt: skip
    parser.add_argument("--into", type=Path, default=ROOT / "docs", help="the folder of the page")
    arguments = parser.parse_args()
    scale = SCALES[arguments.scale]
    say(f"The scale {scale.name} takes about {scale.minutes} minutes on a quiet machine of two cores.")
    environments = Installed(ROOT / ".bench")
    environments.install()
    try:
        results = carried_out(scale, environments, PEERS, arguments.only or list(MEASURES))
    except PeerFailed as error:
        say(str(error))
        return 1
    if arguments.only:
        sys.stdout.write(page.section(results) + "\n")
    else:
        page.write(results, arguments.into)
    return 0


if __name__ == "__main__":
    sys.exit(main())
