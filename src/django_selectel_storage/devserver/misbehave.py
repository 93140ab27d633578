"""The filters that make the server misbehave on demand. Knows WSGI and eventlet, not Swift; only there with --hooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import eventlet
import eventlet.semaphore

from .control import PREFIX, answer_control
from .damage import CorruptInput, close, damaged, hang_up, read_part
from .state import STATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .cache import Application
    from .faults import Fault

    Environ = dict[str, Any]

WRITES = ("PUT", "POST")
LOCKS: dict[str, Any] = {}


def filter_factory(_global_conf: Mapping[str, str], **_: str) -> Callable[[Application], Application]:
    """PasteDeploy's entrance: the outermost filter."""

    def make(application: Application) -> Application:
        def middleware(environ: Environ, start_response: Any) -> Iterable[bytes]:
            if environ.get("PATH_INFO", "").startswith(PREFIX):
                return answer_control(environ, start_response)
            return misbehave(application, environ, logged(environ, start_response))

        return middleware

    return make


def forget_factory(_global_conf: Mapping[str, str], **_: str) -> Callable[[Application], Application]:
    """PasteDeploy's entrance: the filter behind authentication, where a signed header may be dropped too."""

    def make(application: Application) -> Application:
        def middleware(environ: Environ, start_response: Any) -> Iterable[bytes]:
            for name in STATE.dropped:
                environ.pop(_variable(name), None)
            return application(environ, start_response)

        return middleware

    return make


def logged(environ: Environ, start_response: Any) -> Any:
    """Note the request; the status as soon as it is answered."""
    entry = {
        "method": environ["REQUEST_METHOD"],
        "path": environ.get("PATH_INFO", ""),
        "query": environ.get("QUERY_STRING", ""),
        "status": 0,
        "headers": headers(environ),
        "port": int(environ.get("REMOTE_PORT") or 0),
    }
    STATE.log.append(entry)

    def start(status: str, *arguments: Any) -> Any:
        entry["status"] = int(status.split(maxsplit=1)[0])
        return start_response(status, *arguments)

    return start


def headers(environ: Environ) -> dict[str, str]:
    """The headers of a request, names in lower case."""
    variables = {name.removeprefix("HTTP_"): value for name, value in environ.items() if name.startswith("HTTP_")}
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            variables.setdefault(name, environ[name])
    return {name.replace("_", "-").lower(): value for name, value in variables.items()}


def misbehave(application: Application, environ: Environ, start_response: Any) -> Iterable[bytes]:
    """Answer a request as the hooks want it."""
    token = environ.get("HTTP_X_AUTH_TOKEN", "")
    if token in STATE.tokens_revoked:
        return error_answer(start_response, "401 Unauthorized")
    STATE.tokens_seen.update([token] if token else [])
    for name in STATE.dropped - signed_headers(environ):
        environ.pop(_variable(name), None)
    target = "?".join(filter(None, [environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")]))
    fault = STATE.take_fault(environ["REQUEST_METHOD"], target)
    if fault is not None:
        return carry_out(fault, application, environ, start_response)
    return answer(application, environ, start_response)


def answer(application: Application, environ: Environ, start_response: Any) -> Iterable[bytes]:
    """The server's own answer, waiting for other writes of the same path if that was asked for."""
    if not STATE.serialized or environ["REQUEST_METHOD"] not in WRITES:
        return application(environ, start_response)
    with LOCKS.setdefault(environ.get("PATH_INFO", ""), eventlet.semaphore.Semaphore()):
        return [whole(application(environ, start_response))]


def carry_out(fault: Fault, application: Application, environ: Environ, start_response: Any) -> Iterable[bytes]:
    """Let one request go wrong."""
    if fault.delay:
        eventlet.sleep(fault.delay)
    if fault.corrupt_upload:
        environ["wsgi.input"] = CorruptInput(environ["wsgi.input"])
    if fault.lets_pass:
        body = answer(application, environ, start_response)
        return damaged(fault, environ, body) if fault.damages_answer else body
    if fault.stage == "middle":
        read_part(environ)
    elif fault.stage == "after":
        whole(answer(application, environ, lambda *_: lambda _: None))
    if fault.reset:
        hang_up(environ)
        return []
    return error_answer(start_response, f"{fault.status} Fault", fault.retry_after)


def whole(body: Iterable[bytes]) -> bytes:
    """All of an answer's body."""
    try:
        return b"".join(body)
    finally:
        close(body)


def error_answer(start_response: Any, status: str, retry_after: str = "") -> Iterable[bytes]:
    """An error as a front end would answer it, in HTML."""
    body = f"<html><h1>{status}</h1></html>".encode()
    fields = [
        ("Content-Type", "text/html; charset=UTF-8"),
        ("Content-Length", str(len(body))),
        ("X-Trans-Id", "tx-devserver"),
    ]
    start_response(status, [*fields, ("Retry-After", retry_after)] if retry_after else fields)
    return [body]


def signed_headers(environ: Environ) -> set[str]:
    """The headers that an S3 signature covers; without one of them it would not hold."""
    in_query = parse_qs(environ.get("QUERY_STRING", "")).get("X-Amz-SignedHeaders", [""])[0]
    in_header = environ.get("HTTP_AUTHORIZATION", "").partition("SignedHeaders=")[2].split(",")[0]
    return set((in_query or in_header).split(";"))


def _variable(name: str) -> str:
    return "HTTP_" + name.upper().replace("-", "_")
