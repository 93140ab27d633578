"""A head that is read quickly says what http.client says of it, whatever a server may have written."""

from __future__ import annotations

import http.client
import io
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from urllib3.exceptions import HeaderParsingError
from urllib3.util.response import assert_header_parsing

from django_selectel_storage.transport.heads import LONGEST_HEAD, MOST_INTERIM, LeanResponse, message_of

BODY = b"the body of this answer"


class Socket:
    """As much of one as http.client needs to read an answer."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def makefile(self, mode: str) -> io.BufferedReader:
        assert mode == "rb"
        return io.BufferedReader(io.BytesIO(self._content))  # type: ignore[arg-type,unused-ignore]


def said(kind: type[http.client.HTTPResponse], content: bytes, method: str) -> Any:
    """Everything that a class makes of an answer; or the error that it raises."""
    answer = kind(Socket(content), method=method)  # type: ignore[arg-type]
    try:
        answer.begin()
        head = (answer.status, answer.reason, answer.version, answer.headers.items(), answer.chunked, answer.length)
        return (*head, answer.will_close, answer.getcode(), answer.getheaders(), answer.read())
    except (http.client.HTTPException, ValueError) as error:
        return type(error), str(error)


ORDINARY = st.text("!#$%&'*+-.^_`|~0123456789ABCabcXYZxyz", min_size=1, max_size=12)
VALUES = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=20)
FRAMING = st.sampled_from(
    [
        "Content-Length: 5", "content-length:23", "Content-Length: -1", "Content-Length: many", "Content-Length:",
        "Transfer-Encoding: chunked", "Transfer-Encoding: Chunked", "Transfer-Encoding: gzip", "Connection: close",
        "Connection: keep-alive", "Keep-Alive: timeout=5", "Proxy-Connection: keep-alive", "connection:CLOSE",
    ]
)  # fmt: skip
ODD = st.sampled_from(
    [
        " folded",
        "\tfolded",
        "no colon",
        ": no name",
        "a b: c",
        "From me",
        "From: me",
        "x:y\rz: w",
        "e: \x85",
        "ä: b",
        ":",
    ]
)
FIELDS = st.one_of(st.builds("{}:{}".format, ORDINARY, VALUES), st.builds("{}: {}".format, ORDINARY, VALUES), FRAMING)
ENDS = st.sampled_from(["\r\n", "\r\n", "\r\n", "\n"])
HEADS = st.lists(st.builds("{}{}".format, st.one_of(FIELDS, FIELDS, ODD), ENDS), max_size=8).map("".join)
STATUS_LINES = st.sampled_from(
    [
        "HTTP/1.1 200 OK", "HTTP/1.1 204 No Content", "HTTP/1.1 304 Not Modified", "HTTP/1.0 200 OK", "HTTP/1.1 404",
        "HTTP/0.9 200 OK", "HTTP/1.7 206 Partial Content", "HTTP/1.1 101 Switching", "HTTP/2 200 OK", "nonsense", "",
        "HTTP/1.1 100 Continue\r\nX: y\r\n\r\nHTTP/1.1 201 Created", "HTTP/1.1 20 Short", "HTTP/1.1 2x0 OK",
    ]
)  # fmt: skip


@given(head=HEADS)
@example(head='Content-Type: text/plain\r\nETag: "0"\r\nX-Amz-Meta-A: \xe4\r\nX-Amz-Meta-A: b\r\n')
def test_the_fields_are_those_that_http_client_finds(head: str) -> None:
    content = head.encode("latin-1") + b"\r\n"
    ours, theirs = message_of(list(io.BytesIO(content))), http.client.parse_headers(io.BytesIO(content))
    assert ours.items() == theirs.items()
    assert is_flawed(ours) == is_flawed(theirs)


def is_flawed(message: http.client.HTTPMessage) -> str:
    """What urllib3 has to say against a head."""
    try:
        assert_header_parsing(message)
    except HeaderParsingError as error:
        return str(error)
    return ""


@given(status=STATUS_LINES, head=HEADS, method=st.sampled_from(["GET", "HEAD", "PUT"]))
def test_an_answer_is_what_http_client_makes_of_it(status: str, head: str, method: str) -> None:
    content = f"{status}\r\n{head}\r\n".encode("latin-1") + BODY
    assert said(LeanResponse, content, method) == said(http.client.HTTPResponse, content, method)


@pytest.mark.parametrize("before", [b"", b"HTTP/1.1 100 Continue\r\n\r\n"], ids=["the answer", "one before it"])
@pytest.mark.parametrize("field", [b"A: " + b"b" * LONGEST_HEAD, b"A: b\r\n" * LONGEST_HEAD], ids=["long", "many"])
def test_a_head_without_an_end_is_refused(field: bytes, before: bytes) -> None:
    error, text = said(LeanResponse, before + b"HTTP/1.1 200 OK\r\n" + field + b"\r\n\r\n", "GET")
    assert error is http.client.HTTPException
    assert str(LONGEST_HEAD) in text


def test_an_end_instead_of_a_head_is_told_apart() -> None:
    assert said(LeanResponse, b"", "GET") == said(http.client.HTTPResponse, b"", "GET")
    assert said(LeanResponse, b"", "GET")[0] is http.client.RemoteDisconnected


def test_as_much_metadata_as_a_store_keeps_is_read() -> None:
    fields = b"".join(b"X-Amz-Meta-%03d: b\r\n" % number for number in range(700))
    content = b"HTTP/1.1 200 OK\r\nContent-Length: 23\r\n" + fields + b"\r\n" + BODY
    *_, found, body = said(LeanResponse, content, "GET")
    assert found[1:] == [(f"X-Amz-Meta-{number:03}", "b") for number in range(700)]
    assert body == BODY


@pytest.mark.parametrize("status", [100, 102, 103, 199])
def test_an_interim_answer_is_passed_over(status: int) -> None:
    """RFC 9110, section 15.2; http.client knows only 100."""
    content = b"HTTP/1.1 %d Early\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" % status
    answer: Any = LeanResponse(Socket(content), method="GET")  # type: ignore[arg-type]
    answer.begin()
    assert (answer.status, answer.getheaders(), answer.read()) == (200, [("Content-Length", "2")], b"ok")


def test_interim_answers_do_not_go_on_for_ever() -> None:
    interim, answer = b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    assert said(LeanResponse, interim * (MOST_INTERIM - 1) + answer, "GET")[0] == 200
    assert said(LeanResponse, interim * MOST_INTERIM + answer, "GET")[0] is http.client.HTTPException


def test_a_head_is_read_without_the_parser_of_email(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise it would be as slow as before, and nothing else would tell."""
    monkeypatch.setattr(http.client, "parse_headers", None)
    content = b'HTTP/1.1 200 OK\r\nContent-Length: 23\r\nETag: "0"\r\nX-Empty:\r\n\r\n' + BODY
    assert said(LeanResponse, content, "GET")[-2:] == (
        [("Content-Length", "23"), ("ETag", '"0"'), ("X-Empty", "")],
        BODY,
    )
