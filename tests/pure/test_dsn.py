"""A storage in one line: every case of 1.x, and the way there and back."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_selectel_storage import dsn, options
from django_selectel_storage.exceptions import (
    ConfigurationError,
    EmptyContainerName,
    EmptyPassword,
    EmptyUsername,
    InvalidOption,
    InvalidSchema,
)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        pytest.param("s3://", InvalidSchema, id="1.x: another scheme"),
        pytest.param("selectel://", EmptyContainerName, id="1.x: nothing at all"),
        pytest.param("selectel://container", EmptyUsername, id="1.x: only a container"),
        pytest.param("selectel://user@container", EmptyPassword, id="1.x: no password"),
        pytest.param("selectel://user:@container", EmptyPassword, id="1.x: an empty password"),
        pytest.param("selectel://:password@container", EmptyUsername, id="1.x: an empty user name"),
        pytest.param("selectel://user:password", EmptyContainerName, id="1.x: no container"),
        pytest.param("selectel://user:password@", EmptyContainerName, id="1.x: an empty container"),
        pytest.param("", InvalidSchema, id="an empty text"),
        pytest.param("selectel:/user:password@container", InvalidSchema, id="one slash"),
        pytest.param("selectel+swift://user:password@container", InvalidSchema, id="an unknown addition"),
        pytest.param("://user:password@container", InvalidSchema, id="no scheme"),
        pytest.param("selectel://user:password@/", EmptyContainerName, id="only a slash for a container"),
        pytest.param("selectel://user:password@?max_retries=1", EmptyContainerName, id="options without container"),
        pytest.param("selectel+s3://secret@container", EmptyPassword, id="S3: half a key"),
        pytest.param("selectel+s3://:secret@container", EmptyUsername, id="S3: the other half"),
        pytest.param("selectel://u:p@c?region=a&region=b", InvalidOption, id="an option twice"),
        pytest.param("selectel://u:p@c?username=v", InvalidOption, id="a second user in the query"),
        pytest.param("selectel://u:p@c?container=d", InvalidOption, id="a second container in the query"),
    ],
)
def test_a_dsn_that_lacks_something_is_refused_with_the_error_of_1x(text: str, error: type[Exception]) -> None:
    with pytest.raises(error) as raised:
        dsn.parse(text)
    assert type(raised.value) is error
    assert isinstance(raised.value, ValueError)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param(
            "selectel://user:password@container",
            {"username": "user", "password": "password", "container": "container"},
            id="1.x: the plain form",
        ),
        pytest.param(
            "selectel://user:password@container/",
            {"username": "user", "password": "password", "container": "container"},
            id="1.x: a trailing slash",
        ),
        pytest.param(
            "selectel://user:password@cdn.example.com/container",
            {"username": "user", "password": "password", "container": "container", "custom_domain": "cdn.example.com"},
            id="1.x: a custom domain",
        ),
        pytest.param(
            "selectel://user:password@cdn.example.com:8443/container/",
            {
                "username": "user",
                "password": "password",
                "container": "container",
                "custom_domain": "cdn.example.com:8443",
            },
            id="a custom domain with a port, and a trailing slash",
        ),
        pytest.param(
            "selectel+s3://access:secret@container",
            {"access_key": "access", "secret_key": "secret", "container": "container"},
            id="S3",
        ),
        pytest.param(
            "selectel+s3://access:secret@cdn.example.com/container",
            {
                "access_key": "access",
                "secret_key": "secret",
                "container": "container",
                "custom_domain": "cdn.example.com",
            },
            id="S3 with a custom domain",
        ),
        pytest.param(
            "selectel://Account_User:PassWord@MyContainer",
            {"username": "Account_User", "password": "PassWord", "container": "MyContainer"},
            id="capitals stay",
        ),
        pytest.param(
            "SELECTEL://user:password@container",
            {"username": "user", "password": "password", "container": "container"},
            id="the scheme in capitals",
        ),
        pytest.param(
            "selectel://u%40ser:p%3A%2F%3F%23%40%25ss@my%20files",
            {"username": "u@ser", "password": "p:/?#@%ss", "container": "my files"},
            id="reserved characters, percent-encoded",
        ),
        pytest.param(
            "selectel://%D1%8E%D0%B7%D0%B5%D1%80:%D0%BF%D0%B0%D1%80%D0%BE%D0%BB%D1%8C@%D1%84%D0%B0%D0%B9%D0%BB%D1%8B",
            {"username": "юзер", "password": "пароль", "container": "файлы"},
            id="Cyrillic, percent-encoded",
        ),
        pytest.param(
            "selectel://user:p@ss:w/rd#1@container",
            {"username": "user", "password": "p@ss:w/rd#1", "container": "container"},
            id="a password that nobody encoded",
        ),
        pytest.param(
            "  selectel://user:password@container\n",
            {"username": "user", "password": "password", "container": "container"},
            id="a line break copied along",
        ),
        pytest.param(
            "selectel://u:p@c?max_retries=5&pool_maxsize=10&pool_conns=20",
            {
                "username": "u",
                "password": "p",
                "container": "c",
                "max_retries": "5",
                "pool_maxsize": "10",
                "pool_conns": "20",
            },
            id="1.x: options in the query",
        ),
        pytest.param(
            "selectel://u:p@c/?location=a%2Fb%20c+d&region=",
            {"username": "u", "password": "p", "container": "c", "location": "a/b c+d"},
            id="an encoded option, and an empty one",
        ),
    ],
)
def test_a_dsn_comes_apart(text: str, parts: dict[str, str]) -> None:
    assert dsn.parse(text) == parts


@pytest.mark.parametrize(
    ("text", "answer"),
    [("selectel://u:p@c", True), ("s3://", True), ("default", False), ("", False), ("other-schema", False)],
)
def test_a_dsn_is_told_from_the_name_of_a_schema(text: str, answer: bool) -> None:
    assert dsn.is_dsn(text) is answer


filled = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
hosts = st.from_regex(r"[a-z0-9]{1,8}(\.[a-z]{2,5}){1,2}(:[0-9]{2,4})?", fullmatch=True)
option_texts = st.dictionaries(st.sampled_from(["location", "region", "cache_control", "ca_bundle"]), filled)


@given(
    st.sampled_from([("username", "password"), ("access_key", "secret_key")]),
    filled,
    filled,
    filled.filter(lambda text: bool(text.strip("/"))),
    st.none() | hosts,
    option_texts,
)
def test_what_build_puts_together_parse_takes_apart(
    names: tuple[str, str], user: str, password: str, container: str, domain: str | None, further: dict[str, str]
) -> None:
    given_options: dict[str, object] = {names[0]: user, names[1]: password, "container": container, **further}
    if domain:
        given_options["custom_domain"] = domain

    assert dsn.parse(dsn.build(given_options)) == given_options


CHECKED = {
    "container": "media",
    "access_key": "access",
    "secret_key": "se/cr+et",
    "custom_domain": "https://cdn.example.com/files",
    "location": "a b/c",
    "file_overwrite": True,
    "gzip_content_types": ("text/css", "text/html"),
    "connect_timeout": 1.5,
    "max_retries": 0,
    "conditional_writes": False,
}


def test_all_kinds_of_options_survive_the_way_through_a_dsn() -> None:
    before = options.storage_options(CHECKED)
    after = options.storage_options(options.canonical(dsn.parse(dsn.build(CHECKED))))

    assert after == before


def test_an_option_that_is_not_given_is_not_written_into_a_dsn() -> None:
    assert dsn.build({"username": "u", "password": "p", "container": "c", "region": None}) == "selectel://u:p@c"


SECRET = "hunter2hunter2"


@pytest.mark.parametrize(
    "text",
    [
        f"s3://user:{SECRET}@container",
        f"user:{SECRET}@container",
        f"selectel://user:{SECRET}",
        f"selectel://user:{SECRET}@",
        f"selectel://:{SECRET}@container",
        f"selectel://user:{SECRET}@container?region=a&region=b",
        f"selectel://user:{SECRET}@container?username=x",
        f"selectel://user:{SECRET}?x@container",
        f"selectel://user:p?{SECRET}=1&{SECRET}=2@container",
        f"selectel://user:p@ss?{SECRET}=1@container",
        f"selectel://user:{SECRET}@container?regoin=ru-1",
        f"selectel://user:{SECRET}@container?max_retries=many",
        f"selectel+s3://{SECRET}@container",
        f"selectel+s3://user:{SECRET}@container?account=1",
    ],
)
def test_no_error_about_a_dsn_repeats_its_password(text: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        options.storage_options(options.canonical(dsn.parse(text)))
    assert SECRET not in str(raised.value)


printable = st.text(string.printable, max_size=30)


@given(st.sampled_from(["selectel://", "selectel+s3://", "selectel:", ""]), printable, printable)
def test_no_text_makes_parse_raise_anything_but_a_configuration_error(scheme: str, user: str, rest: str) -> None:
    text = f"{scheme}{user}:{SECRET}@{rest}"
    result: dict[str, Any] = {}
    try:
        result = dsn.parse(text)
    except ConfigurationError as error:
        assert SECRET not in str(error)  # noqa: PT017 - whether there is an error depends on the text
    else:
        assert result["container"]
