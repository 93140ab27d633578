"""The entrance: every way to give options, and that no storage ever gets the credentials of another."""

from __future__ import annotations

import copy
import pickle
import warnings
from collections.abc import Mapping
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage.handler import StorageHandler

from django_selectel_storage import conf, exceptions, utils
from django_selectel_storage.exceptions import DeletionFailed, EmptyUsername, InvalidSchema, StorageError
from django_selectel_storage.options import StorageOptions
from django_selectel_storage.storage import SelectelStaticStorage, SelectelStorage

DEFAULT = {"USERNAME": "john", "PASSWORD": "johns-secret", "CONTAINER": "Default"}
OTHER = {"ACCESS_KEY": "janes-key", "SECRET_KEY": "janes-secret", "BUCKET": "other", "OPTIONS": {"MAX_RETRIES": 7}}
SCHEMAS: dict[str, Any] = {
    "default": DEFAULT,
    "other": OTHER,
    "line": "selectel://jim:jims-secret@cdn.example.com/Line?max_retries=9",
    "inner": {"DSN": "selectel+s3://joan:joans-secret@inner", "LOCATION": "media"},
    "number": 5,
    "misspelt": {"USERNAME": "john", "PASWORD": "johns-secret"},
    "unusable": {"USERNAME": "john", "CONTAINER": "c"},
}
SECRETS = ("johns-secret", "janes-secret", "janes-key", "jims-secret", "joans-secret", "own-secret")


@pytest.fixture(autouse=True)
def schemas(settings: Any) -> None:
    settings.SELECTEL_STORAGES = SCHEMAS


def resolved(*args: Any, **keywords: Any) -> StorageOptions:
    storage = args[0] if args else keywords.pop("storage", None)
    return conf.resolve(conf.arguments(storage, keywords, {}))


def who_and_where(options: StorageOptions) -> tuple[str | None, str | None, str]:
    return options.username or options.access_key, options.password or options.secret_key, options.container


JOHN = ("john", "johns-secret", "Default")
JANE = ("janes-key", "janes-secret", "other")
JIM = ("jim", "jims-secret", "Line")
OWN = ("own", "own-secret", "Mine")
OWN_KEYWORDS = {"username": "own", "password": "own-secret", "container": "Mine"}
OWN_DSN = "selectel://own:own-secret@Mine"

FORMS: dict[str, tuple[tuple[Any, ...], dict[str, Any], tuple[str, str, str]]] = {
    "nothing": ((), {}, JOHN),
    "the default schema": (("default",), {}, JOHN),
    "the default schema by keyword": ((), {"storage": "default"}, JOHN),
    "an empty name": (("",), {}, JOHN),
    "another schema": (("other",), {}, JANE),
    "another schema by keyword": ((), {"storage": "other"}, JANE),
    "another schema by its own name": ((), {"schema": "other"}, JANE),
    "a schema that is a DSN": (("line",), {}, JIM),
    "a schema with a DSN in it": (("inner",), {}, ("joan", "joans-secret", "inner")),
    "a DSN": ((OWN_DSN,), {}, OWN),
    "a DSN as storage": ((), {"storage": OWN_DSN}, OWN),
    "a DSN by keyword": ((), {"dsn": OWN_DSN}, OWN),
    "a DSN of S3": ((), {"dsn": "selectel+s3://own:own-secret@Mine"}, OWN),
    "keywords": ((), OWN_KEYWORDS, OWN),
    "keywords in upper case": ((), {name.upper(): value for name, value in OWN_KEYWORDS.items()}, OWN),
    "an S3 key": ((), {"access_key": "own", "secret_key": "own-secret", "bucket_name": "Mine"}, OWN),
    "a schema, and an option": (("other",), {"location": "a"}, JANE),
    "no schema, and an option that names no place": ((), {"location": "a", "file_overwrite": True}, JOHN),
    "a schema, and another container of it": (("other",), {"container": "third"}, (*JANE[:2], "third")),
    "a DSN, and an option": ((OWN_DSN,), {"region": "ru-7"}, OWN),
    "the same twice": (("other",), {"storage": None, "schema": "other"}, JANE),
}


