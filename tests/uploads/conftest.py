"""A site with direct uploads on both faces that can sign, and a browser without eyes that uploads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.contrib.auth.models import User
from django.core.files import storage as django_storage
from django.http import HttpRequest
from django.test import Client, RequestFactory
from pytest_django import Settings

from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.uploads.grants import FieldOffer, sealed
from tests import sending
from tests.conftest import CONTAINER, face_options
from tests.servers.stack import Stack

MIB = 1024**2
DOCUMENT, SCAN, PORTRAIT = "site.Document.file", "site.Letter.scan", "site.Letter.portrait"


@pytest.fixture(params=["s3", "swift"])
def face(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True)
def storage(stack: Stack, face: str, location: str, monkeypatch: pytest.MonkeyPatch) -> SelectelStorage:
    """The face as Django's default storage."""
    key = None if face == "s3" else stack.server.info.temp_url_key
    storage = SelectelStorage(container=CONTAINER, location=location, temp_url_key=key, **face_options(stack, face))
    monkeypatch.setattr(django_storage.default_storage, "_wrapped", storage)
    return storage


@pytest.fixture
def small_parts(settings: Settings) -> None:
    """From 6 MiB on, a file goes up in parts of 5 MiB."""
    settings.SELECTEL_UPLOADS = {"PARTS_FROM": 6 * MIB, "PART_SIZE": 5 * MIB}


def offer(label: str = DOCUMENT, max_size: int = 100 * MIB, content_types: tuple[str, ...] = ()) -> str:
    """What a page offers."""
    return sealed(FieldOffer(field=label, max_size=max_size, content_types=list(content_types)))


def send(link: Mapping[str, Any], content: bytes, headers: Mapping[str, str] | None = None) -> int:
    """Send bytes as somebody who has nothing but the link; give the status."""
    given = dict(link["headers"] if headers is None else headers)
    return sending.send(link["method"], link["url"], content, given)


@dataclass
class Visitor:
    """Somebody with a browser: asks the site, and uploads."""

    client: Client = field(default_factory=Client)

    def ask(self, step: str, **said: Any) -> Any:
        """Give the answer of the site; its status is under ``status``."""
        answer = self.client.post(f"/uploads/{step}/", json.dumps(said), content_type="application/json")
        return {**json.loads(answer.content), "status": answer.status_code}

    def start(self, content: bytes, name: str = "a.txt", kind: str = "text/plain", label: str = DOCUMENT) -> Any:
        return self.ask("start", field=offer(label), name=name, size=len(content), type=kind)

    def upload(self, content: bytes, name: str = "a.txt", kind: str = "text/plain", label: str = DOCUMENT) -> str:
        """Upload a file; give its receipt."""
        started = self.start(content, name, kind, label)
        assert started["status"] == 201, started
        if "url" in started:
            assert send(started, content) in {200, 201}
        else:
            self.send_parts(started, content)
        return self.finish(started)

    def finish(self, started: Any) -> str:
        """Say that everything was sent; give the receipt."""
        finished = self.ask("finish", grant=started["grant"])
        assert finished["status"] == 200, finished
        return str(finished["value"])

    def send_parts(self, started: Any, content: bytes, numbers: list[int] | None = None) -> None:
        numbers = numbers or list(range(1, started["parts"] + 1))
        links = self.ask("parts", grant=started["grant"], numbers=numbers)["links"]
        size = started["part_size"]
        for number in numbers:
            assert send(links[str(number)], content[(number - 1) * size : number * size]) == 200


def request_of(visitor: Visitor) -> HttpRequest:
    """A request that the visitor sends."""
    request = RequestFactory().post("/")
    request.session = visitor.client.session
    request.user = get_user(request)
    return request


@pytest.fixture
def visitor(django_user_model: type[User]) -> Visitor:
    """Somebody who has logged in."""
    visitor = Visitor()
    visitor.client.force_login(django_user_model.objects.create_user("visitor"))
    return visitor


@pytest.fixture
def other(django_user_model: type[User]) -> Visitor:
    """Somebody else who has logged in."""
    other = Visitor()
    other.client.force_login(django_user_model.objects.create_user("other"))
    return other
