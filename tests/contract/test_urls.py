"""Signed URLs that really work, for as long as they promise, for every name."""

from __future__ import annotations

import random
import sys
import time
import unicodedata
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.core.files.base import ContentFile

from django_selectel_storage import storage as door
from django_selectel_storage.devserver import DevServer, Hooks
from django_selectel_storage.storage import SelectelStorage
from tests.conftest import CONTAINER, FACES, MakeStorage
from tests.servers.stack import Stack, keystone_token

WEEK = 604800  # seconds; SigV4's X-Amz-Expires
KEY = "of-the-container"


@pytest.fixture
def make_signing(make_storage: MakeStorage, stack: Stack, face: str) -> MakeStorage:
    """Makes a storage that signs its URLs: on Swift with the key of the account or of the container."""
    key = {"s3": None, "swift": stack.server.info.temp_url_key, "keystone": KEY}[face]
    if face == "keystone":
        headers = {"X-Auth-Token": keystone_token(stack.keystone), "X-Container-Meta-Temp-URL-Key": KEY}
        address = f"{stack.keystone.storage_url}/{CONTAINER}"
        urllib.request.urlopen(urllib.request.Request(address, headers=headers, method="POST")).close()
    return lambda *arguments, **options: make_storage(*arguments, temp_url_key=key, **options)


@pytest.fixture
def signing(make_signing: MakeStorage) -> SelectelStorage:
    return make_signing()


def fetch(url: str, method: str = "GET", content: bytes | None = None, **headers: str) -> tuple[Any, bytes]:
    """What a client that knows nothing but the URL gets."""
    with urllib.request.urlopen(urllib.request.Request(url, content, headers, method=method)) as answer:
        return answer.headers, answer.read()


def refused(url: str, method: str = "GET", content: bytes | None = None) -> int:
    """With which status a client is turned away."""
    with pytest.raises(urllib.error.HTTPError) as caught:
        fetch(url, method, content)
    with caught.value as error:
        return error.code


# --- methods, parameters, lives --------------------------------------------------------------------------------------


def test_a_private_file_is_only_for_who_has_the_signed_url(signing: SelectelStorage) -> None:
    name = signing.save("папка/a b+c%20&d.txt", ContentFile(b"private"))
    url = signing.url(name)
    assert fetch(url)[1] == b"private"
    assert refused(url.partition("?")[0]) in {400, 401, 403}
    other = signing.save("other.txt", ContentFile(b"also private"))
    assert refused(f"{url.partition('?')[0]}?{signing.url(other).partition('?')[2]}") in {401, 403}


def test_each_method_has_a_url_of_its_own(signing: SelectelStorage) -> None:
    urls = {method: signing.url("a.txt", http_method=method) for method in ("GET", "HEAD", "PUT", "DELETE")}
    fetch(urls["PUT"], "PUT", b"by URL")
    assert signing.open("a.txt").read() == b"by URL"
    assert fetch(urls["HEAD"], "HEAD")[0]["Content-Length"] == "6"
    assert fetch(urls["GET"])[1] == b"by URL"
    assert refused(urls["GET"], "PUT", b"overwritten") in {401, 403}
    assert refused(urls["GET"], "DELETE") in {401, 403}
    fetch(urls["DELETE"], "DELETE")
    assert not signing.exists("a.txt")
    assert refused(urls["GET"]) == 404


@pytest.mark.parametrize("filename", ["report.pdf", "two words.pdf", 'quo"ted.pdf'])
def test_a_download_gets_the_name_that_the_url_gives_it(signing: SelectelStorage, filename: str) -> None:
    name = signing.save("a.txt", ContentFile(b"x"))
    written = filename.replace('"', '\\"')
    url = signing.url(name, parameters={"response-content-disposition": f'attachment; filename="{written}"'})
    told = fetch(url)[0]["Content-Disposition"]
    assert told.startswith("attachment")
    assert filename in told or written in told or quote(filename) in told


def test_a_url_shows_the_file_in_the_browser(signing: SelectelStorage) -> None:
    name = signing.save("a.txt", ContentFile(b"x"))
    for url in (signing.url(name), signing.url(name, parameters={"response-content-disposition": "inline"})):
        assert (fetch(url)[0]["Content-Disposition"] or "inline").startswith("inline")


