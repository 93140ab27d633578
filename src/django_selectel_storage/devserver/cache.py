"""Stands in for memcached, in the memory of the one process. Pure but for the clock."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

# Memcached takes a longer time to live for a date.
LONGEST_TIME_TO_LIVE = 30 * 86400
TOKEN_MARKS = ("/token/", "/user/", "tokens/")


class LocalCache:
    """The part of Swift's memcache client that the proxy uses; values take the way through JSON as they would there.

    The names of the parameters are Swift's.
    """

    def __init__(self) -> None:
        self._entries: dict[str, tuple[str | bytes, float]] = {}

    def set(self, key: str, value: Any, serialize: bool = True, time: float = 0, **_: Any) -> None:
        """Keep a value for so many seconds; 0: for ever."""
        if serialize:
            kept: str | bytes = json.dumps(value.decode() if isinstance(value, bytes) else value)
        else:
            kept = value if isinstance(value, bytes) else str(value).encode()
        self._entries[key] = (kept, _deadline(time))

    def get(self, key: str, **_: Any) -> Any:
        """The value, or None."""
        value = self._live(key)
        return json.loads(value) if isinstance(value, str) else value

    def incr(self, key: str, delta: int = 1, time: float = 0, **_: Any) -> int:
        """Count up; a counter is never below zero, and keeps its first deadline."""
        before = self._live(key)
        count = max(0, int(before or 0) + int(delta))
        deadline = _deadline(time) if before is None else self._entries[key][1]
        self._entries[key] = (str(count).encode(), deadline)
        return count

    def delete(self, key: str, *_: Any, **__: Any) -> None:
        """Forget a value."""
        self._entries.pop(key, None)

    def forget_tokens(self) -> int:
        """Forget every token, of v1.0 and of Keystone; how many entries that were."""
        return self._forget(lambda key: any(mark in key for mark in ("/token/", "tokens/")))

    def forget_facts(self) -> int:
        """Forget what is known of accounts and containers; how many entries that were."""
        return self._forget(lambda key: not any(mark in key for mark in TOKEN_MARKS))

    def _forget(self, meant: Callable[[str], bool]) -> int:
        keys = [key for key in self._entries if meant(key)]
        for key in keys:
            del self._entries[key]
        return len(keys)

    def _live(self, key: str) -> str | bytes | None:
        value, deadline = self._entries.get(key, (None, 0.0))
        if deadline and deadline <= time.time():
            del self._entries[key]
            return None
        return value


def _deadline(seconds: float) -> float:
    if not seconds:
        return 0.0
    return seconds if seconds > LONGEST_TIME_TO_LIVE else time.time() + seconds


CACHE = LocalCache()


def filter_factory(_global_conf: Mapping[str, str], **_: str) -> Callable[[Application], Application]:
    """PasteDeploy's entrance: a filter that hands the cache to the filters behind it."""

    def make(application: Application) -> Application:
        def middleware(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            environ["swift.cache"] = CACHE
            return application(environ, start_response)

        return middleware

    return make
