"""`manage.py selectel_devserver`: starts the development server as a child; Swift never enters this process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext, gettext_noop

from django_selectel_storage.devserver.arguments import add_arguments
from django_selectel_storage.devserver.launch import MODULE
from django_selectel_storage.devserver.offspring import environment
from django_selectel_storage.devserver.options import Options

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator

FORWARDED = (signal.SIGINT, signal.SIGTERM)


class Command(BaseCommand):
    """Runs the development server until it is interrupted."""

    help = gettext_noop("Starts real OpenStack Swift on loopback, for development: the Swift API and the S3 API.")
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take every option of `python -m django_selectel_storage.devserver`."""
        parser.description = gettext(self.help)
        add_arguments(parser, gettext)

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Start the child, pass signals on to it, and end with its exit code."""
        chosen = replace(Options.from_namespace(options), die_with_parent=os.getpid())
        command = [sys.executable, "-W", "ignore", "-m", MODULE, *chosen.command_line()]
        child = subprocess.Popen(command, env=environment())  # noqa: S603 - our own interpreter
        with signals_forwarded_to(child):
            code = child.wait()
        if code:
            sys.exit(code)


@contextmanager
def signals_forwarded_to(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """Hand interrupts on instead of dying of them; only a main thread may, and only it gets any."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, lambda got, _: child.send_signal(got)) for number in FORWARDED}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
