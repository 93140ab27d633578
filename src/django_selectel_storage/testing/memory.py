"""The storage classes on an object store in memory: the door is the real one, so that names and errors are too.

Each storage object holds its own files, as with Django's ``InMemoryStorage``; nothing is ever sent.
"""

from __future__ import annotations

from dataclasses import replace

from django.utils.functional import cached_property

from django_selectel_storage import conf
from django_selectel_storage.configured import ConfiguredStorage
from django_selectel_storage.options import CREDENTIALS, StorageOptions
from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.testing.store import MemoryClient, StoredObject

# What a storage in memory needs no real ones of. Names under .invalid lead nowhere (RFC 2606).
_PLACE = {"container": "memory", "endpoint": "https://memory.invalid"}
_KEY = {"access_key": "memory-access-key", "secret_key": "memory-secret-key"}  # nosec B105


class InMemory(ConfiguredStorage):
    """Makes any storage class of this package keep its files in memory.

    ``class StaticInMemory(InMemory, SelectelStaticStorage)`` is the one for static files.

    Args:
        storage: a schema of SELECTEL_STORAGES or a DSN whose options count; without it no settings are read.
        keywords: any option; all have values that do for tests.
    """

    def __init__(self, storage: str | None = None, **keywords: object) -> None:
        super().__init__(storage, **keywords)
        self._objects: dict[str, StoredObject] = {}

    takes_uploads = False  # no browser finds the way here: forms send files the ordinary way

    @cached_property
    def options(self) -> StorageOptions:
        """The options; place and credentials are made up where they are not given."""
        given = self._arguments
        if given.schema is not None or given.dsn is not None:
            return conf.resolve(given)
        key = {} if CREDENTIALS - {"temp_url_key"} & given.keywords.keys() else _KEY
        return conf.resolve(replace(given, keywords={**_PLACE, **key, **given.keywords}))

    def _client_with(self, options: StorageOptions) -> MemoryClient:
        """Give the object store in memory."""
        return MemoryClient(options, self._objects)


class InMemorySelectelStorage(InMemory, SelectelStorage):
    """``SelectelStorage`` in memory, for fast tests: the same verbs, names, URLs and errors, and no server."""
