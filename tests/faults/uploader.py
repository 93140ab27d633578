"""A client in a process of its own, to be killed or interrupted: `python -m tests.faults.uploader`, options on stdin.

It saves a large file and tells, when it is interrupted, which threads it still has.
"""

from __future__ import annotations

import json
import sys
import threading

from django.conf import settings
from django.core.files.base import ContentFile

from django_selectel_storage.storage import SelectelStorage


def main() -> None:
    settings.configure(USE_TZ=True)
    storage = SelectelStorage(**json.load(sys.stdin))
    try:
        storage.save("large.bin", ContentFile(bytes(16 * 1024**2)))
    except KeyboardInterrupt:
        print(json.dumps([thread.name for thread in threading.enumerate()]))


if __name__ == "__main__":
    main()
