"""How far a run is: a bar on a terminal, otherwise a plain line for each tenth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm

Step = Callable[[int], None]  # one file more is done; it had so many bytes
Show = Callable[[int, int], Any]  # files and bytes to come -> a context manager that gives a Step
_MEGABYTE = 1024 * 1024
_TENTHS = 10


@contextmanager
def bar(stream: Any, files: int, size: int) -> Iterator[Step]:
    """Show files, bytes, rate and time left on a terminal; ``stream`` is one of Django's output wrappers."""
    with tqdm(total=size, unit="B", unit_scale=True, unit_divisor=1024, file=_Unended(stream), leave=False) as shown:
        done = 0

        def step(grown: int) -> None:
            nonlocal done
            done += 1
            shown.set_description_str(f"{done}/{files} files", refresh=False)
            shown.update(grown)

        yield step


@contextmanager
def lines(write: Callable[[str], object], files: int, size: int) -> Iterator[Step]:
    """Tell of each tenth of the files in a line of its own."""
    done = sent = told = 0

    def step(grown: int) -> None:
        nonlocal done, sent, told
        done, sent = done + 1, sent + grown
        if done * _TENTHS // files > told:
            told = done * _TENTHS // files
            write(f"Uploaded {done} of {files} files, {sent / _MEGABYTE:.1f} of {size / _MEGABYTE:.1f} MiB")

    yield step


@contextmanager
def nothing(_files: int, _size: int) -> Iterator[Step]:
    """Show nothing."""
    yield lambda _: None


class _Unended:
    """Django's output wrapper without the newline that it puts behind everything, and without its colour."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        """Write text as it is."""
        self._stream.write(text, str, ending="")

    def flush(self) -> None:
        """Let the text appear."""
        self._stream.flush()
