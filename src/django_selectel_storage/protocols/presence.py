"""Whether the container is there: a missing key and a missing container answer the same 404.

So the first "not found" of a client is followed by one question for the container; its answer is remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from django_selectel_storage.exceptions import AccessDenied, ObjectNotFound


class Presence:
    """What is known of the container's existence.

    Args:
        ask: asks the server for the container; raises ContainerNotFound when there is none.
    """

    def __init__(self, ask: Callable[[], None]) -> None:
        self._ask = ask
        self._confirmed = False

    @contextmanager
    def checked_when_missing(self, *, tolerated: bool = False, anew: bool = False) -> Iterator[None]:
        """Let "not found" pass only when the container itself is there.

        Args:
            tolerated: whether a missing object is no error here.
            anew: whether to ask although it was there before: a write finds nothing missing but the container.
        """
        try:
            yield
        except ObjectNotFound:
            self._confirmed = self._confirmed and not anew
            self.check()
            if not tolerated:
                raise
        self._confirmed = True

    def check(self) -> None:
        """Ask for the container, unless it is known to be there.

        Raises:
            ContainerNotFound: it is not.
        """
        if self._confirmed:
            return
        with suppress(AccessDenied):  # somebody who may not look at the container may still use it
            self._ask()
        self._confirmed = True
