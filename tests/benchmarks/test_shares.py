"""In whose code time is spent: of made-up profiles, and of one that is real."""

from __future__ import annotations

import hashlib

import pytest

from benchmarks.inside import shares
from django_selectel_storage import names


@pytest.mark.parametrize(
    ("path", "name", "owner"),
    [
        ("/env/site-packages/urllib3/connection.py", "request", "urllib3"),
        ("/env/site-packages/django/core/files/base.py", "chunks", "Django"),
        ("/usr/lib/python3.11/http/client.py", "begin", "http.client and email"),
        ("/usr/lib/python3.11/contextlib.py", "__enter__", shares.OTHERS),
        ("/env/django_selectel_storage/signing/sigv4.py", "authorization", "ours, signing"),
        ("/env/django_selectel_storage/names.py", "object_key", "ours, above the protocols"),
        ("/srv/django/project/env/urllib3/connection.py", "request", "urllib3"),
        ("/srv/benchmarks/src/django_selectel_storage/transport/pool.py", "send", "ours, transport"),
        ("/srv/benchmarks/inside/verbs.py", "read", ""),
        ("~", "<method 'sendall' of '_socket.socket' objects>", shares.SENDING),
        ("~", "<built-in method _hashlib.openssl_sha256>", shares.HASHING),
        ("~", "<built-in method builtins.len>", shares.OTHERS),
    ],
)
def test_code_belongs_to_whoever_stands_last_in_its_path(path: str, name: str, owner: str) -> None:
    assert shares._owner((path, 1, name)) == owner


def test_shares_are_percents_of_what_is_measured() -> None:
    def work() -> None:
        for number in range(300):
            names.object_key(f"a/{number}.txt", "media")
            hashlib.sha256(bytes(50_000)).hexdigest()

    found = shares.shares(work)
    assert found.keys() >= {shares.HASHING, "ours, above the protocols"}
    assert sum(found.values()) == pytest.approx(100)
    assert found[shares.HASHING] > found["ours, above the protocols"]
