"""The tutorial, carried out: its files, its commands, its prompts, against a real storage server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from django_selectel_storage import conf
from tests.documents.pages import Block, blocks
from tests.documents.walk import Walk

PAGE = "docs/tutorial.md"


def test_the_tutorial_works_word_by_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SELECTEL_ACCESS_KEY", "key")
    monkeypatch.setenv("SELECTEL_SECRET_KEY", "secret")
    with Walk(tmp_path) as reader:
        for block in blocks(PAGE):
            reader.follow(block)
        printed, written = executed(reader.printed), settings_of(tmp_path)

    told = printed["SELECTEL_OVER_S3"]["OPTIONS"]
    assert {**told, "endpoint": None} == {**written["endpoint"], "endpoint": None}
    assert conf.problems(conf.arguments(None, written["pool"], {})) == []


def test_the_tutorial_uses_all_its_kinds_of_blocks() -> None:
    kinds = {block.language for block in blocks(PAGE)}

    assert kinds == {"console", "python", "pycon", "html"}


def test_a_wrong_answer_in_the_tutorial_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "mysite").mkdir()
    (tmp_path / "mysite/settings.py").write_text("")
    with Walk(tmp_path) as reader:
        reader.follow(Block("pycon", ">>> 1 + 1\n2\n"))
        with pytest.raises(AssertionError, match="Expected:"):
            reader.follow(Block("pycon", ">>> 1 + 1\n3\n"))


def settings_of(folder: Path) -> dict[str, dict[str, Any]]:
    """The options that the tutorial ends with (by their `pool`), and those before (by their `endpoint`)."""
    appended = (folder / "mysite/settings.py").read_text(encoding="utf-8").split("# mysite/settings.py")
    local = executed("INSTALLED_APPS = []\n" + appended[1].partition("\n")[2])["STORAGES"]["default"]["OPTIONS"]
    remote = executed("STORAGES = {'default': {}}\n" + appended[2].partition("\n")[2])["STORAGES"]["default"]["OPTIONS"]
    return {"endpoint": local, "pool": remote}


def executed(text: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(text, names)
    return names
