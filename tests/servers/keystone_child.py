"""The child process in which Keystone lives; started by `keystone.KeystoneServer`."""

from __future__ import annotations

import argparse
import base64
import json
import logging
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

from keystone.cmd.bootstrap import Bootstrapper
from keystone.common import profiler
from keystone.common.sql import upgrades
from keystone.server import configure
from keystone.server.flask import application, core
from werkzeug import serving
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from django_selectel_storage.devserver.folder import data_folder
from tests.servers import keystone_people as people
from tests.servers.keystone import PREFIX
from tests.servers.keystone_conf import keystone_conf

if TYPE_CHECKING:
    from pathlib import Path

SECONDS_BETWEEN_LOOKS = 0.1


def main() -> None:
    options = parse()
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    with data_folder("", objects_in_memory=True) as folder:
        url = f"http://127.0.0.1:{options.port}{PREFIX}/v3"
        keystone = new_keystone(folder.path, url)
        api = people.administrator(keystone)
        info = people.settle(api, options.swift, options.swift_prefix, options.service_password)
        serve(keystone, options.port)
        print(json.dumps({**info, "auth_url": url, "pid": os.getpid()}), flush=True)
        while not ending.wait(SECONDS_BETWEEN_LOOKS) and os.getppid() == options.die_with_parent:
            pass


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    for flag in ("--port", "--die-with-parent"):
        parser.add_argument(flag, type=int, required=True)
    for flag in ("--swift", "--swift-prefix", "--service-password"):
        parser.add_argument(flag, required=True)
    return parser.parse_args()


def new_keystone(folder: Path, url: str) -> Any:
    """Keystone's application with a new database, and in it the administrator."""
    conf = folder / "keystone.conf"
    conf.write_text(keystone_conf(str(folder)))
    write_fernet_keys(folder / "fernet")
    # Keystone reads the command line; this is not its own.
    sys.argv = ["keystone"]
    logging.disable(logging.WARNING)
    configure(config_files=[str(conf)])
    upgrades.offline_sync_database_to_version(None)
    bootstrap(url)
    # Bootstrapping has loaded the back ends; `core.initialize_application` would load them once more and fail.
    keystone = application.application_factory("public")
    profiler.setup("public")
    return core.setup_app_middleware(keystone)


def write_fernet_keys(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    for name in ("0", "1"):
        (folder / name).touch(mode=0o600)
        (folder / name).write_bytes(base64.urlsafe_b64encode(os.urandom(32)))


def bootstrap(url: str) -> None:
    """The administrator, the roles, and Keystone's own entry in the catalogue."""
    strapper = Bootstrapper()
    strapper.admin_username, strapper.admin_password = people.ADMIN, people.ADMIN_PASSWORD
    strapper.project_name, strapper.admin_role_name = people.ADMIN, "admin"
    strapper.service_name, strapper.region_id = "keystone", people.REGION
    strapper.public_url = strapper.internal_url = strapper.admin_url = url + "/"
    strapper.bootstrap()


class Handler(serving.WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log(self, *_: Any, **__: Any) -> None:
        """Say nothing."""


def serve(keystone: Any, port: int) -> None:
    """Answer requests in the background."""
    mounted = DispatcherMiddleware(not_found, {PREFIX: keystone})
    server = serving.make_server("127.0.0.1", port, mounted, threaded=True, request_handler=Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def not_found(_environ: Any, start_response: Any) -> list[bytes]:
    start_response("404 Not Found", [("Content-Length", "0")])
    return [b""]


if __name__ == "__main__":
    main()
    # Threads of open connections would hold an orderly exit up.
    os._exit(0)
