"""What a proxy does to one exchange: the faults of the server's hooks, and those that only sockets know."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from django_selectel_storage.devserver.faults import Fault


@dataclass(frozen=True)
class Mischief(Fault):
    """A fault that a proxy carries out.

    `hard` resets with RST instead of closing; `silent` never answers (`before` or `after` the server did its work);
    `body` is that of an error; `truncate` is taken for "half of it"; `trickle` begins with the head; `slow` takes the
    request in slices, with `pause` seconds before each.
    """

    hard: bool = False
    silent: bool = False
    slow: bool = False
    body: bytes = b""

    @property
    def reaches_the_server(self) -> bool:
        """Whether the server carries the request out."""
        return self.stage == "after" or (self.lets_pass and not self.silent)


@dataclass(frozen=True)
class Message:
    """One HTTP request or answer, as it travels."""

    head: bytes
    body: bytes = b""

    @property
    def words(self) -> list[str]:
        """The parts of the first line."""
        return self.head.partition(b"\r\n")[0].decode("latin-1").split(" ", 2)

    def field(self, name: str) -> str:
        """A header field; empty when there is none."""
        for line in self.head.split(b"\r\n")[1:]:
            key, _, value = line.decode("latin-1").partition(":")
            if key.lower() == name:
                return value.strip()
        return ""

    def without(self, name: str) -> Message:
        """The same without a header field."""
        lines = [line for line in self.head.split(b"\r\n") if not line.lower().startswith(f"{name}:".encode())]
        return Message(b"\r\n".join(lines), self.body)

    def with_field(self, name: str, value: str) -> Message:
        """The same with one more header field."""
        first, _, rest = self.without(name.lower()).head.partition(b"\r\n")
        return Message(b"\r\n".join([first, f"{name}: {value}".encode(), rest]), self.body)

    def with_a_wrong_byte(self) -> Message:
        """The same with one bit flipped in the middle of the body."""
        middle = len(self.body) // 2
        flipped = bytes([self.body[middle] ^ 1]) if self.body else b""
        return Message(self.head, self.body[:middle] + flipped + self.body[middle + 1 :])

    def cut(self) -> bytes:
        """The first half of the body; of the head when there is no body."""
        whole = self.head + self.body
        return whole[: len(self.head) + len(self.body) // 2] if self.body else whole[: len(whole) // 2]


def error_answer(mischief: Mischief) -> Message:
    """The answer of a front end that does not let a request through."""
    fields = [f"HTTP/1.1 {mischief.status} Fault", f"Content-Length: {len(mischief.body)}"]
    if mischief.retry_after:
        fields.append(f"Retry-After: {mischief.retry_after}")
    return Message("\r\n".join([*fields, "", ""]).encode(), mischief.body)


def pieces(answer: Message, mischief: Mischief | None) -> Iterator[bytes]:
    """The bytes of an answer in the portions in which they are to go out."""
    whole = answer.head + answer.body
    if mischief is None or not mischief.trickle:
        yield whole
        return
    for start in range(0, len(whole), mischief.trickle):
        yield whole[start : start + mischief.trickle]
        time.sleep(mischief.pause)
