"""The Russian pages follow the English ones: the same state, the same code, the same tables and headings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.documents.pages import blocks, text_of
from tests.documents.translations import TRANSLATIONS, digest, recorded

each_page = pytest.mark.parametrize(("english", "russian"), sorted(TRANSLATIONS.items()))


@each_page
def test_a_page_that_changed_was_translated_anew(english: str, russian: str) -> None:
    assert recorded()[english] == digest(english), (
        f"{english} has changed. Bring {russian} up to it, then run `make translated`."
    )


@each_page
def test_the_code_is_the_same_in_both_languages(english: str, russian: str) -> None:
    assert [(entry.language, entry.text) for entry in blocks(russian)] == [
        (entry.language, entry.text) for entry in blocks(english)
    ]


@each_page
def test_headings_lists_and_tables_are_the_same_in_number(english: str, russian: str) -> None:
    for mark in (r"^#+ ", r"^\|", r"^- "):
        numbers = [len(re.findall(mark, text_of(page), re.MULTILINE)) for page in (english, russian)]
        assert numbers[0] == numbers[1], mark


@each_page
def test_the_russian_page_is_in_russian(english: str, russian: str) -> None:
    prose = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)", "", text_of(russian), flags=re.DOTALL)
    letters = re.findall(r"[А-Яа-яЁё]", prose)

    assert len(letters) > len(re.findall(r"[A-Za-z]", prose))


def test_the_errors_in_troubleshooting_are_the_same() -> None:
    pages = ("docs/troubleshooting.md", "docs/ru/troubleshooting.md")
    english, russian = ([re.findall("`[^`]+`", line) for line in headings(page)] for page in pages)

    assert russian == english


def headings(page: str) -> list[str]:
    return re.findall(r"^### (.+)$", text_of(page), re.MULTILINE)


def test_a_change_of_words_is_noticed_and_one_of_lines_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.documents.translations.ROOT", tmp_path)
    page = tmp_path / "page.md"
    digests = []
    for text in ("one two three", "one two\nthree\n", "one two four"):
        page.write_text(text, encoding="utf-8")
        digests.append(digest("page.md"))

    assert digests[0] == digests[1] != digests[2]
