"""What a process holds: connections, file descriptors, memory. Linux's /proc tells."""

from __future__ import annotations

import gc
import os
import tracemalloc
from pathlib import Path
from urllib.parse import urlsplit

_ESTABLISHED = "01"


def descriptors() -> int:
    """How many file descriptors this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


def resident() -> int:
    """How many bytes of this process lie in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGESIZE")


def traced() -> int:
    """How many bytes Python's objects take, without those that are garbage already."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def connections_to(url: str) -> int:
    """How many connections to a server on this machine are established."""
    port = f":{urlsplit(url).port:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    return sum(row[2].endswith(port) and row[3] == _ESTABLISHED for row in rows)
