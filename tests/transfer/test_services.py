"""Which containers lie in one service, so that it can copy by itself; nothing is sent."""

from __future__ import annotations

from typing import Any

import pytest

from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.transfer.places.container import ContainerPlace

S3 = {"access_key": "key", "secret_key": "secret", "endpoint": "https://s3.example.com", "region": "ru-1"}
V1 = {"username": "user", "password": "password", "auth_url": "https://swift.example.com/auth/v1.0"}
V3 = {**V1, "account": "123", "project": "project", "auth_url": "https://iam.example.com/v3"}


def place(given: dict[str, Any], **others: Any) -> ContainerPlace:
    return ContainerPlace(SelectelStorage(**{"container": "media", **given, **others}), "a container")


@pytest.mark.parametrize("given", [S3, V1, V3], ids=["S3", "auth v1.0", "Keystone"])
@pytest.mark.parametrize("others", [{}, {"container": "other"}, {"location": "below"}, {"cache_control": "x"}])
def test_containers_of_one_user_lie_in_one_service(given: dict[str, Any], others: dict[str, Any]) -> None:
    assert place(given).copies_from(place(given, **others))


@pytest.mark.parametrize(
    ("given", "others"),
    [
        *((S3, {name: f"{value}x"}) for name, value in S3.items()),
        *((V1, {name: f"{value}x"}) for name, value in V1.items()),
        *((V3, {name: f"{value}x"}) for name, value in V3.items()),
        (V3, {"region": "ru-3"}),
        (V1, {"account": "123", "project": "project"}),
        (V1, {"username": None, "password": None, "auth_url": None, **S3}),
    ],
)
def test_other_credentials_or_addresses_are_another_service(given: dict[str, Any], others: dict[str, Any]) -> None:
    assert not place(given).copies_from(place(given, **others))
    assert not place(given, **others).copies_from(place(given))


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        ("", "", True),
        ("", "below", True),
        ("a", "a/b", True),
        ("a", "ab", False),
        ("a", "b", False),
    ],
)
def test_locations_overlap_as_folders_do(one: str, other: str, overlap: bool) -> None:
    assert place(S3, location=one).overlaps(place(S3, location=other)) is overlap
    assert place(S3, location=other).overlaps(place(S3, location=one)) is overlap
    assert not place(S3, location=one).overlaps(place(S3, location=other, container="another"))
