"""In whose code the time of an operation is spent, as cProfile sees it. Knows no peer."""

from __future__ import annotations

import cProfile
import pstats
from collections import Counter
from collections.abc import Callable
from typing import Any

SENDING, HASHING, OTHERS = "the system, sending and waiting", "hashing", "others"
# By what stands last in the path of a file.
_ROOMS = (
    ("/benchmarks/", ""),  # what measures is not measured
    ("/django_selectel_storage/signing/", "ours, signing"),
    ("/django_selectel_storage/transport/", "ours, transport"),
    ("/django_selectel_storage/protocols/", "ours, protocols"),
    ("/django_selectel_storage/", "ours, above the protocols"),
    ("/django/", "Django"),
    ("/urllib3/", "urllib3"),
    ("/http/client.py", "http.client and email"),
    ("/email/", "http.client and email"),
    ("/socket.py", "http.client and email"),
    ("/xml/", "XML"),
)
# By what stands in the name of a function that has no file.
_BUILT_IN = (("socket", SENDING), ("poll", SENDING), ("_hashlib", HASHING), ("expat", "XML"))

Function = tuple[str, int, str]  # file, line, name: as pstats has it


def shares(work: Callable[[], object]) -> dict[str, float]:
    """Do some work; give for each owner of code the share of the seconds that were spent in it, in percent."""
    profile = cProfile.Profile()
    profile.runcall(work)
    spent = Counter[str]()
    found: Any = pstats.Stats(profile)
    for function, (_, _, seconds, _, callers) in found.stats.items():
        owner = _owner(function)
        if owner != OTHERS or not callers:
            spent[owner] += seconds
            continue
        for caller, (_, _, part, _) in callers.items():  # what is nobody's is spent by whoever calls it, one step up
            spent[_owner(caller)] += part
    del spent[""]
    whole = sum(spent.values())
    return {owner: 100 * seconds / whole for owner, seconds in spent.most_common()}


def _owner(function: Function) -> str:
    path, _, name = function
    if path == "~":
        return next((owner for mark, owner in _BUILT_IN if mark in name), OTHERS)
    ends = {path.rfind(mark) + len(mark): owner for mark, owner in _ROOMS if mark in path}
    return ends[max(ends)] if ends else OTHERS
