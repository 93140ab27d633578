"""What collectstatic is measured on keeps what it is given and lists what it has. Needs nginx-extras."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import md5
from itertools import product
from pathlib import Path
from urllib.parse import quote, unquote
from uuid import uuid4
from xml.etree import ElementTree

import pytest
import urllib3

from benchmarks.bench import Bench, set_up
from benchmarks.environments import ThisOne
from benchmarks.figures import Results
from benchmarks.measures import static
from benchmarks.measures.sites import Site, built
from benchmarks.nginx import nginx
from benchmarks.peers import OURS, PEERS
from benchmarks.scales import SCALES

NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"
FILES = 1100  # with their hashed names, three pages
IN_BYTE_ORDER = ["B", "a", "a b+c", "a/b&c%", "a/é", "b"]


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with set_up(SCALES["tiny"], ThisOne(), tuple(peer for peer in PEERS if peer.name == OURS)) as made:
        yield made


@pytest.fixture(scope="module")
def site(bench: Bench) -> Iterator[Site]:
    with built(bench, bench.ours, bench.nginx, FILES, hashed=True) as made:
        made.collect(bench)
        yield made


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with nginx([]) as found:
        yield found


@pytest.fixture
def bucket(port: int) -> str:
    return f"http://127.0.0.1:{port}/static-{uuid4().hex}"


def bucket_of(site: Site) -> str:
    return f"{site.address.endpoint}/{site.place.bucket}"


def ask(
    method: str, url: str, *, status: int = 200, body: str | None = None, headers: dict[str, str] | None = None
) -> bytes:
    answer = urllib3.request(method, url, body=body, headers=headers)
    assert answer.status == status
    return answer.data


def pages(bucket: str, version: str, size: int) -> Iterator[list[ElementTree.Element]]:
    following: str | None = ""
    while following is not None:
        root = ElementTree.fromstring(ask("GET", f"{bucket}?encoding-type=url{version}&max-keys={size}{following}"))
        entries = root.findall(f"{NAMESPACE}Contents")
        yield entries
        following = None
        if root.findtext(f"{NAMESPACE}IsTruncated") == "true":
            token = root.findtext(f"{NAMESPACE}NextContinuationToken") or ""
            last = unquote(entries[-1].findtext(f"{NAMESPACE}Key") or "")
            following = f"&continuation-token={quote(token)}" if version else f"&marker={quote(last)}"


def listed(bucket: str) -> dict[str, tuple[int, str]]:
    entries = [entry for page in pages(bucket, "&list-type=2", 1000) for entry in page]
    return {
        unquote(entry.findtext(f"{NAMESPACE}Key") or ""): (
            int(entry.findtext(f"{NAMESPACE}Size") or -1),
            (entry.findtext(f"{NAMESPACE}ETag") or "").strip('"'),
        )
        for entry in entries
    }


def names_of(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_every_file_that_was_collected_is_read_back_under_both_of_its_names(site: Site) -> None:
    paths = json.loads(ask("GET", f"{bucket_of(site)}/static/staticfiles.json"))["paths"]
    assert paths.keys() == names_of(site.source)
    for name, hashed in paths.items():
        content = (site.source / name).read_bytes()
        assert ask("GET", f"{bucket_of(site)}/static/{name}") == content
        if not name.endswith(".css"):  # whose references are rewritten
            assert ask("GET", f"{bucket_of(site)}/static/{hashed}") == content


def test_a_stylesheet_refers_to_what_is_there(site: Site) -> None:
    paths = json.loads(ask("GET", f"{bucket_of(site)}/static/staticfiles.json"))["paths"]
    text = ask("GET", f"{bucket_of(site)}/static/{paths['css/0/site1.css']}").decode()
    pictures = [part.partition(")")[0].strip("\"'") for part in text.split("url(")[1:]]
    assert pictures
    for picture in pictures:
        ask("GET", f"{bucket_of(site)}/static/css/0/{picture}")


def test_the_listing_is_what_was_put_and_nothing_else(site: Site) -> None:
    manifest = ask("GET", f"{bucket_of(site)}/static/staticfiles.json")
    copy = f"staticfiles.json.history/{md5(manifest).hexdigest()}.json"
    paths = json.loads(manifest)["paths"]
    found = listed(bucket_of(site))
    assert found.keys() == {f"static/{name}" for name in (*paths, *paths.values(), "staticfiles.json", copy)}
    for key, told in found.items():
        content = ask("GET", f"{bucket_of(site)}/{key}")
        assert told == (len(content), md5(content).hexdigest())


@pytest.mark.parametrize("version", ["", "&list-type=2"])
@pytest.mark.parametrize("size", [1, 2, 3, 6, 7])
def test_pages_follow_one_another_in_byte_order(bucket: str, version: str, size: int) -> None:
    for key in reversed(IN_BYTE_ORDER):
        ask("PUT", f"{bucket}/{quote(key)}", body=key)
    found = list(pages(bucket, version, size))
    keys = [unquote(entry.findtext(f"{NAMESPACE}Key") or "") for page in found for entry in page]
    assert keys == IN_BYTE_ORDER
    assert max(map(len, found)) <= size


def test_what_is_replaced_is_listed_anew_and_what_is_deleted_no_more(bucket: str) -> None:
    ask("PUT", f"{bucket}/a", body="old one")
    ask("PUT", f"{bucket}/a", body="new")
    assert listed(bucket) == {"a": (3, md5(b"new").hexdigest())}
    ask("DELETE", f"{bucket}/a", status=204)
    ask("HEAD", f"{bucket}/a", status=404)
    assert listed(bucket) == {}


def test_headers_are_kept(bucket: str) -> None:
    given = {"Content-Type": "text/css", "Cache-Control": "max-age=60", "x-amz-meta-stored-md5": "0123"}
    ask("PUT", f"{bucket}/a.css", body="a{}", headers=given)
    answer = urllib3.request("HEAD", f"{bucket}/a.css")
    assert given.items() <= {name: answer.headers[name] for name in given}.items()
    assert answer.headers["ETag"] == f'"{md5(b"a{}").hexdigest()}"'


@pytest.mark.parametrize(
    ("method", "path", "header"),
    [
        ("GET", "?encoding-type=url&delimiter=/", ""),
        ("GET", "?uploads", ""),
        ("POST", "?delete", ""),
        ("POST", "/a?uploads", ""),
        ("PUT", "/a?partNumber=1&uploadId=u", ""),
        ("PUT", "/a", "If-None-Match"),
        ("PUT", "/a", "x-amz-copy-source"),
        ("PUT", "/a", "x-amz-decoded-content-length"),
    ],
)
def test_what_it_cannot_do_it_refuses(bucket: str, method: str, path: str, header: str) -> None:
    ask(method, f"{bucket}{path}", status=501, headers={header: "*"} if header else {})
    assert listed(bucket) == {}


def test_runs_are_measured_near_and_far_and_with_more_and_more_files(bench: Bench) -> None:
    results = Results({}, (*static.on_nginx(bench), *static.growth(bench)))
    for kind, distance in ((static.STATIC, static.NEAR), (static.MANIFEST, static.FAR)):
        for phase, unit in product(static.OF_MANY, ("s", "requests")):
            assert results.find(static.MEASURE, static.case(kind, phase, distance), OURS, unit=unit)
    for files in SCALES["tiny"].static_growth:
        assert results.find(static.GROWTH, static.files_and(files, static.MEMORY), OURS, unit="B")
