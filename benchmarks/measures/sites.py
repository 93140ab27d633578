"""A site whose static files are collected: its files, its settings, and the command that collects them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from benchmarks.address import BUCKET, Address
from benchmarks.bench import Bench
from benchmarks.peers import FASTA, OURS, OWN, STORAGES, Peer, ours_s3, storages_s3
from benchmarks.worker import Worker

THREADS = 16

_OURS, _STORAGES = "django_selectel_storage.storage.Selectel", "storages.backends.s3.S3"
_BACKENDS = {OURS: _OURS, STORAGES: _STORAGES, FASTA: _STORAGES}
_APPS = {OURS: ["django_selectel_storage.staticfiles"], STORAGES: [], FASTA: ["collectfasta"]}
_ENVIRONMENTS = {OURS: OWN, STORAGES: STORAGES, FASTA: FASTA}


def collectors(bench: Bench) -> list[Peer]:
    """Who collects static files."""
    return [Peer(who, "s3", _ENVIRONMENTS[who], "") for who in _BACKENDS if bench.has(_ENVIRONMENTS[who])]


@dataclass(frozen=True)
class Place:
    """Where the static files of a site are stored: a folder of a bucket."""

    bucket: str
    location: str

    @classmethod
    def fresh(cls, bench: Bench, address: Address) -> Place:
        """A place that is empty: on nginx a bucket of its own, as those list what they have."""
        name = f"static-{uuid4().hex}"
        return cls(name, "static") if address.name == bench.nginx.name else cls(BUCKET, name)


@dataclass(frozen=True)
class Site:
    """One site.

    Attributes:
        folder: a folder for its source files and its cache.
        peer: whose storage it uses.
        hashed: whether its files get hashed names, and a manifest.
        address: where the server is.
        place: where its static files are stored there.
    """

    folder: Path
    peer: Peer
    hashed: bool
    address: Address
    place: Place

    @property
    def source(self) -> Path:
        """Where the files are that are collected."""
        return self.folder / "source"

    def collect(self, bench: Bench) -> dict[str, float]:
        """Run ``collectstatic`` in a process of its own; give what the command took."""
        options = {"interactive": False, "verbosity": 0}
        with Worker(self.peer, self.address, bench.environments, self._settings()) as worker:
            taken: dict[str, float] = worker.order("command", name="collectstatic", arguments=[], options=options)
        return taken

    def change(self) -> None:
        """Change one stylesheet."""
        changed = self.source / "css/0/site1.css"
        changed.write_bytes(changed.read_bytes() + b"\n.changed { color: blue }\n")

    def _settings(self) -> dict[str, Any]:
        cache = {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": str(self.folder / "cache"),
            "OPTIONS": {"MAX_ENTRIES": 1_000_000},
        }
        backend = f"{_BACKENDS[self.peer.name]}{'Manifest' if self.hashed else ''}StaticStorage"
        strategy = f"Boto3{'ManifestMemory' if self.hashed else ''}Strategy"
        return {
            "SECRET_KEY": "for benchmarks only",
            "USE_TZ": True,
            "STATIC_URL": "/static/",
            "STATICFILES_DIRS": [str(self.source)],
            "INSTALLED_APPS": [*_APPS[self.peer.name], "django.contrib.staticfiles"],
            "STORAGES": {
                "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
                "staticfiles": {"BACKEND": backend, "OPTIONS": self._options()},
            },
            "CACHES": {"default": cache},
            "COLLECTFASTA_STRATEGY": f"collectfasta.strategies.boto3.{strategy}",
            "COLLECTFASTA_THREADS": THREADS,
        }

    def _options(self) -> dict[str, Any]:
        location = {"location": self.place.location}
        if self.peer.name == OURS:
            return {**ours_s3(self.address), "container": self.place.bucket, **location}
        theirs = storages_s3(self.address)
        del theirs["file_overwrite"]
        return {**theirs, "bucket_name": self.place.bucket, **location}


@contextmanager
def built(bench: Bench, peer: Peer, address: Address, files: int, *, hashed: bool) -> Iterator[Site]:
    """A site with so many files, nothing of which is stored yet."""
    with TemporaryDirectory(dir=bench.folder) as name:
        site = Site(Path(name), peer, hashed, address, Place.fresh(bench, address))
        make_files(site.source, files)
        yield site


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
