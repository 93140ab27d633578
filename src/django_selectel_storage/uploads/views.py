"""The addresses that a browser asks: JSON in, JSON out. Each step is checked anew; see ``flow`` for what it does."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST

from django_selectel_storage.exceptions import StorageError
from django_selectel_storage.option_values import MEDIA_TYPE
from django_selectel_storage.upload_links import UploadLink
from django_selectel_storage.uploads import flow, parts, policy
from django_selectel_storage.uploads.bearers import bearer_of
from django_selectel_storage.uploads.grants import Grant, opened, sealed
from django_selectel_storage.uploads.refusals import UploadRefused
from django_selectel_storage.uploads.settings import UploadSettings, upload_settings
from django_selectel_storage.uploads.targets import field_of, offered

log = logging.getLogger(__name__)

MOST_LINKS = 100  # in one answer
_UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for a step: who asks, what they say, what the project wishes."""

    request: HttpRequest
    said: dict[str, Any]
    wishes: UploadSettings

    def text(self, name: str) -> str:
        """Give a text that was said."""
        value = self.said.get(name)
        if not isinstance(value, str):
            raise UploadRefused("malformed")
        return value

    def grant(self) -> Grant:
        """Give the grant that was shown, if it is of whoever shows it."""
        grant = opened(Grant, self.text("grant"), self.wishes.max_age)
        if grant.bearer != bearer_of(self.request):
            raise UploadRefused("not_yours")
        return grant

    def permitted_grant(self) -> Grant:
        """Give the grant that was shown, if its bearer may still upload."""
        grant = self.grant()
        policy.permit(self.request, field_of(grant.field), self.wishes)
        return grant


def _step(name: policy.Step) -> Callable[[Callable[[Asked], JsonResponse]], Callable[[HttpRequest], JsonResponse]]:
    """Make a view of a step: a POST with a CSRF token, and with JSON; refusals become JSON too."""

    def make(carry_out: Callable[[Asked], JsonResponse]) -> Callable[[HttpRequest], JsonResponse]:
        @never_cache
        @require_POST
        @csrf_protect
        @wraps(carry_out)
        def view(request: HttpRequest) -> JsonResponse:
            try:
                asked = Asked(request, _json(request), upload_settings())
                policy.admit(request, name, asked.wishes)
                return carry_out(asked)
            except UploadRefused as refusal:
                return _refused(refusal)
            except StorageError:
                log.exception("A direct upload failed at the step %r.", name)
                return _refused(UploadRefused("storage"))

        return view

    return make


@_step("start")
def start(asked: Asked) -> JsonResponse:
    """Permit an upload: ``field``, ``name``, ``size``, ``type`` in; a grant and a way to send the bytes out."""
    field, limits = offered(asked.text("field"), asked.wishes)
    policy.permit(asked.request, field, asked.wishes)
    bearer = bearer_of(asked.request, begins=True)
    grant = flow.start(field, limits, bearer, _wish(asked), asked.wishes)
    answer: dict[str, Any] = {"grant": sealed(grant)}
    if grant.upload:
        answer |= {"part_size": grant.part_size, "parts": len(parts.sizes(grant.size, grant.part_size))}
    else:
        answer |= _shown(flow.link(grant, asked.wishes))
    return JsonResponse(answer, status=201)


@_step("parts")
def part_links(asked: Asked) -> JsonResponse:
    """Give links for some parts: ``grant``, ``numbers`` in; ``links`` by number out."""
    numbers = asked.said.get("numbers")
    if not isinstance(numbers, list) or len(numbers) > MOST_LINKS or not all(type(one) is int for one in numbers):
        raise UploadRefused("malformed")
    links = flow.part_links(asked.permitted_grant(), numbers, asked.wishes)
    return JsonResponse({"links": {str(number): _shown(link) for number, link in links.items()}})


@_step("finish")
def finish(asked: Asked) -> JsonResponse:
    """End an upload: ``grant`` in; ``value``, which a form takes in place of the file, out."""
    receipt = flow.finish(asked.permitted_grant())
    return JsonResponse({"value": sealed(receipt), "name": receipt.filename, "size": receipt.size})


@_step("cancel")
def cancel(asked: Asked) -> JsonResponse:
    """Give an upload up: ``grant`` in; what has arrived of it is dropped."""
    flow.cancel(asked.grant(), asked.wishes)
    return JsonResponse({})


def _json(request: HttpRequest) -> dict[str, Any]:
    try:
        said = json.loads(request.body)
    except (ValueError, RecursionError):
        raise UploadRefused("malformed") from None
    if not isinstance(said, dict):
        raise UploadRefused("malformed")
    return said


def _wish(asked: Asked) -> flow.Wish:
    size, content_type = asked.said.get("size"), asked.said.get("type") or _UNKNOWN_TYPE
    if type(size) is not int or not isinstance(content_type, str) or not MEDIA_TYPE.fullmatch(content_type):
        raise UploadRefused("malformed")
    return flow.Wish(asked.text("name"), size, content_type)


def _shown(link: UploadLink) -> dict[str, Any]:
    return {"url": link.url, "method": link.method, "headers": dict(link.headers)}


def _refused(refusal: UploadRefused) -> JsonResponse:
    error = {"code": refusal.code, "message": refusal.message}
    headers = {"Retry-After": str(refusal.retry_after)} if refusal.retry_after else {}
    return JsonResponse({"error": error}, status=refusal.status, headers=headers)
