"""TLS is verified against real servers with certificates made here; plain http carries credentials to loopback only."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import trustme
from django.core.exceptions import ImproperlyConfigured

from django_selectel_storage.exceptions import ConnectionFailed, InvalidOption, StorageError
from django_selectel_storage.storage import SelectelStorage
from tests.hostile.rogue import head, rogue

YESTERDAY = datetime.now(timezone.utc) - timedelta(days=1)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def bundle(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("tls") / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def context_of(certificate: trustme.LeafCert, *, oldest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = oldest
    certificate.configure_cert(context)
    return context


def found() -> list[bytes]:
    return [head(Content_Length=3)]


def storage_at(origin: str, **options: Any) -> SelectelStorage:
    given = {"access_key": "key", "secret_key": "secret", "container": "media", "endpoint": origin, "max_retries": 2}
    return SelectelStorage(**{**given, **options})


def test_a_server_whose_authority_is_named_in_ca_bundle_is_trusted(authority: trustme.CA, bundle: str) -> None:
    with rogue(found, context_of(authority.issue_cert("127.0.0.1"))) as peer:
        assert storage_at(peer.origin, ca_bundle=bundle).size("a.txt") == 3


def untrusted(authority: trustme.CA) -> Iterator[tuple[str, ssl.SSLContext]]:
    """Servers that are not to be trusted, although all but the first have certificates of the authority."""
    stranger = trustme.CA()
    yield "of another authority", context_of(stranger.issue_cert("127.0.0.1"))
    yield "of another host", context_of(authority.issue_cert("s3.example.com"))
    yield "of another address", context_of(authority.issue_cert("127.0.0.2"))
    yield "that has expired", context_of(authority.issue_cert("127.0.0.1", not_after=YESTERDAY))
    tomorrow, later = YESTERDAY + timedelta(days=2), YESTERDAY + timedelta(days=9)
    yield "of the future", context_of(authority.issue_cert("127.0.0.1", not_before=tomorrow, not_after=later))


def test_a_certificate_that_does_not_hold_is_refused_at_once_and_nothing_is_sent(
    authority: trustme.CA, bundle: str
) -> None:
    for kind, context in untrusted(authority):
        with rogue(found, context) as peer:
            with pytest.raises(ConnectionFailed, match="No trusted connection") as raised:
                storage_at(peer.origin, ca_bundle=bundle).size("a.txt")
            assert peer.requests == [], kind
        assert "ca_bundle" in str(raised.value)


def test_a_self_signed_certificate_is_refused_with_the_roots_of_certifi(authority: trustme.CA) -> None:
    with rogue(found, context_of(authority.issue_cert("127.0.0.1"))) as peer:
        with pytest.raises(ConnectionFailed, match="No trusted connection"):
            storage_at(peer.origin).size("a.txt")
        assert peer.requests == []


def test_nor_does_a_login_trust_one(authority: trustme.CA) -> None:
    login = {"username": "user", "password": "password", "container": "media"}
    with rogue(found, context_of(authority.issue_cert("127.0.0.1"))) as peer:
        for further in ({}, {"account": "a", "project": "b"}):
            with pytest.raises(ConnectionFailed, match="No trusted connection"):
                SelectelStorage(**login, **further, auth_url=f"{peer.origin}/auth/v1.0").exists("a.txt")
        assert peer.requests == []


def test_a_bundle_that_is_none_is_told_with_its_option(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("no certificate")
    for path in (empty, tmp_path / "missing.pem"):
        with pytest.raises(InvalidOption, match="ca_bundle") as raised:
            storage_at("https://127.0.0.1:9", ca_bundle=str(path)).size("a.txt")
        assert isinstance(raised.value, ImproperlyConfigured)


def test_no_option_switches_verification_off() -> None:
    for name in ("verify", "insecure", "ssl_verify", "verify_ssl", "check_hostname"):
        with pytest.raises(ImproperlyConfigured, match="Unknown option"):
            storage_at("https://127.0.0.1:9", **{name: False})


FOREIGN = [
    "http://storage.example.com", "http://192.0.2.1", "http://127.0.0.1.example.com", "http://localhost.example.com",
    "http://[2001:db8::1]", "http://0.0.0.0", "HTTP://STORAGE.EXAMPLE.COM", "http://2130706433", "http://0x7f.1",
]  # fmt: skip


@pytest.mark.parametrize("address", FOREIGN)
@pytest.mark.parametrize("option", ["endpoint", "auth_url"])
def test_credentials_do_not_travel_over_plain_http_to_another_host(option: str, address: str) -> None:
    with pytest.raises(InvalidOption, match="allow_http"):
        storage_at("https://127.0.0.1", **{option: address}).exists("a.txt")


@pytest.mark.parametrize("address", FOREIGN)
def test_nor_does_a_token_that_a_login_sends_there(address: str) -> None:
    def handed_out() -> list[bytes]:
        return [head(Content_Length=0, X_Storage_Url=f"{address}/v1/AUTH_a", X_Auth_Token="token")]

    with rogue(handed_out) as peer:
        login = {"username": "user", "password": "password", "container": "media"}
        storage = SelectelStorage(**login, auth_url=f"{peer.origin}/auth/v1.0")
        for _ in range(2):
            with pytest.raises(StorageError, match=r"hands out a storage URL with plain http.*allow_http"):
                storage.exists("a.txt")


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9", "http://localhost:9", "http://[::1]:9", "http://s3.localhost:9"]
)
def test_on_this_very_machine_they_may(address: str) -> None:
    assert storage_at(address).options.endpoint == address


def test_allow_http_takes_the_risk() -> None:
    assert storage_at("http://storage.example.com", allow_http=True).options.allow_http


@pytest.mark.parametrize(
    "handed_out", ["http://192.0.2.1/v1/a", "HTTP://192.0.2.1/v1/a", "ftp://192.0.2.1/v1/a", "http://["]
)
def test_a_login_cannot_send_the_token_over_plain_http(handed_out: str) -> None:
    def answer() -> list[bytes]:
        return [head(X_Auth_Token="token", X_Storage_Url=handed_out, Content_Length=0)]

    with rogue(answer) as peer, pytest.raises((OSError, ValueError), match="storage URL"):
        SelectelStorage(username="u", password="p", container="c", auth_url=peer.origin).exists("a.txt")
