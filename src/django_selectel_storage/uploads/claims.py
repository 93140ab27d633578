"""Who has a finished upload: a form that has taken its receipt, or a browser that has given it up. The first one does.

It is kept in Django's cache, beside the checks of the storage: a cache that keeps nothing only loses this one.
"""

from __future__ import annotations

from typing import Literal

from django.core.cache import cache

Claimant = Literal["form", "cancel"]


def claim(mark: str, claimant: Claimant, seconds: int) -> bool:
    """Say whether an upload is the claimant's, who may be the first to ask.

    Args:
        mark: by which the upload is known.
        claimant: who asks.
        seconds: for how long it is kept.
    """
    key = f"selectel_uploads:{mark}"
    return cache.add(key, claimant, seconds) or cache.get(key, claimant) == claimant