@pytest.mark.parametrize(("args", "keywords", "expected"), FORMS.values(), ids=FORMS.keys())
def test_every_form_of_the_constructor_finds_its_credentials(
    args: tuple[Any, ...], keywords: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    storage = SelectelStorage(*args, **{name: value for name, value in keywords.items() if value is not None})

    assert who_and_where(storage.options) == expected
    assert who_and_where(resolved(*args, **keywords)) == expected


def test_options_of_all_three_ways_come_together() -> None:
    assert resolved("other").max_retries == 7
    assert resolved("other", max_retries=1).max_retries == 1
    assert resolved("line").max_retries == 9
    assert resolved("line").custom_domain == "https://cdn.example.com"
    assert resolved("inner").location == "media"
    assert resolved("inner", location="b").location == "b"
    assert resolved(dsn=f"{OWN_DSN}?location=a&gzip=yes").gzip


def test_what_a_class_prefers_is_the_weakest() -> None:
    assert SelectelStaticStorage().options.file_overwrite is True
    assert SelectelStaticStorage(file_overwrite=False).options.file_overwrite is False
    assert SelectelStorage().options.file_overwrite is False


# --- credentials are never mixed -------------------------------------------------------------------------------------

CREDENTIALS = ("access_key", "secret_key", "username", "password", "account", "project", "temp_url_key")


@pytest.mark.parametrize("credential", CREDENTIALS)
@pytest.mark.parametrize("source", ["default", "other", "line", OWN_DSN], ids=["default", "other", "line", "DSN"])
def test_a_credential_beside_a_schema_or_a_dsn_is_refused(source: str, credential: str) -> None:
    with pytest.raises(exceptions.InvalidOption) as raised:
        resolved(source, **{credential: "own-secret"})

    assert repr(credential) in str(raised.value)
    assert not any(secret in str(raised.value) for secret in SECRETS)


@pytest.mark.parametrize(
    "keywords",
    [
        {"container": "Mine"},
        {"username": "own"},
        {"password": "own-secret"},
        {"access_key": "own"},
        {"secret_key": "own-secret"},
        {"username": "own", "container": "Mine"},
        {"account": "1"},
        {"endpoint": "https://s3.example.com"},
        {"auth_url": "https://auth.example.com"},
        {"pool": "ru-7"},
    ],
    ids="+".join,
)
def test_half_a_storage_as_keywords_is_not_completed_from_the_default_schema(keywords: dict[str, str]) -> None:
    with pytest.raises(exceptions.ConfigurationError):
        resolved(**keywords)


def test_a_schema_with_half_a_storage_is_not_completed_from_another_one(settings: Any) -> None:
    settings.SELECTEL_STORAGES = {"default": DEFAULT, "half": {"CONTAINER": "c"}}

    with pytest.raises(exceptions.EmptyUsername):
        resolved("half")


@pytest.mark.parametrize(
    ("args", "keywords"),
    [
        (("default",), {"dsn": OWN_DSN}),
        (("default",), {"storage": "other"}),
        ((OWN_DSN,), {"dsn": "selectel://u:p@c"}),
        ((), {"schema": "other", "dsn": OWN_DSN}),
    ],
    ids=["schema and DSN", "two schemas", "two DSNs", "schema= and dsn="],
)
def test_two_sources_at_once_are_refused(args: tuple[Any, ...], keywords: dict[str, Any]) -> None:
    with pytest.raises(exceptions.InvalidOption) as raised:
        conf.arguments(args[0] if args else None, keywords, {})

    assert not any(secret in str(raised.value) for secret in SECRETS)


@pytest.mark.parametrize("source", [5, b"selectel://u:p@c", ["default"]], ids=repr)
def test_a_source_that_is_no_text_is_refused(source: Any) -> None:
    with pytest.raises(exceptions.InvalidOption):
        conf.arguments(source, {}, {})


# --- errors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "keywords", "error"),
    [
        pytest.param(("nowhere",), {}, exceptions.InvalidSchema, id="no such schema"),
        pytest.param(("number",), {}, exceptions.InvalidSchema, id="a schema that is a number"),
        pytest.param(("misspelt",), {}, exceptions.UnknownOption, id="a misspelt option in a schema"),
        pytest.param(("unusable",), {}, exceptions.EmptyPassword, id="no password in a schema"),
        pytest.param((), {"dsn": "s3://"}, exceptions.InvalidSchema, id="another scheme"),
        pytest.param((), {"dsn": "selectel://"}, exceptions.EmptyContainerName, id="an empty DSN"),
        pytest.param((), {"dsn": "selectel://container"}, exceptions.EmptyUsername, id="a DSN without a user"),
        pytest.param((), {"dsn": "selectel://own@container"}, exceptions.EmptyPassword, id="a DSN without a password"),
        pytest.param((), {"dsn": f"{OWN_DSN}?regoin=x"}, exceptions.UnknownOption, id="a misspelt option in a DSN"),
        pytest.param((), {**OWN_KEYWORDS, "max_retries": "x"}, exceptions.InvalidOption, id="a value"),
        pytest.param((), {**OWN_KEYWORDS, "account": "1"}, exceptions.ConfigurationError, id="half an IAM scope"),
        pytest.param((), {"credentials_left_out": True}, exceptions.CredentialsLeftOut, id="out of a migration"),
        pytest.param((), {"dsn": "own:own-secret@container"}, exceptions.InvalidSchema, id="a DSN without its scheme"),
    ],
)
def test_what_cannot_be_used_is_improperly_configured_and_the_error_of_1x_and_a_value_error(
    args: tuple[Any, ...], keywords: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(ImproperlyConfigured) as raised:
        resolved(*args, **keywords)

    assert isinstance(raised.value, error)
    assert isinstance(raised.value, ValueError)
    assert isinstance(raised.value, exceptions.SelectelException)
    assert type(raised.value).__name__ == error.__name__
    assert raised.value.__cause__ is None
    assert not any(secret in str(raised.value) for secret in SECRETS)


def test_a_misspelt_keyword_is_refused_before_any_setting_is_read(settings: Any) -> None:
    del settings.SELECTEL_STORAGES

    with pytest.raises(ImproperlyConfigured, match="Did you mean 'password'"):
        SelectelStorage(pasword="x")


def test_a_constructor_reads_no_setting(settings: Any) -> None:
    del settings.SELECTEL_STORAGES
    storage = SelectelStorage("other")
    settings.SELECTEL_STORAGES = SCHEMAS

    assert who_and_where(storage.options) == JANE


@pytest.mark.parametrize("value", [None, {}, [], "selectel://u:p@c"], ids=repr)
def test_settings_without_schemas_are_told(settings: Any, value: Any) -> None:
    settings.SELECTEL_STORAGES = value

    with pytest.raises(exceptions.InvalidSchema, match="SELECTEL_STORAGES has no schema 'default'"):
        resolved()


@pytest.mark.parametrize("name", ["selectel:/user:secret@box", "user:secret@box", "selectel//user:secret@box"])
def test_a_mistyped_dsn_is_refused_at_once_and_never_repeated(name: str) -> None:
    with pytest.raises(exceptions.InvalidSchema, match="begins with 'selectel://'") as raised:
        conf.arguments(name, {}, {})

    assert "secret" not in str(raised.value)


def test_a_missing_schema_is_told_with_those_that_there_are() -> None:
    with pytest.raises(exceptions.InvalidSchema, match=r"'nowhere' \(known: 'default', 'other', 'line'"):
        resolved("nowhere")


# --- Django's settings -----------------------------------------------------------------------------------------------


def test_storages_of_django_give_options() -> None:
    backend = "django_selectel_storage.storage.SelectelStorage"
    backends: Any = {
        "default": {"BACKEND": backend, "OPTIONS": {"storage": "other", "location": "a"}},
        "keys": {"BACKEND": backend, "OPTIONS": OWN_KEYWORDS},
        "plain": {"BACKEND": backend},
    }
    storages = StorageHandler(backends)
    found: Mapping[str, Any] = {alias: storages[alias] for alias in backends}

    assert who_and_where(found["default"].options) == JANE
    assert found["default"].options.location == "a"
    assert who_and_where(found["keys"].options) == OWN
    assert who_and_where(found["plain"].options) == JOHN


def test_options_are_resolved_anew_when_the_settings_change(settings: Any) -> None:
    storage = SelectelStorage()
    assert storage.options.container == "Default"
    settings.SELECTEL_STORAGES = {"default": {**DEFAULT, "CONTAINER": "New"}}

    assert storage.options.container == "New"


def test_the_class_of_a_storage_and_the_time_zone_are_read_from_the_settings(settings: Any) -> None:
    settings.STORAGES = {"default": {"BACKEND": "a.B"}, "empty": {}}
    settings.USE_TZ = False

    assert [conf.storage_backend(alias) for alias in ("default", "empty", "none")] == ["a.B", "", ""]
    assert conf.uses_time_zones() is False
    assert (conf.setting("NO_SUCH_SETTING"), conf.has_setting("NO_SUCH_SETTING")) == (None, False)


@pytest.mark.parametrize(
    "keywords",
    [{**OWN_KEYWORDS, "OPTIONS": {"REQUESTS_FACTORY": "a.b"}}, {"dsn": f"{OWN_DSN}?requests_factory=a.b"}],
    ids=["keywords", "DSN"],
)
def test_a_requests_factory_is_accepted_and_warned_of(keywords: dict[str, Any]) -> None:
    with pytest.warns(DeprecationWarning, match="REQUESTS_FACTORY"):
        assert who_and_where(resolved(**keywords)) == OWN


def test_nothing_else_is_warned_of() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        resolved("other", pool_connections=5)

    assert caught == []


# --- secrets ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "keywords",
    [OWN_KEYWORDS, {"dsn": OWN_DSN}, {"access_key": "own-secret", "secret_key": "own-secret"}],
    ids=["keywords", "DSN", "key"],
)
def test_neither_arguments_nor_a_migration_hold_secrets(keywords: dict[str, Any]) -> None:
    given = conf.arguments(None, keywords, {})
    schema, kept = conf.non_secret(given)

    assert "own-secret" not in repr(given)
    assert "own-secret" not in repr(kept)
    assert schema is None
    assert kept["credentials_left_out"] is True
    assert not {"username", "password", "access_key", "secret_key", "dsn"} & kept.keys()


