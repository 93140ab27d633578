"""Makes this process one in which Swift can live: green, quiet, quick, without /etc, syslog or root."""

from __future__ import annotations

import logging
import os
import time
from typing import TYPE_CHECKING, Any

import eventlet.debug
import eventlet.hubs
import eventlet.patcher
import eventlet.tpool
from swift.common import constraints, db, storage_policy, utils
from swift.common.utils import logs
from swift.obj import diskfile

if TYPE_CHECKING:
    from collections.abc import Callable

    from .folder import Folder
    from .options import Options


def prepare(options: Options, folder: Folder) -> None:
    """Everything that must be so before Swift's servers are imported."""
    make_green()
    set_log(options.log)
    if not options.fsync:
        skip_fsync()
        hasten_databases()
    # Swift reads dates as UTC.
    os.environ["TZ"] = "UTC+0"
    time.tzset()
    utils.set_swift_dir(str(folder.etc))
    constraints.reload_constraints()
    storage_policy.reload_storage_policies()


def make_green() -> None:
    """Let sockets and threads be eventlet's, as Swift's own launcher does."""
    eventlet.hubs.use_hub("poll")
    eventlet.patcher.monkey_patch(all=False, socket=True, select=True, thread=True)
    eventlet.debug.hub_exceptions(False)


def set_log(path: str) -> None:
    """Send Swift's log to a file or nowhere, never to syslog."""

    def handler(*_: Any, **__: Any) -> logging.Handler:
        return logging.FileHandler(path) if path else logging.NullHandler()

    logs.ThreadSafeSysLogHandler = handler
    logging.raiseExceptions = False
    quiet = logging.getLogger("keystonemiddleware")
    quiet.addHandler(handler())
    quiet.setLevel(logging.ERROR)


def skip_fsync() -> None:
    """Never wait for a disk, and therefore need no threads to wait in."""

    def nothing(_descriptor: Any) -> None:
        pass

    def at_once(work: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
        return work(*arguments, **keywords)

    for module in (utils, diskfile):
        module.fsync = module.fsync_dir = nothing
    os.fsync = nothing  # type: ignore[assignment] # only the name of its parameter differs
    eventlet.tpool.execute = at_once


def hasten_databases() -> None:
    """Let sqlite neither wait for the disk nor write its journal there."""
    connect = db.get_db_connection

    def quick_connection(*arguments: Any, **keywords: Any) -> Any:
        connection = connect(*arguments, **keywords)
        if connection is not None:
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA journal_mode = MEMORY")
        return connection

    db.get_db_connection = quick_connection
