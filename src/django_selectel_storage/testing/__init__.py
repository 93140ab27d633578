"""For the tests of sites: a storage in memory, and retries that do not wait. docs/testing.md shows how to use them.

The pytest fixtures live in ``testing.fixtures``, which nothing else imports.
"""

from django_selectel_storage.testing.memory import InMemory, InMemorySelectelStorage
from django_selectel_storage.transport.pauses import no_waiting

__all__ = ["InMemory", "InMemorySelectelStorage", "no_waiting"]
