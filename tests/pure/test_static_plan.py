"""What a run of collectstatic has to do, decided from values alone."""

from __future__ import annotations

import json
from hashlib import md5
from pathlib import Path

import pytest

from django_selectel_storage.headers import ObjectHeaders
from django_selectel_storage.options import storage_options
from django_selectel_storage.staticfiles.local import LocalClient
from django_selectel_storage.staticfiles.plan import (
    Made,
    Stored,
    Verdict,
    copy_name,
    paths_of,
    plan,
    superfluous,
    verdict,
)
from django_selectel_storage.transport.body import SMALL, BytesBody

MADE = Made(5, "aa", ("aa", "bb-2"))
MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (None, Verdict.NEW),
        (Stored(5, "aa"), Verdict.UNCHANGED),
        (Stored(5, "bb-2"), Verdict.UNCHANGED),
        (Stored(5, "cc"), Verdict.UNCLEAR),
        (Stored(5, "bb-3"), Verdict.UNCLEAR),
        (Stored(6, "aa"), Verdict.REPLACED),
    ],
)
def test_a_file_is_compared_by_size_and_etag(stored: Stored | None, expected: Verdict) -> None:
    assert verdict(MADE, stored) is expected


def test_a_plan_has_each_key_once_in_order() -> None:
    made = dict.fromkeys("dcba", MADE)
    found = plan(made, {"a": Stored(5, "aa"), "b": Stored(1, "x"), "c": Stored(5, "x"), "z": Stored(1, "x")})
    assert (found.new, found.replaced, found.unchanged, found.unclear) == (["d"], ["b"], ["a"], ["c"])


def test_equal_manifests_have_one_copy() -> None:
    assert copy_name("staticfiles.json", "{}") == "staticfiles.json.history/99914b932bd37a50b983c5e7c90ae93b.json"


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"paths": 1}', "{}"])
def test_what_is_no_manifest_names_nothing(text: str) -> None:
    assert paths_of(text) == {}


def test_a_manifest_names_plain_and_hashed_names() -> None:
    assert paths_of(json.dumps({"version": "1.1", "paths": {"a.css": "a.1.css"}})) == {"a.css": "a.1.css"}


HASH = "0123456789ab"


@pytest.mark.parametrize(
    ("stored", "gone"),
    [
        pytest.param("a.old.css", True, id="an older manifest gave the name"),
        pytest.param("a.new.css", False, id="a kept manifest gave it"),
        pytest.param("a.css", False, id="a plain name"),
        pytest.param("b.css", False, id="a plain name of long ago"),
        pytest.param(f"a.{HASH}.css", True, id="left behind by a run that failed"),
        pytest.param(f"b.{HASH}.css", True, id="of a file that was collected once"),
        pytest.param(f"foreign.{HASH}.css", False, id="of nobody"),
        pytest.param(f"lib.{HASH}.js", False, id="collected under a name that looks hashed"),
        pytest.param(f"LICENSE.{HASH}", True, id="without an extension"),
        pytest.param(f"dir.{HASH}/a.css", False, id="a folder that looks hashed"),
    ],
)
def test_only_hashed_files_that_nobody_needs_are_superfluous(stored: str, gone: bool) -> None:
    kept = [{"a.css": "a.new.css", f"lib.{HASH}.js": f"lib.{HASH}.1.js", "lib.js": "lib.2.js", "LICENSE": "LICENSE.1"}]
    outdated = [{"a.css": "a.old.css", "b.css": "b.old.css"}]
    assert superfluous([stored], kept, outdated) == ([stored] if gone else [])


@pytest.fixture
def client(tmp_path: Path) -> LocalClient:
    return LocalClient(tmp_path, storage_options({"access_key": "a", "secret_key": "s", "container": "c"}))


def test_the_local_store_keeps_what_is_put_into_it(client: LocalClient) -> None:
    client.put("css/a.css", BytesBody(b"content"), ObjectHeaders("text/css", cache_control="no-cache"))
    info = client.head("css/a.css")
    assert (info.size, info.etag, info.content_type) == (7, md5(b"content").hexdigest(), "text/css")
    assert info.headers == {"cache-control": "no-cache"}
    assert b"".join(client.get("css/a.css", 1, 4).incoming.chunks(2)) == b"ont"
    assert [entry.key for entry in client.list("css/").objects] == ["css/a.css"]
    assert client.list("", delimiter="/").folders == ("css/",)
    assert client.list("cs/").objects == ()
    client.delete("css/a.css")
    assert not client.has("css/a.css")


def test_equal_contents_lie_in_the_local_store_once(client: LocalClient, tmp_path: Path) -> None:
    for key in ("a", "b"):
        client.put(key, BytesBody(b"same"), ObjectHeaders("text/plain"))
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"same"]


@pytest.mark.parametrize("count", [1, 2, 100])
def test_small_contents_lie_in_one_file_and_large_ones_in_files_of_their_own(
    client: LocalClient, tmp_path: Path, count: int
) -> None:
    contents = {f"{number}": f"{number}".encode() * number for number in range(count)}
    contents |= {f"large{number}": bytes([number]) * (SMALL + number) for number in (0, 1)}
    for key, content in contents.items():
        client.put(key, BytesBody(content), ObjectHeaders("text/plain"))
    for key, content in contents.items():
        body = client.body(key)
        assert (body.size, b"".join(body.chunks())) == (len(content), content)
        body.close()
        assert b"".join(client.get(key, 1, 3).incoming.chunks(1)) == content[1:3]
    assert len(list(tmp_path.iterdir())) == 2


def test_the_local_store_knows_a_large_file_s_etag_as_the_real_one_will_make_it(tmp_path: Path) -> None:
    sizes = {"multipart_threshold": 5 * MIB, "multipart_chunksize": 5 * MIB}
    client = LocalClient(tmp_path, storage_options({"access_key": "a", "secret_key": "s", "container": "c", **sizes}))
    content = bytes(range(256)) * (12 * 4096)  # 12 MiB
    client.put("film.bin", BytesBody(content), ObjectHeaders("video/mp4"))
    digests = b"".join(md5(content[start : start + 5 * MIB]).digest() for start in range(0, len(content), 5 * MIB))
    assert client.objects["film.bin"].made.etags == (md5(content).hexdigest(), f"{md5(digests).hexdigest()}-3")
