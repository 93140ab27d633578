"""What goes wrong, for a while and for good; and which operation meets which of it: the cases of the matrix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from django_selectel_storage.exceptions import (
    AccessDenied,
    AuthenticationFailed,
    ConnectionFailed,
    DamagedTransfer,
    ServerError,
    StorageError,
    TimedOut,
    TooManyRequests,
)
from tests.faults.operations import OPERATIONS, Operation
from tests.servers.mischief import Mischief

# Seconds of read_timeout: where the server keeps the storage waiting for good, for a while, and not at all. A busy
# machine needs the last one for a part of a large file.
SHORT, MEDIUM, LONG = 1.5, 3.0, 15.0
FOR_GOOD = 1000  # requests
NEW_KEY = b"<Error><Code>InvalidAccessKeyId</Code><Message>No such key</Message><RequestId>r1</RequestId></Error>"

RESET = Mischief(reset=True, count=2)
SILENCE = Mischief(status=0, silent=True)
TRICKLE = Mischief(status=0, trickle=1, pause=0.1, stage="after")  # 150 bytes in the longest read_timeout


@dataclass(frozen=True)
class Trouble:
    """Something that goes wrong.

    `way`: what causes it: a plan of the proxy, a proxy that refuses connections, idle connections that are gone, tokens
    that are revoked. `errors`: with what it may end; without any, it has to be survived. `telling`: variations of an
    operation may take it differently too.
    """

    name: str
    mischief: Mischief = Mischief()
    way: Literal["plan", "refuse", "stale", "revoke"] = "plan"
    errors: tuple[type[StorageError], ...] = ()
    only: Literal["", "sends", "fetches"] = ""
    faces: tuple[str, ...] = ("s3", "swift", "keystone")
    for_good: bool = False
    telling: bool = False

    def meets(self, operation: Operation, face: str) -> bool:
        """Whether it can happen to this operation."""
        if face not in self.faces or face not in operation.faces:
            return False
        if operation.minor and not self.telling:
            return False
        if operation.is_login:
            return self.way != "stale" and not self.only
        return not self.only or bool(getattr(operation, self.only))

    @property
    def may_be_done(self) -> bool:
        """Whether the server may have done its work although the storage reports an error."""
        return self.way == "plan" and self.mischief.reaches_the_server and not self.mischief.corrupt_upload


@dataclass(frozen=True)
class Case:
    """A trouble, an operation, and the protocol (`face`) over which they meet."""

    face: str
    operation: Operation
    trouble: Trouble

    @property
    def read_timeout(self) -> float:
        """How long the storage waits for an answer, in seconds."""
        mischief = self.trouble.mischief
        keeps_waiting = mischief.silent or mischief.pause == TRICKLE.pause
        if not keeps_waiting or (self.operation.is_large and not self.trouble.for_good):
            return LONG
        return SHORT if self.trouble.for_good else MEDIUM

    def __str__(self) -> str:
        return f"{self.face}-{self.operation.name}-{self.trouble.name}"


def status(code: int, stage: Literal["before", "after"] = "before", **more: object) -> Mischief:
    return replace(Mischief(status=code, count=2, stage=stage), **more)  # type: ignore[arg-type]


PASSING = (
    Trouble("connections refused for a while", way="refuse", telling=True),
    Trouble("reset before the request", RESET),
    Trouble("reset with RST", replace(RESET, hard=True)),
    Trouble("reset in the middle of the body", replace(RESET, stage="middle"), only="sends"),
    Trouble("answer lost", replace(RESET, stage="after"), telling=True),
    *(Trouble(f"{code}", status(code)) for code in (500, 502, 503, 504)),
    Trouble("500 although it was done", status(500, "after"), telling=True),
    Trouble("504 although it was done", status(504, "after")),
    Trouble("429", status(429)),
    Trouble("429 with Retry-After", status(429, retry_after="2")),
    Trouble("no answer, nothing done", SILENCE),
    Trouble("no answer, but done", replace(SILENCE, stage="after"), telling=True),
    Trouble("an answer in pieces", Mischief(status=0, trickle=8000, pause=0.001)),
    Trouble("an answer that trickles", TRICKLE),
    Trouble("an answer cut off", Mischief(truncate=1, count=2), telling=True),
    Trouble("a stale connection", way="stale"),
    Trouble("token revoked", way="revoke", faces=("swift", "keystone")),
    Trouble("a wrong byte on the way up", Mischief(corrupt_upload=True), errors=(DamagedTransfer,), only="sends"),
    Trouble(
        "a wrong byte on the way down",
        Mischief(corrupt=True),
        errors=(DamagedTransfer,),
        only="fetches",
        telling=True,
    ),
    Trouble(
        "a key that is not active yet",
        Mischief(status=403, body=NEW_KEY),
        errors=(AuthenticationFailed, AccessDenied),
        faces=("s3",),
    ),
)
LASTING = tuple(
    replace(trouble, name=f"{name}, for good", for_good=True, mischief=replace(trouble.mischief, count=FOR_GOOD))
    for name, trouble in {
        "connections refused": Trouble("", way="refuse", errors=(ConnectionFailed,)),
        "reset before the request": Trouble("", RESET, errors=(ConnectionFailed,)),
        "answer lost": Trouble("", replace(RESET, stage="after"), errors=(ConnectionFailed,), telling=True),
        "503": Trouble("", status(503), errors=(ServerError,), telling=True),
        "500 although it was done": Trouble("", status(500, "after"), errors=(ServerError,)),
        "429": Trouble("", status(429), errors=(TooManyRequests,)),
        "no answer": Trouble("", SILENCE, errors=(TimedOut,)),
        "an answer that trickles": Trouble("", TRICKLE, errors=(TimedOut,)),
        "an answer cut off": Trouble("", Mischief(truncate=1), errors=(ConnectionFailed, DamagedTransfer)),
    }.items()
)


def _cases() -> Iterator[Case]:
    for operation in OPERATIONS:
        for trouble in (*PASSING, *LASTING):
            for face in operation.faces:
                if trouble.meets(operation, face):
                    yield Case(face, operation, trouble)


CASES = tuple(_cases())