def test_a_migration_keeps_the_schema_and_the_options_that_are_no_secret() -> None:
    given = conf.arguments("other", {"location": "a", "max_retries": 5}, {"file_overwrite": True})

    assert conf.non_secret(given) == ("other", {"location": "a", "max_retries": 5})


def test_what_came_out_of_a_migration_stays_marked() -> None:
    _, kept = conf.non_secret(conf.arguments(None, OWN_KEYWORDS, {}))
    again = conf.arguments(None, kept, {})

    assert again.left_out
    assert conf.non_secret(again) == (None, kept)


def test_a_dsn_that_cannot_be_used_does_not_stop_a_migration() -> None:
    given = conf.arguments("s3://own-secret", {"location": "a"}, {})

    assert conf.non_secret(given) == (None, {"location": "a", "credentials_left_out": True})


# --- what 1.0.2 had in utils -----------------------------------------------------------------------------------------

OPTIONS_OF_1X = {
    "MAX_RETRIES": 3,
    "POOL_CONNECTIONS": 50,
    "POOL_MAXSIZE": 50,
    "REQUESTS_FACTORY": "django_selectel_storage.utils.requests_factory",
}


def shape_of_1x(username: str, password: str, container: str, domain: str | None = None, **options: Any) -> object:
    return {
        "USERNAME": username,
        "PASSWORD": password,
        "CONTAINER": container,
        "CUSTOM_DOMAIN": domain,
        "OPTIONS": {**OPTIONS_OF_1X, **options},
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(OWN_DSN, shape_of_1x(*OWN), id="plain"),
        pytest.param("selectel://u:p@c/", shape_of_1x("u", "p", "c"), id="a trailing slash"),
        pytest.param("selectel://u:p@ex.com/c", shape_of_1x("u", "p", "c", "ex.com"), id="a custom domain"),
        pytest.param(
            "selectel://u:p@c/?max_retries=1&pool_conns=2&pool_maxsize=4&requests_factory=a.b",
            shape_of_1x("u", "p", "c", MAX_RETRIES=1, POOL_CONNECTIONS=2, POOL_MAXSIZE=4, REQUESTS_FACTORY="a.b"),
            id="options",
        ),
    ],
)
def test_parse_dsn_has_the_shape_of_1x_and_is_deprecated(text: str, expected: object) -> None:
    with pytest.warns(DeprecationWarning, match="parse_dsn is deprecated"):
        assert utils.parse_dsn(text) == expected


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("s3://", exceptions.InvalidSchema),
        ("selectel://", exceptions.EmptyContainerName),
        ("selectel://container", exceptions.EmptyUsername),
        ("selectel://user@container", exceptions.EmptyPassword),
    ],
)
def test_parse_dsn_raises_the_errors_of_1x(text: str, error: type[Exception]) -> None:
    with pytest.warns(DeprecationWarning, match="parse_dsn"), pytest.raises(error):
        utils.parse_dsn(text)


