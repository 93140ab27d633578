"""The commands in the language of the settings: their help, numbers with what is counted, and the progress of a run."""

from __future__ import annotations

import argparse
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import load_command_class
from django.core.management.base import BaseCommand
from django.utils.translation import override

from django_selectel_storage.staticfiles.upload import FilesFailed
from django_selectel_storage.transfer.progress import Lines
from django_selectel_storage.transfer.report import Tally, size_text
from django_selectel_storage.transfer.values import Entry, Outcome, Pair, Result

APPLICATIONS = {
    "selectel_cors": "django_selectel_storage",
    "selectel_devserver": "django_selectel_storage",
    "selectel_doctor": "django_selectel_storage",
    "selectel_headers": "django_selectel_storage",
    "selectel_prune": "django_selectel_storage.uploads",
    "selectel_transfer": "django_selectel_storage",
}
COLLECTSTATIC = "django_selectel_storage.staticfiles"
OF_DJANGO = {"help", "version", "verbosity", "settings", "pythonpath", "traceback", "no_color", "force_color"}
OF_DJANGO |= {"skip_checks"}


def parser_of(command: str, application: str) -> argparse.ArgumentParser:
    made: BaseCommand = load_command_class(application, command)
    return made.create_parser("manage.py", command)


def helps(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Give the help of each argument of ours, also of the command's own commands."""
    yield parser.description or ""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from (str(pseudo.help) for pseudo in action._choices_actions)
            yield from (str(one.help) for sub in action.choices.values() for one in sub._positionals._group_actions)
        elif action.dest not in OF_DJANGO:
            yield str(action.help or "") or f"{action.dest} has no help"


@pytest.mark.parametrize("command", sorted(APPLICATIONS))
def test_help_is_in_the_language_of_the_settings(command: str, request: pytest.FixtureRequest) -> None:
    in_english = list(helps(parser_of(command, APPLICATIONS[command])))
    assert not [words for words in in_english if re.search("[А-яё]", words)]
    request.getfixturevalue("russian")
    parser = parser_of(command, APPLICATIONS[command])
    in_russian = list(helps(parser))
    assert len(in_russian) == len(in_english) > 2
    assert [words for words in in_russian if not re.search("[А-яё]", words)] == []
    assert in_russian[0].split()[0] in parser.format_help()


def test_the_options_of_collectstatic_have_a_russian_help(settings: Any, request: pytest.FixtureRequest) -> None:
    settings.INSTALLED_APPS = [COLLECTSTATIC, *settings.INSTALLED_APPS]
    request.getfixturevalue("russian")
    words = parser_of("collectstatic", COLLECTSTATIC).format_help()
    assert "объектное хранилище:" in words
    assert "Сколько файлов отправлять сразу; по умолчанию 16." in re.sub(r"\s+", " ", words)


@pytest.mark.usefixtures("russian")
@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "1 файл"), (2, "2 файла"), (4, "4 файла"), (5, "5 файлов"), (11, "11 файлов"), (21, "21 файл")],
)
def test_what_is_counted_has_the_form_of_its_number(settings: Any, number: int, words: str) -> None:
    settings.INSTALLED_APPS = [COLLECTSTATIC, *settings.INSTALLED_APPS]
    failures: dict[str, Exception] = {f"{key}": OSError("no") for key in range(number)}
    told = str(FilesFailed(failures, number))
    assert told.startswith(f"Не удалось обновить {words}:\n")
    assert told.endswith(f"  Ещё за {words} не брались.")


@pytest.mark.parametrize(
    ("size", "in_english", "in_russian"),
    [
        (1, "1 byte", "1 байт"),
        (2, "2 bytes", "2 байта"),
        (1023, "1,023 bytes", "1\xa0023 байта"),
        (1536, "1.5 KiB", "1,5 КиБ"),
        (5 * 1024**4, "5,120.0 GiB", "5\xa0120,0 ГиБ"),
    ],
)
@pytest.mark.usefixtures("russian")
def test_a_size_is_written_as_the_language_writes_numbers(size: int, in_english: str, in_russian: str) -> None:
    with override("en"):
        assert size_text(size) == in_english
    assert size_text(size) == in_russian


@pytest.mark.usefixtures("russian")
def test_the_progress_of_a_transfer_is_told_in_russian() -> None:
    stream, clock = io.StringIO(), iter([0.0, 20.0, 40.0])
    lines, tally = Lines(stream, lambda: next(clock)), Tally()
    tally.add(Outcome(Pair(Entry("a", 2048), None), Result.COPIED))
    lines.advance(tally)
    lines.expect(21)
    tally.add(Outcome(Pair(Entry("b", 1), None), Result.FAILED))
    lines.advance(tally)
    assert stream.getvalue().splitlines() == [
        "1 файл, 0,1 файл./с, 2,0 КиБ, 102 байта/с",
        "2 из 21 файла, 0,1 файл./с, 2,0 КиБ, 51 байт/с, с ошибкой: 1, осталось 380 с",
    ]
