"""collectstatic: how long it takes, how many requests it makes, beside django-storages and collectfasta.

On real Swift through its S3 API, 20 ms away. Each run is a process of its own; what is measured is the command.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from benchmarks.address import Address
from benchmarks.bench import Bench, say
from benchmarks.figures import Collected, Figure
from benchmarks.peers import FASTA, OURS, OWN, STORAGES, Peer, ours_s3, storages_s3
from benchmarks.proxy import Proxy
from benchmarks.worker import Worker

MEASURE = "collectstatic"
DISTANCE = 20  # milliseconds
STATIC, MANIFEST = "plain names", "hashed names"
FIRST, AGAIN, ONE = "first run", "nothing changed", "one stylesheet changed"
PHASES = (FIRST, AGAIN, ONE)
THREADS = 16

_OURS = "django_selectel_storage.storage.Selectel"
_BACKENDS = {
    OURS: {STATIC: f"{_OURS}StaticStorage", MANIFEST: f"{_OURS}ManifestStaticStorage"},
    STORAGES: {
        STATIC: "storages.backends.s3.S3StaticStorage",
        MANIFEST: "storages.backends.s3.S3ManifestStaticStorage",
    },
}
_BACKENDS[FASTA] = _BACKENDS[STORAGES]
_STRATEGIES = {STATIC: "Boto3Strategy", MANIFEST: "Boto3ManifestMemoryStrategy"}
_APPS = {OURS: ["django_selectel_storage.staticfiles"], STORAGES: [], FASTA: ["collectfasta"]}
_ENVIRONMENTS = {OURS: OWN, STORAGES: STORAGES, FASTA: FASTA}


def case(kind: str, phase: str) -> str:
    """What a case is called."""
    return f"{kind}, {phase}"


def collectstatic(bench: Bench) -> Iterator[Figure]:
    """Seconds and requests of three runs in a row: on nothing, on what is there, with one stylesheet changed."""
    collected = Collected()
    with Proxy(bench.swift.port, DISTANCE / 1000) as proxy:
        far = bench.swift.behind(proxy.port)
        able = [Peer(who, "s3", _ENVIRONMENTS[who], "") for who in _BACKENDS if bench.has(_ENVIRONMENTS[who])]
        for kind in (STATIC, MANIFEST):

            def once(peer: Peer, kind: str = kind) -> None:
                say(f"  {peer.name}, {kind}")
                _three_runs(bench, peer, kind, far, proxy, collected)

            bench.rounds(bench.scale.large_rounds, once, able)
    yield from collected.figures(MEASURE, bench.swift.name)


def _three_runs(bench: Bench, peer: Peer, kind: str, far: Address, proxy: Proxy, collected: Collected) -> None:
    with TemporaryDirectory(dir=bench.folder) as name:
        folder = Path(name)
        make_files(folder / "source", bench.scale.static_files)
        settings = _settings(peer.name, kind, far, folder, f"static-{uuid4().hex}")
        for phase in PHASES:
            if phase == ONE:
                changed = folder / "source/css/0/site1.css"
                changed.write_bytes(changed.read_bytes() + b"\n.changed { color: blue }\n")
            with Worker(peer, far, bench.environments, settings) as worker:
                proxy.take()
                options = {"interactive": False, "verbosity": 0}
                done = worker.order("command", name="collectstatic", arguments=[], options=options)
                collected.add(case(kind, phase), peer.name, "requests", proxy.take().total())
                collected.add(case(kind, phase), peer.name, "s", done["wall"])


def make_files(folder: Path, count: int) -> None:
    """Write static files: a tenth stylesheets that refer to pictures and each other, a tenth scripts."""
    chance = random.Random(count)
    tenth = max(2, count // 10)
    pictures = count - 2 * tenth
    for number in range(pictures):
        _put(folder / f"img/{number % 50}/picture{number}.png", chance.randbytes(chance.randrange(500, 10_000)))
    for number in range(tenth):
        references = [chance.randrange(pictures) for _ in range(5)]
        rules = [f".c{n} {{ background: url(../../img/{n % 50}/picture{n}.png) }}" for n in references]
        first = '@import "base.css";' if number % 10 else ""
        name = f"site{number}.css" if number % 10 else "base.css"
        text = "\n".join([first, *rules, f"/* {number} {chance.random()} */" * 20])
        _put(folder / f"css/{number // 10}/{name}", text.encode())
        _put(folder / f"js/{number % 50}/script{number}.js", f"console.log({chance.random()});\n".encode() * 50)


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _settings(who: str, kind: str, far: Address, folder: Path, location: str) -> dict[str, Any]:
    """The settings of a site whose static files go through the proxy."""
    options = {key: value for key, value in storages_s3(far).items() if key != "file_overwrite"}
    if who == OURS:
        options = ours_s3(far)
    cache = {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(folder / "cache"),
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    }
    return {
        "SECRET_KEY": "for benchmarks only",
        "USE_TZ": True,
        "STATIC_URL": "/static/",
        "STATICFILES_DIRS": [str(folder / "source")],
        "INSTALLED_APPS": [*_APPS[who], "django.contrib.staticfiles"],
        "STORAGES": {
            "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
            "staticfiles": {"BACKEND": _BACKENDS[who][kind], "OPTIONS": {**options, "location": location}},
        },
        "CACHES": {"default": cache},
        "COLLECTFASTA_STRATEGY": f"collectfasta.strategies.boto3.{_STRATEGIES[kind]}",
        "COLLECTFASTA_THREADS": THREADS,
    }
