"""A parent that forks eight children while its threads use the storage; all of them work at once, and end in order."""

from __future__ import annotations

import os
import sys
import threading
import traceback

import django
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

CHILDREN = 8
ROUNDS = 6


def work(who: str) -> None:
    """Store, read and compare files of one's own."""
    for number in range(ROUNDS):
        name, content = f"{who}/{number}.bin", os.urandom(2000)
        default_storage.save(name, ContentFile(content))
        with default_storage.open(name) as file:
            if file.read() != content:
                raise AssertionError(f"{name} came back with other bytes")


def keep_busy(stop: threading.Event) -> None:
    """Use the storage until told otherwise, so that its locks are held when the process forks."""
    while not stop.is_set():
        default_storage.exists("parent/busy")


def child(number: int) -> None:
    """The life of a child: work, and leave as Python leaves, with everything that happens at exit."""
    try:
        work(f"child-{number}")
    except BaseException:  # noqa: BLE001 - told by the exit code
        traceback.print_exc()
        os._exit(1)
    sys.exit(0)


def main() -> None:
    """Fork, work, and give the children's exit codes."""
    django.setup()
    default_storage.exists("parent/before")
    stop = threading.Event()
    threads = [threading.Thread(target=keep_busy, args=[stop]) for _ in range(4)]
    for thread in threads:
        thread.start()
    children = []
    for number in range(CHILDREN):
        pid = os.fork()
        if not pid:
            child(number)
        children.append(pid)
    work("parent")
    stop.set()
    for thread in threads:
        thread.join()
    codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]
    print(codes)
    sys.exit(any(codes))


if __name__ == "__main__":
    main()