@pytest.mark.parametrize(
    ("args", "keywords", "expected"),
    [
        pytest.param([], {}, DEFAULT, id="nothing"),
        pytest.param(["default"], {}, DEFAULT, id="the default schema"),
        pytest.param(["other"], {}, OTHER, id="another schema"),
        pytest.param([], {"storage": "default"}, DEFAULT, id="a schema by keyword"),
        pytest.param(["line"], {}, SCHEMAS["line"], id="a schema that is a DSN"),
        pytest.param([OWN_DSN], {}, shape_of_1x(*OWN), id="a DSN"),
        pytest.param([], {"dsn": OWN_DSN}, shape_of_1x(*OWN), id="a DSN by keyword"),
        pytest.param(
            [], {"dsn": "selectel://u:p@ex.com/c"}, shape_of_1x("u", "p", "c", "ex.com"), id="a custom domain"
        ),
        pytest.param([], OWN_KEYWORDS, shape_of_1x(*OWN), id="keywords"),
        pytest.param(
            [], {**OWN_KEYWORDS, "custom_domain": "ex.com"}, shape_of_1x(*OWN, "ex.com"), id="keywords, domain"
        ),
    ],
)
def test_read_config_has_the_shape_of_1x_and_is_deprecated(
    args: list[str], keywords: dict[str, Any], expected: object
) -> None:
    with pytest.warns(DeprecationWarning, match="read_config is deprecated"):
        found = utils.read_config(args, keywords)

    assert found == expected


