"""Hypothesis for the pure rooms: enough examples to find something, few enough to stay quick."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("pure", max_examples=120, deadline=None, database=None)
settings.load_profile("pure")
