"""Troubleshooting lists errors by texts that exist: those of this package are found in its source."""

from __future__ import annotations

import ast
import re

import pytest

from tests.documents.pages import text_of
from tests.honesty.source import modules

PAGE = "docs/troubleshooting.md"
HEADINGS = re.findall(r"^### (.+)$", text_of(PAGE), re.MULTILINE)
CODE = re.compile(r"`([A-Z][A-Za-z0-9]+|[a-z]+-[a-z]+)`")
# Words of browsers, stores, Django and other packages.
OF_OTHERS = {
    "FileNotFoundError",
    "Uploads go to the disk, without an error",
    "This backend doesn't support absolute paths.",
    "Request has expired",
    "No 'Access-Control-Allow-Origin' header is present on the requested resource",
    "Selectel: Unexpected status code: 403",
    "ValueError: Cannot serialize: <django_selectel_storage.storage.SelectelStorage object",
    "No module named 'django_selectel_storage.selectel'",
}


def pieces_of_source() -> str:
    """All text of the package; what is put into it at run time is `…`."""
    found = []
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.JoinedStr):
                found.append(
                    "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
                )
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(re.sub(r"\{\w+\}", "…", node.value))
    return "\n".join(found)


SOURCE = pieces_of_source()


def is_of_others(heading: str) -> bool:
    return any(words in heading for words in OF_OTHERS) or bool(CODE.search(heading))


@pytest.mark.parametrize("heading", [entry for entry in HEADINGS if not is_of_others(entry)])
def test_an_error_of_this_package_stands_in_its_source(heading: str) -> None:
    texts = re.findall(r"`([^`]+)`", heading)
    pieces = [piece.strip(" .") for text in texts for piece in text.split("…") if piece.strip(" .")]

    assert pieces
    assert [piece for piece in pieces if piece not in SOURCE] == []


def test_the_words_of_others_are_still_on_the_page() -> None:
    assert {words for words in OF_OTHERS if not any(words in heading for heading in HEADINGS)} == set()


def test_a_text_that_nobody_says_would_be_found() -> None:
    assert "has nobody to log in as." in SOURCE
    assert "nobody will ever say this" not in SOURCE
