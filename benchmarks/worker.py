"""The near end of a peer's program: orders go out, answers come back."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

from benchmarks.address import Address
from benchmarks.environments import ROOT, Environments, ThisOne
from benchmarks.peers import Peer

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

SMALL = 4096  # bytes of a small file
PROGRAM = "benchmarks.inside.program"


class PeerFailed(Exception):
    """A peer could not do what it was told."""


class Worker:
    """A peer at work in a process of its own, for as long as the ``with`` block lasts.

    Args:
        peer: who it is.
        address: where its server is.
        environments: where it runs.
        settings: Django's settings, where they are others than the peer's usual ones.
    """

    def __init__(
        self, peer: Peer, address: Address, environments: Environments, settings: dict[str, Any] | None = None
    ) -> None:
        self.peer = peer
        configuration = peer.configuration(address)
        self._configuration = configuration if settings is None else {**configuration, "settings": settings}
        self._command = [str(environments.python(peer.environment)), "-W", "ignore", "-m", PROGRAM]
        self._environment = dict(os.environ)
        if not isinstance(environments, ThisOne):
            self._environment.pop("PYTHONPATH", None)
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command, cwd=ROOT, env=self._environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.order("configure", **self._configuration)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def prepare(self, verb: str, times: int, size: int = SMALL) -> None:
        """Let the peer make ready what a verb works on."""
        self.order("prepare", verb=verb, times=times, size=size)

    def act(self, verb: str, size: int = SMALL, gauge: str = "cpu") -> float:
        """Let it do a thing with each name that was made ready; give seconds of one, of ``cpu`` or on the ``wall``."""
        seconds: float = self.order("act", verb=verb, size=size, gauge=gauge)
        return seconds

    def repeat(self, verb: str, times: int, size: int = SMALL, gauge: str = "cpu") -> float:
        """Both, one after the other."""
        self.prepare(verb, times, size)
        return self.act(verb, size, gauge)

    def order(self, order: str, **arguments: Any) -> Any:
        """Let the peer do something, and give what it answers.

        Raises:
            PeerFailed: it could not.
        """
        if self._process is None or self._process.stdin is None or self._process.stdout is None:
            raise PeerFailed(f"{self.peer.name} does not run: use it in a with block.")
        self._process.stdin.write(json.dumps({"order": order, **arguments}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        answer = json.loads(line) if line else {"error": "The process ended."}
        if "error" in answer:
            raise PeerFailed(f"{self.peer.name}, {order} {arguments}:\n{answer['error']}")
        return answer["answer"]
