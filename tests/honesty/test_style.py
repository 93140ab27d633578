"""The form of the source: contracts in the first lines, short functions, short files, words for everything public."""

from __future__ import annotations

import ast
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.honesty.source import ROOT, Module, modules

LONGEST_FUNCTION = 40
LONGEST_FILE = 300
LONGEST_CONTRACT = 4
MODULES = {module.name: module for module in modules()}
# What only makes sense on the machine or in the network where the code was written.
FOREIGN_HOSTS = re.compile(r"https?://[^/\s\"']*(?:registry|artifact|mirror|nexus|\.internal|\.local\b)", re.IGNORECASE)

each_module = pytest.mark.parametrize("name", sorted(MODULES), ids=lambda name: name or "the package itself")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def contract(tree: ast.Module) -> list[str]:
    """The lines of the module's docstring that are not empty."""
    return [line for line in (ast.get_docstring(tree) or "").splitlines() if line.strip()]


def too_long(tree: ast.Module) -> list[str]:
    """The functions that do more than one step, as far as their length tells; docstrings do not count."""
    return [
        f"{node.name} has {length(node)} lines"
        for node in ast.walk(tree)
        if isinstance(node, Function) and length(node) > LONGEST_FUNCTION
    ]


def length(node: Function) -> int:
    docstring = node.body[0] if ast.get_docstring(node) else None
    words = docstring.end_lineno - docstring.lineno + 1 if docstring and docstring.end_lineno else 0
    return (node.end_lineno or 0) - node.lineno + 1 - words


def undocumented(tree: ast.Module) -> list[str]:
    """The public functions, classes and methods without a docstring."""
    return [name for name, node in _public(tree, "") if not ast.get_docstring(node)]


def _public(parent: ast.AST, prefix: str) -> Iterator[tuple[str, Function | ast.ClassDef]]:
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, (ast.If, ast.Try)):
            yield from _public(node, prefix)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            if not any(isinstance(mark, ast.Name) and mark.id == "overload" for mark in node.decorator_list):
                yield f"{prefix}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from _public(node, f"{prefix}{node.name}.")


def traces(text: str) -> list[str]:
    """Paths and hosts of the place where the code was written."""
    places = {str(ROOT), str(ROOT.parent) + "/", str(Path.home()) + "/", tempfile.gettempdir() + "/"}
    return [place for place in sorted(places) if place in text] + FOREIGN_HOSTS.findall(text)


@each_module
def test_a_module_opens_with_what_lives_in_it(name: str) -> None:
    lines = contract(MODULES[name].tree)

    assert lines
    assert MODULES[name].text.startswith('"""')
    assert lines[0][0].isupper() or not lines[0][0].isalpha()
    assert len(lines) <= LONGEST_CONTRACT or not name, "a module's contract has one to four lines"


@each_module
def test_a_file_is_short(name: str) -> None:
    lines = MODULES[name].text.count("\n")

    assert lines <= LONGEST_FILE


@each_module
def test_a_function_does_one_step(name: str) -> None:
    assert too_long(MODULES[name].tree) == []


@each_module
def test_everything_public_says_what_it_does(name: str) -> None:
    tree = MODULES[name].tree
    hidden = name.rpartition(".")[2].startswith("_")

    assert hidden or undocumented(tree) == []


@each_module
def test_the_source_bears_no_trace_of_the_place_where_it_was_written(name: str) -> None:
    assert traces(MODULES[name].text) == []


def made_up(text: str) -> ast.Module:
    return Module("made_up", is_package=False, text=text, path=Path("made up")).tree


def test_a_missing_contract_would_be_found() -> None:
    assert contract(made_up("import os\n")) == []
    assert len(contract(made_up('"""One.\n\nTwo.\nThree.\nFour.\nFive.\n"""\n'))) == LONGEST_CONTRACT + 1


def test_a_long_function_would_be_found() -> None:
    body = "    x = 1\n"
    docstring = '    """One.\n\n    Two.\n    """\n'

    assert too_long(made_up("def f():\n" + docstring + body * (LONGEST_FUNCTION - 1))) == []
    assert too_long(made_up("def f():\n" + docstring + body * LONGEST_FUNCTION)) == ["f has 41 lines"]
    assert too_long(made_up("class A:\n    async def f(self):\n" + f"    {body}" * LONGEST_FUNCTION)) != []


def test_a_missing_docstring_would_be_found() -> None:
    text = (
        "if 1:\n    def a(): ...\nclass B:\n    def c(self): ...\n    def _d(self): ...\ndef _e(): ...\nclass _F: ...\n"
    )

    assert undocumented(made_up(text)) == ["a", "B", "B.c"]
    assert undocumented(made_up("@overload\ndef f(): ...\ndef f(): ...\n")) == ["f"]


def test_a_trace_would_be_found() -> None:
    assert traces(f"x = '{Path.home()}/secret'")
    assert traces("see https://registry.example.com/simple")
    assert not traces("see https://docs.example.com/registry")
