"""The operations that are measured one by one, as they are called in the results. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.peers import FLOOR, Peer
from benchmarks.worker import SMALL

LARGE = 1024 * 1024  # bytes


@dataclass(frozen=True)
class Case:
    """One operation.

    Attributes:
        label: what it is called in the results.
        verb: the verb of the peer's program.
        size: bytes of the file.
        share: of the calls in a round, how many are made; slow ones are made less often.
    """

    label: str
    verb: str
    size: int = SMALL
    share: float = 1.0

    def concerns(self, peer: Peer) -> bool:
        """Whether a contestant can do it."""
        return self.verb not in peer.lacks and not (peer.name == FLOOR and self.verb == "url")


SAVE, READ, EXISTS, URL = "save 4 KiB", "open + read 4 KiB", "exists", "url"
LISTDIR, WRITE, MEBIBYTE = "listdir of 1,000", 'open("wb") 4 KiB', "save 1 MiB"
SINGLE = (
    Case(SAVE, "save"),
    Case(MEBIBYTE, "save", LARGE, 0.3),
    Case(WRITE, "write"),
    Case(READ, "read"),
    Case(EXISTS, "exists"),
    Case("exists, missing", "missing"),
    Case("size", "size"),
    Case("delete", "delete"),
    Case(LISTDIR, "listdir", share=0.05),
    Case(URL, "url", share=3.0),
)
NEAR = tuple(case for case in SINGLE if case.size == SMALL and case.verb not in {"listdir", "url"})
