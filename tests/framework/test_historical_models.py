"""RunPython over historical models: a schema's name works, left-out credentials raise, no other account is used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import models
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.writer import MigrationWriter
from pytest_django import Settings

from django_selectel_storage.devserver import Hooks
from django_selectel_storage.exceptions import CredentialsLeftOut
from django_selectel_storage.storage import SelectelStorage
from tests.conftest import CONTAINER

Options = Callable[[str], dict[str, Any]]


def chosen_by_a_function() -> SelectelStorage:
    return SelectelStorage("archive")


def historical(storage: Any) -> Any:
    """The file of a model as a migration sees it: its field is made of the text in the migration."""
    text, imports = MigrationWriter.serialize(models.FileField(storage=storage, upload_to="old/"))
    scope: dict[str, Any] = {}
    exec("\n".join([*imports, f"field = {text}"]), scope)
    state = ProjectState()
    fields = [("id", models.BigAutoField(primary_key=True)), ("file", scope["field"])]
    state.add_model(ModelState("site", "Historical", fields))
    return state.apps.get_model("site", "Historical")().file


@pytest.mark.parametrize("storage", [SelectelStorage("archive"), chosen_by_a_function], ids=["instance", "callable"])
def test_a_schema_s_name_works_in_a_data_migration(
    storage: Any, options_of: Options, location: str, settings: Settings
) -> None:
    settings.SELECTEL_STORAGES = {"archive": {**options_of("s3"), "container": CONTAINER, "location": location}}
    file = historical(storage)
    file.save("one.txt", ContentFile(b"one"), save=False)
    assert chosen_by_a_function().open(file.name).read() == b"one"


def test_left_out_credentials_raise_and_never_become_another_account_s(
    options_of: Options, location: str, settings: Settings, hooks: Hooks
) -> None:
    settings.SELECTEL_STORAGES = {"default": {**options_of("s3"), "container": CONTAINER, "location": location}}
    file = historical(SelectelStorage(**options_of("swift"), container=CONTAINER, location=location))
    with pytest.raises(CredentialsLeftOut, match="SELECTEL_STORAGES"):
        file.save("one.txt", ContentFile(b"one"), save=False)
    assert hooks.requests() == []


def test_storages_share_connections_and_tokens_and_nothing_else(options_of: Options, hooks: Hooks) -> None:
    one = SelectelStorage(**options_of("swift"), container=CONTAINER, location="one")
    two = SelectelStorage(**options_of("swift"), container="other", location="two")
    hooks.revoke_tokens()
    for storage in (one, two):
        storage.exists("x.txt")
    logins = [entry for entry in hooks.requests() if entry.path.startswith("/auth/")]
    ports = {entry.port for entry in hooks.requests()}
    assert (len(logins), len(ports)) == (1, 1)
    assert (one.options.location, two.options.location) == ("one", "two")
    assert one.client is not two.client
