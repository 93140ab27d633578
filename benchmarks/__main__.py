"""Measures everything and writes it down: ``python -m benchmarks --scale small``. Fails when a peer cannot run."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from pathlib import Path

from benchmarks import machine
from benchmarks.bench import say, set_up
from benchmarks.environments import ROOT, Environments, Installed
from benchmarks.figures import Results
from benchmarks.kept import Kept
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
UNFINISHED = ROOT / ".bench/unfinished.json"


def carried_out(
    scale: Scale,
    environments: Environments,
    peers: tuple[Peer, ...],
    wanted: list[str],
    unfinished: Path | None = None,
    *,
    resume: bool = False,
) -> Results:
    """Measure, and give all that was measured.

    Args:
        scale: how much.
        environments: where the peers run.
        peers: who is compared.
        wanted: what is measured, keys of ``MEASURES``.
        unfinished: where figures are kept as they come; None if nowhere.
        resume: whether to go on with what is kept there.
    """
    load = os.getloadavg()[1]  # of the last five minutes
    with set_up(scale, environments, peers) as bench:
        run = machine.run(bench)
        kept = Kept.resumed(unfinished, run) if unfinished and resume else Kept(unfinished, run)
        for name in [name for name in wanted if name not in kept.measures]:
            say(f"{name}, after {kept.seconds:.0f} s")
            started = time.monotonic()
            figures = tuple(figure for measure in MEASURES[name] for figure in measure(bench))
            kept.add(name, figures, time.monotonic() - started)
    about = {
        **run,
        "measured": wanted,
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "minutes": round(kept.seconds / 60, 1),
        "sittings": kept.sittings,
        "load before": round(load, 2),
    }
    return Results(about, tuple(figure for name in wanted for figure in kept.measures[name]))


def main() -> int:
    """Measure, write down and draw."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--scale", choices=[name for name in SCALES if name != "tiny"], default="full")
    parser.add_argument("--only", nargs="*", choices=list(MEASURES), metavar="MEASURE", default=[],
                        help=f"some of: {', '.join(MEASURES)}; writes no page")  # fmt: skip
    parser.add_argument("--resume", action="store_true", help="go on with a run of everything that was interrupted")
    parser.add_argument("--into", type=Path, default=ROOT / "docs", help="the folder of the page")
    arguments = parser.parse_args()
    if arguments.only and arguments.resume:
        parser.error("--resume goes on with a run of everything: leave --only out")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("The run was ended."))  # servers end, and their folders go
    scale = SCALES[arguments.scale]
    say(f"The scale {scale.name} takes about {scale.minutes} minutes on a quiet machine of two cores.")
    environments = Installed(ROOT / ".bench")
    environments.install()
    try:
        wanted = arguments.only or list(MEASURES)
        unfinished = None if arguments.only else UNFINISHED
        results = carried_out(scale, environments, PEERS, wanted, unfinished, resume=arguments.resume)
    except PeerFailed as error:
        say(str(error))
        return 1
    if arguments.only:
        sys.stdout.write(page.section(results) + "\n")
    else:
        page.write(results, arguments.into)
        UNFINISHED.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
