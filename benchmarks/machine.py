"""On what was measured: versions, processor, Python, sources. No name of a machine, no path."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks import nginx
from benchmarks.bench import Bench
from benchmarks.environments import ROOT
from benchmarks.peers import OURS_SWIFT, Peer
from benchmarks.worker import Worker


def run(bench: Bench) -> dict[str, Any]:
    """Everything that the figures depend on, and that stays as it is while a run lasts."""
    return {
        "scale": bench.scale.name,
        "rounds": bench.scale.rounds,
        "sources": _sources(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "system": f"{platform.system()} {platform.machine()}",
        "nginx": _first_number(nginx.found(), "-v"),
        "curl": _first_number("curl", "--version"),
        "peers": {peer.name: _versions(bench, peer) for peer in bench.peers if peer.name != OURS_SWIFT},
    }


def _sources() -> str:
    """A digest of what is measured, and of what measures it."""
    digest = sha256()
    for path in sorted(path for part in ("src", "benchmarks") for path in (ROOT / part).rglob("*.*")):
        if path.suffix in {".py", ".lua"}:
            digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


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
