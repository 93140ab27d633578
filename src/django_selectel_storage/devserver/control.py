"""The verbs under /_devserver/: how tests ask a running server to misbehave. Only in the pipeline with --hooks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from .cache import CACHE
from .faults import Fault
from .state import STATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Query = Mapping[str, str]
    Verb = Callable[[Query], object]

PREFIX = "/_devserver/"
# What Swift's daemons do on demand; the child fills it in.
DAEMONS: dict[str, Callable[[], object]] = {}


def answer_control(environ: Mapping[str, Any], start_response: Any) -> Iterable[bytes]:
    """Carry out one verb and answer with JSON."""
    status, value = carry_out(
        environ["REQUEST_METHOD"],
        environ["PATH_INFO"].removeprefix(PREFIX),
        dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)),
    )
    body = json.dumps(value).encode() + b"\n"
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def carry_out(method: str, verb: str, query: Query) -> tuple[str, object]:
    """The status and the value that a verb leads to."""
    action = READING.get(verb) if method == "GET" else CHANGING.get(verb)
    if action is None or method not in ("GET", "POST"):
        return "404 Not Found", {"error": f"no such hook: {method} {verb}"}
    try:
        return "200 OK", action(query)
    except ValueError as error:
        return "400 Bad Request", {"error": str(error)}


def _add_fault(query: Query) -> object:
    STATE.add_fault(Fault.from_query(query))
    return {"faults": len(STATE.faults)}


def _clear_faults(_: Query) -> object:
    STATE.faults.clear()
    return {}


def _serialize(query: Query) -> object:
    STATE.serialized = query.get("on") == "1"
    return {"on": STATE.serialized}


def _drop(query: Query) -> object:
    name = query.get("header", "").lower()
    if name:
        STATE.dropped.add(name)
    else:
        STATE.dropped.clear()
    return {"dropped": sorted(STATE.dropped)}


def _revoke(_: Query) -> object:
    STATE.revoke_tokens()
    return {"dropped": CACHE.forget_tokens()}


def _flush(_: Query) -> object:
    return {"dropped": CACHE.forget_facts()}


def _clear_log(_: Query) -> object:
    STATE.log.clear()
    return {}


def _reset(_: Query) -> object:
    STATE.reset()
    return {}


READING: Mapping[str, Verb] = {"log": lambda _: list(STATE.log)}
CHANGING: Mapping[str, Verb] = {
    "fault": _add_fault,
    "faults-clear": _clear_faults,
    "serialize": _serialize,
    "drop": _drop,
    "revoke": _revoke,
    "flush": _flush,
    "log-clear": _clear_log,
    "reset": _reset,
    "update": lambda _: DAEMONS["update"](),
    "expire": lambda _: DAEMONS["expire"](),
}
