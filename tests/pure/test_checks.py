"""The system checks: each by its id, with the settings that make it speak and those that do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import django
import pytest
from django.core.checks import CheckMessage

from django_selectel_storage import checks, conf
from django_selectel_storage.storage import SelectelStorage

OURS = "django_selectel_storage.storage.SelectelStorage"
STATIC = "django_selectel_storage.storage.SelectelStaticStorage"
FILTER = "django_selectel_storage.debug.SelectelExceptionReporterFilter"
SECRET = "hunter2"  # no message may hold it
S3: dict[str, Any] = {"access_key": "key", "secret_key": SECRET, "container": "media"}
SWIFT: dict[str, Any] = {
    "username": "user",
    "password": SECRET,
    "container": "media",
    "auth_url": "https://swift.example.com/auth/v1.0",
}
OLD: dict[str, Any] = {"username": "user", "password": SECRET, "container": "media"}
IAM: dict[str, Any] = {**OLD, "account": "1", "project": "shop"}
SHOP: dict[str, Any] = {**S3, "endpoint": "https://s3.example.com"}

ODD: dict[Any, Any] = {3: SECRET}

Check = Callable[[], Sequence[CheckMessage]]
Tell = Callable[..., list[str]]


@pytest.fixture
def tell(monkeypatch: pytest.MonkeyPatch) -> Tell:
    """Gives the messages of a check, as text, for settings that are given as keywords."""

    def ask(check: Check, **given: Any) -> list[str]:
        monkeypatch.setattr(conf, "setting", given.get)
        messages = [f"{message.id} {message.msg} {message.hint}" for message in check()]
        assert SECRET not in "".join(messages)
        return messages

    return ask


def storages(kind: str = OURS, **options: dict[str, Any]) -> dict[str, Any]:
    """The setting STORAGES, with the same class under every alias."""
    return {alias: {"BACKEND": kind, "OPTIONS": given} for alias, given in options.items()}


class Media(SelectelStorage):
    """A storage of a project, whose constructor takes nothing."""

    def __init__(self) -> None:
        super().__init__("archive")


class Broken(SelectelStorage):
    """A storage of a project that cannot be made."""

    def __init__(self) -> None:
        raise RuntimeError(SECRET)


MINE = f"{__name__}.Media"


# --- W001, W002 ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["SELECTEL_USERNAME", "SELECTEL_PASSWORD", "SELECTEL_CONTAINER_NAME"])
def test_a_setting_of_0x_is_w001_and_its_value_is_not_repeated(settings: Any, name: str) -> None:
    setattr(settings, name, SECRET)
    (found,) = checks.obsolete_settings()

    assert found.id == "django_selectel_storage.W001"
    assert name in str(found.msg)
    assert SECRET not in f"{found.msg}{found.hint}"


def test_without_settings_of_0x_there_is_no_w001() -> None:
    assert checks.obsolete_settings() == []


@pytest.mark.parametrize(
    ("name", "value", "backends", "found"),
    [
        ("DEFAULT_FILE_STORAGE", OURS, {}, 1),
        ("STATICFILES_STORAGE", STATIC, {}, 1),
        ("DEFAULT_FILE_STORAGE", OURS, {"default": {"BACKEND": OURS}}, 0),
        ("DEFAULT_FILE_STORAGE", OURS, {"default": None}, 1),
        ("DEFAULT_FILE_STORAGE", "another.Storage", {}, 0),
        ("DEFAULT_FILE_STORAGE", None, {}, 0),
    ],
    ids=["media", "static", "both", "an odd entry", "another", "none"],
)
def test_a_setting_that_django_ignores_is_w002(
    tell: Tell, monkeypatch: pytest.MonkeyPatch, name: str, value: str | None, backends: Any, found: int
) -> None:
    monkeypatch.setattr(django, "VERSION", (5, 2, 0, "final", 0))

    told = tell(checks.ignored_default_file_storage, **{name: value, "STORAGES": backends})

    assert [text[:28] for text in told] == ["django_selectel_storage.W002"] * found


def test_a_django_that_heeds_the_setting_is_not_warned_of(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(django, "VERSION", (4, 2, 0, "final", 0))

    assert tell(checks.ignored_default_file_storage, DEFAULT_FILE_STORAGE=OURS) == []


# --- E001 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"STORAGES": storages(default={**S3, "contaner": "x"})}, [["STORAGES['default']", "'contaner'", "container"]]),
        ({"STORAGES": storages(default={**S3, "pool": ["ru-1"]})}, [["STORAGES['default']", "'pool'"]]),
        (
            {"STORAGES": storages(default={"access_key": SECRET, "project": "x", "endpoint": "http://far"})},
            [["'secret_key'"], ["'account'"], ["'container'"], ["'endpoint'"]],
        ),
        ({"STORAGES": storages(default={"storage": "nowhere"})}, [["STORAGES['default']", "'nowhere'", "known: none"]]),
        ({"STORAGES": storages(default={})}, [["STORAGES['default']", "no schema 'default'"]]),
        ({"STORAGES": storages(default={"dsn": f"selectel://u:{SECRET}"})}, [["names no container"]]),
        ({"STORAGES": storages(default={"dsn": f"swift://u:{SECRET}@box"})}, [["'selectel://'"]]),
        ({"STORAGES": storages(default={**S3, f"selectel://u:{SECRET}@box": 1})}, [["Unknown option", "@box"]]),
        ({"STORAGES": storages(default=S3) | {"a": {"BACKEND": OURS, "OPTIONS": SECRET}}}, [["['a']", "dictionary"]]),
        ({"STORAGES": storages(default=ODD)}, [["STORAGES['default']", "TypeError"]]),
        ({"STORAGES": storages(f"{__name__}.Broken", default={})}, [["STORAGES['default']", "RuntimeError"]]),
        ({"STORAGES": storages(f"{OURS}s", default={})}, [["STORAGES['default']", "BACKEND", "ImportError"]]),
        ({"STORAGES": storages(MINE, media={})}, [["STORAGES['media']", "'archive'"]]),
        ({"SELECTEL_STORAGES": {"x": {"USERNAME": "u"}}}, [["SELECTEL_STORAGES['x']", "'password'"], ["'container'"]]),
        ({"SELECTEL_STORAGES": {"x": {**OLD, "DSN": "selectel://u:p@box"}}}, [["['x']", "beside a DSN"]]),
        ({"SELECTEL_STORAGES": {"x": 3, 4: None}}, [["['x']", "neither"], ["SELECTEL_STORAGES[4]", "neither"]]),
        ({"SELECTEL_STORAGES": {f"selectel://u:{SECRET}@x": 3}}, [["neither a dictionary nor a DSN"]]),
        ({"SELECTEL_STORAGES": f"selectel://u:{SECRET}@box"}, [["SELECTEL_STORAGES is not a dictionary"]]),
    ],
    ids=[
        "a misspelt option",
        "an odd value",
        "several together",
        "a missing schema",
        "no schema at all",
        "a DSN without container",
        "a foreign DSN",
        "a DSN as an option's name",
        "odd OPTIONS",
        "an odd keyword",
        "a constructor that raises",
        "a class that is not there",
        "a subclass",
        "an incomplete schema",
        "two sources",
        "odd schemas",
        "a DSN as a schema's name",
        "a DSN as the setting",
    ],
)
def test_what_cannot_be_used_is_e001(tell: Tell, given: dict[str, Any], words: list[list[str]]) -> None:
    told = tell(checks.unusable_options, **given)

    assert len(told) == len(words)
    for text, expected in zip(told, words, strict=True):
        assert text.startswith("django_selectel_storage.E001 ")
        assert [word for word in expected if word not in text] == []


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"STORAGES": storages(default=S3), "SELECTEL_STORAGES": {"a": OLD, "b": f"selectel://u:{SECRET}@box"}},
        {"STORAGES": storages(default={**S3, "requests_factory": "x.y"})},
        {"STORAGES": storages(default={"storage": "login", "container": "x"}), "SELECTEL_STORAGES": {"login": {
            "USERNAME": "u", "PASSWORD": SECRET}}},
        {"SELECTEL_STORAGES": {"login": {"USERNAME": "u", "PASSWORD": SECRET}}},
        {"STORAGES": storages("django.core.files.storage.FileSystemStorage", default={"nonsense": 1})},
        {"STORAGES": storages("a.package.that.is.not.There", default={})},
        {"STORAGES": storages(f"{__name__}.storages", default={})},
        {"STORAGES": storages(MINE, media={}), "SELECTEL_STORAGES": {"archive": OLD}},
        {"STORAGES": [3], "SELECTEL_STORAGES": None},
        {"STORAGES": {"default": None, "a": {}, "b": {"BACKEND": 3}}},
    ],
    ids=[
        "nothing",
        "good ones",
        "a retired option",
        "a schema that an alias completes",
        "a schema that only lacks a container",
        "Django's",
        "another's",
        "a function",
        "a subclass",
        "an odd setting",
        "odd entries",
    ],
)  # fmt: skip
def test_what_can_be_used_or_is_not_ours_is_no_e001(tell: Tell, given: dict[str, Any]) -> None:
    assert tell(checks.unusable_options, **given) == []


# --- W003, W004 ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("media", "static", "found"),
    [
        (S3, S3, True),
        ({**S3, "location": "a/b"}, {**S3, "location": "a/b/"}, True),
        ({**S3, "location": "files"}, {**S3, "location": "files/static"}, True),
        ({**S3, "location": "static/files"}, {**S3, "location": "static"}, True),
        (S3, {**S3, "location": "static"}, True),
        ({**S3, "access_key": "other"}, {**S3, "endpoint": "https://s3.ru-1.storage.selcloud.ru/"}, True),
        (OLD, OLD, True),
        (IAM, {**IAM, "location": "static"}, True),
        ({**S3, "location": "media"}, {**S3, "location": "static"}, False),
        ({**S3, "location": "static-media"}, {**S3, "location": "static"}, False),
        ({**S3, "container": "static"}, S3, False),
        ({**S3, "pool": "ru-7"}, S3, False),
        ({**OLD, "username": "other"}, OLD, False),
        ({**IAM, "project": "other"}, IAM, False),
        (SWIFT, OLD, False),
        ({**S3, "contaner": "x"}, S3, False),
    ],
)
def test_static_files_and_media_in_one_folder_are_w003(
    tell: Tell, media: dict[str, Any], static: dict[str, Any], found: bool
) -> None:
    one = tell(checks.media_beside_static, STORAGES=storages(default=media, staticfiles=static))
    other = tell(checks.media_beside_static, STORAGES=storages(m=media) | storages(STATIC, s=static))

    assert [text[:28] for text in one] == ["django_selectel_storage.W003"] * found
    assert all("STORAGES['default']" in text and "STORAGES['staticfiles']" in text for text in one)
    assert [text[:28] for text in other] == ["django_selectel_storage.W003"] * found


def test_two_storages_of_media_may_share_a_folder(tell: Tell) -> None:
    assert tell(checks.media_beside_static, STORAGES=storages(default=S3, signed=S3, thumbs=S3)) == []


def test_the_manifest_may_lie_among_the_static_files(tell: Tell) -> None:
    given = storages(STATIC, staticfiles={**S3, "manifest_storage": "manifest"}) | storages(manifest=S3)

    assert tell(checks.media_beside_static, STORAGES=given) == []


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (storages(default={**S3, "file_overwrite": True}), True),
        (storages(STATIC, default=S3), True),
        (storages(default=S3), False),
        (storages(default=S3, other={**S3, "file_overwrite": True}), False),
        (storages(STATIC, staticfiles=S3), False),
        (storages(STATIC, default={**S3, "file_overwrite": False}), False),
    ],
)
def test_overwriting_media_is_w004(tell: Tell, given: dict[str, Any], found: bool) -> None:
    told = tell(checks.overwritten_media, STORAGES=given)

    assert [text.split()[:2] for text in told] == [["django_selectel_storage.W004", "STORAGES['default']"]] * found


# --- W005 to W009 ----------------------------------------------------------------------------------------------------


def both_ways(tell: Tell, check: Check, options: dict[str, Any]) -> list[str]:
    """The ids of what a check says of options in STORAGES; it says the same of them in SELECTEL_STORAGES."""
    in_storages = tell(check, STORAGES=storages(media=options))
    in_schemas = tell(check, SELECTEL_STORAGES={"media": {name.upper(): value for name, value in options.items()}})
    assert [text.replace("SELECTEL_STORAGES", "STORAGES") for text in in_schemas] == in_storages
    assert all("STORAGES['media']" in text for text in in_storages)
    return [text.split()[0] for text in in_storages]


W005 = ["django_selectel_storage.W005"]


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        ({**S3, "custom_domain": "s3.ru-1.storage.selcloud.ru"}, W005),
        ({**S3, "custom_domain": "https://S3.ru-1.Storage.selcloud.ru/media"}, W005),
        ({**S3, "custom_domain": "media.s3.ru-1.storage.selcloud.ru"}, W005),
        ({**S3, "custom_domain": "media.s3.ru-7.storage.selcloud.ru"}, W005),
        ({**S3, "custom_domain": "s3.storage.selcloud.ru"}, W005),
        ({**S3, "custom_domain": "s3.selcdn.ru/media"}, W005),
        ({**S3, "custom_domain": "s3.uz-2.srvstorage.uz"}, W005),
        ({**OLD, "custom_domain": "s3.ru-1.storage.selcloud.ru"}, W005),
        ({**SHOP, "custom_domain": "s3.example.com"}, W005),
        ({**SHOP, "custom_domain": "s3.example.com/media"}, []),
        ({**SHOP, "custom_domain": "media.s3.example.com"}, []),
        ({**S3, "custom_domain": "0f.selstorage.ru"}, []),
        ({**S3, "custom_domain": "0f.srvstatic.uz"}, []),
        ({**S3, "custom_domain": "s3.cdn.example.com"}, []),
        ({**S3, "custom_domain": "s3.notstorage.selcloud.ru.example.com"}, []),
        ({**OLD, "custom_domain": "1234.selcdn.ru/media"}, []),
        (S3, []),
    ],
    ids=str,
)
def test_a_public_domain_that_is_the_api_is_w005(tell: Tell, options: dict[str, Any], ids: list[str]) -> None:
    assert both_ways(tell, checks.custom_domain_at_s3, options) == ids


W006 = ["django_selectel_storage.W006"]


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        ({**S3, "querystring_auth": False}, W006),
        ({**S3, "querystring_auth": False, "endpoint": "https://s3.ru-7.storage.selcloud.ru"}, W006),
        ({**S3, "querystring_auth": False, "url_endpoint": "https://s3.ru-1.storage.selcloud.ru"}, W006),
        ({**S3, "querystring_auth": False, "url_endpoint": "https://files.example.com"}, []),
        ({**S3, "querystring_auth": False, "custom_domain": "cdn.example.com"}, []),
        ({**SHOP, "querystring_auth": False}, []),
        ({**S3, "querystring_auth": True}, []),
        (S3, []),
        ({**OLD, "querystring_auth": False}, []),
    ],
    ids=str,
)
def test_unsigned_urls_to_selectels_s3_are_w006(tell: Tell, options: dict[str, Any], ids: list[str]) -> None:
    assert both_ways(tell, checks.unsigned_private_urls, options) == ids


W007 = ["django_selectel_storage.W007"]


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (OLD, W007),
        (SWIFT, W007),
        (IAM, W007),
        ({**IAM, "temp_url_key": SECRET}, []),
        ({**OLD, "custom_domain": "cdn.example.com"}, []),
        ({**OLD, "querystring_auth": False}, []),
        (S3, []),
    ],
    ids=str,
)
def test_swift_without_a_key_for_its_urls_is_w007(tell: Tell, options: dict[str, Any], ids: list[str]) -> None:
    assert both_ways(tell, checks.missing_temp_url_key, options) == ids


W008 = ["django_selectel_storage.W008"]


@pytest.mark.parametrize(
    ("options", "ids", "words"),
    [
        (OLD, W008, "(auth_url: api.selcdn.ru)"),
        ({**OLD, "auth_url": "https://auth.selcdn.ru/"}, W008, "(auth_url: auth.selcdn.ru)"),
        ({**SWIFT, "endpoint": "https://1234.selcdn.ru"}, W008, "(endpoint: 1234.selcdn.ru)"),
        ({**S3, "endpoint": "https://s3.selcdn.ru"}, W008, "(endpoint: s3.selcdn.ru)"),
        ({**S3, "endpoint": "https://S3.storage.selcloud.ru"}, W008, "(endpoint: s3.storage.selcloud.ru)"),
        ({**S3, "custom_domain": "1234.selcdn.ru/media"}, W008, "(custom_domain: 1234.selcdn.ru)"),
        ({**S3, "url_endpoint": "https://s3.selcdn.ru"}, W008, "(url_endpoint: s3.selcdn.ru)"),
        ({**OLD, "custom_domain": "1.selcdn.ru"}, W008, "(auth_url: api.selcdn.ru, custom_domain: 1.selcdn.ru)"),
        (S3, [], ""),
        (IAM, [], ""),
        (SWIFT, [], ""),
        ({**S3, "auth_url": "https://api.selcdn.ru/auth/v1.0"}, [], ""),
        ({**S3, "custom_domain": "notselcdn.ru"}, [], ""),
    ],
    ids=str,
)
def test_hosts_that_selectel_switches_off_are_w008(
    tell: Tell, options: dict[str, Any], ids: list[str], words: str
) -> None:
    assert both_ways(tell, checks.old_hosts, options) == ids
    assert words in "".join(tell(checks.old_hosts, STORAGES=storages(media=options)))


W009 = ["django_selectel_storage.W009"]


@pytest.mark.parametrize(
    ("old", "new", "ids"),
    [
        (OLD, S3, W009),
        (f"selectel://user:{SECRET}@media", S3, W009),
        (f"selectel://user:{SECRET}@cdn.example.com/media", {**S3, "pool": "ru-7"}, W009),
        ({**OLD, "auth_url": "https://auth.selcdn.ru/"}, {**S3, "stable_urls": 60}, W009),
        (OLD, {**S3, "container": "other"}, []),
        (OLD, {**S3, "custom_domain": "0f.selstorage.ru"}, []),
        (OLD, {**S3, "querystring_auth": False}, []),
        (OLD, SHOP, []),
        (SWIFT, S3, []),
        (IAM, S3, []),
        ({**OLD, "temp_url_key": SECRET}, S3, []),
        (OLD, IAM, []),
        ({"username": "user"}, S3, []),
    ],
    ids=str,
)
def test_a_container_whose_urls_no_longer_last_is_w009(
    tell: Tell, old: Any, new: dict[str, Any], ids: list[str]
) -> None:
    beside = tell(checks.lost_lasting_urls, STORAGES=storages(default=new), SELECTEL_STORAGES={"old": old})
    between = tell(checks.lost_lasting_urls, SELECTEL_STORAGES={"old": old, "new": new})

    assert [text.split()[0] for text in beside] == ids
    assert [text.split()[0] for text in between] == ids
    assert all("SELECTEL_STORAGES['old']" in text and "STORAGES['default']" in text for text in beside)


def test_w009_tells_how_long_the_urls_live(tell: Tell) -> None:
    new = {**S3, "querystring_expire": 600, "stable_urls": 60}
    (told,) = tell(checks.lost_lasting_urls, SELECTEL_STORAGES={"old": OLD, "new": new})

    assert "after 660 seconds" in told


def test_a_schema_is_judged_by_what_its_user_makes_of_it(tell: Tell) -> None:
    given = storages(default={"storage": "a", "custom_domain": "cdn.example.com"})

    assert tell(checks.missing_temp_url_key, STORAGES=given, SELECTEL_STORAGES={"a": SWIFT}) == []
    (told,) = tell(checks.missing_temp_url_key, STORAGES=storages(x={"storage": "a"}), SELECTEL_STORAGES={"a": SWIFT})
    assert " STORAGES['x']" in told


# --- W010, W011 ------------------------------------------------------------------------------------------------------

DSN = f"selectel://user:{SECRET}@media"
DJANGOS = "django.views.debug.SafeExceptionReporterFilter"
itself: list[Any] = [DSN]
itself.append(itself)


@pytest.mark.parametrize(
    ("given", "places"),
    [
        ({"SELECTEL_STORAGES": {"a": DSN}}, "SELECTEL_STORAGES['a']"),
        ({"SELECTEL_STORAGES": {"a": {"DSN": DSN}}}, "SELECTEL_STORAGES['a']"),
        ({"SELECTEL_STORAGES": {"a": f"SELECTEL+S3://key:{SECRET}@media"}}, "SELECTEL_STORAGES['a']"),
        ({"SELECTEL_STORAGES": {"a": f"  selectel://user:{SECRET}"}}, "SELECTEL_STORAGES['a']"),
        ({"SELECTEL_STORAGES": {"a": itself}}, "SELECTEL_STORAGES['a']"),
        ({"STORAGES": storages(default={"dsn": DSN})}, "STORAGES['default']"),
        (
            {"STORAGES": storages(default={"storage": DSN}), "SELECTEL_STORAGES": {"a": DSN}},
            "SELECTEL_STORAGES['a'], S",
        ),
        ({"STORAGES": storages("another.Storage", default={"bases": [DSN, 3]})}, "STORAGES['default']"),
        ({"SELECTEL_STORAGES": {"a": DSN}, "DEFAULT_EXCEPTION_REPORTER_FILTER": "no.Filter"}, "SELECTEL_STORAGES['a']"),
        ({"SELECTEL_STORAGES": {"a": DSN}, "DEFAULT_EXCEPTION_REPORTER_FILTER": None}, "SELECTEL_STORAGES['a']"),
        ({"SELECTEL_STORAGES": {"a": DSN}, "DEFAULT_EXCEPTION_REPORTER_FILTER": OURS}, "SELECTEL_STORAGES['a']"),
    ],
    ids=str,
)
def test_a_dsn_that_error_reports_show_is_w010(tell: Tell, given: dict[str, Any], places: str) -> None:
    (told,) = tell(checks.visible_passwords, **{"DEFAULT_EXCEPTION_REPORTER_FILTER": DJANGOS, **given})

    assert told.startswith("django_selectel_storage.W010 ")
    assert f"DSNs of {places}" in told
    assert FILTER in told


class Stricter:
    """A project's own filter, which does not come from ours."""

    def cleanse_setting(self, key: Any, value: Any) -> Any:
        return "hidden"


