"""All that a measurement needs: the servers, the contestants at work, and the rounds in which they take turns."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import urllib3

from benchmarks.address import Address
from benchmarks.environments import Environments
from benchmarks.nginx import nginx
from benchmarks.peers import BARE, OURS, Peer
from benchmarks.scales import Scale
from benchmarks.worker import Worker
from django_selectel_storage.devserver import DevServer

Workers = Mapping[str, Worker]


@dataclass(frozen=True)
class Bench:
    """What is measured on, and how much.

    Attributes:
        scale: how much.
        environments: where peers run.
        peers: who is compared.
        nginx: the server too fast to matter.
        swift: real OpenStack Swift.
        hooks: the development server with what tests may do to it.
        folder: a folder for files of one's own, on a disk.
    """

    scale: Scale
    environments: Environments
    peers: tuple[Peer, ...]
    nginx: Address
    swift: Address
    hooks: DevServer
    folder: Path

    @property
    def with_floor(self) -> tuple[Peer, ...]:
        """The contestants and the yardstick, which only nginx takes for one."""
        return (*self.peers, BARE)

    @property
    def ours(self) -> Peer:
        """Ours, over S3."""
        return next(peer for peer in self.peers if peer.name == OURS)

    def has(self, environment: str) -> bool:
        """Whether an environment takes part."""
        return environment in self.environments.names

    @contextmanager
    def at_work(self, address: Address, peers: Sequence[Peer]) -> Iterator[Workers]:
        """Let them all run, each in a process of its own."""
        with ExitStack() as stack:
            yield {peer.name: stack.enter_context(Worker(peer, address, self.environments)) for peer in peers}

    def fill_swift(self) -> None:
        """Put files into the folder that is listed, where nginx has answers that were written down."""
        with Worker(self.ours, self.swift, self.environments) as worker:
            worker.repeat("fill", 1)

    def rounds(self, number: int, action: Callable[[Peer], None], peers: Sequence[Peer]) -> None:
        """Let each do it in each round, and each round begin with another one."""
        for turn in range(number):
            self.round(turn, action, peers)

    def round(self, turn: int, action: Callable[[Peer], None], peers: Sequence[Peer]) -> None:
        """Let each do it once, beginning with another one each turn."""
        start = turn % len(peers)
        for peer in (*peers[start:], *peers[:start]):
            action(peer)


@contextmanager
def set_up(scale: Scale, environments: Environments, peers: tuple[Peer, ...]) -> Iterator[Bench]:
    """Start the servers."""
    with (
        TemporaryDirectory(prefix="bench-") as name,
        nginx({1000, *scale.listings}) as port,
        DevServer(hooks=True, data=str(Path(name) / "swift")) as server,
    ):
        info = server.info
        swift = Address(
            "Swift", int(info.url.rpartition(":")[2]), port, _token(info.auth_url, info.username, info.password),
            info.access_key, info.secret_key,
        )  # fmt: skip
        yield Bench(scale, environments, peers, Address("nginx", port, port), swift, server, Path(name))


def say(text: str) -> None:
    """Tell how far the run has come."""
    print(text, file=sys.stderr, flush=True)


def _token(url: str, username: str, password: str) -> str:
    """Log in, so that nginx can hand out a token that Swift takes."""
    answer = urllib3.request("GET", url, headers={"X-Auth-User": username, "X-Auth-Key": password})
    return answer.headers["X-Auth-Token"]
