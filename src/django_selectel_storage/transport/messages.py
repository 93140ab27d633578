"""What travels: a request on its way out, an answer on its way in. Plain values; nothing here opens a connection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol, TypeAlias

from django_selectel_storage.transport.body import EMPTY, Body


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, before it is signed.

    Attributes:
        method: the HTTP method.
        path: the path, percent-encoded.
        query: the query string without its question mark, percent-encoded.
        headers: the headers, without those that signing adds.
        body: the bytes to send.
        also_retried: statuses after which it is sent again, beside those that ``retries`` names.
        failure_mark: bytes in the body of a success by which it is known for a failure that is tried again.
        streamed: whether a good answer's body stays on the wire, to be read piece by piece.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Body = field(default=EMPTY, repr=False)
    also_retried: frozenset[int] = frozenset()
    failure_mark: bytes = b""
    streamed: bool = False

    @property
    def target(self) -> str:
        """Path and query, as they stand in the request line."""
        return f"{self.path}?{self.query}" if self.query else self.path


NO_HEADERS: Mapping[str, str] = MappingProxyType({})
# Header fields of an answer, looked up without regard to case.
Headers: TypeAlias = Mapping[str, str]


class Incoming(Protocol):
    """A body that is still on the wire."""

    def chunks(self, size: int) -> Iterator[bytes]:
        """Yield the body in pieces of at most ``size`` bytes.

        Raises:
            StorageError: the connection broke or ended early.
        """
        ...

    def close(self) -> None:
        """Give the connection back; what was not read is lost."""
        ...


class _Nothing:
    """A body of no bytes."""

    def chunks(self, size: int) -> Iterator[bytes]:  # noqa: ARG002 - the signature of Incoming
        """Yield nothing."""
        return iter(())

    def close(self) -> None:
        """Do nothing: there is no connection."""


NOTHING: Incoming = _Nothing()


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer.

    Attributes:
        status: the HTTP status.
        headers: the header fields.
        body: the bytes, as far as they were read (of an error, the beginning).
        incoming: the body of a streamed answer, still on the wire.
        tries: how often the request was sent until this answer came.
    """

    status: int
    headers: Headers = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    incoming: Incoming | None = None
    tries: int = 1
