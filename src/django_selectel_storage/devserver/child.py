"""The life of the child process: prepares, starts, tells that it is ready, waits, clears up."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

import eventlet

from . import surroundings
from .config import swift_conf
from .control import DAEMONS
from .folder import FolderError, data_folder
from .info import ServerInfo
from .listening import PortError, base_url, listen
from .settings_text import settings_text
from .state import STATE

if TYPE_CHECKING:
    import socket

    from .folder import Folder
    from .options import Options

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SECONDS_BETWEEN_LOOKS = 0.1


def run(options: Options, started: float) -> int:
    """Serve until a signal comes or the parent is gone; the exit code."""
    for number in ENDINGS:
        signal.signal(number, lambda *_: sys.exit(0))
    try:
        with (
            closing(listen(options.host, options.port)) as listener,
            data_folder(options.data, objects_in_memory=options.objects_in_memory) as folder,
        ):
            serve(options, folder, listener, started)
    except (PortError, FolderError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def serve(options: Options, folder: Folder, listener: socket.socket, started: float) -> None:
    """Start Swift in this folder, and wait."""
    (folder.etc / "swift.conf").write_text(swift_conf(options))
    surroundings.prepare(options, folder)
    # Only now: Swift's servers copy the limits of swift.conf when they are imported.
    from . import swift  # noqa: PLC0415

    ending: list[int] = []
    for number in ENDINGS:
        signal.signal(number, lambda got, _: ending.append(got))
    swift.furnish(swift.start_servers(options, folder, listener), options)
    DAEMONS.update(update=partial(swift.run_updater, folder), expire=partial(swift.run_expirer, folder))
    STATE.reset()
    tell(options, server_info(options, folder, base_url(options.host, listener), time.monotonic() - started))
    while not ending and not orphaned(options.die_with_parent):
        eventlet.sleep(SECONDS_BETWEEN_LOOKS)


def orphaned(parent: int) -> bool:
    """Whether the process that we shall not outlive is gone."""
    return parent != 0 and os.getppid() != parent


def tell(options: Options, info: ServerInfo) -> None:
    """Say that the server is ready, to a program or to a person."""
    print(info.to_json() if options.json else settings_text(info), flush=True)


def server_info(options: Options, folder: Folder, url: str, started_in: float) -> ServerInfo:
    """Everything that a client has to know."""
    username = f"{options.account}:{options.user}"
    return ServerInfo(
        url=url,
        auth_url=f"{url}/auth/v1.0",
        endpoint=url,
        username=username,
        password=options.key,
        access_key=username,
        secret_key=options.key,
        region=options.region,
        storage_url=f"{url}/v1/AUTH_{quote(options.account)}",
        temp_url_key=options.temp_url_key,
        containers=options.containers,
        public_containers=options.public_containers,
        data=str(folder.path),
        objects_in_memory=folder.objects_in_memory,
        hooks=options.hooks,
        pid=os.getpid(),
        started_in=round(started_in, 3),
    )
