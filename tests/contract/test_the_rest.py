"""exists, delete, listdir, times, url, containment: on all faces."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from pytest_django import Settings

from django_selectel_storage.devserver import Hooks
from django_selectel_storage.devserver.hooks import LoggedRequest
from django_selectel_storage.exceptions import ContainerNotFound, SelectelException, ServerError
from django_selectel_storage.storage import SelectelStorage
from tests.conftest import MakeStorage
from tests.servers.stack import Stack

Requests = Callable[[], list[LoggedRequest]]


def test_exists_tells_what_is_there_from_what_is_not(storage: SelectelStorage) -> None:
    storage.save("here.txt", ContentFile(b"x"))
    assert storage.exists("here.txt") is True
    assert storage.exists("there.txt") is False
    assert storage.exists("") is True


def test_exists_is_one_request(storage: SelectelStorage, requests_for: Requests) -> None:
    storage.save("here.txt", ContentFile(b"x"))
    requests_for()
    storage.exists("here.txt")
    storage.exists("there.txt")
    assert [entry.method for entry in requests_for()] == ["HEAD", "HEAD"]


VERBS: dict[str, Callable[[SelectelStorage], Any]] = {
    "exists": lambda storage: storage.exists("x.txt"),
    "size": lambda storage: storage.size("x.txt"),
    "open": lambda storage: storage.open("x.txt").read(),
    "save": lambda storage: storage.save("x.txt", ContentFile(b"x")),
    "delete": lambda storage: storage.delete("x.txt"),
    "listdir": lambda storage: storage.listdir(""),
    "get_modified_time": lambda storage: storage.get_modified_time("x.txt"),
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS.keys())
def test_a_missing_container_is_an_error_that_names_it(
    make_storage: MakeStorage, verb: Callable[[SelectelStorage], Any]
) -> None:
    with pytest.raises(ContainerNotFound, match="no-such-container") as caught:
        verb(make_storage(container="no-such-container"))
    assert not isinstance(caught.value, FileNotFoundError)


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS.keys())
def test_wrong_credentials_are_a_permission_error_at_once(
    make_storage: MakeStorage, face: str, hooks: Hooks, verb: Callable[[SelectelStorage], Any]
) -> None:
    wrong = {"secret_key": "wr0ng-s3cret"} if face == "s3" else {"password": "wr0ng-s3cret"}
    with pytest.raises(PermissionError) as caught:
        verb(make_storage(**wrong))
    assert isinstance(caught.value, SelectelException)
    assert "wr0ng-s3cret" not in str(caught.value)
    assert len(hooks.requests()) <= 1


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS.keys())
def test_an_outage_is_an_error_and_never_not_found(
    make_storage: MakeStorage, hooks: Hooks, location: str, verb: Callable[[SelectelStorage], Any]
) -> None:
    storage = make_storage(max_retries=1)
    storage.exists("warm-up")
    hooks.fault(status=503, count=10)
    with pytest.raises(ServerError):
        verb(storage)


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS.keys())
def test_a_server_that_is_away_is_an_os_error_with_host_and_cause(
    make_storage: MakeStorage, face: str, verb: Callable[[SelectelStorage], Any]
) -> None:
    address = "endpoint" if face == "s3" else "auth_url"
    storage = make_storage(**{address: "http://127.0.0.1:9/v3"}, max_retries=1)
    with pytest.raises(ConnectionError, match=r"127\.0\.0\.1:9.*refused"):
        verb(storage)


def test_a_short_outage_is_survived(storage: SelectelStorage, hooks: Hooks, location: str) -> None:
    hooks.fault(status=503, count=2, match=location)
    name = storage.save("survived.txt", ContentFile(b"x"))
    hooks.fault(count=1, match=location, reset=True)
    assert storage.open(name).read() == b"x"


def test_delete_removes_and_is_silent_about_what_is_gone(storage: SelectelStorage) -> None:
    name = storage.save("gone.txt", ContentFile(b"x"))
    storage.delete(name)
    storage.delete(name)
    assert not storage.exists(name)


CONTROL = "".join(map(chr, [*range(1, 9), 11, 12, *range(14, 32), 127]))


def test_names_with_control_characters_are_listed_as_they_are(storage: SelectelStorage) -> None:
    names = sorted(f"folder/{prefix}{CONTROL} +%20{suffix}.txt" for prefix in ("a", "b") for suffix in ("c", "d"))
    for name in names:
        storage.save_with_metadata(name, ContentFile(b"x"))
    assert sorted(info.name for info in storage.walk()) == names
    folders, files = storage.listdir("folder")
    assert (folders, sorted(f"folder/{name}" for name in files)) == ([], names)


@pytest.mark.parametrize("name", ["", ".", "a/.."])
def test_delete_without_a_name_is_refused(storage: SelectelStorage, name: str) -> None:
    with pytest.raises(ValueError, match="must be given"):
        storage.delete(name)


@pytest.mark.parametrize("status", [408, 498])
def test_a_server_that_has_waited_too_long_or_has_too_much_to_do_is_asked_again(
    storage: SelectelStorage, hooks: Hooks, status: int
) -> None:
    hooks.fault(status=status, count=1, method="PUT", match="impatient.txt")
    assert storage.save("impatient.txt", ContentFile(b"x")) == "impatient.txt"
    sent = [entry.status for entry in hooks.requests() if entry.method == "PUT" and "impatient.txt" in entry.path]
    assert sent == [status, 200 if storage.options.protocol == "s3" else 201]


def test_a_folder_is_not_deleted_as_a_file(storage: SelectelStorage) -> None:
    storage.save("a", ContentFile(b"x"))
    with pytest.raises(SuspiciousFileOperation, match="no name of a file"):
        storage.delete("a/b/..")
    assert storage.exists("a")


def test_listdir_gives_folders_and_files(storage: SelectelStorage) -> None:
    for name in ("a.txt", "b.txt", "sub/c.txt", "sub/deep/d.txt", "other/e.txt", "sub.txt"):
        storage.save(name, ContentFile(b"x"))
    folders, files = storage.listdir("")
    assert (sorted(folders), sorted(files)) == (["other", "sub"], ["a.txt", "b.txt", "sub.txt"])
    assert storage.listdir("sub") == (["deep"], ["c.txt"])
    assert storage.listdir("sub/") == (["deep"], ["c.txt"])
    assert storage.listdir("missing") == ([], [])


def test_listdir_turns_every_page(
    storage: SelectelStorage, monkeypatch: pytest.MonkeyPatch, requests_for: Requests
) -> None:
    monkeypatch.setattr("django_selectel_storage.protocols.s3.wire.PAGE", 3)
    monkeypatch.setattr("django_selectel_storage.protocols.swift.wire.PAGE", 3)
    names = [f"page/{number:02}.txt" for number in range(7)] + [f"page/f{number}/x.txt" for number in range(4)]
    for name in names:
        storage.save(name, ContentFile(b"x"))
    requests_for()
    folders, files = storage.listdir("page")
    assert folders == [f"f{number}" for number in range(4)]
    assert files == [f"{number:02}.txt" for number in range(7)]
    assert len(requests_for()) == 4


def test_times_are_aware_or_naive_as_django_says(storage: SelectelStorage, settings: Settings) -> None:
    name = storage.save("time.txt", ContentFile(b"x"))
    aware = storage.get_modified_time(name)
    assert abs(aware - datetime.now(timezone.utc)) < timedelta(seconds=30)
    assert storage.get_created_time(name) == aware
    settings.USE_TZ = False
    settings.TIME_ZONE = "Europe/Moscow"
    naive = storage.get_modified_time(name)
    assert naive.tzinfo is None
    assert naive == (aware + timedelta(hours=3)).replace(tzinfo=None)


def test_what_is_missing_has_neither_size_nor_time(storage: SelectelStorage) -> None:
    for ask in (storage.size, storage.get_modified_time):
        with pytest.raises(FileNotFoundError):
            ask("missing.txt")


@pytest.mark.parametrize("face", ["s3", "swift"])
def test_a_url_fetches_its_file(make_storage: MakeStorage, face: str) -> None:
    storage = make_storage(container="public") if face == "swift" else make_storage()
    name = storage.save("путь/a b+c%20.txt", ContentFile(b"fetched"))
    with urllib.request.urlopen(storage.url(name)) as answer:
        assert answer.read() == b"fetched"


@pytest.mark.parametrize("face", ["keystone"])
def test_without_a_key_to_sign_with_a_url_is_the_plain_address(storage: SelectelStorage, location: str) -> None:
    assert storage.url("a b.txt").endswith(f"/{location}/a%20b.txt")


def test_url_asks_the_server_for_nothing(storage: SelectelStorage, hooks: Hooks) -> None:
    storage.url("warm-up.txt")
    hooks.clear_requests()
    storage.url("any.txt")
    assert hooks.requests() == []


def test_a_signed_url_ends_in_time(make_storage: MakeStorage, face: str) -> None:
    storage = make_storage(querystring_expire=77)
    assert ("X-Amz-Expires=77" in storage.url("x.txt")) is (face == "s3")


def test_an_unsigned_s3_url_is_plain(make_storage: MakeStorage, location: str, stack: Stack) -> None:
    url = make_storage(querystring_auth=False).url("x y.txt")
    assert url.endswith(f"/media/{location}/x%20y.txt")


@pytest.mark.parametrize("name", ["photo.jpg", "/photo.jpg"])
@pytest.mark.parametrize(
    ("custom_domain", "base"),
    [
        ("cdn.example.com", "https://cdn.example.com"),
        ("http://two.example.com", "http://two.example.com"),
        ("https://three.example.com/", "https://three.example.com"),
        ("cdn.example.com/media", "https://cdn.example.com/media"),
    ],
)
def test_a_custom_domain_serves_unsigned_urls(
    make_storage: MakeStorage, location: str, custom_domain: str, base: str, name: str
) -> None:
    assert make_storage(custom_domain=custom_domain).url(name) == f"{base}/{location}/photo.jpg"


def test_the_url_of_nothing_is_the_base(make_storage: MakeStorage) -> None:
    assert make_storage(custom_domain="http://one.example.com", location="").url("") == "http://one.example.com/"


OUTSIDE = ["../outside.txt", "a/../../outside.txt", "..", "/outside.txt", "a\\..\\..\\outside.txt", "..\\x", "\ud800"]
METHODS: dict[str, Callable[[SelectelStorage, str], Any]] = {
    "open": lambda storage, name: storage.open(name).read(),
    "exists": lambda storage, name: storage.exists(name),
    "delete": lambda storage, name: storage.delete(name),
    "size": lambda storage, name: storage.size(name),
    "listdir": lambda storage, name: storage.listdir(name),
    "get_modified_time": lambda storage, name: storage.get_modified_time(name),
    "get_created_time": lambda storage, name: storage.get_created_time(name),
    "url": lambda storage, name: storage.url(name),
    "_save": lambda storage, name: storage._save(name, ContentFile(b"x")),
}


@pytest.mark.parametrize("name", OUTSIDE, ids=ascii)
@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS.keys())
def test_no_method_reaches_outside_the_location(
    storage: SelectelStorage,
    method: Callable[[SelectelStorage, str], Any],
    name: str,
    hooks: Hooks,
    location: str,
) -> None:
    if name.startswith("/") and method is METHODS["url"]:  # Django itself strips the slash there
        assert f"/{location}/outside.txt" in storage.url(name)
        return
    with pytest.raises(SuspiciousFileOperation):
        method(storage, name)
    assert not any("outside" in entry.path for entry in hooks.requests())


def test_dots_inside_the_location_are_resolved(storage: SelectelStorage) -> None:
    storage.save("a/b.txt", ContentFile(b"x"))
    assert storage.open("a/./c/../b.txt").read() == b"x"


def test_two_locations_do_not_see_each_other(make_storage: MakeStorage, location: str) -> None:
    one, two = make_storage(location=f"{location}/tenant-a"), make_storage(location=f"{location}/tenant-ab")
    one.save("x.txt", ContentFile(b"one"))
    assert not two.exists("x.txt")
    assert two.listdir("") == ([], [])
