"""What urllib3 and the system raise, and what of it reaches the caller."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import pytest
from urllib3 import HTTPSConnectionPool
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    EmptyPoolError,
    HTTPError,
    IncompleteRead,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)

from django_selectel_storage.exceptions import ConnectionFailed, StorageError, TimedOut
from django_selectel_storage.transport.faults import translated

ORIGIN = "https://s3.example.com"
POOL = HTTPSConnectionPool("s3.example.com")
CONNECTION = HTTPSConnection("s3.example.com")


def raised(error: Exception, cause: Exception | None = None) -> Exception:
    """The error as it looks when it was raised, perhaps from the system's own, and caught."""
    try:
        raise error from cause
    except type(error) as caught:
        return caught


Row = tuple[Exception, type[StorageError], bool, str]

TABLE: dict[str, Row] = {
    "a certificate that nobody vouches for": (
        SSLError(ssl.SSLCertVerificationError(1, "certificate verify failed")),
        ConnectionFailed,
        False,
        "'ca_bundle'",
    ),
    "no free connection": (EmptyPoolError(POOL, "Pool is empty"), TimedOut, False, "'pool_maxsize'"),
    "a proxy that refuses": (
        ProxyError("Cannot connect", OSError("Tunnel failed: 407")),
        ConnectionFailed,
        True,
        "proxy gave no connection to https://s3.example.com: Tunnel failed: 407.",
    ),
    "a refused connection": (
        raised(NewConnectionError(CONNECTION, "x"), ConnectionRefusedError(111, "Connection refused")),
        ConnectionFailed,
        True,
        "No connection to https://s3.example.com: [Errno 111] Connection refused.",
    ),
    "an unknown host": (
        raised(
            NameResolutionError("s3.example.com", CONNECTION, socket.gaierror(-2, "x")),
            socket.gaierror(-2, "Name or service not known"),
        ),
        ConnectionFailed,
        True,
        "Name or service not known.",
    ),
    "no connection in time": (ConnectTimeoutError("x"), TimedOut, True, "'connect_timeout'"),
    "no answer in time": (ReadTimeoutError(POOL, "/", "x"), TimedOut, True, "'read_timeout'"),
    "no answer in time, says the system": (TimeoutError("timed out"), TimedOut, True, "'read_timeout'"),
    "a peer that takes our bytes too slowly": (
        ProtocolError("Connection aborted.", TimeoutError("timed out")),
        TimedOut,
        True,
        "'read_timeout'",
    ),
    "a connection that breaks": (
        ProtocolError("Connection aborted.", ConnectionResetError(104, "Connection reset by peer")),
        ConnectionFailed,
        True,
        "The connection to https://s3.example.com broke: [Errno 104] Connection reset by peer.",
    ),
    "a body that ends early": (IncompleteRead(5, 10), ConnectionFailed, True, "broke"),
    "an error that names an object of urllib3": (
        HTTPError("<urllib3.connection.HTTPSConnection object at 0x7f00>: Failed to establish."),
        ConnectionFailed,
        True,
        "broke: Failed to establish.",
    ),
    "an error of the system": (OSError(113, "No route to host"), ConnectionFailed, True, "No route to host"),
    "a TLS connection that the server drops": (
        SSLError(ssl.SSLEOFError(8, "EOF occurred in violation of protocol")),
        ConnectionFailed,
        True,
        "EOF occurred in violation of protocol",
    ),
}


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE.keys())
def test_a_foreign_error_becomes_ours_and_tells_whether_trying_again_may_help(row: Row) -> None:
    error, kind, again, words = row

    ours, found = translated(error, ORIGIN)

    assert type(ours) is kind
    assert found is again
    assert words in str(ours)
    assert "0x" not in str(ours)
    assert ours.status is None


def test_only_a_certificate_is_answered_with_the_advice_about_certificates() -> None:
    ours, _ = translated(SSLError(ssl.SSLEOFError(8, "EOF occurred in violation of protocol")), ORIGIN)

    assert "certificate" not in str(ours)


RESET = ConnectionResetError(104, "Connection reset by peer")


def test_the_innermost_cause_is_named() -> None:
    ours, _ = translated(raised(ProtocolError("Connection aborted."), RESET), ORIGIN)

    assert "Connection reset by peer" in str(ours)


def test_an_error_that_the_caller_was_handling_before_is_not_taken_for_the_cause() -> None:
    try:
        Path("no such file").read_bytes()
    except FileNotFoundError as affair:
        error = ProtocolError("Connection aborted.", RESET)
        error.__context__ = affair  # what Python does when an error is raised while another one is handled
        ours, _ = translated(error, ORIGIN)

    assert "no such file" not in str(ours)
    assert "Connection reset by peer" in str(ours)


def test_our_errors_are_those_that_callers_catch_already() -> None:
    assert isinstance(translated(TimeoutError(), ORIGIN)[0], TimeoutError)
    assert isinstance(translated(OSError(), ORIGIN)[0], ConnectionError)
