"""A fault that a test asks for, and its form as a query string. Pure; used by the launcher and by the server."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping

Stage = Literal["before", "middle", "after"]
STAGES = ("before", "middle", "after")


@dataclass(frozen=True)
class Fault:
    """What shall go wrong with the next `count` requests that match.

    Which requests: `method` (any when empty) and `match`, a part of the path with its query string.
    An error: `status` with `retry_after`, or `reset` (the connection is closed without an answer);
    `before` the work, in the `middle` of the request body, or `after` the work was done all the same.
    A damaged answer: `truncate` (close after so many bytes of the body), `trickle` (send so many bytes at a
    time, `pause` seconds between them), `corrupt` (one byte of the body flipped); a damaged upload: `corrupt_upload`.
    `delay` waits before anything else happens; with `status` 0 nothing else goes wrong.
    """

    status: int = 503
    count: int = 1
    method: str = ""
    match: str = ""
    stage: Stage = "before"
    delay: float = 0.0
    retry_after: str = ""
    reset: bool = False
    truncate: int = 0
    trickle: int = 0
    pause: float = 0.01
    corrupt: bool = False
    corrupt_upload: bool = False

    @property
    def damages_answer(self) -> bool:
        """Whether the server's own answer goes out, but not as it was meant."""
        return bool(self.truncate or self.trickle or self.corrupt)

    @property
    def lets_pass(self) -> bool:
        """Whether the server does its work and its own answer goes out."""
        return self.damages_answer or self.corrupt_upload or (self.status == 0 and not self.reset)

    def matches(self, method: str, target: str) -> bool:
        """Whether this fault is meant for such a request."""
        return self.method in ("", method) and self.match in target

    def query(self) -> str:
        """This fault as a query string."""
        return urlencode({name: int(value) if value is True else value for name, value in asdict(self).items()})

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Fault:
        """The fault that a query string asks for; ValueError when it makes no sense."""
        types = {field.name: type(field.default) for field in fields(cls)}
        unknown = set(query) - set(types)
        if unknown:
            raise ValueError(f"a fault has no {', '.join(sorted(unknown))}")
        values: dict[str, Any] = {name: _converted(types[name], text) for name, text in query.items()}
        fault = cls(**values)
        if fault.stage not in STAGES:
            raise ValueError(f"stage is one of {', '.join(STAGES)}")
        return fault


def _converted(kind: type, text: str) -> object:
    return text not in ("", "0", "False", "false") if kind is bool else kind(text)
