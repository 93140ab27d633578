"""A site without any address."""

from __future__ import annotations

urlpatterns: list[object] = []
