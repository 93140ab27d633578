"""How long collectstatic takes, how many requests it makes and how much memory it needs, beside its peers.

    python -m benchmarks.collectstatic
    python -m benchmarks.collectstatic --files 200 --delays 20 --sizes 2000

Real OpenStack Swift on loopback, through its S3 API; a proxy in front of it adds round-trip time and counts requests.
Each run is a process of its own that imports and configures Django first; what is measured is the command. Peers:
django-storages[s3] with Django's command, collectfasta with threads. Needs the extras devserver and bench.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from benchmarks.proxy import Proxy
from django_selectel_storage.devserver import DevServer, ServerInfo

OURS, STORAGES, FASTA = "django-selectel-storage", "django-storages", "collectfasta"
BACKENDS = {
    (OURS, "static"): "django_selectel_storage.storage.SelectelStaticStorage",
    (OURS, "manifest"): "django_selectel_storage.storage.SelectelManifestStaticStorage",
    (STORAGES, "static"): "storages.backends.s3.S3StaticStorage",
    (STORAGES, "manifest"): "storages.backends.s3.S3ManifestStaticStorage",
    (FASTA, "static"): "storages.backends.s3.S3StaticStorage",
    (FASTA, "manifest"): "storages.backends.s3.S3ManifestStaticStorage",
}
STRATEGIES = {
    "static": "collectfasta.strategies.boto3.Boto3Strategy",
    "manifest": "collectfasta.strategies.boto3.Boto3ManifestMemoryStrategy",
}
APPS = {OURS: ["django_selectel_storage.staticfiles"], STORAGES: [], FASTA: ["collectfasta"]}
THREADS = 16
PHASES = ("first run", "nothing changed", "one changed")

CHILD = """
import json, resource, sys, time
import django
from django.conf import settings
settings.configure(**json.load(sys.stdin))
django.setup()
from django.core.management import call_command
started = time.perf_counter()
call_command("collectstatic", interactive=False, verbosity=0)
seconds = time.perf_counter() - started
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


@dataclass(frozen=True)
class Run:
    """What one run took."""

    seconds: float
    mebibytes: float
    requests: Mapping[str, int]

    def __str__(self) -> str:
        by_method = " ".join(f"{count} {method}" for method, count in sorted(self.requests.items()))
        total = sum(self.requests.values())
        return f"{self.seconds:9.2f} s {total:7} requests {self.mebibytes:6.0f} MiB   ({by_method})"


