"""Names, connections, TLS, clocks: what stands between this machine and the server."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest
import trustme

from django_selectel_storage.devserver import DevServer
from tests.doctor.conftest import BAD, GOOD, SKIPPED, Examine, states
from tests.servers.front import Front, front_of
from tests.servers.stack import Stack, free_port

NOW = datetime.now(timezone.utc)
BEFORE_THE_LOGIN = {"options", "name", "connection", "tls", "clock"}


@pytest.mark.parametrize("face", ["s3", "swift", "keystone"])
def test_of_a_healthy_storage_nothing_is_bad(examined: Examine, stack: Stack, face: str) -> None:
    verdicts = examined(face, temp_url_key=stack.server.info.temp_url_key)
    assert states(verdicts, BAD) == (set() if face != "keystone" else {"signed_get", "signed_put"})
    assert states(verdicts, GOOD) >= {"options", "name", "connection", "clock", "login", "container", "list", "write"}
    assert verdicts["tls"].detail.endswith("speaks plain http")


def test_a_name_that_does_not_resolve_puts_the_rest_out_of_reach(examined: Examine) -> None:
    verdicts = examined(endpoint="https://no-such-host.invalid")
    assert verdicts["name"].state is BAD
    assert "no-such-host.invalid has no address" in verdicts["name"].detail
    assert "'endpoint'" in verdicts["name"].hint
    assert states(verdicts, GOOD) == {"options", "versions"}
    behind = states(verdicts, SKIPPED)
    assert {"connection", "login", "write", "limits", "token"} <= behind
    assert {verdicts[name].detail for name in behind} == {"not examined, because of: Name"}


def test_the_container_in_the_endpoints_host_is_told(examined: Examine) -> None:
    verdicts = examined(endpoint="https://media.no-such-host.invalid")
    assert "Take the container's name out of 'endpoint': 'no-such-host.invalid'" in verdicts["name"].hint


def test_a_virtual_host_that_does_not_resolve_leads_to_addressing(examined: Examine) -> None:
    verdicts = examined(endpoint="https://no-such-host.invalid", addressing="virtual")
    assert verdicts["name"].detail.startswith("media.no-such-host.invalid has no address")
    assert "addressing='path'" in verdicts["name"].hint


def test_a_port_where_nobody_listens_is_told(examined: Examine) -> None:
    port = free_port()
    verdicts = examined(endpoint=f"http://127.0.0.1:{port}")
    assert verdicts["connection"].state is BAD
    assert f"127.0.0.1:{port} takes no connection" in verdicts["connection"].detail
    assert "firewall" in verdicts["connection"].hint
    assert verdicts["tls"].detail == "not examined, because of: Connection"


def test_https_to_a_port_of_plain_http_is_told(examined: Examine, stack: Stack) -> None:
    verdicts = examined(endpoint=stack.server.info.endpoint.replace("http:", "https:"))
    assert verdicts["tls"].state is BAD
    assert "does not speak TLS" in verdicts["tls"].detail


def test_behind_a_proxy_the_way_is_not_examined_but_used(examined: Examine) -> None:
    verdicts = examined(proxy=f"http://user:pr0xy-secret@127.0.0.1:{free_port()}")
    for name in ("name", "connection", "tls"):
        assert verdicts[name].state is SKIPPED
        assert "'proxy'" in verdicts[name].detail
    assert "The proxy gave no connection" in verdicts["clock"].detail
    assert "'proxy'" in verdicts["clock"].hint
    assert "pr0xy-secret" not in str(verdicts)


# --- TLS -------------------------------------------------------------------------------------------------------------


@contextmanager
def tls_front(stack: Stack, authority: trustme.CA, *names: str, **validity: Any) -> Iterator[Front]:
    """The real server behind TLS, with a certificate of this authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    (authority.create_child_ca().issue_cert(*(names or ("127.0.0.1",)), **validity)).configure_cert(context)
    with front_of(stack.server.info.url, context) as running:
        yield running


def test_a_trusted_chain_names_its_root(
    examined: Examine, stack: Stack, authority: trustme.CA, bundle_of: Callable[[trustme.CA], str]
) -> None:
    with tls_front(stack, authority) as front:
        verdicts = examined(endpoint=front.url, ca_bundle=bundle_of(authority))
    assert states(verdicts, BAD) == set()
    assert "speaks TLSv1.3, trusted through Testing" in verdicts["tls"].detail


def test_an_unknown_root_is_named(examined: Examine, stack: Stack, authority: trustme.CA) -> None:
    with tls_front(stack, authority) as front:
        tls = examined(endpoint=front.url)["tls"]
    assert tls.state is BAD
    assert "leads to Testing" in tls.detail
    assert "which certifi does not have" in tls.detail
    assert "'ca_bundle'" in tls.hint


@pytest.mark.parametrize("own_bundle", [False, True])
def test_the_missing_globalsign_root_is_explained(
    examined: Examine, stack: Stack, bundle_of: Callable[[trustme.CA], str], authority: trustme.CA, own_bundle: bool
) -> None:
    globalsign = trustme.CA(organization_name="GlobalSign", organization_unit_name="GlobalSign Root CA - R6")
    with tls_front(stack, globalsign) as front:
        tls = examined(endpoint=front.url, ca_bundle=bundle_of(authority) if own_bundle else None)["tls"]
    assert tls.state is BAD
    assert "leads to GlobalSign (GlobalSign Root CA - R6)" in tls.detail
    assert ("the file of 'ca_bundle' does not have" in tls.detail) is own_bundle
    assert "leave 'ca_bundle' out and update certifi, or add GlobalSign Root R6 to your bundle" in tls.hint


