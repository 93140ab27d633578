"""The storage in memory beyond the contract, listings in memory, and retries that do not wait."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command
from pytest_django import Settings

from django_selectel_storage.exceptions import ObjectExists, ObjectNotFound, ServerError
from django_selectel_storage.protocols.base import ObjectInfo
from django_selectel_storage.storage import (
    SelectelManifestStaticStorage,
    SelectelStaticStorage,
    SelectelStorage,
)
from django_selectel_storage.testing import InMemory, InMemorySelectelStorage, no_waiting
from django_selectel_storage.testing.listing import page_of
from tests.servers.front import Front, Reply, front_of

PATH = "django_selectel_storage.testing.InMemorySelectelStorage"


def test_no_option_is_needed() -> None:
    storage = InMemorySelectelStorage()
    assert storage.save("a.txt", ContentFile(b"x")) == "a.txt"
    assert storage.open("a.txt").read() == b"x"
    with pytest.raises(ObjectNotFound, match=r"'b\.txt' in the container 'memory'"):
        storage.open("b.txt").read()
    with pytest.raises(ObjectExists):
        storage.copy("a.txt", "a.txt")


def test_urls_look_signed_and_lead_nowhere() -> None:
    storage = InMemorySelectelStorage(container="media", location="deep")
    parts = urlsplit(storage.url("a b.txt"))
    assert (parts.hostname, parts.path) == ("memory.invalid", "/media/deep/a%20b.txt")
    assert "X-Amz-Signature=" in parts.query
    assert storage.upload_url("c.txt", size=3).enforced == {"size", "overwrite"}


def test_a_swift_storage_in_memory_signs_as_swift_does() -> None:
    storage = InMemorySelectelStorage(username="u", password="p", container="media", temp_url_key="key")
    assert "temp_url_sig=" in storage.url("a.txt")
    with pytest.raises(ValueError, match="cannot enforce"):
        storage.upload_url("a.txt", size=3)


def test_a_schema_lends_its_options(settings: Settings) -> None:
    settings.SELECTEL_STORAGES = {"archive": "selectel+s3://key:secret@box?location=2026"}
    storage = InMemorySelectelStorage("archive")
    assert storage.stat(storage.save("a.txt", ContentFile(b"x"))).key == "2026/a.txt"


def test_each_storage_object_has_its_own_files_and_keeps_them(settings: Settings) -> None:
    one, two = InMemorySelectelStorage(), InMemorySelectelStorage()
    one.save("a.txt", ContentFile(b"x"))
    settings.STORAGES = {"default": {"BACKEND": PATH}}
    assert one.exists("a.txt")
    assert not two.exists("a.txt")
    assert pickle.loads(pickle.dumps(one)).open("a.txt").read() == b"x"


def test_the_setting_storages_can_name_the_storage_in_memory(settings: Settings) -> None:
    settings.STORAGES = {"default": {"BACKEND": PATH, "OPTIONS": {"location": "deep"}}}
    assert isinstance(storages["default"], InMemorySelectelStorage)
    assert isinstance(storages["default"], SelectelStorage)


def test_other_classes_work_in_memory_too() -> None:
    class StaticInMemory(InMemory, SelectelStaticStorage):
        pass

    storage = StaticInMemory()
    for content in (b"1", b"2"):
        assert storage.save("site.css", ContentFile(content)) == "site.css"
    assert storage.open("site.css").read() == b"2"


class ManifestInMemory(InMemory, SelectelManifestStaticStorage):
    pass


def test_commands_reach_the_storage_in_memory(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "site.css").write_text("a { color: red }")
    settings.STATICFILES_DIRS = [str(tmp_path)]
    settings.STATIC_ROOT = None
    settings.INSTALLED_APPS = [
        "django_selectel_storage.staticfiles", "django.contrib.staticfiles", "django_selectel_storage",
    ]  # fmt: skip
    backends = {"default": PATH, "staticfiles": f"{__name__}.ManifestInMemory"}
    settings.STORAGES = {alias: {"BACKEND": backend} for alias, backend in backends.items()}
    call_command("collectstatic", interactive=False, verbosity=0)
    assert storages["staticfiles"].open("site.css").read() == b"a { color: red }"
    call_command("selectel_transfer", str(tmp_path), "default", verbosity=0)
    assert storages["default"].open("site.css").read() == b"a { color: red }"


def test_writers_of_one_name_at_once_lose_nothing() -> None:
    storage = InMemorySelectelStorage()
    with ThreadPoolExecutor(8) as pool:
        saved = list(pool.map(lambda number: storage.save("a.txt", ContentFile(b"%d" % number)), range(50)))
    assert len(set(saved)) == 50
    assert {storage.open(name).read() for name in saved} == {b"%d" % number for number in range(50)}


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_of_any_size_make_the_same_listing(limit: int) -> None:
    keys = ["a", "a/", "a/1", "a/2", "a-b", "b/c/d", "b/e", "z", "\u00e9", "\U0001f600"]
    objects = {key: ObjectInfo(key, 1) for key in keys}
    found: list[str] = []
    folders: list[str] = []
    page: str | None = None
    while True:
        listing = page_of(objects, "", "/", page, limit)
        found += [info.key for info in listing.objects]
        folders += listing.folders
        page = listing.next_page
        if page is None:
            break
    assert found == ["a", "a-b", "z", "\u00e9", "\U0001f600"]
    assert folders == ["a/", "b/"]


def test_the_module_needs_neither_pytest_nor_the_server() -> None:
    program = (
        "import sys, django_selectel_storage.testing as t; "
        "print([m for m in ('pytest', 'django_selectel_storage.devserver', 'eventlet') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- no_waiting ------------------------------------------------------------------------------------------------------


@pytest.fixture
def failing() -> Iterator[Front]:
    """A server that always asks to come back in half a minute."""
    with front_of() as front:
        front.reply("HEAD", "/", Reply(503, headers={"Retry-After": "30"}))
        yield front


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What was slept, instead of sleeping."""
    pauses: list[float] = []
    monkeypatch.setattr("django_selectel_storage.transport.pauses.time.sleep", pauses.append)
    return pauses


def away(url: str) -> Callable[[], bool]:
    storage = SelectelStorage(access_key="a", secret_key="b", container="media", endpoint=url, max_retries=2)
    return lambda: storage.exists("a.txt")


def test_without_waiting_requests_are_tried_as_often_and_nobody_sleeps(failing: Front, slept: list[float]) -> None:
    with no_waiting(), pytest.raises(ServerError):
        away(failing.url)()
    assert len(failing.seen) == 3
    assert slept == []


def test_afterwards_there_is_waiting_again(failing: Front, slept: list[float]) -> None:
    with pytest.raises(RuntimeError), no_waiting(), no_waiting():
        raise RuntimeError
    with pytest.raises(ServerError):
        away(failing.url)()
    assert [int(pause) for pause in slept] == [30, 30]


def test_threads_do_not_wait_either(failing: Front, slept: list[float]) -> None:
    with no_waiting(), ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(away(failing.url)) for _ in range(2)]
        assert [type(future.exception()) for future in asked] == [ServerError, ServerError]
    assert slept == []
