"""How long a peer is waited for that does send something, but little."""

from __future__ import annotations

import io
import socket
import threading
from http.client import HTTPException, RemoteDisconnected
from typing import Any

import pytest
from urllib3.connection import HTTPConnection

from django_selectel_storage.transport.pace import LEAST, LONGEST_WORK, SLICE, PacedConnection, PacedStream


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Trickle(io.RawIOBase):
    """Gives some bytes each time, after some seconds."""

    def __init__(self, clock: Clock, size: int, seconds: float) -> None:
        self._clock = clock
        self.size = size
        self.seconds = seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._clock.now += self.seconds
        return min(self.size, len(buffer))


def steps(stream: PacedStream, clock: Clock) -> float:
    """For how many seconds a stream is read until it is given up."""
    with pytest.raises(TimeoutError):
        read_on(stream)
    return clock.now


def read_on(stream: PacedStream) -> None:
    while True:
        stream.readinto(bytearray(LEAST))


def test_a_trickle_is_given_up_after_the_patience_that_the_first_bytes_do_not_use_up() -> None:
    clock = Clock()
    assert steps(PacedStream(Trickle(clock, 1, 1.0), 30, clock), clock) == 32


def test_enough_bytes_in_time_are_read_for_ever() -> None:
    clock = Clock()
    stream = PacedStream(Trickle(clock, LEAST // 30 + 1, 1.0), 30, clock)
    for _ in range(1000):
        stream.readinto(bytearray(LEAST))
    assert clock.now == 1000


def test_time_that_the_reader_takes_does_not_count() -> None:
    clock = Clock()
    stream = PacedStream(Trickle(clock, 10, 1.0), 30, clock)
    for _ in range(20):
        stream.readinto(bytearray(10))
        clock.now += 1000
    assert not stream.ended


def test_the_end_is_no_trickle() -> None:
    clock = Clock()
    stream = PacedStream(Trickle(clock, 0, 100.0), 30, clock)
    assert (stream.readinto(bytearray(1)), stream.readinto(bytearray(1)), stream.ended) == (0, 0, True)


def answered(method: str, sent: bytes) -> Any:
    """The answer to a request, when the other side sends these bytes and closes."""
    here, there = socket.socketpair()
    connection = type("Connection", (PacedConnection,), {"patience": 5.0})("localhost", timeout=5.0)
    connection.sock = here
    with there:
        there.sendall(sent)
        there.shutdown(socket.SHUT_WR)
        connection.request(method, "/")
        try:
            return connection.getresponse()
        finally:
            connection.close()


@pytest.mark.parametrize("cut", [5, 12, 17, 30, 40, 52])
def test_a_head_that_was_cut_off_is_no_answer(cut: int) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 600000\r\nETag: abc\r\n\r\n"
    with pytest.raises(HTTPException) as raised:
        answered("HEAD", head[:cut])
    assert isinstance(raised.value, RemoteDisconnected) or cut < 17


@pytest.mark.parametrize(("method", "patience"), [("GET", 5.0), ("HEAD", 5.0), ("DELETE", 5.0), ("PUT", 100.0)])
def test_only_answers_to_writes_may_be_kept_alive_with_white_space(method: str, patience: float) -> None:
    answer = answered(method, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    assert answer._stream.patience == patience
    assert LONGEST_WORK == 20


def test_a_body_goes_out_in_slices_each_with_its_own_time() -> None:
    here, there = socket.socketpair()
    connection = type("Connection", (PacedConnection,), {"patience": 0.4})("localhost", timeout=0.01)
    connection.sock = here
    received = []

    def take() -> None:
        while piece := there.recv(SLICE):
            received.append(len(piece))
            threading.Event().wait(0.02)

    taker = threading.Thread(target=take)
    taker.start()
    connection.send(bytes(SLICE * 8))
    connection.close()
    taker.join()
    there.close()
    assert sum(received) == SLICE * 8


def test_a_peer_that_takes_nothing_is_given_up() -> None:
    here, there = socket.socketpair()
    connection = type("Connection", (PacedConnection,), {"patience": 0.1})("localhost", timeout=60)
    connection.sock = here
    with there, pytest.raises(TimeoutError):
        connection.send(bytes(SLICE * 64))
    connection.close()


HEADERS = {
    "User-Agent": "test/1",
    "Content-Type": 'text/plain; name="=?"',
    "x-amz-meta-name": "\xd0\xb0\xd0\xb1",
    "X-Auth-Token": "t" * 3000,
    "Content-Length": "3",
}


class Sent:
    """A socket that keeps what is sent."""

    def __init__(self) -> None:
        self.bytes = b""
        self.timeouts: list[float] = []

    def sendall(self, data: bytes) -> None:
        self.bytes += data

    def gettimeout(self) -> float | None:
        return self.timeouts[-1] if self.timeouts else None

    def settimeout(self, seconds: float) -> None:
        self.timeouts.append(seconds)

    def close(self) -> None:
        """Be closed."""


def connected(kind: type[HTTPConnection]) -> tuple[HTTPConnection, Sent]:
    connection, sent = kind("files.example.com"), Sent()
    connection.sock = sent
    return connection, sent


@pytest.mark.parametrize("body", [None, b"", b"abc", bytes(200_000), (b"ab", b"c")], ids=lambda body: str(body)[:9])
@pytest.mark.parametrize("headers", [{}, {"Host": "other.example.com"}, HEADERS], ids=["none", "host", "many"])
def test_a_request_is_written_as_urllib3_writes_it(headers: dict[str, str], body: Any) -> None:
    paced, ours = connected(type("Connection", (PacedConnection, HTTPConnection), {"patience": 5.0}))
    plain, theirs = connected(HTTPConnection)

    paced.request("PUT", "/a/b.txt?c=d", body, headers)
    plain.request("PUT", "/a/b.txt?c=d", body, headers)

    assert ours.bytes == theirs.bytes
    assert b"HTTP/1.1\r\n" in ours.bytes


@pytest.mark.parametrize(
    "value", ["secret\r\nX-Evil: 1", "secret\nb", "secret\rb", "secret\0b", b"secret\nb", "secret \u0430"], ids=ascii
)
def test_a_header_that_would_forge_another_one_is_not_sent_and_its_value_is_not_told(value: Any) -> None:
    connection, sent = connected(type("Connection", (PacedConnection, HTTPConnection), {"patience": 5.0}))
    with pytest.raises(ValueError, match="The header 'X-Auth-Token' cannot be sent") as raised:
        connection.request("GET", "/", headers={"X-Auth-Token": value})
    assert sent.bytes == b""
    assert "secret" not in f"{raised.value!r} {vars(raised.value)}"


@pytest.mark.parametrize("name", ["", "a:b", "a b", "a\r\nb", " a", "\u0430"], ids=ascii)
def test_a_header_without_a_name_of_a_header_is_not_sent(name: str) -> None:
    connection, sent = connected(type("Connection", (PacedConnection, HTTPConnection), {"patience": 5.0}))
    with pytest.raises(ValueError, match="cannot be sent"):
        connection.request("GET", "/", headers={name: "1"})
    assert sent.bytes == b""


def test_connecting_has_its_own_timeout_and_a_request_on_a_connection_that_is_open_sets_one_for_sending() -> None:
    kind = type("Connection", (PacedConnection, HTTPConnection), {"patience": 5.0})
    opened, sent = connected(kind)
    opened.timeout = 1.0
    opened.request("GET", "/")
    assert sent.timeouts == [5.0]

    connecting, fresh = kind("files.example.com"), Sent()
    connecting.timeout = 1.0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connecting, "connect", lambda: setattr(connecting, "sock", fresh))
        connecting.request("GET", "/")
    assert connecting.timeout == 1.0
    assert fresh.timeouts == [5.0]
