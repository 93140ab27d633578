"""The static classes by themselves, and with Django's own collectstatic."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.checks import run_checks
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from django.test import override_settings

from django_selectel_storage.devserver import Hooks
from django_selectel_storage.devserver.hooks import LoggedRequest
from django_selectel_storage.exceptions import MissingReference
from django_selectel_storage.storage import SelectelManifestStaticStorage, SelectelStaticStorage
from tests.conftest import FACES, MakeStorage
from tests.staticfiles.conftest import FILES, MANIFEST, PLAIN, WITHOUT, Project, Requests

IMMUTABLE = "public, max-age=31536000, immutable"


@pytest.fixture
def manifest_storage(make_storage: MakeStorage) -> SelectelManifestStaticStorage:
    storage = make_storage(SelectelManifestStaticStorage)
    assert isinstance(storage, SelectelManifestStaticStorage)
    return storage


def source_with(**texts: str) -> InMemoryStorage:
    source = InMemoryStorage()
    for name, text in texts.items():
        source.save(name.replace("_", "."), ContentFile(text.encode()))
    return source


def process(storage: SelectelManifestStaticStorage, source: InMemoryStorage) -> list[Any]:
    """What Django's command does with the files of a source."""
    names = source.listdir("")[1]
    for name in names:
        storage.save(name, source.open(name))
    return list(storage.post_process({name: (source, name) for name in names}))


# --- with Django's own command ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("backend", [MANIFEST, PLAIN])
def test_django_s_own_command_works(project: Project, backend: str) -> None:
    project.apps, project.backend = WITHOUT, backend
    assert "6 static files copied" in project.collect()
    stored = project.stored()
    assert {name: stored[name] for name in FILES} == {name: text.encode() for name, text in FILES.items()}
    assert "6 unmodified" in project.collect()
    project.storage()._save("deep/er/left.css", io.BytesIO(b"left"))
    project.collect("--clear")
    assert project.stored().keys() == stored.keys()


def test_both_commands_store_the_same(project: Project) -> None:
    project.apps = WITHOUT
    project.collect()
    stored = project.stored()
    infos = {info.name: project.storage().stat(info.name) for info in project.storage().walk()}
    project.storage().delete_many(list(stored))
    project.apps = ["django_selectel_storage.staticfiles", *WITHOUT]
    project.collect()
    assert project.stored() == stored
    for name, info in infos.items():
        now = project.storage().stat(name)
        assert (now.content_type, now.headers) == (info.content_type, info.headers)


# --- the storages ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [SelectelStaticStorage, SelectelManifestStaticStorage])
def test_constructing_one_asks_for_nothing(
    kind: type[SelectelStaticStorage], options_of: Callable[[str], dict[str, Any]], hooks: Hooks
) -> None:
    kind()
    kind("no such schema")
    for face in FACES:
        kind(container="c", **options_of(face))
    assert hooks.requests() == []


def test_hashed_names_are_cached_for_good_and_others_for_a_minute(
    manifest_storage: SelectelManifestStaticStorage,
) -> None:
    process(manifest_storage, source_with(a_css="a {}"))
    hashed = manifest_storage.stat(manifest_storage.stored_name("a.css"))
    assert hashed.headers["cache-control"] == IMMUTABLE
    assert manifest_storage.stat("a.css").headers["cache-control"] == "public, max-age=60"


def test_a_text_rules_plain_names_and_a_function_all(make_storage: MakeStorage) -> None:
    for option, plain, hashed in (("no-cache", "no-cache", IMMUTABLE), (lambda _: "private", "private", "private")):
        storage = make_storage(SelectelManifestStaticStorage, cache_control=option)
        assert isinstance(storage, SelectelManifestStaticStorage)
        process(storage, source_with(a_css="a {}"))
        found = [storage.stat(name).headers["cache-control"] for name in ("a.css", storage.stored_name("a.css"))]
        assert found == [plain, hashed]


def test_the_manifest_is_read_at_first_use_and_kept(
    manifest_storage: SelectelManifestStaticStorage, make_storage: MakeStorage, requests_for: Requests
) -> None:
    process(manifest_storage, source_with(a_css="a {}"))
    fresh = make_storage(SelectelManifestStaticStorage, custom_domain="https://cdn.example.com")
    requests_for()
    urls = {fresh.url("a.css") for _ in range(3)}
    assert urls == {f"https://cdn.example.com/{fresh.options.location}/{manifest_storage.stored_name('a.css')}"}
    assert [entry.path.strip().endswith("staticfiles.json") for entry in requests_for()] == [True]


def test_without_a_manifest_a_name_is_not_known(manifest_storage: SelectelManifestStaticStorage) -> None:
    with pytest.raises(ValueError, match="Missing staticfiles manifest entry"):
        manifest_storage.url("a.css")


def test_a_refusal_is_not_taken_for_a_missing_manifest(
    manifest_storage: SelectelManifestStaticStorage, hooks: Hooks
) -> None:
    process(manifest_storage, source_with(a_css="a {}"))
    fresh = pickle.loads(pickle.dumps(manifest_storage))
    fresh._loaded = None
    hooks.fault(status=403, count=1, method="GET", match="staticfiles.json")
    with pytest.raises(PermissionError):
        fresh.url("a.css")
    assert "a." in fresh.url("a.css")


