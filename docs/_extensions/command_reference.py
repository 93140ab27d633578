"""The directive `command`: what a management command takes, as its own argument parser tells it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

import django_selectel_storage

if TYPE_CHECKING:
    from sphinx.application import Sphinx

PACKAGE = django_selectel_storage.__name__


def commands() -> dict[str, str]:
    """Give the dotted path of the module of each management command, by the command's name."""
    top = Path(django_selectel_storage.__file__).parent
    paths = sorted(top.glob("**/management/commands/[!_]*.py"))
    return {path.stem: ".".join((PACKAGE, *path.relative_to(top).with_suffix("").parts)) for path in paths}


def arguments(name: str) -> Iterator[tuple[str, str]]:
    """Give what a command takes, without what every command of Django takes: each as it is written, and its help."""
    command: BaseCommand = import_module(commands()[name]).Command()
    common = {action.dest for action in _actions(BaseCommand(), name)}
    for action in _actions(command, name):
        if action.dest not in common:
            yield _written(action), str(action.help or "") % {**vars(action), "prog": name}


def summary(name: str) -> str:
    """Give a command's own summary."""
    return str(import_module(commands()[name]).Command.help)


def _actions(command: BaseCommand, name: str) -> list[argparse.Action]:
    return command.create_parser("manage.py", name)._actions  # noqa: SLF001 - argparse has no other list of them


def _written(action: argparse.Action) -> str:
    value = _value(action)
    if not action.option_strings:
        return value
    return " ".join(filter(None, (", ".join(action.option_strings), value)))


def _value(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    if action.choices and not action.metavar:
        return "{" + ",".join(map(str, action.choices)) + "}"
    name = action.metavar or (action.dest.upper() if action.option_strings else action.dest)
    return f"[{name}]" if action.nargs in {"*", "?"} else str(name)


class CommandDirective(SphinxDirective):
    """Shows a command's summary and arguments; a command that does not exist is an error."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Make the nodes."""
        name = self.arguments[0]
        if name not in commands():
            raise self.error(f"There is no command {name!r}.")
        shown: list[nodes.Node] = [nodes.paragraph("", summary(name))]
        listed = nodes.definition_list()
        for written, words in arguments(name):
            listed += nodes.definition_list_item(
                "",
                nodes.term("", "", nodes.literal("", written)),
                nodes.definition("", nodes.paragraph("", words)),
            )
        return [*shown, listed] if len(listed) else shown


def setup(app: Sphinx) -> dict[str, Any]:
    """Make the directive known to Sphinx."""
    app.add_directive("command", CommandDirective)
    return {"parallel_read_safe": True}
