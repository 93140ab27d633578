"""Who acts: the user, or the session of somebody who has not logged in; and the request that a form belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from secrets import token_hex
from typing import Any

from django.http import HttpRequest

from django_selectel_storage.uploads.refusals import UploadRefused

_IN_SESSION = "_selectel_uploads"
_request: ContextVar[HttpRequest | None] = ContextVar("_request", default=None)


@contextmanager
def acting_for(request: HttpRequest) -> Iterator[None]:
    """Let the forms of this block take uploads of whoever sent the request."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


def current_bearer() -> str:
    """Give who sent the request that is being answered.

    Raises:
        UploadRefused: there is nobody by whom uploads could be known again.
    """
    request = _request.get()
    if request is None:
        raise RuntimeError(
            "A form got a direct upload, and nobody told whose it may be. Add 'django_selectel_storage.uploads."
            "middleware.uploads_middleware' to MIDDLEWARE, behind sessions and authentication; or clean the form "
            "inside of 'with acting_for(request):'."
        )
    return bearer_of(request)


def taken_as(upload: str, html_name: str) -> bool:
    """Note the input by which an upload comes into this request's forms; say whether it is the first, or the same.

    A form may be checked several times; two forms of one request have inputs of different names.
    """
    taken: dict[str, str] = vars(_request.get()).setdefault("_selectel_uploads", {})
    return taken.setdefault(upload, html_name) == html_name


def begin_session() -> None:
    """Give a visitor who has not logged in a session, so that several uploads at once do not begin one each."""
    request = _request.get()
    if request is not None:
        with suppress(UploadRefused):
            bearer_of(request, begins=True)


def bearer_of(request: HttpRequest, *, begins: bool = False) -> str:
    """Give who sent a request, as a text that tells nothing about a session.

    Args:
        request: the request.
        begins: whether a session may be begun for this.

    Raises:
        UploadRefused: the visitor has neither logged in nor a session.
    """
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return f"user:{user.pk}"
    session: Any = getattr(request, "session", None)
    if session is None:
        raise UploadRefused("no_session")
    if begins and _IN_SESSION not in session:
        session[_IN_SESSION] = token_hex(16)  # a session's own key changes with each answer where a signed cookie is it
    if _IN_SESSION not in session:
        raise UploadRefused("no_session")
    return f"session:{session[_IN_SESSION]}"
