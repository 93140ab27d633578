"""A site that stores and reads files, for WSGI and ASGI servers. Its storage was used before any worker is forked."""

from __future__ import annotations

import os

import django
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, JsonResponse
from django.urls import path

django.setup(set_prefix=False)


def round_trip(request: HttpRequest, name: str) -> JsonResponse:
    """Save a file, read it, remove it."""
    content = os.urandom(1000)
    saved = default_storage.save(name, ContentFile(content))
    with default_storage.open(saved) as file:
        same = file.read() == content
    default_storage.delete(saved)
    return JsonResponse({"pid": os.getpid(), "same": same, "left": default_storage.exists(saved)})


async def async_round_trip(request: HttpRequest, name: str) -> JsonResponse:
    """The same, without blocking the event loop."""
    content = os.urandom(1000)
    saved = await default_storage.asave(name, ContentFile(content))  # type: ignore[attr-defined]
    same = await default_storage.aread(saved) == content  # type: ignore[attr-defined]
    await default_storage.adelete(saved)  # type: ignore[attr-defined]
    left = await default_storage.aexists(saved)  # type: ignore[attr-defined]
    return JsonResponse({"pid": os.getpid(), "same": same, "left": left})


def look_up(request: HttpRequest, name: str) -> JsonResponse:
    """Ask for one file."""
    return JsonResponse({"pid": os.getpid(), "there": default_storage.exists(name)})


async def ping(request: HttpRequest) -> JsonResponse:
    """Answer without the storage."""
    return JsonResponse({"pid": os.getpid()})


urlpatterns = [
    path("round-trip/<path:name>", round_trip),
    path("async-round-trip/<path:name>", async_round_trip),
    path("look-up/<path:name>", look_up),
    path("ping", ping),
]
if os.environ.get("USE_BEFORE_FORK"):
    default_storage.exists("used before the fork")
wsgi = WSGIHandler()
asgi = ASGIHandler()
