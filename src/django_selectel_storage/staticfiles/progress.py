"""How far a run is: a bar on a terminal, otherwise a plain line for each tenth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import ngettext
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
        words = ngettext("{done}/{files} file", "{done}/{files} files", files)

        def step(grown: int) -> None:
            nonlocal done
            done += 1
            shown.set_description_str(words.format(done=done, files=files), refresh=False)
            shown.update(grown)

        yield step


@contextmanager
def lines(write: Callable[[str], object], files: int, size: int) -> Iterator[Step]:
    """Tell of each tenth of the files in a line of its own."""
    done = sent = told = 0
    words = ngettext(
        "Uploaded {done} of {files} file, {sent} of {size} MiB",
        "Uploaded {done} of {files} files, {sent} of {size} MiB",
        files,
    )

    def step(grown: int) -> None:
        nonlocal done, sent, told
        done, sent = done + 1, sent + grown
        if done * _TENTHS // files > told:
            told = done * _TENTHS // files
            write(words.format(done=done, files=files, sent=_mebibytes(sent), size=_mebibytes(size)))

    yield step


@contextmanager
def nothing(_files: int, _size: int) -> Iterator[Step]:
    """Show nothing."""
    yield lambda _: None


def _mebibytes(size: int) -> str:
    return str(number_format(f"{size / _MEGABYTE:.1f}", 1))


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
