"""A program that uses the storage and ends; the argument says what it leaves undone."""

from __future__ import annotations

import sys
import threading
from typing import Any

import django
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

KEPT: list[Any] = []  # what nobody closes


def nothing() -> None:
    """Everything was closed."""


def an_open_reader() -> None:
    """A file was read in part and never closed."""
    KEPT.append(default_storage.open("left.bin"))
    KEPT[-1].read(10)


def an_open_stream() -> None:
    """A stream still holds its connection."""
    KEPT.append(default_storage.open_stream("left.bin"))  # type: ignore[attr-defined]
    KEPT[-1].read(10)


def an_open_writer() -> None:
    """A file was written and never closed: nothing is stored."""
    KEPT.append(default_storage.open("unfinished.bin", "wb"))
    KEPT[-1].write(b"x" * 100)


def a_thread_at_work() -> None:
    """A daemon thread is in the middle of requests."""

    def work() -> None:
        while True:
            default_storage.exists("left.bin")

    threading.Thread(target=work, daemon=True).start()


def an_error() -> None:
    """The program ends with an error of the storage that was caught."""
    try:
        default_storage.open("missing.bin").read()
    except FileNotFoundError as error:
        KEPT.append(error)


WAYS = [nothing, an_open_reader, an_open_stream, an_open_writer, a_thread_at_work, an_error]

if __name__ == "__main__":
    django.setup()
    default_storage.save("left.bin", ContentFile(b"x" * 3_000_000))
    {way.__name__: way for way in WAYS}[sys.argv[1]]()
    print("done")
