"""Requests of a browser, or of another program, that has a link and nothing else."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Mapping


def send(method: str, url: str, content: bytes | None, headers: Mapping[str, str]) -> int:
    """Send bytes, or none; give the status."""
    request = urllib.request.Request(url, content, dict(headers), method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return int(error.code)
