"""Logins, signatures and containers that are not right, told apart."""

from __future__ import annotations

from typing import Any

import pytest

from django_selectel_storage.devserver import DevServer, Hooks
from django_selectel_storage.options import storage_options
from tests.conftest import face_options
from tests.doctor.conftest import BAD, GOOD, SKIPPED, Examine, iam, states
from tests.servers.front import Front, Reply
from tests.servers.stack import Stack

UNKNOWN_KEY = Reply(
    403,
    b"<Error><Code>InvalidAccessKeyId</Code><Message>The access key does not exist.</Message></Error>",
    {"Content-Type": "application/xml"},
)


def refused(verdicts: dict[str, Any]) -> tuple[str, str]:
    """What the login's line says, when it is bad and puts the rest out of reach."""
    assert verdicts["login"].state is BAD
    assert verdicts["write"].detail == "not examined, because of: Login"
    assert states(verdicts, BAD) == {"login"}
    return verdicts["login"].detail, verdicts["login"].hint


def test_a_wrong_secret_key_is_told(examined: Examine) -> None:
    detail, hint = refused(examined(secret_key="wr0ng-s3cret"))
    assert "SignatureDoesNotMatch" in detail
    assert "'secret_key' is wrong" in hint
    assert "wr0ng-s3cret" not in detail + hint


def test_a_wrong_region_is_told_with_the_right_one(examined: Examine) -> None:
    detail, hint = refused(examined(region="ru-9"))
    assert "expecting 'ru-1'" in detail
    assert "Set 'region' to the one that the server names" in hint


def test_an_unknown_key_has_three_causes(examined: Examine, front: Front) -> None:
    front.reply("GET", "list-type=2", UNKNOWN_KEY)
    detail, hint = refused(examined(endpoint=front.url))
    assert "InvalidAccessKeyId" in detail
    assert "mistyped" in hint
    assert "not active yet" in hint
    assert "never initialised" in hint


def test_with_an_iam_user_a_key_that_is_not_active_yet_is_told(examined: Examine, front: Front, stack: Stack) -> None:
    front.reply("GET", "list-type=2", UNKNOWN_KEY)
    _, hint = refused(examined(endpoint=front.url, **iam(stack)))
    assert hint.startswith("The project's storage is open, so it is the key.")
    assert "not active yet" in hint
    assert "never initialised" not in hint


@pytest.mark.parametrize("status", [403, 404])
def test_with_an_iam_user_a_project_that_was_never_initialised_is_told(
    examined: Examine, front: Front, stack: Stack, hooks: Hooks, status: int
) -> None:
    front.reply("GET", "list-type=2", UNKNOWN_KEY)
    hooks.fault(status=status, method="HEAD", match="/v1/KEY_")
    _, hint = refused(examined(endpoint=front.url, **iam(stack)))
    assert hint.startswith(f"The project was never initialised (its account answers {status}).")


@pytest.mark.parametrize("status", [401, 403, 404])
def test_an_account_that_refuses_a_good_token_is_a_project_never_initialised(
    examined: Examine, hooks: Hooks, status: int
) -> None:
    hooks.fault(status=status, method="HEAD", match="/v1/KEY_")
    detail, hint = refused(examined("keystone"))
    assert f"the login is accepted, but 127.0.0.1:{detail.rpartition(':')[2].split()[0]} answers {status}" in detail
    assert "never initialised" in hint


def test_an_account_that_fails_is_told(examined: Examine, hooks: Hooks) -> None:
    hooks.fault(status=502, method="HEAD", match="/v1/KEY_")
    assert "answers 502" in refused(examined("keystone"))[0]


