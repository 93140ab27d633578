"""Rate limits of a site, for its SELECTEL_UPLOADS; each counts in the site's own process."""

from __future__ import annotations

from itertools import count

from django.http import HttpRequest

_finishes = count()


def first_finish_waits_a_second(request: HttpRequest, step: str) -> int:
    return 1 if step == "finish" and next(_finishes) == 0 else 0


def first_finish_waits_an_hour(request: HttpRequest, step: str) -> int:
    return 3600 if step == "finish" and next(_finishes) == 0 else 0
