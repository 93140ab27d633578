"""An answer that is no success, as the precise error: what was tried, what the server said, what to do.

Pure, and shared by both protocols; each reads the server's words in its own way and adds its own hints.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from django_selectel_storage.exceptions import (
    AccessDenied,
    AuthenticationFailed,
    ContainerNotFound,
    DamagedTransfer,
    InvalidRequest,
    ObjectChanged,
    ObjectExists,
    ObjectNotFound,
    RangeNotSatisfiable,
    ServerError,
    StorageError,
    TooManyRequests,
    WriteConflict,
)
from django_selectel_storage.transport.messages import Answer

_LONGEST_WORDS = 200  # characters of what a server said that are quoted


class Condition(Enum):
    """What a 412 means for a request."""

    NONE = "there was no condition"
    ABSENT = "the key was to be free"
    UNCHANGED = "the object was to be the one that is known"


@dataclass(frozen=True, slots=True)
class Operation:
    """What was asked of a store, for the words of an error.

    Attributes:
        action: a verb in its -ing form, as ``"Saving"``.
        container: the container; empty when none was asked.
        key: the object key; empty when the container itself was asked.
        condition: the condition that the request carried.
    """

    action: str
    container: str = ""
    key: str = ""
    condition: Condition = Condition.NONE

    def __str__(self) -> str:
        if not self.container:
            return self.action
        where = f"{self.key!r} in the container {self.container!r}" if self.key else f"the container {self.container!r}"
        return f"{self.action} {where}"


@dataclass(frozen=True, slots=True)
class Words:
    """What a server said of an error: its code, its message, its request id, and our hint."""

    code: str = ""
    message: str = ""
    request_id: str = ""
    hint: str = ""


def error_for(
    operation: Operation, status: int, words: Words, *, tries: int = 1, kind: type[StorageError] | None = None
) -> StorageError:
    """Give the error for an answer; its class follows from the status and the operation, unless ``kind`` names it."""
    said = f"{status} {in_one_line(words.code)}".rstrip()
    said_more = in_one_line(words.message).rstrip(".")
    message = f": {said_more}" if said_more else ""
    request_id = f" (request id {in_one_line(words.request_id)})" if words.request_id else ""
    hint = f" {words.hint}" if words.hint else ""
    text = f"{operation} failed: the server answered {said}{message}{request_id}.{hint}"
    kind = kind or _kind(operation, status)
    return kind(text, status=status, code=words.code, request_id=words.request_id, tries=tries)


def in_one_line(said: str) -> str:
    """Give the beginning of what a server said as one line, so that it cannot forge another one of a log."""
    readable = "".join(character if character.isprintable() else " " for character in said[: 10 * _LONGEST_WORDS])
    return " ".join(readable.split())[:_LONGEST_WORDS]


def login_failed(url: str, answer: Answer, hint: str, *, refusals: Collection[int]) -> StorageError:
    """Give the error for a login that brought no token.

    Args:
        url: where the login was tried.
        answer: what the server answered.
        hint: what to look at when it refused.
        refusals: the statuses with which this kind of login refuses a user.
    """
    request_id = answer.headers.get("X-Trans-Id") or answer.headers.get("X-Openstack-Request-Id", "")
    return error_for(
        Operation(f"Logging in at {url}"),
        answer.status,
        Words(request_id=request_id, hint=hint),
        tries=answer.tries,
        kind=AuthenticationFailed if answer.status in refusals else None,
    )


def container_missing(operation: Operation, status: int, words: Words) -> ContainerNotFound:
    """Give the error for a container that is not there."""
    request_id = f" (request id {in_one_line(words.request_id)})" if words.request_id else ""
    return ContainerNotFound(
        f"{operation} failed: there is no container {operation.container!r}{request_id}. Create it, or correct the "
        "option 'container', the account or the endpoint.",
        status=status,
        code=words.code,
        request_id=words.request_id,
    )


_KINDS: dict[int, type[StorageError]] = {
    401: AuthenticationFailed,
    403: AccessDenied,
    404: ObjectNotFound,
    409: WriteConflict,
    416: RangeNotSatisfiable,
    422: DamagedTransfer,  # the MD5 that went along is not that of the bytes that arrived
    429: TooManyRequests,
    498: TooManyRequests,  # Swift's own rate limit
}
_KINDS_OF_412 = {
    Condition.NONE: InvalidRequest,
    Condition.ABSENT: ObjectExists,
    Condition.UNCHANGED: ObjectChanged,
}
_SERVER_FAILED = 500
CONFLICT = frozenset({409})  # of a write with another one: S3's ConditionalRequestConflict, Swift's newer timestamp


def _kind(operation: Operation, status: int) -> type[StorageError]:
    if status == 412:
        return _KINDS_OF_412[operation.condition]
    return _KINDS.get(status) or (ServerError if status >= _SERVER_FAILED else InvalidRequest)
