"""Tells the forms of direct uploads who sent the request. Goes behind sessions and authentication."""

from __future__ import annotations

from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any

from django.http import HttpRequest
from django.utils.decorators import sync_and_async_middleware

from django_selectel_storage.uploads.bearers import acting_for

PATH = f"{__name__}.uploads_middleware"


@sync_and_async_middleware
def uploads_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Keep the request at hand while it is being answered."""
    if iscoroutinefunction(get_response):

        async def answer_later(request: HttpRequest) -> Any:
            with acting_for(request):
                return await get_response(request)

        return answer_later

    def answer(request: HttpRequest) -> Any:
        with acting_for(request):
            return get_response(request)

    return answer
