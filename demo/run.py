"""Starts the storage and the site, waits for a signal or walks through the site, ends both."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import django
from django.core.management import call_command

from demo.check import CheckFailed, steps
from demo.ending import Ending
from demo.web import served
from django_selectel_storage.devserver import DevServer, DevServerError, ServerInfo

PROTOCOLS = {"s3": "the S3 API", "swift": "the Swift API"}
SECONDS_BETWEEN_LOOKS = 0.1
ADMIN = "demo"  # name and password of the one user; the site is on loopback only


@dataclass(frozen=True)
class Wish:
    """What the command line asks for."""

    protocol: str
    port: int
    check: bool


def run(ending: Ending, arguments: Sequence[str] | None = None) -> int:
    """Run the demo or its check; the exit code."""
    wish = parse(arguments)
    try:
        with storage_server() as info, site(wish, info, ending) as url:
            tell(f"Gallery:  {url}")
            finished = walk(url, ending) if wish.check else stay(ending)
    except (DevServerError, CheckFailed, OSError) as error:
        # Ctrl-C reaches the storage server too: what fails without it then is no news.
        if not ending.wanted:
            print(f"error: {error}", file=sys.stderr)
            return 1
        finished = not wish.check
    tell("Everything works." if wish.check and finished else "Ended.")
    return 0 if finished else 1


def parse(arguments: Sequence[str] | None) -> Wish:
    parser = argparse.ArgumentParser(prog="python -m demo", description="A picture gallery on real OpenStack Swift.")
    parser.add_argument("--protocol", choices=PROTOCOLS, default="s3", help="default: s3; swift logs in by auth v1.0")
    parser.add_argument("--port", type=int, default=8000, help="of the site, default 8000; any free one if it is taken")
    parser.add_argument("--check", action="store_true", help="walk through the site without a browser, then end")
    return Wish(**vars(parser.parse_args(arguments)))


@contextmanager
def storage_server() -> Iterator[ServerInfo]:
    tell("Starting OpenStack Swift ...")
    with DevServer(containers=("media",)) as server:
        yield server.info


@contextmanager
def site(wish: Wish, info: ServerInfo, ending: Ending) -> Iterator[str]:
    """The gallery with its first pictures, served; its address."""
    with tempfile.TemporaryDirectory(prefix="django-selectel-demo-") as folder:
        set_up(wish, info, Path(folder))
        from demo.samples import hang  # noqa: PLC0415 - models need a configured Django

        hang(until=lambda: ending.wanted)
        with served(wish.port) as url:
            tell(f"Admin:    {url}admin/ (user {ADMIN}, password {ADMIN})")
            tell(f"Storage:  {info.endpoint} (container media, over {PROTOCOLS[wish.protocol]})")
            yield url


def set_up(wish: Wish, info: ServerInfo, folder: Path) -> None:
    """Tell the settings what they have to know, and make the tables."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="demo.settings",
        DEMO_STORAGE=info.to_json(),
        DEMO_PROTOCOL=wish.protocol,
        DEMO_FOLDER=str(folder),
    )
    django.setup()
    call_command("migrate", verbosity=0)
    from django.contrib.auth.models import User  # noqa: PLC0415 - models need a configured Django

    User.objects.create_superuser(ADMIN, password=ADMIN)


def stay(ending: Ending) -> bool:
    """Serve until a signal comes."""
    tell("Ctrl-C ends both.")
    while not ending.wanted:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    return True


def walk(url: str, ending: Ending) -> bool:
    """Walk through the site, and tell each step; whether the end was reached."""
    for done in steps(url):
        tell(f"ok  {done}")
        if ending.wanted:
            return False
    return True


def tell(line: str) -> None:
    print(line, flush=True)
