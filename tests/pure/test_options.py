"""Every option: what it accepts from Python and from text, what it refuses, and which combinations do not work."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from django_selectel_storage import option_values, options
from django_selectel_storage.exceptions import (
    ConfigurationError,
    EmptyContainerName,
    EmptyPassword,
    EmptyUsername,
    InvalidOption,
    UnknownOption,
)
from django_selectel_storage.options import KIB, MIB, StorageOptions, canonical, storage_options

S3 = {"container": "media", "access_key": "access", "secret_key": "secret"}
IAM = {"container": "media", "username": "user", "password": "password", "account": "123456", "project": "site"}
LEGACY = {"container": "media", "username": "user", "password": "password"}


def rule(name: str) -> str:
    return name


def mapping_rule(name: str) -> dict[str, str]:
    return {"name": name}


ACCEPTED: list[tuple[str, object, object]] = [
    ("container", "Media", "Media"),
    ("account", "123456", "123456"),
    ("project", "my site", "my site"),
    ("username", "user", "user"),
    ("password", " spaces stay ", " spaces stay "),
    ("pool", "gis-1", "gis-1"),
    ("region", "us-east-1", "us-east-1"),
    ("endpoint", "https://s3.example.com/", "https://s3.example.com"),
    ("endpoint", "HTTPS://s3.example.com:8443/base/", "https://s3.example.com:8443/base"),
    ("endpoint", "http://localhost:9000", "http://localhost:9000"),
    ("endpoint", "http://[::1]:9000", "http://[::1]:9000"),
    ("url_endpoint", " https://files.example.com ", "https://files.example.com"),
    ("auth_url", "https://keystone.example.com/v3/", "https://keystone.example.com/v3"),
    ("addressing", "virtual", "virtual"),
    ("addressing", "path", "path"),
    ("location", "/media/photos/", "media/photos"),
    ("location", "", ""),
    ("location", "/", ""),
    ("file_overwrite", True, True),
    ("file_overwrite", "yes", True),
    ("file_overwrite", "OFF", False),
    ("file_overwrite", 1, True),
    ("file_overwrite", "0", False),
    ("custom_domain", "cdn.example.com", "https://cdn.example.com"),
    ("custom_domain", "//cdn.example.com/", "https://cdn.example.com"),
    ("custom_domain", "http://cdn.example.com/files/", "http://cdn.example.com/files"),
    ("querystring_auth", "false", False),
    ("querystring_expire", 60, 60),
    ("querystring_expire", "3600", 3600),
    ("querystring_expire", timedelta(hours=1), 3600),
    ("stable_urls", 0, 0),
    ("stable_urls", timedelta(0), 0),
    ("stable_urls", "86400", 86400),
    ("temp_url_key", "key", "key"),
    ("cache_control", "max-age=60", "max-age=60"),
    ("cache_control", rule, rule),
    ("content_disposition", "attachment", "attachment"),
    ("content_language", "ru", "ru"),
    ("metadata", {"a": "b"}, {"a": "b"}),
    ("metadata", mapping_rule, mapping_rule),
    ("default_content_type", "text/plain", "text/plain"),
    ("conditional_writes", "true", True),
    ("conditional_writes", False, False),
    ("gzip", "on", True),
    ("gzip_content_types", ["text/css", "text/html"], ("text/css", "text/html")),
    ("gzip_content_types", {"text/html", "text/css"}, ("text/css", "text/html")),
    ("gzip_content_types", "text/css, text/html,", ("text/css", "text/html")),
    ("multipart_threshold", 20 * MIB, 20 * MIB),
    ("multipart_chunksize", str(10 * MIB), 10 * MIB),
    ("max_concurrency", "8", 8),
    ("max_memory_size", 1, 1),
    ("connect_timeout", 0.5, 0.5),
    ("connect_timeout", timedelta(milliseconds=1500), 1.5),
    ("read_timeout", "12.5", 12.5),
    ("max_retries", 0, 0),
    ("max_retries", 2.0, 2),
    ("pool_maxsize", "10", 10),
    ("ca_bundle", "certificates/roots.pem", "certificates/roots.pem"),
    ("proxy", "environment", "environment"),
    ("proxy", "http://user:password@proxy:3128", "http://user:password@proxy:3128"),
    ("allow_http", "1", True),
    ("manifest_storage", "default", "default"),
    ("sendmefile", "auto", "auto"),
    ("sendmefile", " AUTO ", "auto"),
    ("sendmefile", True, True),
    ("sendmefile", "no", False),
]


@pytest.mark.parametrize(
    ("name", "written", "value"), ACCEPTED, ids=[f"{name}-{number}" for number, (name, *_) in enumerate(ACCEPTED)]
)
def test_an_option_is_read_from_a_python_object_and_from_text(name: str, written: object, value: object) -> None:
    others = IAM if name in IAM else LEGACY
    read = getattr(storage_options({**others, name: written}), name)

    assert read == value
    assert type(read) is type(value)


SECRET = "hunter2hunter2"
REFUSED: list[tuple[str, object]] = [
    ("container", 5),
    ("container", "a\nb"),
    ("container", b"media"),
    ("access_key", 5),
    ("secret_key", f"{SECRET}\n"),
    ("username", f"{SECRET}\r\n"),
    ("password", f"\t{SECRET}"),
    ("password", [SECRET]),
    ("temp_url_key", {SECRET: SECRET}),
    ("pool", "ru-1/evil"),
    ("pool", "ru-1.example.com#"),
    ("pool", ""),
    ("region", "us east"),
    ("endpoint", "s3.example.com"),
    ("endpoint", "ftp://s3.example.com"),
    ("endpoint", "https://"),
    ("endpoint", f"https://user:{SECRET}@s3.example.com"),
    ("endpoint", f"https://s3.example.com/?{SECRET}"),
    ("endpoint", "https://s3.example.com/#x"),
    ("endpoint", "https://s3.example.com:port"),
    ("endpoint", "https://[::1"),
    ("auth_url", f"https://{SECRET}@auth.example.com"),
    ("url_endpoint", "files.example.com"),
    ("addressing", "dns"),
    ("addressing", ["path"]),
    ("location", "../up"),
    ("location", "a/./b"),
    ("location", "a//b"),
    ("file_overwrite", "maybe"),
    ("file_overwrite", 2),
    ("file_overwrite", ""),
    ("file_overwrite", 1.0),
    ("custom_domain", "/"),
    ("custom_domain", "/files/"),
    ("custom_domain", "cdn example.com"),
    ("custom_domain", "ftp://cdn.example.com"),
    ("querystring_expire", 0),
    ("querystring_expire", -1),
    ("querystring_expire", 0.5),
    ("querystring_expire", "soon"),
    ("querystring_expire", True),
    ("stable_urls", -1),
    ("cache_control", "max-age=60\r\nx: y"),
    ("metadata", "a=b"),
    ("metadata", {"a": 1}),
    ("metadata", {1: "a"}),
    ("default_content_type", ""),
    ("conditional_writes", "perhaps"),
    ("gzip_content_types", 5),
    ("gzip_content_types", ["text/css", 5]),
    ("multipart_chunksize", 0),
    ("max_concurrency", 0),
    ("max_concurrency", 1.5),
    ("max_memory_size", 0),
    ("connect_timeout", 0),
    ("connect_timeout", "nan"),
    ("read_timeout", float("inf")),
    ("read_timeout", "1e999"),
    ("max_retries", -1),
    ("max_retries", None.__class__),
    ("max_retries", 10**400),
    ("pool_maxsize", 0),
    ("pool_connections", "many"),
    ("proxy", f"socks5://user:{SECRET}@proxy"),
    ("proxy", f"{SECRET}@proxy:3128"),
    ("sendmefile", "sometimes"),
]


@pytest.mark.parametrize(
    ("name", "written"), REFUSED, ids=[f"{name}-{number}" for number, (name, _) in enumerate(REFUSED)]
)
def test_a_wrong_value_is_refused_by_the_name_of_its_option_and_not_repeated(name: str, written: object) -> None:
    with pytest.raises(InvalidOption) as raised:
        storage_options({**LEGACY, name: written})

    assert repr(name) in str(raised.value)
    assert SECRET not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__


def test_none_means_that_an_option_is_not_given() -> None:
    assert storage_options({**LEGACY, **dict.fromkeys(["location", "region", "max_retries"])}) == storage_options(
        LEGACY
    )


def test_every_option_of_the_design_is_there_with_its_default() -> None:
    given = storage_options(LEGACY)

    assert {option.name: getattr(given, option.name) for option in fields(given)} == {
        "container": "media",
        "access_key": None,
        "secret_key": None,
        "username": "user",
        "password": "password",
        "account": None,
        "project": None,
        "pool": "ru-1",
        "endpoint": None,
        "region": None,
        "auth_url": None,
        "addressing": "path",
        "location": "",
        "file_overwrite": False,
        "custom_domain": None,
        "querystring_auth": None,
        "querystring_expire": 3600,
        "stable_urls": 0,
        "url_endpoint": None,
        "temp_url_key": None,
        "cache_control": None,
        "content_disposition": None,
        "content_language": None,
        "metadata": None,
        "default_content_type": "application/octet-stream",
        "conditional_writes": None,
        "gzip": False,
        "gzip_content_types": options.TEXT_TYPES,
        "multipart_threshold": 16 * MIB,
        "multipart_chunksize": 8 * MIB,
        "max_concurrency": 4,
        "max_memory_size": 5 * MIB,
        "connect_timeout": 5.0,
        "read_timeout": 30.0,
        "max_retries": 3,
        "pool_maxsize": 50,
        "ca_bundle": None,
        "proxy": None,
        "allow_http": False,
        "manifest_storage": None,
        "sendmefile": "auto",
    }


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "result"),
    [
        pytest.param({"CONTAINER": "a", "USERNAME": "b"}, {"container": "a", "username": "b"}, id="upper case"),
        pytest.param({"Container": "a"}, {"container": "a"}, id="mixed case"),
        pytest.param({"container_name": "a"}, {"container": "a"}, id="container_name"),
        pytest.param({"bucket": "a"}, {"container": "a"}, id="bucket"),
        pytest.param({"BUCKET_NAME": "a"}, {"container": "a"}, id="bucket_name"),
        pytest.param({"pool_conns": "5"}, {"pool_connections": "5"}, id="pool_conns"),
        pytest.param(
            {"OPTIONS": {"MAX_RETRIES": 5, "POOL_CONNECTIONS": 6, "POOL_MAXSIZE": 7, "REQUESTS_FACTORY": "a.b"}},
            {"max_retries": 5, "pool_connections": 6, "pool_maxsize": 7, "requests_factory": "a.b"},
            id="the nested OPTIONS of 1.x",
        ),
        pytest.param({"options": {"location": "a"}}, {"location": "a"}, id="nested options in lower case"),
        pytest.param({"OPTIONS": None, "container": "a"}, {"container": "a"}, id="no nested options"),
        pytest.param({"container": "a", "BUCKET": "a"}, {"container": "a"}, id="twice the same"),
        pytest.param({"container": "a", "region": None}, {"container": "a"}, id="None is not given"),
        pytest.param({"container": None, "BUCKET": "a"}, {"container": "a"}, id="None and a value"),
    ],
)
def test_options_get_their_own_names(written: dict[str, object], result: dict[str, object]) -> None:
    assert canonical(written) == result


@pytest.mark.parametrize(
    "written",
    [
        {"container": "a", "bucket": "b"},
        {"CONTAINER": "a", "container": "b"},
        {"max_retries": 1, "OPTIONS": {"MAX_RETRIES": 2}},
    ],
    ids=["alias", "case", "nested"],
)
def test_an_option_given_twice_with_different_values_is_refused(written: dict[str, object]) -> None:
    with pytest.raises(InvalidOption, match="given twice"):
        canonical(written)


@pytest.mark.parametrize(
    ("written", "nearest"),
    [
        ("pasword", "password"),
        ("USER_NAME", "username"),
        ("end_point", "endpoint"),
        ("bucketname", "bucket_name"),
        ("acess_key", "access_key"),
        ("querystring_expires", "querystring_expire"),
        ("max_retry", "max_retries"),
    ],
)
def test_an_unknown_option_is_answered_with_the_nearest_known_one(written: str, nearest: str) -> None:
    with pytest.raises(UnknownOption) as raised:
        canonical({written: SECRET})

    assert str(raised.value) == f"Unknown option {written!r}. Did you mean {nearest!r}?"


def test_an_unknown_option_that_is_near_to_nothing_is_answered_with_all_names() -> None:
    with pytest.raises(UnknownOption) as raised:
        canonical({"zzzzzzzzzzzz": 1})

    assert all(name in str(raised.value) for name in [option.name for option in fields(StorageOptions)])


def test_an_unknown_option_is_refused_also_when_it_is_none() -> None:
    with pytest.raises(UnknownOption):
        canonical({"pasword": None})


def test_further_names_pass_where_they_are_allowed() -> None:
    assert canonical({"DSN": "x"}, also=("dsn",)) == {"dsn": "x"}
    with pytest.raises(UnknownOption):
        canonical({"DSN": "x"})


@pytest.mark.parametrize("value", ["max_retries=5", 5, [("max_retries", 5)]])
def test_nested_options_are_a_dictionary(value: object) -> None:
    with pytest.raises(InvalidOption, match="OPTIONS"):
        canonical({"OPTIONS": value})


def test_options_of_1x_that_mean_nothing_any_more_are_accepted() -> None:
    retired = {"pool_connections": 5, "requests_factory": "package.factory"}

    assert storage_options({**LEGACY, **retired}) == storage_options(LEGACY)


# --- what follows from the options -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "protocol", "login_url"),
    [
        pytest.param(S3, "s3", "https://api.selcdn.ru/auth/v1.0", id="an S3 key"),
        pytest.param({**S3, **IAM}, "s3", "https://api.selcdn.ru/auth/v1.0", id="an S3 key beside an IAM user"),
        pytest.param(IAM, "keystone", "https://cloud.api.selcloud.ru/identity/v3", id="an IAM user"),
        pytest.param(LEGACY, "legacy", "https://api.selcdn.ru/auth/v1.0", id="user and password alone"),
        pytest.param(
            {**LEGACY, "auth_url": "https://swift.example.com/auth/v1.0"},
            "legacy",
            "https://swift.example.com/auth/v1.0",
            id="another Swift",
        ),
        pytest.param(
            {**IAM, "auth_url": "https://keystone.example.com/v3"},
            "keystone",
            "https://keystone.example.com/v3",
            id="another Keystone",
        ),
    ],
)
def test_the_credentials_choose_the_protocol(given: dict[str, str], protocol: str, login_url: str) -> None:
    read = storage_options(given)

    assert (read.protocol, read.login_url) == (protocol, login_url)


@pytest.mark.parametrize(
    ("given", "endpoint", "region"),
    [
        pytest.param({}, "https://s3.ru-1.storage.selcloud.ru", "ru-1", id="nothing said"),
        pytest.param({"pool": "ru-7"}, "https://s3.ru-7.storage.selcloud.ru", "ru-7", id="a pool"),
        pytest.param({"pool": "ru-7", "region": "x"}, "https://s3.ru-7.storage.selcloud.ru", "x", id="pool and region"),
        pytest.param(
            {"endpoint": "https://s3.uz-2.srvstorage.uz/", "region": "uz-2"},
            "https://s3.uz-2.srvstorage.uz",
            "uz-2",
            id="another service",
        ),
        pytest.param({"endpoint": "https://s3.example.com"}, "https://s3.example.com", "ru-1", id="only an endpoint"),
    ],
)
def test_the_pool_gives_endpoint_and_region_unless_they_are_given(
    given: dict[str, str], endpoint: str, region: str
) -> None:
    read = storage_options({**S3, **given})

    assert (read.s3_endpoint, read.s3_region) == (endpoint, region)


@pytest.mark.parametrize(
    ("given", "signs"),
    [
        pytest.param(S3, True, id="S3"),
        pytest.param({**S3, "querystring_auth": False}, False, id="S3, switched off"),
        pytest.param({**S3, "custom_domain": "cdn.example.com"}, False, id="S3 with a public domain"),
        pytest.param({**S3, "url_endpoint": "https://files.example.com"}, True, id="S3 with another host for browsers"),
        pytest.param(LEGACY, False, id="Swift"),
        pytest.param({**LEGACY, "temp_url_key": "k"}, True, id="Swift with a TempURL key"),
        pytest.param({**IAM, "temp_url_key": "k", "querystring_auth": True}, True, id="IAM, switched on"),
        pytest.param({**IAM, "temp_url_key": "k", "querystring_auth": False}, False, id="IAM, switched off"),
        pytest.param({**LEGACY, "temp_url_key": "k", "custom_domain": "a.example"}, False, id="Swift, public domain"),
    ],
)
def test_urls_are_signed_where_that_is_possible_and_wanted(given: dict[str, object], signs: bool) -> None:
    assert storage_options(given).signs_urls is signs


# --- what does not work ----------------------------------------------------------------------------------------------

GIB = 1024 * MIB
WEEK = 604800


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        pytest.param({"container": "c"}, EmptyUsername, ["'username'", "'access_key'"], id="no credentials"),
        pytest.param({**LEGACY, "username": ""}, EmptyUsername, ["'username'"], id="an empty user name"),
        pytest.param({**LEGACY, "password": None}, EmptyPassword, ["'password'"], id="no password"),
        pytest.param({**S3, "secret_key": None}, EmptyPassword, ["'secret_key'"], id="half an S3 key"),
        pytest.param({**S3, "access_key": None}, EmptyUsername, ["'access_key'"], id="the other half"),
        pytest.param({**S3, "secret_key": None, **IAM}, EmptyPassword, ["'secret_key'"], id="half a key and a user"),
        pytest.param({**IAM, "project": None}, ConfigurationError, ["'account'", "'project'"], id="only an account"),
        pytest.param({**IAM, "account": None}, ConfigurationError, ["'account'", "'project'"], id="only a project"),
        pytest.param({**S3, "container": ""}, EmptyContainerName, ["'container'"], id="no container"),
        pytest.param({**S3, "container": "a/b"}, InvalidOption, ["'container'", "'location'"], id="a folder"),
        pytest.param({**S3, "container": ".."}, InvalidOption, ["'container'"], id="two dots"),
        pytest.param(
            {**S3, "endpoint": "http://s3.example.com"}, InvalidOption, ["'endpoint'", "allow_http"], id="http"
        ),
        pytest.param({**LEGACY, "auth_url": "http://a.example"}, InvalidOption, ["'auth_url'"], id="a login over http"),
        pytest.param(
            {**S3, "endpoint": "http://127.evil.example"}, InvalidOption, ["'endpoint'"], id="a 127 of others"
        ),
        pytest.param({**S3, "querystring_expire": WEEK + 1}, InvalidOption, ["'querystring_expire'"], id="over a week"),
        pytest.param(
            {**S3, "querystring_expire": WEEK, "stable_urls": 1}, InvalidOption, ["'stable_urls'"], id="week and a bit"
        ),
        pytest.param(
            {**S3, "querystring_auth": True, "custom_domain": "cdn.example.com"},
            InvalidOption,
            ["'querystring_auth'", "'custom_domain'", "'url_endpoint'"],
            id="signed on a public domain",
        ),
        pytest.param({**LEGACY, "querystring_auth": True}, InvalidOption, ["'temp_url_key'"], id="signed by nothing"),
        pytest.param({**S3, "multipart_chunksize": 5 * MIB - 1}, InvalidOption, ["'multipart_chunksize'"], id="small"),
        pytest.param({**S3, "multipart_chunksize": 5 * GIB + 1}, InvalidOption, ["'multipart_chunksize'"], id="large"),
        pytest.param({**S3, "multipart_threshold": 5 * GIB + 1}, InvalidOption, ["'multipart_threshold'"], id="limit"),
    ],
)
def test_options_that_do_not_work_together_are_refused(
    given: dict[str, object], error: type[Exception], words: list[str]
) -> None:
    with pytest.raises(error) as raised:
        storage_options(given)

    assert type(raised.value) is error
    assert all(word in str(raised.value) for word in words)


@pytest.mark.parametrize(
    "given",
    [
        {**S3, "endpoint": "http://s3.example.com", "allow_http": True},
        {**S3, "endpoint": "http://localhost:9000"},
        {**S3, "endpoint": "http://127.0.0.1:9000"},
        {**S3, "endpoint": "http://127.1.2.3:9000"},
        {**S3, "endpoint": "http://[::1]:9000"},
        {**S3, "endpoint": "http://s3.localhost"},
        {**S3, "querystring_expire": WEEK},
        {**LEGACY, "querystring_expire": 2 * WEEK},
        {**S3, "multipart_chunksize": 5 * MIB, "multipart_threshold": 5 * GIB},
        {**S3, "querystring_auth": True, "url_endpoint": "https://files.example.com"},
    ],
    ids=lambda given: ", ".join(f"{name}={value}" for name, value in given.items() if name not in {**S3, **LEGACY}),
)
def test_options_at_the_edge_of_what_works_are_accepted(given: dict[str, object]) -> None:
    assert storage_options(given).problems() == []


@pytest.mark.parametrize("host", ["127.evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "128.0.0.1"])
def test_a_host_that_only_looks_like_this_machine_is_not_loopback(host: str) -> None:
    assert not option_values.is_loopback(host)


def test_all_problems_are_found_at_once_and_the_most_basic_comes_first() -> None:
    found = StorageOptions(endpoint="http://s3.example.com", multipart_chunksize=KIB).problems()

    assert [type(problem) for problem in found] == [
        EmptyUsername,
        EmptyPassword,
        EmptyContainerName,
        InvalidOption,
        InvalidOption,
    ]


# --- secrets ---------------------------------------------------------------------------------------------------------

KEYS_AND_PASSWORDS: dict[str, Any] = {
    **dict.fromkeys(options.SECRETS, SECRET),
    "proxy": f"http://user:{SECRET}@proxy:3128",
    "container": "media",
}


def test_the_repr_of_options_has_no_secret() -> None:
    read = storage_options(KEYS_AND_PASSWORDS)

    assert SECRET not in repr(read)
    assert "media" in repr(read)


def test_no_problem_repeats_a_secret() -> None:
    read = replace(
        storage_options(KEYS_AND_PASSWORDS),
        container="a/b",
        account="1",
        endpoint="http://s3.example.com",
        auth_url="http://auth.example.com",
        querystring_auth=True,
        custom_domain="https://cdn.example.com",
        querystring_expire=2 * WEEK,
        multipart_chunksize=1,
    )

    assert len(read.problems()) == 7
    assert not any(SECRET in str(problem) for problem in read.problems())
