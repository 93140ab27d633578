"""Errors of urllib3 and the system, turned into ours once, with whether trying again may help."""

from __future__ import annotations

import ssl

from urllib3.exceptions import (
    ConnectTimeoutError,
    EmptyPoolError,
    HTTPError,
    NewConnectionError,
    ProtocolError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)

from django_selectel_storage.exceptions import ConnectionFailed, StorageError, TimedOut


class _TooSlow(ReadTimeoutError):
    """A peer that did not take our bytes in time; urllib3 calls it a broken connection."""


class _Untrusted(SSLError):
    """A certificate that was not accepted; other failures of TLS may pass."""


# The first row that fits counts: what was raised, what is raised, in which words, whether trying again may help.
_TRUST = "The certificate is checked against the roots that 'ca_bundle' names, or else certifi's."
_TABLE: tuple[tuple[type[Exception], type[StorageError], str, bool], ...] = (
    (_Untrusted, ConnectionFailed, f"No trusted connection to {{origin}}: {{cause}}. {_TRUST}", False),
    (EmptyPoolError, TimedOut, "No connection to {origin} became free in time; raise 'pool_maxsize'.", False),
    (ProxyError, ConnectionFailed, "The proxy gave no connection to {origin}: {cause}.", True),
    (NewConnectionError, ConnectionFailed, "No connection to {origin}: {cause}.", True),
    (ConnectTimeoutError, TimedOut, "No connection to {origin} in time ('connect_timeout').", True),
    (ReadTimeoutError, TimedOut, "{origin} did not answer in time ('read_timeout').", True),
    (TimeoutError, TimedOut, "{origin} did not answer in time ('read_timeout').", True),
    (Exception, ConnectionFailed, "The connection to {origin} broke: {cause}.", True),
)


def translated(error: Exception, origin: str) -> tuple[StorageError, bool]:
    """Turn an error of urllib3 or the system into ours, and say whether trying again may help."""
    raised = _raised(error)
    _, kind, text, again = next(row for row in _TABLE if issubclass(raised, row[0]))
    return kind(text.format(origin=origin, cause=_cause(error))), again


def _raised(error: Exception) -> type[Exception]:
    """The class by which an error is looked up: its own, or a finer one."""
    if _is_untrusted(error):
        return _Untrusted
    too_slow = isinstance(error, ProtocolError) and isinstance(_nested(error), TimeoutError)
    return _TooSlow if too_slow else type(error)


def _is_untrusted(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or _nested(error)
    return error is not None


def _cause(error: BaseException) -> str:
    """Name the innermost cause, without addresses of objects."""
    while inner := error.__cause__ or _nested(error):
        error = inner
    text = str(error) if isinstance(error, (OSError, HTTPError)) else type(error).__name__
    return text.rpartition(">: ")[2].rstrip(".") or type(error).__name__


def _nested(error: BaseException) -> BaseException | None:
    return next((part for part in reversed(error.args) if isinstance(part, BaseException)), None)
