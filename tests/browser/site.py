"""The demo's site, whose storage also has its test hooks; the environment may change a few wishes."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

import demo.run
from demo.ending import Ending
from django_selectel_storage.devserver import DevServer, ServerInfo

original_set_up = demo.run.set_up


@contextmanager
def storage_server() -> Iterator[ServerInfo]:
    with DevServer(containers=("media",), hooks=True, **json.loads(os.environ["SITE_SERVER"])) as server:
        demo.run.tell(f"Hooks:    {server.info.url}")
        yield server.info


def set_up(wish: demo.run.Wish, info: ServerInfo, folder: Path) -> None:
    original_set_up(wish, info, folder)
    wishes: dict[str, Any] = settings.SELECTEL_UPLOADS  # type: ignore[misc]
    wishes.update(json.loads(os.environ["SITE_UPLOADS"]))


demo.run.storage_server = storage_server
demo.run.set_up = set_up

if __name__ == "__main__":
    ending = Ending()
    ending.watch()
    sys.exit(demo.run.run(ending))
