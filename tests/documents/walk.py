"""Carries a tutorial out in an empty folder: files are written, commands are run, a visitor comes."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from html import unescape
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from demo.browser import Browser, FileToSend
from django_selectel_storage.devserver.offspring import environment
from tests.documents.pages import Block
from tests.servers.stack import free_port

if TYPE_CHECKING:
    from typing_extensions import Self

PATIENCE = 60
SERVER = "python -m django_selectel_storage.devserver"
WRITTEN_ADDRESS = "127.0.0.1:8090"
# What the machine that runs the tests has done already.
PREPARATIONS = {
    "mkdir album && cd album",
    "python -m venv .venv && source .venv/bin/activate",
    'python -m pip install "django-selectel-storage[devserver]"',
}
# A shell of the project for blocks with prompts.
SHELL = """
import doctest, sys, django
django.setup()
test = doctest.DocTestParser().get_doctest(sys.stdin.read(), {}, "shell", None, 0)
sys.exit(doctest.DocTestRunner().run(test).failed)
"""


class Walk:
    """A reader of a tutorial, who does what it says.

    Args:
        folder: an empty folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.printed = ""
        self._imports = ""  # the reader stays in one shell
        self._running = ExitStack()
        self._address = f"127.0.0.1:{free_port()}"
        self._environment = {**environment(), "PYTHONWARNINGS": "ignore", "DJANGO_SETTINGS_MODULE": "mysite.settings"}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.close()

    def follow(self, block: Block) -> None:
        """Do what one block says."""
        text = block.text.replace(WRITTEN_ADDRESS, self._address)
        if block.path:
            self._write(block, text)
        elif block.language == "pycon":
            self._run([sys.executable, "-c", SHELL], told=self._imports + text)
            self._imports += "".join(
                line for line in text.splitlines(True) if line.startswith((">>> from", ">>> import"))
            )
        elif block.language == "console":
            for line in text.splitlines():
                self._command(line)
        else:
            raise AssertionError(f"Nothing can be done with this block:\n{text}")

    def _write(self, block: Block, text: str) -> None:
        path = self.folder / block.path
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a" if block.is_appended else "w", encoding="utf-8") as file:
            file.write(text)

    def _command(self, line: str) -> None:
        if line in PREPARATIONS:
            return
        if line.startswith("export "):
            name, _, value = line.removeprefix("export ").partition("=")
            self._environment[name] = value
        elif line == SERVER:
            self._serve_files()
        elif line == "python manage.py runserver":
            self._visit()
        else:
            self._run(_argv(line))

    def _run(self, argv: list[str], told: str | None = None) -> None:
        done = subprocess.run(
            argv,
            cwd=self.folder,
            env=self._environment,
            input=told,
            stdin=None if told is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, f"{shlex.join(argv)}\n{done.stdout}"

    def _serve_files(self) -> None:
        port = self._address.rpartition(":")[2]
        server = self._start([*_argv(SERVER), f"--port={port}", f"--die-with-parent={os.getpid()}"])
        self.printed = "".join(_until(server, "}\n", times=3))

    def _visit(self) -> None:
        """Upload a picture and fetch it from where the page says it is."""
        port = free_port()
        site = self._start([sys.executable, "-u", "manage.py", "runserver", "--noreload", str(port)])
        list(_until(site, "Quit the server with CONTROL-C.\n"))
        browser, content = Browser(), os.urandom(1000)
        page = browser.open(f"http://127.0.0.1:{port}/")
        (form,) = page.page.forms
        sent = browser.submit(page, form, {"title": "Dawn"}, {"image": FileToSend("dawn.jpg", "image/jpeg", content)})
        assert sent.status == 200
        source = unescape(sent.body.decode().partition('<img src="')[2].partition('"')[0])
        assert source.startswith(f"http://{self._address}/media/photos/")
        assert browser.open(source).body == content
        assert browser.open(source.partition("?")[0]).status >= 400

    def _start(self, argv: list[str]) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            argv,
            cwd=self.folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._running.callback(_end, child)
        return child


def _argv(line: str) -> list[str]:
    words = shlex.split(line)
    programs = {"python": [sys.executable], "django-admin": [sys.executable, "-m", "django"]}
    assert words[0] in programs, f"The test does not know how to run {line!r}."
    return [*programs[words[0]], *words[1:]]


def _until(child: subprocess.Popen[str], ending: str, times: int = 1) -> Iterator[str]:
    """What a child prints, up to and with the line that was to come this many times."""
    assert child.stdout is not None
    seen = 0
    for line in child.stdout:
        yield line
        seen += line == ending
        if seen == times:
            return
    raise AssertionError(f"{child.args!r} ended with {child.wait(PATIENCE)}.")


def _end(child: subprocess.Popen[str]) -> None:
    child.terminate()
    try:
        child.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
