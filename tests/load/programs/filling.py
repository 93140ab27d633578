"""Fills a container of the development server with many names, straight into Swift's own database of it.

    python -m tests.load.programs.filling DATA_FOLDER CONTAINER PREFIX NUMBER

Only the names are there, which is all that a listing looks at: uploading 100,000 objects would take an hour.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

from swift.common.utils import Timestamp
from swift.container.backend import ContainerBroker

BATCH = 10_000


def broker_of(data: Path, container: str) -> ContainerBroker:
    """Find the database of a container."""
    for path in data.rglob("containers/*/*/*/*.db"):
        broker = ContainerBroker(str(path), logger=logging.getLogger("filling"))
        if broker.get_info()["container"] == container:
            return broker
    raise SystemExit(f"There is no container {container!r} in {data}.")


def record(name: str) -> dict[str, Any]:
    """What the database holds of an object."""
    now = Timestamp.now().internal
    return {
        "name": name, "created_at": now, "size": 5, "content_type": "text/plain", "etag": "0" * 32,
        "deleted": 0, "storage_policy_index": 0, "ctype_timestamp": now, "meta_timestamp": now,
    }  # fmt: skip


def main(data: str, container: str, prefix: str, number: str) -> None:
    """Put the names in."""
    broker = broker_of(Path(data), container)
    names = [f"{prefix}/{position:07}.txt" for position in range(int(number))]
    for start in range(0, len(names), BATCH):
        broker.merge_items([record(name) for name in names[start : start + BATCH]])


if __name__ == "__main__":
    main(*sys.argv[1:])
