"""Storages in migrations, in sets, in pickles: nothing secret is written, nothing acts with foreign credentials."""

from __future__ import annotations

import pickle

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.migrations.writer import MigrationWriter
from pytest_django import Settings

from django_selectel_storage.exceptions import CredentialsLeftOut
from django_selectel_storage.storage import SelectelStaticStorage, SelectelStorage

SECRETS = ("s3cret-user", "s3cret-password", "s3cret-access", "s3cret-secret", "s3cret-temp")
STORAGES = {
    "a schema": SelectelStorage("archive"),
    "the default schema": SelectelStorage(),
    "a schema and an option": SelectelStorage("archive", location="folder"),
    "a DSN": SelectelStorage("selectel://s3cret-user:s3cret-password@box/?location=folder"),
    "an S3 DSN as keyword": SelectelStorage(dsn="selectel+s3://s3cret-access:s3cret-secret@box"),
    "keywords": SelectelStorage(username="s3cret-user", password="s3cret-password", container="box"),
    "keywords with a key": SelectelStorage(
        username="s3cret-user", password="s3cret-password", container="box", temp_url_key="s3cret-temp"
    ),
    "a proxy with a password": SelectelStorage("archive", proxy="http://s3cret-user:s3cret-password@proxy:3128"),
    "a broken DSN": SelectelStorage("selectel://s3cret-user:s3cret-password"),
    "static files": SelectelStaticStorage(access_key="s3cret-access", secret_key="s3cret-secret", container="box"),
}


@pytest.mark.parametrize("storage", STORAGES.values(), ids=STORAGES.keys())
def test_a_migration_holds_no_secret_and_builds_an_equal_storage(storage: SelectelStorage) -> None:
    text, imports = MigrationWriter.serialize(models.FileField(storage=storage))
    assert not [secret for secret in SECRETS if secret in text]
    scope: dict[str, object] = {}
    exec("\n".join([*imports, f"field = {text}"]), scope)
    rebuilt = scope["field"].storage  # type: ignore[attr-defined]
    assert rebuilt == storage
    assert hash(rebuilt) == hash(storage)
    assert type(rebuilt) is type(storage)


@pytest.mark.parametrize("storage", STORAGES.values(), ids=STORAGES.keys())
def test_no_secret_stands_in_a_repr(storage: SelectelStorage) -> None:
    shown = repr(storage) + repr(storage._arguments)
    assert not [secret for secret in SECRETS if secret in shown]


def test_a_storage_without_its_credentials_says_what_to_do_when_it_is_used() -> None:
    given = SelectelStorage(username="s3cret-user", password="s3cret-password", container="box")
    _, args, keywords = given.deconstruct()
    historical = SelectelStorage(*args, **keywords)
    with pytest.raises(CredentialsLeftOut, match="SELECTEL_STORAGES") as caught:
        historical.exists("x")
    assert isinstance(caught.value, ImproperlyConfigured)


def test_it_says_so_even_where_a_default_schema_exists(settings: Settings) -> None:
    settings.SELECTEL_STORAGES = {"default": "selectel://other:password@other"}
    _, args, keywords = SelectelStorage("selectel://s3cret-user:s3cret-password@box").deconstruct()
    with pytest.raises(CredentialsLeftOut):
        SelectelStorage(*args, **keywords).url("x")


def test_different_places_are_not_equal() -> None:
    assert SelectelStorage("one") != SelectelStorage("two")
    assert SelectelStorage("one") != SelectelStorage("one", location="folder")
    assert SelectelStorage("one") != SelectelStaticStorage("one")
    assert SelectelStorage("one") != "one"


def test_two_accounts_with_one_container_name_are_not_equal() -> None:
    one = SelectelStorage(username="one", password="x", container="box")
    two = SelectelStorage(username="two", password="x", container="box")
    assert one != two


def test_a_pickled_storage_works_on(settings: Settings) -> None:
    settings.SELECTEL_STORAGES = {"default": "selectel://user:password@box?custom_domain=cdn.example.com"}
    storage = SelectelStorage()
    assert storage.url("x.txt") == "https://cdn.example.com/x.txt"
    assert pickle.loads(pickle.dumps(storage)).url("x.txt") == "https://cdn.example.com/x.txt"


def test_changed_settings_are_noticed(settings: Settings) -> None:
    storage = SelectelStorage()
    for domain in ("one.example.com", "two.example.com"):
        settings.SELECTEL_STORAGES = {"default": f"selectel://user:password@box?custom_domain={domain}"}
        assert storage.url("x.txt") == f"https://{domain}/x.txt"


class Archive(SelectelStorage):
    """Has a constructor of its own."""

    def __init__(self, folder: str = "zz", **keywords: object) -> None:
        super().__init__("archive", location=folder, **keywords)


@pytest.mark.parametrize("storage", [Archive(), Archive("folder"), Archive(folder="folder", gzip=True)])
def test_a_subclass_is_built_by_its_own_constructor(storage: Archive) -> None:
    path, args, keywords = storage.deconstruct()
    assert path == f"{__name__}.Archive"
    rebuilt = Archive(*args, **keywords)
    assert rebuilt == storage
    assert rebuilt._arguments == storage._arguments


class Keyed(SelectelStorage):
    """Has a constructor of its own, which is given credentials."""

    def __init__(self, key: str = "", **keywords: object) -> None:
        super().__init__(None, access_key=key, **keywords)


@pytest.mark.parametrize(
    "storage",
    [
        Keyed("s3cret-access", secret_key="s3cret-secret", container="box"),
        Keyed(key="s3cret-access", secret_key="s3cret-secret", container="box"),
        Keyed(dsn="selectel+s3://s3cret-access:s3cret-secret@box"),
    ],
)
def test_no_credentials_of_a_subclass_s_own_constructor_are_written_down(storage: Keyed) -> None:
    assert "s3cret" not in repr(storage.deconstruct())
