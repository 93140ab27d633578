"""One child process that prints one line when it is ready. Standard library only; knows nothing of Swift."""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SECONDS_TO_END = 5
LINES_OF_TAIL = 20


class DevServerError(RuntimeError):
    """A server did not start; the message ends with what it wrote to its standard error."""


class Offspring:
    """A Python child that says one line on its standard output and then serves until it is told to end."""

    def __init__(self, *arguments: str, name: str, paths: Iterable[Path] = ()) -> None:
        self.name = name
        self.tail = ""
        # A file, not a pipe: nobody reads it while the child runs, and a full pipe would stop the child.
        self._complaints: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by end()
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter with our own arguments
            [sys.executable, "-W", "ignore", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            env=environment(paths),
        )

    def first_line(self, timeout: float) -> bytes:
        """What the child says when it is ready; without it the child is ended and DevServerError raised."""
        line = self._read_line(timeout)
        if not line:
            self.end()
            outcome = f"said nothing for {timeout:g} s" if line is None else "ended"
            raise DevServerError(f"{self.name} did not start: it {outcome}\n{self.tail}".rstrip())
        return line

    def _read_line(self, timeout: float) -> bytes | None:
        """Give the line, b"" where the child has closed its output, None where the time is over."""
        output = self._process.stdout
        if output is None:
            return b""
        with output, selectors.DefaultSelector() as selector:
            selector.register(output, selectors.EVENT_READ)
            return output.readline() if selector.select(timeout) else None

    def end(self) -> None:
        """Ask the child to end, wait for it, and keep the last lines of its complaints in `tail`."""
        self._process.terminate()
        try:
            self._process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if not self._complaints.closed:
            self.tail = last_lines(self._complaints)
            self._complaints.close()


def last_lines(file: IO[bytes]) -> str:
    """The end of a file of text."""
    file.seek(0)
    return "\n".join(file.read().decode(errors="replace").splitlines()[-LINES_OF_TAIL:])


def environment(further: Iterable[Path] = ()) -> dict[str, str]:
    """Our environment, in which a child finds this very package also when it is not installed."""
    root = Path(__file__).resolve().parents[2]
    # On PYTHONPATH, what is installed would come before the standard library.
    own = () if root.name in ("site-packages", "dist-packages") else (root,)
    paths = [*map(str, (*own, *further)), os.environ.get("PYTHONPATH", "")]
    return dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, paths)))
