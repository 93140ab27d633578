"""`selectel_cors`, and what real Swift answers to a browser before and after."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage, storages
from django.core.management import CommandError, call_command

from django_selectel_storage.devserver import DevServer, ServerInfo
from django_selectel_storage.storage import SelectelStorage
from tests.sending import send

ORIGIN = "https://www.example.com"


@pytest.fixture(scope="module")
def strict_server() -> Iterator[ServerInfo]:
    """A server whose own configuration lets no page in that these tests speak of."""
    with DevServer(containers=("media",), cors_origin="https://nobody.example") as server:
        yield server.info


def on_swift(info: ServerInfo) -> dict[str, Any]:
    login = {"username": info.username, "password": info.password, "auth_url": info.auth_url}
    return {**login, "container": "media", "temp_url_key": info.temp_url_key}


def on_s3(info: ServerInfo) -> dict[str, Any]:
    keys = {"access_key": info.access_key, "secret_key": info.secret_key, "region": info.region}
    return {**keys, "container": "media", "endpoint": info.endpoint}


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Any:
    def use_storage(storage: object) -> None:
        monkeypatch.setitem(vars(storages)["_storages"], "default", storage)

    return use_storage


def told(*arguments: str, errors: StringIO | None = None) -> str:
    out = StringIO()
    call_command("selectel_cors", *arguments, stdout=out, stderr=errors or StringIO(), no_color=True)
    return out.getvalue()


def preflight(url: str, origin: str = ORIGIN) -> int:
    """Ask as a browser does before a PUT; give the status."""
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "content-type,if-none-match",
    }
    return send("OPTIONS", url, None, headers)


def test_a_browser_may_upload_after_allow_and_not_before_or_after_clear(strict_server: ServerInfo, use: Any) -> None:
    storage = SelectelStorage(**on_swift(strict_server))
    use(storage)
    link = storage.upload_url("a.txt", allow_unenforced=True)
    assert "No page" in told("show")
    assert preflight(link.url) == 401
    assert told("allow", ORIGIN) == f"{ORIGIN}: any method (django-selectel-storage)\n"
    assert preflight(link.url) == 200
    assert preflight(link.url, "https://evil.example") == 401
    request = urllib.request.Request(link.url, b"x", {**link.headers, "Origin": ORIGIN}, method="PUT")
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert "etag" in answer.headers["Access-Control-Expose-Headers"].lower()
    assert "https://second.example" in told("allow", "https://second.example")
    assert preflight(link.url) == 200
    assert "No page" in told("clear")
    assert preflight(link.url) == 401


def test_a_server_without_these_calls_is_told_from_a_failure(strict_server: ServerInfo, use: Any) -> None:
    use(SelectelStorage(**on_s3(strict_server)))
    with pytest.raises(CommandError, match="has no CORS rules: set them over its Swift API"):
        told("allow", ORIGIN)


def test_on_selectel_it_says_that_the_bucket_has_to_be_virtual_hosted(use: Any) -> None:
    use(SelectelStorage(access_key="a", secret_key="s", container="media", proxy="http://127.0.0.1:9", max_retries=0))
    errors = StringIO()
    with pytest.raises(CommandError):
        told("show", errors=errors)
    assert "virtual-hosted" in errors.getvalue()


@pytest.mark.parametrize("origin", ["www.example.com", "https://www.example.com/path", "ftp://x", "https://a b"])
def test_what_is_no_origin_is_refused(strict_server: ServerInfo, use: Any, origin: str) -> None:
    use(SelectelStorage(**on_swift(strict_server)))
    with pytest.raises(CommandError, match="is no origin"):
        told("allow", origin)


def test_a_storage_of_another_kind_is_refused(use: Any) -> None:
    use(FileSystemStorage())
    with pytest.raises(CommandError, match="has no container"):
        told("show")
    with pytest.raises(CommandError, match="has no 'nowhere'"):
        told("--storage=nowhere", "show")


@pytest.mark.usefixtures("russian")
def test_a_russian_site_is_told_in_russian(strict_server: ServerInfo, use: Any) -> None:
    use(SelectelStorage(**on_swift(strict_server)))
    assert told("allow", ORIGIN) == f"{ORIGIN}: любой метод (django-selectel-storage)\n"
    assert told("clear") == "Страницам с других источников обращаться к контейнеру нельзя.\n"
    with pytest.raises(CommandError, match="не источник"):
        told("allow", "example.com/path")