def test_the_manifest_is_replaced_in_one_request(
    manifest_storage: SelectelManifestStaticStorage, requests_for: Callable[[], list[LoggedRequest]]
) -> None:
    process(manifest_storage, source_with(a_css="a {}"))
    requests_for()
    process(manifest_storage, source_with(a_css="b {}"))
    of_manifest = [entry.method for entry in requests_for() if entry.path.strip().endswith("staticfiles.json")]
    assert of_manifest == ["PUT"]


def test_the_manifest_may_lie_in_another_storage(make_storage: MakeStorage, location: str) -> None:
    memory = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    with override_settings(STORAGES={"default": memory, "staticfiles": memory, "elsewhere": memory}):
        storage = make_storage(SelectelManifestStaticStorage, manifest_storage="elsewhere")
        assert isinstance(storage, SelectelManifestStaticStorage)
        process(storage, source_with(a_css="a {}"))
        assert storage.manifest_storage.exists("staticfiles.json")
        assert not storage.exists("staticfiles.json")


def test_query_and_fragment_stay_behind_the_hashed_name(make_storage: MakeStorage) -> None:
    storage = make_storage(SelectelManifestStaticStorage, custom_domain="https://cdn.example.com")
    assert isinstance(storage, SelectelManifestStaticStorage)
    process(storage, source_with(font_eot="a font", **{"name with space_css": "x"}))
    base = f"https://cdn.example.com/{storage.options.location}/"
    font = storage.stored_name("font.eot")
    assert storage.url("font.eot?#iefix") == f"{base}{font}?#iefix"
    assert storage.url("font.eot?v=1#x") == f"{base}{font}?v=1#x"
    assert storage.url("folder/") == f"{base}folder/"
    assert "name%20with%20space." in storage.url("name with space.css")


def test_a_signed_url_keeps_the_fragment_alone(make_storage: MakeStorage) -> None:
    storage = make_storage(SelectelManifestStaticStorage, querystring_auth=True, temp_url_key="key")
    assert isinstance(storage, SelectelManifestStaticStorage)
    process(storage, source_with(sprite_svg="<svg/>"))
    for name in ("sprite.svg#icon", "sprite.svg?v=1#icon"):
        url = urlsplit(storage.url(name))
        assert url.path.endswith(storage.stored_name("sprite.svg"))
        assert "ignature" in url.query or "temp_url_sig" in url.query
        assert ("v=1" in url.query, url.fragment) == (False, "icon")
    assert not urlsplit(storage.url("sprite.svg?v=1")).fragment


def test_no_host_and_no_signature_gets_into_a_stylesheet(manifest_storage: SelectelManifestStaticStorage) -> None:
    process(manifest_storage, source_with(a_css="a { background: url(b.png) }", b_png="b"))
    with manifest_storage.open(manifest_storage.stored_name("a.css")) as sheet:
        assert sheet.read().decode() == f'a {{ background: url("{manifest_storage.stored_name("b.png")}") }}'


def test_a_reference_that_leads_nowhere_is_explained(manifest_storage: SelectelManifestStaticStorage) -> None:
    results = process(manifest_storage, source_with(a_css="a {}\nb { background: url(nowhere.png) }"))
    (error,) = [told for _, _, told in results if isinstance(told, Exception)]
    assert isinstance(error, MissingReference)
    assert "a.css, line 2: 'url(nowhere.png)' refers to 'nowhere.png'" in str(error)


def test_folders_are_found(make_storage: MakeStorage) -> None:
    storage = make_storage(SelectelStaticStorage)
    storage.save("css/deep/a.css", ContentFile(b"a"))
    found = {name: storage.exists(name) for name in ("", "css", "css/deep", "css/deep/a.css", "cs", "css/deep/a")}
    assert found == {"": True, "css": True, "css/deep": True, "css/deep/a.css": True, "cs": False, "css/deep/a": False}


def test_saving_again_replaces(make_storage: MakeStorage) -> None:
    storage = make_storage(SelectelStaticStorage)
    assert {storage.save("a.css", ContentFile(content)) for content in (b"1", b"2")} == {"a.css"}
    assert storage.open("a.css").read() == b"2"


@pytest.mark.parametrize(
    ("apps", "found"),
    [
        (["django_selectel_storage.staticfiles", "django.contrib.staticfiles"], []),
        (["django.contrib.staticfiles", "django_selectel_storage.staticfiles"], ["selectel_staticfiles.W001"]),
        (["django_selectel_storage.staticfiles"], ["selectel_staticfiles.W001"]),
        (["django.contrib.staticfiles"], []),
    ],
)
def test_a_check_tells_when_django_s_command_would_win(apps: list[str], found: list[str]) -> None:
    with override_settings(INSTALLED_APPS=apps):
        from django_selectel_storage.staticfiles.apps import stands_before_djangos  # noqa: PLC0415

        assert [message.id for message in stands_before_djangos()] == found
        assert {message.id for message in run_checks(tags=["staticfiles"])} >= set(found)
