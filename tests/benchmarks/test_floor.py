"""The yardstick of a presigned URL does all the hashing that one needs."""

from __future__ import annotations

import pytest

from benchmarks.inside import floor
from django_selectel_storage.signing import sigv4


def test_the_yardstick_signs_as_ours_does_once_it_has_the_same_key(monkeypatch: pytest.MonkeyPatch) -> None:
    key, date = sigv4.SigningKey("k", "secret", "ru-1"), "20260101T000000Z"
    monkeypatch.setattr(floor, "SIGNER", sigv4._signer_of_second(key, date))
    path = "/bucket/folder/file.txt"
    query = sigv4.presigned_query(key, "GET", path, "files.example.com", date, 3600)
    bare = floor.BareWork("127.0.0.1", 9, "/bucket")
    assert bare.url("folder/file.txt") == f"http://files.example.com{path}?{query}"
