"""A real storage server for development and tests: OpenStack Swift in one child process on loopback.

In your own process only this launcher runs, on the standard library alone; Swift and eventlet are
imported in the child (`python -m django_selectel_storage.devserver`) and nowhere else.
"""

from .faults import Fault
from .hooks import Hooks, LoggedRequest
from .info import ServerInfo
from .launch import DevServer
from .offspring import DevServerError

__all__ = ["DevServer", "DevServerError", "Fault", "Hooks", "LoggedRequest", "ServerInfo"]