def test_a_bundle_of_other_roots_is_told(
    examined: Examine, stack: Stack, authority: trustme.CA, bundle_of: Callable[[trustme.CA], str]
) -> None:
    with tls_front(stack, trustme.CA(organization_name="Another")) as front:
        tls = examined(endpoint=front.url, ca_bundle=bundle_of(authority))["tls"]
    assert "leads to Another" in tls.detail
    assert "Add that root to the file of 'ca_bundle'" in tls.hint


@pytest.mark.parametrize(
    ("names", "validity", "said", "hint"),
    [
        (("elsewhere.example",), {}, "IP address mismatch", "instead of its address"),
        (("127.0.0.1",), {"not_after": NOW - timedelta(days=1)}, "expired", "renew"),
        (("127.0.0.1",), {"not_before": NOW + timedelta(days=1)}, "not yet valid", "clock"),
    ],
    ids=["of another host", "expired", "not yet valid"],
)
def test_a_certificate_that_is_no_good_is_told(
    examined: Examine,
    stack: Stack,
    authority: trustme.CA,
    bundle_of: Callable[[trustme.CA], str],
    names: tuple[str, ...],
    validity: dict[str, Any],
    said: str,
    hint: str,
) -> None:
    with tls_front(stack, authority, *names, **validity) as front:
        tls = examined(endpoint=front.url, ca_bundle=bundle_of(authority))["tls"]
    assert tls.state is BAD
    assert said in tls.detail
    assert hint in tls.hint


def test_a_host_that_the_certificate_does_not_name_is_told(
    examined: Examine, stack: Stack, authority: trustme.CA, bundle_of: Callable[[trustme.CA], str]
) -> None:
    with tls_front(stack, authority, "elsewhere.example") as front:
        url = front.url.replace("127.0.0.1", "localhost")
        tls = examined(endpoint=url, ca_bundle=bundle_of(authority))["tls"]
    assert "Hostname mismatch" in tls.detail
    assert "no dots" in tls.hint


@pytest.mark.parametrize("content", [None, "no certificates"])
def test_a_bundle_that_cannot_be_read_is_told(
    examined: Examine, stack: Stack, tmp_path: Any, content: str | None
) -> None:
    path = tmp_path / "bundle.pem"
    if content is not None:
        path.write_text(content)
    tls = examined(endpoint=stack.server.info.endpoint.replace("http:", "https:"), ca_bundle=str(path))["tls"]
    assert tls.state is BAD
    assert "'ca_bundle' names no file of certificates" in tls.detail
    assert "Correct 'ca_bundle'" in tls.hint


# --- clocks ----------------------------------------------------------------------------------------------------------


def http_date(**off: float) -> str:
    return format_datetime(datetime.now(timezone.utc) + timedelta(**off), usegmt=True)


@pytest.mark.parametrize(("minutes", "words"), [(20, "behind the server"), (-20, "ahead of the server")])
def test_a_clock_that_s3_would_not_accept_is_told_and_nothing_is_signed(
    examined: Examine, front: Front, minutes: int, words: str
) -> None:
    front.changed["Date"] = http_date(minutes=minutes)
    verdicts = examined(endpoint=front.url)
    assert verdicts["clock"].state is BAD
    assert words in verdicts["clock"].detail
    assert "NTP" in verdicts["clock"].hint
    assert verdicts["login"].detail == "not examined, because of: Clock"


def test_a_clock_that_is_a_little_off_is_mentioned(examined: Examine, front: Front) -> None:
    front.changed["Date"] = http_date(minutes=5)
    verdicts = examined(endpoint=front.url)
    assert verdicts["clock"].state is GOOD
    assert "behind the server" in verdicts["clock"].detail
    assert "NTP" in verdicts["clock"].hint
    assert verdicts["write"].state is GOOD


def test_a_server_without_a_clock_is_no_obstacle(examined: Examine, front: Front) -> None:
    front.changed["Date"] = None
    verdicts = examined(endpoint=front.url)
    assert verdicts["clock"].state is SKIPPED
    assert verdicts["write"].state is GOOD


def test_a_token_that_hardly_lives_is_told(examine_options: Examine) -> None:
    with DevServer(token_life=60) as server:
        info = server.info
        verdicts = examine_options(username=info.username, password=info.password, auth_url=info.auth_url)
    assert verdicts["token"].state is BAD
    assert "a new token ends in 0:0" in verdicts["token"].detail


@pytest.mark.parametrize(("face", "state"), [("s3", SKIPPED), ("swift", GOOD), ("keystone", GOOD)])
def test_the_life_of_a_token_is_told_where_there_is_one(examined: Examine, face: str, state: object) -> None:
    assert examined(face)["token"].state is state


def test_a_server_that_does_not_tell_the_life_of_a_token_is_fine(examined: Examine, front: Front) -> None:
    front.changed.update({"X-Auth-Token-Expires": None})
    verdicts = examined("swift", auth_url=f"{front.url}/auth/v1.0")
    assert verdicts["token"].state is GOOD
    assert "does not tell" in verdicts["token"].detail