def make_files(folder: Path, count: int) -> None:
    """Write static files: a tenth stylesheets that refer to pictures and each other, a tenth scripts."""
    chance = random.Random(count)
    pictures = count - 2 * (count // 10)
    for number in range(pictures):
        put(folder / f"img/{number % 50}/picture{number}.png", chance.randbytes(chance.randrange(500, 10_000)))
    for number in range(count // 10):
        references = [chance.randrange(pictures) for _ in range(5)]
        rules = [f".c{n} {{ background: url(../../img/{n % 50}/picture{n}.png) }}" for n in references]
        first = '@import "base.css";' if number % 10 else ""
        name = f"site{number}.css" if number % 10 else "base.css"
        text = "\n".join([first, *rules, f"/* {number} {chance.random()} */" * 20])
        put(folder / f"css/{number // 10}/{name}", text.encode())
        put(folder / f"js/{number % 50}/script{number}.js", f"console.log({chance.random()});\n".encode() * 50)


def put(path: Path, content: bytes) -> None:
    """Write a file, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def settings_for(who: str, kind: str, server: ServerInfo, port: int, folder: Path, location: str) -> dict[str, Any]:
    """The settings of a site whose static files go through the proxy."""
    keys = {"access_key": server.access_key, "secret_key": server.secret_key, "location": location}
    endpoint = f"http://127.0.0.1:{port}"
    ours = {**keys, "container": "media", "endpoint": endpoint, "region": server.region}
    theirs = {
        **keys, "bucket_name": "media", "endpoint_url": endpoint, "region_name": server.region,
        "addressing_style": "path", "signature_version": "s3v4",
    }  # fmt: skip
    return {
        "SECRET_KEY": "for benchmarks only",
        "USE_TZ": True,
        "STATIC_URL": "/static/",
        "STATICFILES_DIRS": [str(folder / "source")],
        "INSTALLED_APPS": [*APPS[who], "django.contrib.staticfiles"],
        "STORAGES": {
            "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
            "staticfiles": {"BACKEND": BACKENDS[who, kind], "OPTIONS": ours if who == OURS else theirs},
        },
        "CACHES": {
            "default": {
                "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
                "LOCATION": str(folder / "cache"),
                "OPTIONS": {"MAX_ENTRIES": 1_000_000},
            }
        },
        "COLLECTFASTA_STRATEGY": STRATEGIES[kind],
        "COLLECTFASTA_THREADS": THREADS,
    }


def ran(settings: Mapping[str, Any], proxy: Proxy) -> Run:
    """Run the command in a process of its own."""
    proxy.take()
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CHILD],
        input=json.dumps(settings), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    seconds, mebibytes = json.loads(done.stdout.splitlines()[-1])
    return Run(seconds, mebibytes, proxy.take())


def phases(who: str, kind: str, server: ServerInfo, proxy: Proxy, count: int) -> Iterator[tuple[str, Run]]:
    """Run three times: on nothing, on what is there already, with one stylesheet changed."""
    with TemporaryDirectory(prefix="bench-static-") as name:
        folder = Path(name)
        make_files(folder / "source", count)
        settings = settings_for(who, kind, server, proxy.port, folder, f"bench-{uuid4().hex}")
        for phase in PHASES:
            if phase == "one changed":
                path = folder / "source/css/0/site1.css"
                path.write_bytes(path.read_bytes() + b"\n.changed { color: blue }\n")
            yield phase, ran(settings, proxy)


def compare(server: ServerInfo, delay: int, count: int, contenders: list[str]) -> None:
    """Run all of them at one round-trip time, and print how they compare."""
    print(f"\n{count} files, a fifth of them css and js; {delay} ms of added round-trip time", flush=True)
    ours: dict[tuple[str, str], float] = {}
    with Proxy(int(server.url.rpartition(":")[2]), delay / 1000) as proxy:
        for who, kind in BACKENDS:
            if who not in contenders:
                continue
            for phase, run in phases(who, kind, server, proxy, count):
                ours.setdefault((kind, phase), run.seconds)
                ratio = run.seconds / ours[kind, phase]
                print(f"  {who:24}{kind:9} {phase:16}{ratio:7.1f}x {run}", flush=True)


def grow(server: ServerInfo, sizes: list[int]) -> None:
    """Run ours with more and more files."""
    print("\nManifest, no added round-trip time", flush=True)
    with Proxy(int(server.url.rpartition(":")[2]), 0) as proxy:
        for count in sizes:
            for phase, run in phases(OURS, "manifest", server, proxy, count):
                each = run.seconds / count * 1000
                print(f"  {count:6} files {phase:16} {each:6.2f} ms a file {run}", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--delays", type=int, nargs="*", default=[0, 20], help="milliseconds of round-trip time")
    parser.add_argument("--sizes", type=int, nargs="*", default=[5000, 10_000, 20_000], help="for time and memory")
    parser.add_argument("--contenders", nargs="*", default=list(APPS), choices=list(APPS))
    arguments = parser.parse_args()
    names = (OURS, STORAGES, FASTA, "boto3", "Django")
    print(", ".join(f"{name} {version(name)}" for name in names), "on Python", sys.version.split()[0])
    with DevServer() as server:
        for delay in arguments.delays:
            compare(server.info, delay, arguments.files, arguments.contenders)
    with DevServer() as server:
        grow(server.info, arguments.sizes)


if __name__ == "__main__":
    main()
