"""Sockets that wait for connections. Standard library only."""

from __future__ import annotations

import socket

BACKLOG = 512


class PortError(RuntimeError):
    """The address cannot be listened on; the message says why."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that takes connections; port 0 means any free one."""
    address = "127.0.0.1" if host == "localhost" else host
    listener = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((address, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise PortError(f"port {port} on {host}: {error.strerror}; choose another with --port") from None
    return listener


def base_url(host: str, listener: socket.socket) -> str:
    """The address under which clients reach it."""
    port = listener.getsockname()[1]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
