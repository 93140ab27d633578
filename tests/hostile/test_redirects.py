"""Redirects lead nowhere: neither the request nor its credentials reach another host."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.core.files.base import ContentFile

from django_selectel_storage.exceptions import StorageError
from django_selectel_storage.storage import SelectelStorage
from tests.hostile.rogue import Answer, Rogue, rogue, whole

VERBS: dict[str, Callable[[SelectelStorage], object]] = {
    "save": lambda storage: storage._save("a.txt", ContentFile(b"x")),
    "read": lambda storage: storage.open("a.txt").read(),
    "exists": lambda storage: storage.exists("a.txt"),
    "listdir": lambda storage: storage.listdir(""),
    "delete": lambda storage: storage.delete("a.txt"),
    "copy": lambda storage: storage.copy("a.txt", "b.txt"),
}


def storages(origin: str) -> dict[str, SelectelStorage]:
    login: dict[str, Any] = {"username": "user", "password": "password", "container": "media", "max_retries": 0}
    return {
        "S3": SelectelStorage(access_key="a", secret_key="b", container="media", endpoint=origin, max_retries=0),
        "auth v1.0": SelectelStorage(**login, auth_url=f"{origin}/auth/v1.0"),
        "Keystone": SelectelStorage(**login, account="c", project="d" * 32, auth_url=origin, endpoint=f"{origin}/v1/d"),
    }


def redirecting(peer: Rogue, status: int) -> Answer:
    return whole(b"", f"{status} Moved", Location=f"{peer.origin}/elsewhere")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("face", ["S3", "auth v1.0", "Keystone"])
def test_no_verb_follows_a_redirect(face: str, status: int) -> None:
    with rogue(whole(b"")) as other, rogue(redirecting(other, status)) as peer:
        for verb in VERBS.values():
            with pytest.raises(StorageError):
                verb(storages(peer.origin)[face])
        assert peer.requests
        assert other.requests == []


def test_a_redirect_after_the_login_is_not_followed_with_the_token() -> None:
    with rogue(whole(b"")) as other:
        answers: list[Answer] = [whole(b"{}", X_Subject_Token="token"), redirecting(other, 307)]

        def answer() -> Iterable[bytes]:
            return answers.pop(0)()

        with rogue(answer) as peer, pytest.raises(StorageError, match="307"):
            storages(peer.origin)["Keystone"].delete("a.txt")
        assert other.requests == []
