"""Logging in: Keystone v3 and auth v1.0 - what is sent, what the answers mean, where the account then answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from django_selectel_storage.exceptions import (
    AuthenticationFailed,
    InvalidRequest,
    ServerError,
    StorageError,
    TooManyRequests,
)
from django_selectel_storage.options import StorageOptions
from django_selectel_storage.protocols.swift import keystone, legacy
from django_selectel_storage.transport.body import BytesBody
from django_selectel_storage.transport.messages import Answer

PROJECT_ID = "0123456789abcdef0123456789abcdef"
PASSWORD = "hunter2 пароль"
SELECTEL: dict[str, Any] = {
    "container": "media",
    "username": "service",
    "password": PASSWORD,
    "account": "123456",
    "project": "site",
}
OTHER = {**SELECTEL, "auth_url": "https://keystone.example.com/v3"}
DATE = "Fri, 24 May 2013 00:00:00 GMT"


def place(region: str, url: object, interface: str = "public") -> dict[str, object]:
    return {"region_id": region, "region": region, "url": url, "interface": interface}


CATALOGUE = [
    {"type": "compute", "endpoints": [place("ru-1", "https://compute.example.com")]},
    {
        "type": "object-store",
        "endpoints": [
            place("ru-1", "https://one.example.com/v1/AUTH_p/"),
            place("ru-1", "https://internal.example.com/v1/AUTH_p", "internal"),
            place("ru-7", "https://seven.example.com/v1/AUTH_p"),
        ],
    },
]


def answered(token: object, status: int = 201, headers: dict[str, str] | None = None, **further: str) -> Answer:
    named = {"X-Subject-Token": "token", "Date": DATE} if headers is None else headers
    return Answer(status, {**named, **further}, json.dumps({"token": token}).encode())


# --- what is sent ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("project", "scope"),
    [
        ("site", {"project": {"name": "site", "domain": {"name": "123456"}}}),
        (PROJECT_ID, {"project": {"id": PROJECT_ID}}),
        (PROJECT_ID[1:], {"project": {"name": PROJECT_ID[1:], "domain": {"name": "123456"}}}),
    ],
    ids=["by name", "by id", "a name that is nearly an id"],
)
def test_a_login_asks_for_a_token_of_the_project(project: str, scope: dict[str, object]) -> None:
    request = keystone.login_request(StorageOptions(**{**SELECTEL, "project": project}))

    assert (request.method, request.target) == ("POST", "/identity/v3/auth/tokens")
    assert request.headers["Content-Type"] == "application/json"
    assert isinstance(request.body, BytesBody)
    assert json.loads(request.body.content) == {
        "auth": {
            "identity": {
                "methods": ["password"],
                "password": {"user": {"name": "service", "domain": {"name": "123456"}, "password": PASSWORD}},
            },
            "scope": scope,
        }
    }


@pytest.mark.parametrize(
    ("auth_url", "path"),
    [
        ("https://keystone.example.com", "/v3/auth/tokens"),
        ("https://keystone.example.com/v3", "/v3/auth/tokens"),
        ("https://keystone.example.com/identity", "/identity/v3/auth/tokens"),
        ("https://keystone.example.com/identity/v3", "/identity/v3/auth/tokens"),
        ("https://keystone.example.com/identity/v3/auth/tokens", "/identity/v3/auth/tokens"),
    ],
)
def test_the_address_of_the_login_may_be_written_in_several_ways(auth_url: str, path: str) -> None:
    assert keystone.login_request(StorageOptions(**{**OTHER, "auth_url": auth_url})).path == path


# --- where the account answers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "url"),
    [
        pytest.param(
            {**SELECTEL, "project": PROJECT_ID}, f"https://swift.ru-1.storage.selcloud.ru/v1/{PROJECT_ID}", id="an id"
        ),
        pytest.param(
            {**SELECTEL, "project": PROJECT_ID, "pool": "ru-7"},
            f"https://swift.ru-7.storage.selcloud.ru/v1/{PROJECT_ID}",
            id="an id and a pool",
        ),
        pytest.param(
            {**SELECTEL, "endpoint": "https://a.example/v1/AUTH_p"}, "https://a.example/v1/AUTH_p", id="an endpoint"
        ),
        pytest.param(
            {**OTHER, "endpoint": "https://a.example/v1/AUTH_p"}, "https://a.example/v1/AUTH_p", id="elsewhere"
        ),
        pytest.param(SELECTEL, None, id="only a project's name"),
        pytest.param({**OTHER, "project": PROJECT_ID}, None, id="another service"),
        pytest.param({**SELECTEL, "endpoint": "https://a.example"}, None, id="an endpoint without a path"),
    ],
)
def test_the_options_may_tell_where_the_account_answers(given: dict[str, Any], url: str | None) -> None:
    assert keystone.known_storage_url(StorageOptions(**given)) == url


@pytest.mark.parametrize(
    ("given", "url"),
    [
        pytest.param(OTHER, "https://one.example.com/v1/AUTH_p", id="the pool's default is the region"),
        pytest.param({**OTHER, "region": "ru-7"}, "https://seven.example.com/v1/AUTH_p", id="a region"),
        pytest.param({**OTHER, "pool": "ru-7"}, "https://seven.example.com/v1/AUTH_p", id="a pool"),
        pytest.param(
            {**OTHER, "pool": "ru-7", "region": "ru-1"}, "https://one.example.com/v1/AUTH_p", id="a region beats a pool"
        ),
        pytest.param({**OTHER, "endpoint": "https://own.example/v1/x"}, "https://own.example/v1/x", id="an endpoint"),
        pytest.param(
            {**OTHER, "endpoint": "https://own.example"},
            "https://own.example/v1/AUTH_p",
            id="an endpoint without a path replaces the host",
        ),
        pytest.param(SELECTEL, f"https://swift.ru-1.storage.selcloud.ru/v1/{PROJECT_ID}", id="Selectel"),
        pytest.param(
            {**SELECTEL, "endpoint": "https://own.example"},
            f"https://own.example/v1/{PROJECT_ID}",
            id="Selectel, own host",
        ),
    ],
)
def test_the_catalogue_tells_where_the_account_answers(given: dict[str, Any], url: str) -> None:
    token = {"catalog": CATALOGUE, "project": {"id": PROJECT_ID}}

    assert keystone.read_token(StorageOptions(**given), answered(token)).storage_url == url


def test_the_only_object_store_is_the_right_one() -> None:
    catalogue = [{"type": "object-store", "endpoints": [place("RegionOne", "https://one.example.com/v1/AUTH_p")]}]

    assert (
        keystone.read_token(StorageOptions(**OTHER), answered({"catalog": catalogue})).storage_url
        == "https://one.example.com/v1/AUTH_p"
    )


@pytest.mark.parametrize(
    ("catalogue", "regions"),
    [
        pytest.param(CATALOGUE, "ru-1, ru-7", id="another region"),
        pytest.param([], "none", id="an empty one"),
        pytest.param(None, "none", id="none"),
        pytest.param("text", "none", id="no list"),
        pytest.param([5, {"type": "object-store", "endpoints": 5}], "none", id="no mappings"),
        pytest.param([{"type": "object-store", "endpoints": [place("ru-1", None), 5]}], "none", id="no addresses"),
    ],
)
def test_a_catalogue_without_the_region_is_told_with_what_there_is(catalogue: object, regions: str) -> None:
    options = StorageOptions(**{**OTHER, "region": "ru-9"})
    with pytest.raises(StorageError) as raised:
        keystone.read_token(options, answered({"catalog": catalogue}))

    assert all(word in str(raised.value) for word in ("'ru-9'", regions, "'endpoint'"))


# --- the token -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expires_at", "life"),
    [
        ("2013-05-25T00:00:00.000000Z", 86400.0),
        ("2013-05-24T00:05:00Z", 300.0),
        ("2013-05-23T00:00:00Z", 0.0),
        ("soon", None),
        (None, None),
    ],
)
def test_the_life_of_a_token_is_counted_by_the_servers_clock(expires_at: object, life: float | None) -> None:
    token = {"catalog": CATALOGUE, "expires_at": expires_at}
    found = keystone.read_token(StorageOptions(**OTHER), answered(token))

    assert (found.value, found.life) == ("token", life)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param(answered({}, 401, {}), AuthenticationFailed, id="401"),
        pytest.param(answered({}, 403, {}), AuthenticationFailed, id="403"),
        pytest.param(answered({}, 404, {}), AuthenticationFailed, id="404"),
        pytest.param(answered({}, 429, {}), TooManyRequests, id="429"),
        pytest.param(answered({}, 400, {}), InvalidRequest, id="400"),
        pytest.param(answered({}, 503, {}), ServerError, id="503"),
        pytest.param(answered({}, 201, {}), StorageError, id="no token"),
        pytest.param(Answer(201, {"X-Subject-Token": "t"}, b"<html/>"), StorageError, id="no JSON"),
        pytest.param(Answer(201, {"X-Subject-Token": "t"}, b"[]"), StorageError, id="no mapping"),
        pytest.param(Answer(201, {"X-Subject-Token": "t"}, b"[" * 100_000), StorageError, id="nested beyond reason"),
    ],
)
def test_an_answer_that_is_no_token_is_the_error_that_fits(answer: Answer, error: type[StorageError]) -> None:
    with pytest.raises(error) as raised:
        keystone.read_token(StorageOptions(**OTHER), answer)

    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize("status", [403, 404])
def test_the_message_repeats_what_keystone_answered(status: int) -> None:
    with pytest.raises(AuthenticationFailed) as raised:
        keystone.read_token(StorageOptions(**OTHER), answered({}, status, {}))

    assert "https://keystone.example.com/v3" in str(raised.value)
    assert f"the server answered {status}" in str(raised.value)
    assert raised.value.status == status


# --- auth v1.0 -------------------------------------------------------------------------------------------------------

LEGACY: dict[str, Any] = {"container": "media", "username": "юзер", "password": PASSWORD}


def handed_out(status: int = 204, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"X-Auth-Token": "token", "X-Storage-Url": "https://a.example/v1/AUTH_a/", **named})


@pytest.mark.parametrize(
    ("auth_url", "path"),
    [(None, "/auth/v1.0"), ("https://auth.selcdn.ru", "/"), ("https://swift.example.com/auth/v1.0", "/auth/v1.0")],
)
def test_a_login_of_1x_is_two_headers(auth_url: str | None, path: str) -> None:
    request = legacy.login_request(StorageOptions(**LEGACY, auth_url=auth_url))

    assert (request.method, request.target) == ("GET", path)
    assert {name: value.encode("latin-1").decode() for name, value in request.headers.items()} == {
        "X-Auth-User": "юзер",
        "X-Auth-Key": PASSWORD,
    }


@pytest.mark.parametrize(
    ("answer", "life"),
    [
        (handed_out(X_Expire_Auth_Token="86399"), 86399.0),
        (handed_out(200, X_Auth_Token_Expires="3600"), 3600.0),
        (handed_out(200), None),
        (handed_out(X_Expire_Auth_Token="soon"), None),
    ],
    ids=["Selectel", "plain Swift", "a server that does not tell", "a server that says nonsense"],
)
def test_a_login_of_1x_gives_a_token_and_its_life(answer: Answer, life: float | None) -> None:
    token = legacy.read_token(StorageOptions(**LEGACY), answer)

    assert (token.value, token.storage_url, token.life) == ("token", "https://a.example/v1/AUTH_a", life)


@pytest.mark.parametrize(
    ("endpoint", "url"),
    [
        ("https://own.example", "https://own.example/v1/AUTH_a"),
        ("https://own.example/v1/AUTH_b", "https://own.example/v1/AUTH_b"),
    ],
)
def test_an_endpoint_replaces_the_host_or_all_of_what_the_login_hands_out(endpoint: str, url: str) -> None:
    assert legacy.read_token(StorageOptions(**LEGACY, endpoint=endpoint), handed_out()).storage_url == url


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param(Answer(401, {}), AuthenticationFailed, id="401"),
        pytest.param(Answer(403, {}), AuthenticationFailed, id="403, as Selectel says it"),
        pytest.param(Answer(503, {}), ServerError, id="503"),
        pytest.param(Answer(200, {}), StorageError, id="a web page"),
        pytest.param(Answer(200, {"X-Auth-Token": "t"}), StorageError, id="no storage URL"),
        pytest.param(Answer(302, {"X-Auth-Token": "t", "X-Storage-Url": "u"}), StorageError, id="a redirect"),
    ],
)
def test_an_answer_that_is_no_login_is_the_error_that_fits(answer: Answer, error: type[StorageError]) -> None:
    with pytest.raises(error) as raised:
        legacy.read_token(StorageOptions(**LEGACY), answer)

    assert "hunter2" not in str(raised.value)
    assert "'auth_url'" in str(raised.value)


def test_the_message_repeats_what_the_login_of_1x_answered() -> None:
    with pytest.raises(AuthenticationFailed) as raised:
        legacy.read_token(StorageOptions(**LEGACY), Answer(403, {}))

    assert "the server answered 403" in str(raised.value)
    assert raised.value.status == 403