def test_read_config_gives_a_schema_exactly_as_it_stands_in_the_settings() -> None:
    with pytest.warns(DeprecationWarning, match="read_config"):
        assert utils.read_config([], {}) is DEFAULT


def test_the_warning_names_the_line_of_the_caller() -> None:
    with pytest.warns(DeprecationWarning, match="parse_dsn") as caught:
        utils.parse_dsn(OWN_DSN)

    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    "option", ["custom_domain", "endpoint", "region", "cache_control", "temp_url_key", "CUSTOM_DOMAIN"]
)
def test_an_empty_text_is_no_value(option: str) -> None:
    given = SelectelStorage(access_key="a", secret_key="s", container="/media/", **{option: ""})
    assert getattr(given.options, option.lower()) is None
    assert given.options.container == "media"


def test_errors_of_the_configuration_survive_pickling() -> None:
    with pytest.raises(EmptyUsername) as caught:
        _ = SelectelStorage(password="p", container="c").options
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), str(again)) == (type(caught.value), str(caught.value))
    assert isinstance(again, ImproperlyConfigured)


def test_a_failed_deletion_survives_pickling() -> None:
    error = DeletionFailed({"a": StorageError("no", status=500)})
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert str(again) == "1 file could not be deleted, among them 'a': no"
        assert again.failures["a"].status == 500


def test_a_dsn_gone_wrong_is_not_repeated() -> None:
    with pytest.raises(InvalidSchema) as caught:
        _ = SelectelStorage("selectel//u:hunter2").options
    assert "hunter2" not in str(caught.value)
