"""The wire by itself: what it makes of answers that no storage server gives on request."""

from __future__ import annotations

import base64
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from django_selectel_storage.exceptions import ConnectionFailed, DamagedTransfer, ServerError
from django_selectel_storage.protocols.failures import Condition, Operation
from django_selectel_storage.protocols.s3 import wire, xml
from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.transport import pool as pool_module
from django_selectel_storage.transport.body import BytesBody, FileBody
from django_selectel_storage.transport.messages import Request
from django_selectel_storage.transport.pool import Pool, WireOptions


class Speaker(socketserver.ThreadingTCPServer):
    """Answers each request with the next of a few texts, whatever was asked."""

    daemon_threads = True

    def __init__(self, answers: list[bytes]) -> None:
        super().__init__(("127.0.0.1", 0), Listener)
        self.answers = answers
        self.requests: list[bytes] = []


class Listener(socketserver.StreamRequestHandler):
    server: Speaker

    def handle(self) -> None:
        while head := self._head():
            self.server.requests.append(head)
            if not self.server.answers:
                return
            self.wfile.write(self.server.answers.pop(0))

    def _head(self) -> bytes:
        lines = [self.rfile.readline()]
        while lines[-1] not in {b"", b"\r\n"}:
            lines.append(self.rfile.readline())
        head = b"".join(lines)
        for line in head.lower().splitlines():
            if line.startswith(b"content-length:"):
                self.rfile.read(int(line.partition(b":")[2]))
        return head


Speak = Callable[..., tuple[Pool, Speaker]]


def spoken(body: bytes, status: str = "200 OK", headers: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


@pytest.fixture
def speak() -> Iterator[Speak]:
    """Starts a server that gives these answers, and a pool for it."""
    running: list[tuple[Speaker, threading.Thread]] = []

    def start(*answers: bytes, **options: float) -> tuple[Pool, Speaker]:
        server = Speaker(list(answers))
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        running.append((server, thread))
        wire_options = WireOptions(**{"read_timeout": 5.0, **options})  # type: ignore[arg-type]
        return Pool(f"http://127.0.0.1:{server.server_address[1]}", wire_options, sleep=lambda _: None), server

    yield start
    for server, thread in running:
        server.shutdown()
        server.server_close()
        thread.join()


FAILED = b'<?xml version="1.0"?>\n<Error><Code>InternalError</Code><Message>Again, please.</Message></Error>'


def test_a_failure_inside_of_a_success_is_tried_again(speak: Speak) -> None:
    pool, server = speak(spoken(FAILED), spoken(b"<CopyObjectResult/>"))
    answer = pool.send(Request("PUT", "/a", failure_mark=xml.ERROR), lambda _: {})
    assert (answer.body, answer.tries, len(server.requests)) == (b"<CopyObjectResult/>", 2, 2)


def test_a_failure_inside_of_a_success_that_does_not_pass_is_an_error(
    speak: Speak,
) -> None:
    pool, server = speak(*[spoken(FAILED)] * 9, max_retries=2)
    answer = pool.send(Request("PUT", "/a", failure_mark=xml.ERROR), lambda _: {})
    assert len(server.requests) == 3
    with pytest.raises(ServerError, match=r"InternalError: Again, please\."):
        wire.raise_for_error_in_body(answer, Operation("Copying", "media", "a", Condition.UNCHANGED))


def test_an_answer_of_any_size_is_not_read_and_not_asked_for_again(
    speak: Speak, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "LONGEST_BODY", 1000)
    pool, server = speak(*[spoken(b"x" * 1001)] * 2)
    with pytest.raises(DamagedTransfer, match="longer than 1000 bytes"):
        pool.send(Request("GET", "/a"), lambda _: {})
    assert len(server.requests) == 1


def test_a_redirect_is_an_answer_and_is_not_followed(speak: Speak) -> None:
    pool, server = speak(spoken(b"", "307 Temporary Redirect", "Location: http://127.0.0.1:1/\r\n"))
    assert pool.send(Request("GET", "/a"), lambda _: {"X-Auth-Token": "secret"}).status == 307
    assert len(server.requests) == 1


def test_a_server_that_hangs_up_is_tried_as_often_as_max_retries_says(
    speak: Speak,
) -> None:
    pool, server = speak(max_retries=2)
    with pytest.raises(ConnectionFailed, match="broke"):
        pool.send(Request("PUT", "/a", body=BytesBody(b"content")), lambda _: {})
    assert len(server.requests) == 3


class Unreadable:
    """A caller's file that cannot be read any more."""

    def seek(self, *_: int) -> int:
        return 0

    def read(self, _: int) -> bytes:
        raise PermissionError("the disk is gone")


def test_a_file_that_cannot_be_read_is_no_matter_of_the_network(speak: Speak) -> None:
    pool, server = speak(spoken(b""))
    with pytest.raises(PermissionError, match="the disk is gone"):
        pool.send(Request("PUT", "/a", body=FileBody(Unreadable(), 10)), lambda _: {})  # type: ignore[arg-type]
    assert len(server.requests) <= 1


def test_a_connection_that_all_others_hold_is_waited_for_in_vain_only_so_long(
    speak: Speak,
) -> None:
    pool, _ = speak(spoken(b"x" * 10), pool_maxsize=1, connect_timeout=0.5, read_timeout=0.5)
    answer = pool.send(Request("GET", "/a", streamed=True), lambda _: {})
    assert answer.incoming
    with closing(answer.incoming), pytest.raises(TimeoutError, match="'pool_maxsize'"):
        pool.send(Request("GET", "/b"), lambda _: {})


@pytest.mark.parametrize("address", ["http://us%40er:p%3Aw@{}:{}", "{}:{}"])
def test_a_proxy_is_told_who_asks(speak: Speak, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    _, speaker = speak(spoken(b""))
    proxy = address.format(*speaker.server_address)
    options = WireOptions(proxy=proxy) if "@" in proxy else WireOptions(proxy="environment")
    monkeypatch.setenv("HTTP_PROXY", proxy)
    monkeypatch.delenv("NO_PROXY", raising=False)
    Pool("http://storage.example", options).send(Request("GET", "/a"), lambda _: {})
    (request,) = speaker.requests
    assert request.startswith(b"GET http://storage.example/a ")
    shown = b"proxy-authorization: basic " + base64.b64encode(b"us@er:p:w").lower()
    assert (shown in request.lower()) == ("@" in proxy)


def test_a_signed_request_names_its_host_once_also_to_a_proxy(speak: Speak) -> None:
    _, speaker = speak(spoken(b""))
    proxy = "http://{}:{}".format(*speaker.server_address)
    storage = SelectelStorage(
        access_key="a",
        secret_key="s",
        container="media",
        endpoint="http://storage.example",
        region="r",
        proxy=proxy,
        allow_http=True,
    )
    assert storage.exists("a.txt")
    (request,) = speaker.requests
    assert request.lower().count(b"\r\nhost: storage.example\r\n") == request.lower().count(b"host:") == 1
