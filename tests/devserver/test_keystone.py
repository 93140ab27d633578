"""Keystone beside auth v1.0 and S3, in one pipeline of the same Swift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.devserver.clients import s3_client, swift_client
from tests.devserver.web import ask, log_in
from tests.servers.stack import keystone_token, storage_stack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.stack import Stack

# swiftclient calls Keystone's own client in ways that were deprecated long ago.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def client(stack: Stack) -> Iterator[Any]:
    keystone = stack.keystone
    scope = {
        "user_domain_name": keystone.account,
        "project_domain_name": keystone.account,
        "project_name": keystone.project,
    }
    connection = swift_client(keystone.auth_url, keystone.user, keystone.password, auth_version="3", os_options=scope)
    yield connection
    connection.close()


def test_a_user_of_a_project_puts_and_gets(stack: Stack, client: Any, key: str) -> None:
    client.put_object("media", key, b"content")
    assert client.get_object("media", key)[1] == b"content"
    assert client.url == stack.keystone.storage_url


def test_the_containers_that_were_asked_for_exist_on_both_sides(stack: Stack, client: Any) -> None:
    url = stack.server.info.storage_url
    ours = ask("GET", url, X_Auth_Token=log_in(stack.server.info)).body.decode().split()
    theirs = [container["name"] for container in client.get_account()[1]]
    assert {"media", "other"} <= set(ours)
    assert {"media", "other"} <= set(theirs)


def test_a_keystone_token_does_not_open_another_account(stack: Stack) -> None:
    token = keystone_token(stack.keystone)
    assert ask("HEAD", f"{stack.keystone.storage_url}/media", X_Auth_Token=token).status == 204
    # Swift's tempauth stumbles over a user of Keystone and answers 500 instead of 403.
    assert ask("GET", f"{stack.server.info.storage_url}/media", X_Auth_Token=token).status in (403, 500)


def test_keys_of_keystone_sign_s3_requests(stack: Stack, client: Any, key: str) -> None:
    keystone = stack.keystone
    s3 = s3_client(stack.server.info.endpoint, keystone.access_key, keystone.secret_key, keystone.region)
    s3.put_object(Bucket="media", Key=key, Body=b"content")
    s3.close()
    assert client.get_object("media", key)[1] == b"content"


def test_a_revoked_keystone_token_is_refused_and_a_new_one_is_not(stack: Stack) -> None:
    url, token = f"{stack.keystone.storage_url}/media", keystone_token(stack.keystone)
    assert ask("HEAD", url, X_Auth_Token=token).status == 204
    stack.server.hooks.revoke_tokens()
    assert ask("HEAD", url, X_Auth_Token=token).status == 401
    assert ask("HEAD", url, X_Auth_Token=keystone_token(stack.keystone)).status == 204


def test_the_stack_can_be_had_without_keystone() -> None:
    with storage_stack(keystone=False, containers=("media",), hooks=False) as (server, keystone):
        assert keystone is None
        assert server.info.containers == ("media",)