@pytest.mark.parametrize(
    "given",
    [
        {"SELECTEL_STORAGES": {"a": DSN}, "DEFAULT_EXCEPTION_REPORTER_FILTER": FILTER},
        {"SELECTEL_STORAGES": {"a": {"x": (DSN,)}}, "DEFAULT_EXCEPTION_REPORTER_FILTER": FILTER},
        {"SELECTEL_STORAGES": {"a": DSN}, "DEFAULT_EXCEPTION_REPORTER_FILTER": f"{__name__}.Stricter"},
        {"SELECTEL_STORAGES": {"a": OLD}, "STORAGES": storages(default=S3)},
        {"SELECTEL_STORAGES": {"a": "selectel://media"}},
        {"SELECTEL_STORAGES": [DSN], "STORAGES": None},
        {},
    ],
    ids=str,
)
def test_what_error_reports_hide_is_no_w010(tell: Tell, given: dict[str, Any]) -> None:
    assert tell(checks.visible_passwords, **{"DEFAULT_EXCEPTION_REPORTER_FILTER": DJANGOS, **given}) == []


W011 = ["django_selectel_storage.W011"]


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        ({**S3, "endpoint": "http://127.0.0.1:8080"}, W011),
        ({**S3, "endpoint": "http://localhost:8080"}, W011),
        ({**S3, "endpoint": "http://[::1]:8080"}, W011),
        ({**S3, "url_endpoint": "http://127.0.0.1:8080"}, W011),
        ({**SWIFT, "auth_url": "http://127.0.0.1:8080/auth/v1.0"}, W011),
        ({**SWIFT, "endpoint": "http://127.0.0.1:8080"}, W011),
        ({**S3, "auth_url": "http://127.0.0.1:8080/auth/v1.0"}, []),
        (S3, []),
        (OLD, []),
        (SHOP, []),
    ],
    ids=str,
)
def test_the_development_server_in_production_is_w011(tell: Tell, options: dict[str, Any], ids: list[str]) -> None:
    assert both_ways(tell, checks.development_hosts, options) == ids


def test_the_development_server_in_development_is_no_w011(tell: Tell) -> None:
    given = storages(default={**S3, "endpoint": "http://127.0.0.1:8080"})

    assert tell(checks.development_hosts, STORAGES=given, DEBUG=True) == []
