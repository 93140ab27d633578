"""Starts the development server from Python: in tests, in demos. Imports neither Swift nor eventlet."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from .hooks import Hooks
from .info import ServerInfo
from .offspring import DevServerError, Offspring
from .options import Options

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    from typing_extensions import Self

MODULE = "django_selectel_storage.devserver"


class DevServer:
    """Real OpenStack Swift in a child process, for as long as the `with` block lasts.

    `others` are the further fields of `Options`: `token_life=5`, `region="ru-3"`, `max_file_size=1000`.
    The child ends with this process, whatever happens to it.
    """

    def __init__(
        self,
        *,
        containers: Sequence[str] = ("media",),
        public_containers: Sequence[str] = (),
        port: int = 0,
        data: str | Path | None = None,
        hooks: bool = False,
        timeout: float = 30,
        **others: str | int,
    ) -> None:
        self.timeout = timeout
        self.options = Options(
            containers=tuple(containers),
            public_containers=tuple(public_containers),
            port=port,
            data=os.fspath(data or ""),
            hooks=hooks,
            json=True,
            **cast("dict[str, Any]", others),
        )
        self._child: Offspring | None = None
        self._info: ServerInfo | None = None

    @property
    def info(self) -> ServerInfo:
        """Where the server is, and how to log in."""
        if self._info is None:
            raise DevServerError("The development server does not run: use it in a with block, or call start().")
        return self._info

    @property
    def hooks(self) -> Hooks:
        """What tests may do to the server."""
        if not self.options.hooks:
            raise DevServerError("The development server was started without hooks=True.")
        return Hooks(self.info.url)

    def start(self) -> ServerInfo:
        """Start the server and wait until it answers."""
        if self._child is not None:
            raise DevServerError("The development server runs already.")
        arguments = replace(self.options, die_with_parent=os.getpid()).command_line()
        child = Offspring("-m", MODULE, *arguments, name="The development server")
        try:
            self._info = ServerInfo.from_json(child.first_line(self.timeout))
        except BaseException:
            child.end()
            raise
        self._child = child
        return self._info

    def stop(self) -> None:
        """End the server; harmless when it does not run."""
        child, self._child, self._info = self._child, None, None
        if child is not None:
            child.end()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
