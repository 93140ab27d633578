"""The settings that the pages show: each storage of ours in them has options that exist and fit together."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest

from django_selectel_storage import conf
from django_selectel_storage.exceptions import EmptyContainerName, EmptyPassword, EmptyUsername, InvalidSchema
from tests.documents.pages import ROOT, Block, blocks, markdown

OURS = "django_selectel_storage.storage."
# A page shows the part of the settings that it speaks about.
ELSEWHERE = (EmptyContainerName, EmptyPassword, EmptyUsername, InvalidSchema)


def shown() -> Iterator[Any]:
    """The blocks that set storages by themselves."""
    for path in markdown():
        page = str(path.relative_to(ROOT))
        for number, entry in enumerate(blocks(page)):
            if entry.language == "python" and re.search(r"^(SELECTEL_STORAGES|STORAGES) = ", entry.text, re.MULTILINE):
                yield pytest.param(entry, id=f"{page}-{number}")


def settings_of(entry: Block, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    for name in re.findall(r'os\.environ\["(\w+)"\]', entry.text):
        monkeypatch.setenv(name, "secret")
    found: dict[str, Any] = {"os": os, "path": lambda *_: None, "include": lambda _: None, "INSTALLED_APPS": []}
    exec(entry.text, found)
    return found


@pytest.mark.parametrize("entry", list(shown()))
def test_the_settings_of_a_page_can_be_used(entry: Block, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    found = settings_of(entry, monkeypatch)
    schemas = found.get("SELECTEL_STORAGES", {})
    settings.SELECTEL_STORAGES = schemas

    arguments = [conf.arguments(name, {}, {}) for name in schemas]
    for storage in found.get("STORAGES", {}).values():
        if isinstance(storage, dict) and storage.get("BACKEND", "").startswith(OURS):
            options = dict(storage.get("OPTIONS", {}))
            arguments.append(conf.arguments(options.pop("storage", None), options, {}))

    problems = [problem for given in arguments for problem in conf.problems(given)]
    assert [problem for problem in problems if not isinstance(problem, ELSEWHERE)] == []


def test_a_wrong_option_in_a_page_would_be_found(settings: Any) -> None:
    settings.SELECTEL_STORAGES = {"default": {"ACCESS_KEYS": "…"}}

    assert len(conf.problems(conf.arguments("default", {}, {}))) == 1


def test_many_settings_were_looked_at() -> None:
    assert len(list(shown())) > 15
