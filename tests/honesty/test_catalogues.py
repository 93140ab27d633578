"""The Russian catalogues: complete, with nothing that is of no use any more, and compiled."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
from babel.messages.mofile import read_mo, write_mo

from tests.honesty.catalogues import LANGUAGE, Application, Text, applications, texts
from tests.honesty.source import Module, modules

BY_NAME = {application.name: application for application in applications()}
RUSSIAN = "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);"
HOLES = re.compile(r"\{\w*(?:![ras])?\}|%\(\w+\)s")
MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "pgettext", "pgettext_lazy"}
# What is said by a command and its rooms: the calls that say it, and where.
SAYING = {"good", "bad", "skipped", "CommandError", "ArgumentTypeError", "write", "log", "add_argument_group"}
ROOMS = ("doctor", "management", "staticfiles.management", "staticfiles.progress", "transfer", "uploads.management")
# The server's own process knows neither Django nor its languages; Django's process gives it only the help.
ONLY_HELP = "devserver.arguments"
OF_ERRORS = "transfer.places.find"  # it says nothing but by the package's errors, which are English


@pytest.fixture(params=sorted(BY_NAME))
def application(request: pytest.FixtureRequest) -> Application:
    return BY_NAME[request.param]


def test_each_application_speaks() -> None:
    assert set(BY_NAME) == {"django_selectel_storage", "staticfiles", "uploads"}


def test_every_text_is_in_russian_and_nothing_else_is(application: Application) -> None:
    catalogue = application.catalogue()
    held = texts(catalogue)
    assert held.keys() == application.marked()
    assert not catalogue.obsolete
    assert not [text for text, translated in held.items() if not all(map(is_russian, translated))]
    assert not [message.id for message in catalogue if message.id and message.fuzzy]


def is_russian(text: str) -> bool:
    return bool(re.search("[а-яё]", text, re.IGNORECASE))


def test_each_translation_has_the_holes_of_its_text(application: Application) -> None:
    for text, translated in texts(application.catalogue()).items():
        for one in translated:
            assert sorted(HOLES.findall(one)) == sorted(HOLES.findall(text.singular)), text
        assert not text.plural or HOLES.findall(text.plural) == HOLES.findall(text.singular)


def test_spaces_and_lines_at_the_ends_are_kept(application: Application) -> None:
    for text, translated in texts(application.catalogue()).items():
        ends = re.compile(r"\A\s*|\s*\Z")
        assert {tuple(ends.findall(one)) for one in translated} == {tuple(ends.findall(text.singular))}


def test_numbers_have_the_three_forms_of_russian(application: Application) -> None:
    held = texts(application.catalogue())
    assert application.catalogue().plural_forms == RUSSIAN
    assert {len(translated) for text, translated in held.items() if text.plural} <= {3}
    assert {len(translated) for text, translated in held.items() if not text.plural} == {1}


def test_the_compiled_catalogue_is_that_of_the_text(application: Application) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, application.catalogue())
    compiled.seek(0)
    assert texts(application.compiled()) == texts(read_mo(compiled))
    assert application.compiled().plural_forms == RUSSIAN


def test_no_text_of_ours_takes_the_place_of_one_of_djangos(application: Application) -> None:
    """Django merges the catalogues of all applications; a word as ``Delete`` needs a context."""
    of_django: set[Text] = set()
    for path in Path(django.__file__).parent.glob(f"**/locale/{LANGUAGE}/LC_MESSAGES/django.mo"):
        with path.open("rb") as file:
            of_django |= texts(read_mo(file)).keys()
    assert Text("Delete") in of_django
    assert not application.marked() & of_django


# --- nothing is said past the catalogues ------------------------------------------------------------------------------


def unmarked(module: Module) -> list[str]:
    """Give where a module says something that is not marked, or marks what nothing can find."""
    return [
        f"{module.name}:{words.lineno}"
        for node in ast.walk(module.tree)
        for words in said_by(node, only_help=module.name == ONLY_HELP)
        if is_plain(words)
    ] + [
        f"{module.name}:{node.lineno} marks inside of an f-string"
        for text in ast.walk(module.tree)
        if isinstance(text, ast.JoinedStr)
        for node in ast.walk(text)
        if isinstance(node, ast.Call) and name_of(node) in MARKS
    ]


def said_by(node: ast.AST, *, only_help: bool) -> Iterator[ast.expr]:
    """Give what a step of a program says: what it hands to somebody who says it, or returns to him."""
    if isinstance(node, ast.Call):
        yield from (keyword.value for keyword in node.keywords if keyword.arg in {"help", "hint", "problem"})
        if name_of(node) in SAYING and not only_help:
            yield from node.args
    elif isinstance(node, ast.Return) and node.value and not only_help and is_plain(node.value, r"[A-Za-z] [a-z]"):
        yield node.value


def name_of(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def is_plain(argument: ast.expr, words: str = "[A-Za-z]{2}") -> bool:
    """Whether words stand in an argument as they are; what is joined out of values and signs has none."""
    parts = argument.values if isinstance(argument, ast.JoinedStr) else [argument]
    texts_in_it = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return any(re.search(words, text) for text in texts_in_it)


@pytest.mark.parametrize(
    "module",
    [module for module in modules() if module.name.startswith((*ROOMS, ONLY_HELP)) and module.name != OF_ERRORS],
    ids=lambda module: module.name,
)
def test_what_commands_say_is_marked(module: Module) -> None:
    assert unmarked(module) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ('bad(_("it is"), "do that")', 1),
        ('raise CommandError(f"{name} is none")', 1),
        ('parser.add_argument("--json", help="as JSON")', 1),
        ("f\"  {_('nothing')}\"", 1),
        ('self.stdout.write(f"{name}: {reason}\\n")', 0),
        ('parser.add_argument("--json", help=_("as JSON"))', 0),
    ],
)
def test_what_is_not_marked_is_found(text: str, number: int) -> None:
    assert len(unmarked(Module("doctor.x", is_package=False, text=text, path=Path("made up")))) == number
