"""What strangers meet: signed URLs, public containers, domains, browsers; and Selectel's API for public domains."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from django_selectel_storage.devserver import DevServer
from django_selectel_storage.doctor import selectel_api
from django_selectel_storage.options import storage_options
from tests.doctor.conftest import BAD, GOOD, SKIPPED, Examine, iam
from tests.servers.front import Front, Reply, front_of
from tests.servers.stack import Stack, free_port

UUID = "0b5e1c52-9b5e-4f0e-8f3e-0123456789ab"
DOMAIN = f"https://{UUID}.selstorage.ru"


def test_a_wrong_temp_url_key_is_told(examined: Examine) -> None:
    verdicts = examined("swift", temp_url_key="another-key")
    for name in ("signed_get", "signed_put"):
        assert verdicts[name].state is BAD
        assert "401" in verdicts[name].detail
        assert "X-Account-Meta-Temp-URL-Key" in verdicts[name].hint


def test_a_right_temp_url_key_is_found_right(examined: Examine, stack: Stack) -> None:
    verdicts = examined("swift", temp_url_key=stack.server.info.temp_url_key)
    assert (verdicts["signed_get"].state, verdicts["signed_put"].state) == (GOOD, GOOD)


def test_without_a_key_there_is_nothing_to_sign(examined: Examine) -> None:
    verdicts = examined("swift")
    assert (verdicts["signed_get"].state, verdicts["signed_put"].state) == (SKIPPED, SKIPPED)


def test_a_url_endpoint_that_nobody_reaches_is_told(examined: Examine) -> None:
    verdicts = examined(url_endpoint=f"http://127.0.0.1:{free_port()}")
    for name in ("signed_get", "signed_put", "access"):
        assert verdicts[name].state is BAD
        assert "'url_endpoint'" in verdicts[name].hint


def test_a_url_endpoint_that_is_another_place_is_told(examined: Examine) -> None:
    with front_of() as elsewhere:
        verdicts = examined(url_endpoint=elsewhere.url)
    assert verdicts["signed_get"].detail == "a signed URL answers 404"
    assert "'url_endpoint'" in verdicts["signed_get"].hint


# --- public or private -----------------------------------------------------------------------------------------------


def test_a_public_container_is_told(examined: Examine, stack: Stack) -> None:
    access = examined("swift", container="public")["access"]
    assert (access.state, access.detail, access.hint) == (GOOD, "the container is public", "")


def test_a_public_container_whose_urls_are_signed_is_mentioned(examined: Examine, stack: Stack) -> None:
    access = examined("swift", container="public", temp_url_key=stack.server.info.temp_url_key)["access"]
    assert access.state is GOOD
    assert "everybody reads the files without" in access.hint


def test_a_private_container_with_signed_urls_is_fine(examined: Examine) -> None:
    access = examined()["access"]
    assert access.state is GOOD
    assert access.detail.startswith("the container is private")


@pytest.mark.parametrize(("face", "options"), [("swift", {}), ("s3", {"querystring_auth": False})])
def test_a_private_container_with_unsigned_urls_is_told(examined: Examine, face: str, options: dict[str, Any]) -> None:
    access = examined(face, **options)["access"]
    assert access.state is BAD
    assert "URLs without signatures" in access.detail
    assert "custom_domain" in access.hint


# --- custom_domain ---------------------------------------------------------------------------------------------------


def test_a_custom_domain_that_is_the_s3_endpoint_is_told(examined: Examine, stack: Stack) -> None:
    domain = examined(custom_domain=stack.server.info.endpoint)["custom_domain"]
    assert domain.state is BAD
    assert "is the S3 API" in domain.detail
    assert ".selstorage.ru" in domain.hint


def test_a_custom_domain_that_serves_the_probe_is_good(examined: Examine, stack: Stack) -> None:
    base = stack.server.info.public_url("public").rstrip("/")
    domain = examined(container="public", custom_domain=base)["custom_domain"]
    assert (domain.state, domain.detail) == (GOOD, f"{base} serves the files")


@pytest.mark.parametrize(
    ("container", "path", "said", "hint"),
    [
        ("media", "media", "answers 401", "The container is private"),
        ("media", "public", "answers 404", "leads somewhere else"),
        ("public", "public/folder", "answers 404", "leads somewhere else"),
    ],
    ids=["of a private container", "of another container", "of a folder"],
)
def test_a_custom_domain_that_does_not_serve_the_probe_is_told(
    examined: Examine, stack: Stack, container: str, path: str, said: str, hint: str
) -> None:
    base = f"{stack.server.info.storage_url}/{path}"
    domain = examined("swift", container=container, custom_domain=base)["custom_domain"]
    assert domain.state is BAD
    assert said in domain.detail
    assert hint in domain.hint


@pytest.mark.parametrize(
    ("reply", "said"), [(Reply(200, b"Welcome!"), "200 with other bytes"), (Reply(503), "answers 503")]
)
def test_a_custom_domain_that_is_another_site_is_told(examined: Examine, reply: Reply, said: str) -> None:
    with front_of() as site:
        site.reply("GET", "/", reply)
        domain = examined(custom_domain=f"{site.url}/files")["custom_domain"]
    assert domain.state is BAD
    assert said in domain.detail


def test_a_custom_domain_that_does_not_resolve_is_told(examined: Examine) -> None:
    domain = examined(custom_domain="cdn.no-such-host.invalid")["custom_domain"]
    assert domain.state is BAD
    assert "DNS" in domain.hint


# --- browsers --------------------------------------------------------------------------------------------------------

OURS, THEIRS = "https://www.example.com", "https://elsewhere.example"


@pytest.fixture(scope="module")
def strict() -> Iterator[DevServer]:
    """A server that takes browsers of one origin only."""
    with DevServer(cors_origin=OURS) as server:
        yield server


@pytest.fixture
def strict_options(strict: DevServer) -> Callable[[str], dict[str, Any]]:
    def options(face: str) -> dict[str, Any]:
        info = strict.info
        if face == "swift":
            return {"username": info.username, "password": info.password, "auth_url": info.auth_url}
        keys = {"access_key": info.access_key, "secret_key": info.secret_key, "region": info.region}
        return {**keys, "endpoint": info.endpoint, "conditional_writes": True}

    return options


@pytest.mark.parametrize("face", ["s3", "swift"])
def test_browsers_of_an_allowed_origin_may_upload(
    examine_options: Examine, strict_options: Callable[[str], dict[str, Any]], face: str
) -> None:
    cors = examine_options({"origins": (OURS,)}, **strict_options(face))["cors"]
    assert (cors.state, cors.detail) == (GOOD, f"browsers may upload from {OURS}")


@pytest.mark.parametrize(("face", "hint"), [("s3", "CORS rules"), ("swift", "Access-Control-Allow-Origin")])
def test_browsers_of_another_origin_may_not(
    examine_options: Examine, strict_options: Callable[[str], dict[str, Any]], face: str, hint: str
) -> None:
    cors = examine_options({"origins": (OURS, THEIRS)}, **strict_options(face))["cors"]
    assert cors.state is BAD
    assert f"{THEIRS} is refused" in cors.detail
    assert OURS not in cors.detail
    assert hint in cors.hint


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({}, "allowed: nobody"),
        ({"Access-Control-Allow-Origin": THEIRS}, f"allowed: {THEIRS}"),
        ({"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "GET"}, "methods: GET"),
    ],
)
def test_a_preflight_that_allows_too_little_is_told(
    examined: Examine, front: Front, headers: dict[str, str], said: str
) -> None:
    front.reply("OPTIONS", "/", Reply(200, headers=headers))
    cors = examined("s3", {"origins": (OURS,)}, endpoint=front.url)["cors"]
    assert cors.detail == f"{OURS} is refused ({said})"


def test_without_an_origin_there_is_no_preflight(examined: Examine) -> None:
    assert examined()["cors"].state is SKIPPED


# --- Selectel's API v2: no real server of it exists outside of Selectel, so a front stands in ------------------------


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Front]:
    """A stand-in for the API, at which it is looked for."""
    with front_of() as running:
        monkeypatch.setattr(selectel_api, "origin", lambda _: running.url)
        yield running


def answered(api: Front, status: int, body: object = None) -> None:
    content = b"" if body is None else json.dumps(body).encode()
    api.reply("GET", "/v2/containers/media/pubdomains", Reply(status, content))


@pytest.mark.parametrize("face", ["s3", "keystone"])
def test_the_public_domain_is_given_as_a_setting_to_paste(
    examined: Examine, stack: Stack, api: Front, face: str
) -> None:
    answered(api, 200, [{"container": "media", "uuid": UUID}])
    found = examined(face, **iam(stack))["public_domain"]
    assert found.state is GOOD
    assert f"public at {DOMAIN}" in found.detail
    assert f'"custom_domain": "{DOMAIN}"' in found.hint
    ((_, _, headers),) = api.seen
    assert headers["X-Auth-Token"]


@pytest.mark.parametrize(
    ("custom_domain", "status", "body", "state", "said"),
    [
        (DOMAIN, 200, [{"uuid": UUID}], GOOD, "as 'custom_domain' says"),
        ("https://cdn.invalid", 200, [{"uuid": UUID}], GOOD, f"public at {DOMAIN}"),
        ("https://other.selstorage.ru", 200, [{"uuid": UUID}], BAD, "the domain of another container"),
        (DOMAIN, 204, None, BAD, "the container is private"),
        (None, 204, None, GOOD, "the container is private"),
        (None, 403, None, BAD, "403"),
        (None, 404, None, BAD, "404"),
        (None, 429, None, BAD, "429"),
        (None, 200, {"unexpected": 1}, BAD, "something else"),
        (None, 200, [{"no": "uuid"}], BAD, "something else"),
    ],
)
def test_what_the_api_says_is_compared_with_the_options(
    examined: Examine,
    stack: Stack,
    api: Front,
    custom_domain: str | None,
    status: int,
    body: object,
    state: object,
    said: str,
) -> None:
    answered(api, status, body)
    found = examined(custom_domain=custom_domain, **iam(stack))["public_domain"]
    assert found.state is state
    assert said in found.detail


def test_a_wrong_iam_user_beside_a_good_key_is_told(examined: Examine, stack: Stack, api: Front) -> None:
    found = examined(**{**iam(stack), "password": "wr0ng-s3cret"})["public_domain"]
    assert found.state is BAD
    assert "Logging in" in found.detail
    assert "wr0ng-s3cret" not in str(found)


def test_without_an_iam_user_nothing_is_looked_up(examined: Examine, api: Front) -> None:
    found = examined()["public_domain"]
    assert found.state is SKIPPED
    assert "'project'" in found.detail
    assert api.seen == []


KEY = {"container": "box", "access_key": "a", "secret_key": "b"}
IAM = {"container": "box", "username": "u", "password": "p", "account": "1", "project": "x"}


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ({**KEY}, "https://api.ru-1.storage.selcloud.ru"),
        ({**KEY, "pool": "ru-7"}, "https://api.ru-7.storage.selcloud.ru"),
        ({**KEY, "endpoint": "https://s3.ru-3.storage.selcloud.ru"}, "https://api.ru-3.storage.selcloud.ru"),
        ({**KEY, "endpoint": "https://s3.storage.selcloud.ru"}, "https://api.ru-1.storage.selcloud.ru"),
        ({**KEY, "endpoint": "https://s3.eu-west-1.amazonaws.com"}, None),
        ({**IAM, "pool": "gis-1"}, "https://api.gis-1.storage.selcloud.ru"),
        ({**IAM, "auth_url": "https://keystone.example.com/v3"}, None),
        ({"container": "box", "username": "u", "password": "p"}, None),
    ],
)
def test_the_api_is_where_the_pool_is(given: dict[str, str], origin: str | None) -> None:
    assert selectel_api.origin(storage_options(given)) == origin
