"""What the test hooks of a running server have been asked for so far. Pure: knows neither WSGI nor Swift."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .faults import Fault

LONGEST_LOG = 10_000


@dataclass
class State:
    """Faults to come, headers to drop, tokens that no longer count, and the log of requests."""

    faults: list[tuple[Fault, int]] = field(default_factory=list)
    dropped: set[str] = field(default_factory=set)
    tokens_seen: set[str] = field(default_factory=set)
    tokens_revoked: set[str] = field(default_factory=set)
    serialized: bool = False
    log: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=LONGEST_LOG))

    def add_fault(self, fault: Fault) -> None:
        """Let this happen to the next requests that match."""
        self.faults.append((fault, fault.count))

    def take_fault(self, method: str, target: str) -> Fault | None:
        """The first fault meant for this request, counted down."""
        for position, (fault, left) in enumerate(self.faults):
            if fault.matches(method, target):
                self.faults[position : position + 1] = [(fault, left - 1)] if left > 1 else []
                return fault
        return None

    def revoke_tokens(self) -> None:
        """Refuse every token that was used so far."""
        self.tokens_revoked |= self.tokens_seen
        self.tokens_seen.clear()

    def reset(self) -> None:
        """Back to normal; tokens that were revoked stay so."""
        self.faults.clear()
        self.dropped.clear()
        self.log.clear()
        self.serialized = False


STATE = State()
