"""Serves the site in a thread, with its style sheet. Knows nothing of the storage."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application

HOST = "127.0.0.1"


@contextmanager
def served(port: int) -> Iterator[str]:
    """The site's address, for as long as the block runs."""
    server = listening(port)
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="site", daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def listening(port: int) -> ThreadedWSGIServer:
    """A server on this port, or on a free one where it is taken."""
    try:
        return ThreadedWSGIServer((HOST, port), WSGIRequestHandler)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        print(f"Port {port} is taken: the site gets another one.", flush=True)
        return ThreadedWSGIServer((HOST, 0), WSGIRequestHandler)