@pytest.mark.parametrize(
    ("face", "options"),
    [
        ("swift", {"password": "wr0ng-s3cret"}),
        ("swift", {"username": "dev:nobody"}),
        ("keystone", {"password": "wr0ng-s3cret"}),
        ("keystone", {"account": "no-such-account"}),
        ("keystone", {"project": "no-such-project"}),
    ],
)
def test_a_login_that_is_refused_is_told(examined: Examine, face: str, options: dict[str, str]) -> None:
    detail, _ = refused(examined(face, **options))
    assert "401" in detail
    assert "'username'" in detail
    assert "wr0ng-s3cret" not in detail


# --- containers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("face", ["s3", "swift", "keystone"])
def test_a_missing_container_is_told(examined: Examine, face: str) -> None:
    verdicts = examined(face, container="no-such-container")
    assert verdicts["login"].state is GOOD
    assert verdicts["container"].state is BAD
    assert "no-such-container" in verdicts["container"].detail
    assert "Create the container" in verdicts["container"].hint
    assert verdicts["write"].detail == "not examined, because of: Container"


def test_a_server_without_virtual_hosts_is_told_and_nothing_is_written(
    examined: Examine, stack: Stack, subdomains: None, hooks: Hooks
) -> None:
    endpoint = stack.server.info.endpoint.replace("127.0.0.1", "localhost")
    verdicts = examined(endpoint=endpoint, addressing="virtual", location="")
    assert verdicts["container"].state is BAD
    assert "set addressing='path'" in verdicts["container"].hint
    assert "PUT" not in {entry.method for entry in hooks.requests()}


def test_a_container_that_also_is_a_virtual_host_is_told(examine_options: Examine, subdomains: None) -> None:
    with DevServer(containers=("media",), storage_domain="localhost") as server:
        info = server.info
        options = {
            "access_key": info.access_key,
            "secret_key": info.secret_key,
            "region": info.region,
            "endpoint": info.endpoint.replace("127.0.0.1", "localhost"),
        }
        by_path = examine_options(**options)
        virtual = examine_options(**options, addressing="virtual")
    assert by_path["container"].detail == "'media' is there, addressed as 'path'; also as a virtual host"
    assert virtual["container"].detail == "'media' is there, addressed as 'virtual'"
    assert virtual["write"].state is GOOD


def test_who_may_not_list_may_still_write(examined: Examine, hooks: Hooks, location: str) -> None:
    hooks.fault(status=403, count=3, method="GET", match="list-type=2")
    verdicts = examined()
    assert verdicts["container"].state is GOOD
    assert verdicts["list"].state is BAD
    assert "policy" in verdicts["list"].hint
    assert verdicts["write"].state is GOOD


def predecessor(stack: Stack, container: str) -> dict[str, Any]:
    return {"SELECTEL_STORAGES['old']": storage_options({**face_options(stack, "swift"), "container": container})}


@pytest.mark.parametrize("face", ["s3", "keystone"])
def test_a_container_of_the_old_api_that_was_moved_is_found(examined: Examine, stack: Stack, face: str) -> None:
    moved = examined(face, {"predecessors": predecessor(stack, "other")})["moved"]
    assert (moved.state, moved.detail) == (GOOD, "the project has 'other'")


@pytest.mark.parametrize("face", ["s3", "keystone"])
def test_a_container_of_the_old_api_that_was_not_moved_is_told(examined: Examine, stack: Stack, face: str) -> None:
    moved = examined(face, {"predecessors": predecessor(stack, "left-behind")})["moved"]
    assert moved.state is BAD
    assert "'left-behind' (SELECTEL_STORAGES['old'])" in moved.detail
    assert "panel" in moved.hint


def test_who_may_not_list_the_containers_is_told(examined: Examine, stack: Stack, hooks: Hooks) -> None:
    hooks.fault(status=403, method="GET", match="/?X-Amz")
    moved = examined("s3", {"predecessors": predecessor(stack, "other")})["moved"]
    assert moved.state is BAD
    assert "Listing the containers" in moved.detail


def test_a_storage_of_the_old_api_is_not_asked_about_itself(examined: Examine) -> None:
    assert examined("swift")["moved"].state is SKIPPED