@pytest.mark.parametrize("face", ["swift", "keystone"])
def test_a_temporary_url_knows_filename_and_inline(signing: SelectelStorage) -> None:
    name = signing.save("a.txt", ContentFile(b"x"))
    attachment = fetch(signing.url(name, parameters={"filename": "отчёт за год.txt"}))[0]["Content-Disposition"]
    assert attachment.startswith("attachment")
    assert quote("отчёт за год.txt") in attachment
    inline = fetch(signing.url(name, parameters={"filename": "b.txt", "inline": ""}))[0]["Content-Disposition"]
    assert inline.startswith("inline")
    assert "b.txt" in inline
    with pytest.raises(ValueError, match="response-content-type"):
        signing.url(name, parameters={"response-content-type": "text/x"})


@pytest.mark.parametrize("face", ["s3"])
def test_a_presigned_url_may_change_every_header_of_the_answer(signing: SelectelStorage) -> None:
    name = signing.save("a.txt", ContentFile(b"x"))
    parameters = {"response-content-type": "text/x-type", "response-cache-control": "no-store"}
    headers = fetch(signing.url(name, parameters=parameters))[0]
    assert (headers["Content-Type"], headers["Cache-Control"]) == ("text/x-type", "no-store")
    changed = signing.url(name, parameters={"response-content-type": "text/x-type"}).replace("x-type", "html")
    assert refused(changed) == 403


def life(url: str, face: str, now: float) -> float:
    """How long a URL still lives, by what it says itself."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    if face != "s3":
        return float(query["temp_url_expires"]) - now
    signed = datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
    return signed.timestamp() + float(query["X-Amz-Expires"]) - now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The time, as the storage sees it."""
    clock = SimpleNamespace(now=1_800_000_000.0)
    monkeypatch.setattr(door, "time", SimpleNamespace(time=lambda: clock.now))
    return clock


@pytest.mark.parametrize(
    ("expire", "expected"),
    [(None, 3600), (60, 60), (timedelta(minutes=5), 300), (timedelta(days=7), WEEK), (1, 1), (90.7, 90)],
    ids=repr,
)
def test_a_url_lives_as_long_as_it_was_asked_for(
    signing: SelectelStorage, face: str, clock: SimpleNamespace, expire: Any, expected: int
) -> None:
    assert life(signing.url("a.txt", expire=expire), face, clock.now) == expected


@pytest.mark.parametrize("expire", [0, -1, timedelta(0), 0.5, "soon", float("nan"), True])
def test_a_life_that_is_none_is_refused(signing: SelectelStorage, expire: Any) -> None:
    with pytest.raises(ValueError, match="expects"):
        signing.url("a.txt", expire=expire)


@pytest.mark.parametrize("expire", [WEEK + 1, timedelta(days=8)], ids=repr)
def test_a_life_longer_than_a_week_is_refused_on_s3_alone(
    signing: SelectelStorage, face: str, clock: SimpleNamespace, expire: Any
) -> None:
    if face == "s3":
        with pytest.raises(ValueError, match="7 days"):
            signing.url("a.txt", expire=expire)
    else:
        assert life(signing.url("a.txt", expire=expire), face, clock.now) > WEEK


