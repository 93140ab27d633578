"""How fast files move: many small ones over a distance, beside the bound workers / round trip; and one of 6 GiB.

    python -m benchmarks.transfer
    python -m benchmarks.transfer --objects 0 --large 6

Starts real OpenStack Swift on loopback and a proxy that adds a round trip. Server, proxy and client share one machine,
so the CPU that each takes for a file is printed too: what is slower than the bound is bound by it. Needs the extra
devserver.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django_selectel_storage.devserver import DevServer, ServerInfo

SIZE = 4096  # bytes of a small file
TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def distant(server: ServerInfo, rtt: float) -> Iterator[str]:
    """The server's address behind a round trip of ``rtt`` seconds."""
    command = [sys.executable, "-m", "benchmarks.delay_proxy", urlsplit(server.endpoint).netloc, f"--rtt={rtt}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as proxy:
        try:
            port = proxy.stdout.readline().strip() if proxy.stdout else ""
            yield f"http://127.0.0.1:{port}"
        finally:
            proxy.terminate()


def cpu_of(process: int) -> float:
    """Seconds of CPU that a process has taken."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def make_files(folder: Path, count: int) -> None:
    """Write small files, a thousand to a folder."""
    for number in range(count):
        path = folder / f"{number // 1000:03}" / f"{number:06}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(number.to_bytes(8, "big") * (SIZE // 8))


def transfer(source: str, target: str, workers: int) -> tuple[float, Any]:
    """Move everything; give the seconds it took, and the tally."""
    from django_selectel_storage.transfer.mover import Wishes  # noqa: PLC0415 - settings come first
    from django_selectel_storage.transfer.places.find import place_of, source_of  # noqa: PLC0415
    from django_selectel_storage.transfer.progress import Silence  # noqa: PLC0415
    from django_selectel_storage.transfer.report import Report  # noqa: PLC0415
    from django_selectel_storage.transfer.run import Run, Scope  # noqa: PLC0415

    began = time.perf_counter()
    scope = Scope(workers=workers)
    tally = Run(source_of(source), place_of(target), scope, Wishes(), Report(None), Silence()).carry_out()
    return time.perf_counter() - began, tally


def measured(label: str, server: ServerInfo, source: str, target: str, workers: int) -> None:
    """Move everything, and print what it took."""
    client, there = time.process_time(), cpu_of(server.pid)
    seconds, tally = transfer(source, target, workers)
    client, there = time.process_time() - client, cpu_of(server.pid) - there
    each = 1000 / max(1, tally.done)
    print(
        f"  {label:28}{seconds:8.1f} s{tally.done / seconds:9.0f} files/s   CPU a file: client {client * each:.2f} ms, "
        f"server {there * each:.2f} ms   ({tally})",
        flush=True,
    )


def many(folder: Path, objects: int, workers: int, rtt: float) -> None:
    """Many small files: from a disk, between containers, and each a second time."""
    make_files(folder / "small", objects)
    print(f"{objects:,} files of {SIZE} bytes, {workers} workers, {rtt * 1000:.0f} ms: at most {workers / rtt:,.0f}/s")
    with DevServer(containers=("media", "other"), objects_in_memory=True) as server, distant(server.info, rtt) as far:
        info = server.info
        s3 = {"access_key": info.access_key, "secret_key": info.secret_key, "endpoint": far, "region": info.region}
        path = urlsplit(info.storage_url).path
        swift = {"username": info.username, "password": info.password, "auth_url": f"{far}/auth/v1.0",
                 "endpoint": f"{far}{path}"}  # fmt: skip
        define(s3={**s3, "container": "media"}, swift={**swift, "container": "other", "location": "moved"})
        small = str(folder / "small")
        measured("disk to S3", info, small, "s3", workers)
        measured("disk to S3, again", info, small, "s3", workers)
        measured("S3 to Swift", info, "s3", "swift", workers)
        measured("S3 to Swift, again", info, "s3", "swift", workers)
        measured("Swift to disk", info, "swift", str(folder / "back"), workers)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  the client's memory at its largest: {memory:.0f} MiB")


def large(folder: Path, gib: float) -> None:
    """One sparse file in parts, again, and on the server's side into another container."""
    sparse = folder / "large" / "sparse.bin"
    sparse.parent.mkdir()
    sparse.touch()
    os.truncate(sparse, int(gib * 1024**3))
    print(f"One sparse file of {gib} GiB")
    with DevServer(containers=("media", "other"), data=folder / "data") as server:
        info = server.info
        s3 = {"access_key": info.access_key, "secret_key": info.secret_key, "endpoint": info.endpoint,
              "region": info.region}  # fmt: skip
        define(s3={**s3, "container": "media"}, other={**s3, "container": "other"})
        measured("disk to S3, in parts", info, str(sparse.parent), "s3", 4)
        measured("disk to S3, again", info, str(sparse.parent), "s3", 4)
        measured("S3 to another bucket", info, "s3", "other", 4)
        measured("S3 to another bucket, again", info, "s3", "other", 4)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  the client's memory at its largest: {memory:.0f} MiB")


def define(**schemas: dict[str, Any]) -> None:
    """Make these the storages of the project."""
    from django.conf import settings  # noqa: PLC0415 - settings come first

    settings.SELECTEL_STORAGES = schemas


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--objects", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=32)
    parser.add_argument("--rtt", type=float, default=0.02, help="seconds")
    parser.add_argument("--large", type=float, default=0, help="GiB of one large file")
    arguments = parser.parse_args()
    import django  # noqa: PLC0415 - settings come first
    from django.conf import settings  # noqa: PLC0415

    settings.configure(USE_TZ=True)
    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        if arguments.objects:
            many(Path(folder), arguments.objects, arguments.workers, arguments.rtt)
        if arguments.large:
            large(Path(folder), arguments.large)


if __name__ == "__main__":
    main()
