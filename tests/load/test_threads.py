"""Sixty-four threads on one storage: no error, nothing leaks, and no more connections than were allowed.

``python -m tests.load.report`` does the same for sixty seconds.
"""

from __future__ import annotations

import pytest

from tests.conftest import MakeStorage
from tests.load import measures
from tests.load.mixed import mixed_work
from tests.load.processes import seconds_wanted
from tests.servers.stack import Stack

MIB = 1024 * 1024
THREADS = 64
CONNECTIONS = 16


@pytest.mark.parametrize("face", ["s3", "swift"])
def test_64_threads_share_a_storage(stack: Stack, make_storage: MakeStorage) -> None:
    storage = make_storage(pool_maxsize=CONNECTIONS, temp_url_key="key")
    storage.exists("before")
    server = stack.server.info.url
    descriptors, connections = measures.descriptors(), measures.connections_to(server)

    figures = mixed_work(storage, server, threads=THREADS, seconds=seconds_wanted(2))

    assert figures.errors == []
    assert figures.rounds > 0
    assert figures.connections - connections <= CONNECTIONS
    assert measures.descriptors() - descriptors <= CONNECTIONS
    assert figures.traced_growth < 4 * MIB
    assert figures.resident_growth < 32 * MIB