def test_a_url_that_is_too_old_is_refused(signing: SelectelStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    name = signing.save("a.txt", ContentFile(b"x"))
    an_hour_ago = time.time() - 3600
    with monkeypatch.context() as patch:
        patch.setattr(door, "time", SimpleNamespace(time=lambda: an_hour_ago))
        url = signing.url(name, expire=60)
    assert refused(url) in {401, 403}


@pytest.mark.parametrize("expire", [60, 3600, WEEK - 600])
def test_stable_urls_stay_the_same_and_none_dies_before_its_time(
    make_signing: MakeStorage, face: str, clock: SimpleNamespace, expire: int
) -> None:
    storage = make_signing(stable_urls=600, querystring_expire=expire if face == "s3" else 3600)
    urls: dict[str, list[float]] = {}
    begin = clock.now
    for step in range(400):
        clock.now = begin + step * 7.3
        url = storage.url("a.txt", expire=expire)
        assert life(url, face, clock.now) >= expire
        urls.setdefault(url, []).append(clock.now)
    assert all(times[-1] - times[0] < 600 for times in urls.values())
    assert len(urls) == 5


def test_links_that_change_something_are_not_prolonged(
    make_signing: MakeStorage, face: str, clock: SimpleNamespace
) -> None:
    storage = make_signing(stable_urls=86_400)
    link = storage.upload_url("a.txt", expire=60, overwrite=True)
    for url in (link.url, storage.url("a.txt", expire=60, http_method="DELETE")):
        assert life(url, face, clock.now) <= 60


def test_parameters_may_be_spelt_as_boto3_spells_them(make_signing: MakeStorage, face: str) -> None:
    storage = make_signing()
    name = storage.save("a.txt", ContentFile(b"x"))
    if face == "s3":
        url = storage.url(name, {"ResponseContentDisposition": "attachment", "ResponseCacheControl": "no-store"}, 100)
        headers = fetch(url)[0]
        assert (headers["Content-Disposition"], headers["Cache-Control"]) == ("attachment", "no-store")
    assert fetch(storage.url(name, None, 100, None))[1] == b"x"


@pytest.mark.parametrize("options", [{}, {"custom_domain": "cdn.example.com"}])
def test_names_can_be_appended_to_the_address_of_the_location(
    make_storage: MakeStorage, options: dict[str, Any]
) -> None:
    storage = make_storage(querystring_auth=False, **options)
    assert storage.url("") + "a.txt" == storage.url("a.txt")


def test_a_stable_url_fetches_its_file(make_signing: MakeStorage) -> None:
    storage = make_signing(stable_urls=3600)
    name = storage.save("a.txt", ContentFile(b"stable"))
    assert fetch(storage.url(name))[1] == b"stable"


@pytest.mark.parametrize("face", ["s3"])
def test_stable_urls_and_life_together_keep_the_limit_of_s3(make_signing: MakeStorage) -> None:
    storage = make_signing(stable_urls=3600)
    storage.url("a.txt", expire=WEEK - 3600)
    with pytest.raises(ValueError, match="7 days"):
        storage.url("a.txt", expire=WEEK - 3599)


# --- hosts -----------------------------------------------------------------------------------------------------------


def test_browsers_may_be_sent_to_another_host(make_signing: MakeStorage, stack: Stack, face: str) -> None:
    port = urlsplit(stack.server.info.endpoint).port
    storage = make_signing(url_endpoint=f"http://localhost:{port}")
    name = storage.save("a b.txt", ContentFile(b"elsewhere"))
    url = storage.url(name)
    assert url.startswith(f"http://localhost:{port}/")
    assert fetch(url)[1] == b"elsewhere"


def test_a_public_domain_serves_reading_and_the_store_itself_serves_writing(
    make_signing: MakeStorage, location: str
) -> None:
    storage = make_signing(custom_domain="cdn.example.com")
    for method in ("GET", "HEAD"):
        url = storage.url("a b.txt", http_method=method, parameters={"v": "1 2"})
        assert url == f"https://cdn.example.com/{location}/a%20b.txt?v=1%202"
    fetch(storage.url("a b.txt", http_method="PUT"), "PUT", b"written")
    assert storage.open("a b.txt").read() == b"written"


@pytest.fixture(scope="module")
def virtual_server() -> Iterator[DevServer]:
    with DevServer(containers=(CONTAINER,), storage_domain="localhost") as server:
        yield server


def test_virtual_addressing_works_for_the_storage_and_its_urls(virtual_server: DevServer, subdomains: None) -> None:
    info = virtual_server.info
    port = urlsplit(info.endpoint).port
    storage = SelectelStorage(
        access_key=info.access_key,
        secret_key=info.secret_key,
        endpoint=f"http://localhost:{port}",
        region=info.region,
        container=CONTAINER,
        addressing="virtual",
        location="deep",
        conditional_writes=True,
        multipart_threshold=1024**2,
        multipart_chunksize=5 * 1024**2,
    )
    name = storage.save("папка/a b.txt", ContentFile(b"virtual"))
    assert storage.open(name).read() == b"virtual"
    assert storage.listdir("папка") == ([], ["a b.txt"])
    url = storage.url(name)
    assert url.startswith(f"http://{CONTAINER}.localhost:{port}/deep/")
    assert fetch(url)[1] == b"virtual"
    storage.copy(name, "copy.txt")
    storage.save("large.bin", ContentFile(b"x" * 2 * 1024**2))
    storage.delete_many(entry.name for entry in storage.walk())
    assert list(storage.walk()) == []


# --- names -----------------------------------------------------------------------------------------------------------


def random_names(count: int, seed: int) -> list[str]:
    """Names of all scripts, as Django would let them pass."""
    chance = random.Random(seed)
    ranges = [(0x20, 0x7E), (0x20, 0x2F), (0xA0, 0x24F), (0x400, 0x4FF), (0x4E00, 0x4FFF), (0x1F300, 0x1F64F)]

    def character() -> str:
        low, high = chance.choice([*ranges, (0xA0, sys.maxunicode)])
        found = chr(chance.randint(low, high))
        return "_" if found in "/\\" or unicodedata.category(found) == "Cs" else found

    def segment() -> str:
        text = "".join(character() for _ in range(chance.randint(1, 12)))
        return f"{text}_" if set(text) <= {"."} else text

    return ["/".join([str(number), *(segment() for _ in range(chance.randint(1, 3)))]) for number in range(count)]


def test_whatever_the_name_its_url_fetches_its_bytes(signing: SelectelStorage, face: str) -> None:
    def works(name: str) -> bool:
        saved = signing.save(name, ContentFile(name.encode()))
        return saved == name and fetch(signing.url(saved))[1] == name.encode()

    names = random_names(300, seed=20261)[FACES.index(face) :: len(FACES)]
    with ThreadPoolExecutor(8) as pool:
        assert [name for name, good in zip(names, pool.map(works, names), strict=True) if not good] == []


def test_urls_ask_for_nothing(signing: SelectelStorage, hooks: Hooks) -> None:
    signing.url("warm-up.txt")
    hooks.clear_requests()
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        signing.url("a.txt", http_method=method)
    assert hooks.requests() == []


@pytest.mark.parametrize("face", ["swift"])
@pytest.mark.parametrize(("status", "questions"), [(404, 1), (429, 2), (503, 2)])
def test_a_server_that_did_not_answer_which_digests_it_allows_is_asked_again(
    make_signing: MakeStorage, hooks: Hooks, status: int, questions: int
) -> None:
    storage = make_signing(max_retries=0, read_timeout=20 + status / 1000)  # a login that no other test has
    hooks.fault(status=status, match="/info")
    for name in ("a.txt", "b.txt", "c.txt"):
        assert len(parse_qs(urlsplit(storage.url(name)).query)["temp_url_sig"][0]) == 64
    assert [request.path for request in hooks.requests()].count("/info") == questions


def test_the_method_may_be_written_in_any_case(signing: SelectelStorage) -> None:
    fetch(signing.url("a.txt", http_method="put"), "PUT", b"written")
    assert signing.open("a.txt").read() == b"written"


@pytest.mark.parametrize("method", ["POST", "OPTIONS", "", "GET\r\nX: y"])
def test_a_url_is_for_no_other_method(signing: SelectelStorage, method: str) -> None:
    with pytest.raises(ValueError, match="GET, HEAD, PUT, DELETE"):
        signing.url("a.txt", http_method=method)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize("name", ["", "/", "."])
def test_no_url_changes_the_location_itself(signing: SelectelStorage, method: str, name: str) -> None:
    with pytest.raises(ValueError, match="must not be empty"):
        signing.url(name, http_method=method)


@pytest.mark.parametrize("name", ["", "/", ".", "./", "a/.."])
def test_the_address_of_the_location_is_never_signed(make_signing: MakeStorage, name: str, face: str) -> None:
    container = make_signing(location="")
    url = container.url(name, http_method="HEAD")
    assert url == container.url("")
    assert url.endswith(f"/{CONTAINER}/")
    assert 400 <= refused(url) < 500


UNSIGNED: dict[str, Callable[[SelectelStorage], str]] = {
    "PUT": lambda storage: storage.url("a.txt", http_method="PUT"),
    "DELETE": lambda storage: storage.url("a.txt", http_method="DELETE"),
}


@pytest.mark.parametrize("face", ["swift", "keystone"])
@pytest.mark.parametrize("ask", UNSIGNED.values(), ids=UNSIGNED.keys())
def test_without_a_key_swift_signs_no_writing(make_storage: MakeStorage, ask: Callable[[SelectelStorage], str]) -> None:
    with pytest.raises(ValueError, match="temp_url_key"):
        ask(make_storage())
