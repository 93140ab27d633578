"""On what was measured: versions, processor, Python. No name of a machine, no path."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import time
from pathlib import Path
from typing import Any

from benchmarks import nginx
from benchmarks.bench import Bench
from benchmarks.peers import OURS_SWIFT, Peer
from benchmarks.worker import Worker


def about(bench: Bench, measured: list[str], seconds: float, load: float) -> dict[str, Any]:
    """Everything that the figures depend on."""
    return {
        "scale": bench.scale.name,
        "measured": measured,
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "minutes": round(seconds / 60, 1),
        "rounds": bench.scale.rounds,
        "load before": round(load, 2),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "system": f"{platform.system()} {platform.machine()}",
        "nginx": _first_number(nginx.found(), "-v"),
        "curl": _first_number("curl", "--version"),
        "peers": {peer.name: _versions(bench, peer) for peer in bench.peers if peer.name != OURS_SWIFT},
    }


def _versions(bench: Bench, peer: Peer) -> dict[str, str]:
    with Worker(peer, bench.nginx, bench.environments) as worker:
        found = worker.order("installed")
        return {"Python": found["python"], **found["versions"]}


def _processor() -> str:
    found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else platform.processor()


def _first_number(*command: str) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    found = re.search(r"[\d.]+", done.stdout.partition("/")[2] or done.stdout)
    return found[0] if found else "unknown"
