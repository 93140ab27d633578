"""How content goes to the key of a name: described, compressed, guarded. The step of a save behind the door."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from django_selectel_storage import compression, headers, names
from django_selectel_storage.configured import ConfiguredStorage
from django_selectel_storage.content import Content, as_file
from django_selectel_storage.improper import improperly_configured
from django_selectel_storage.protocols.conditional import guard_for, put_if_absent
from django_selectel_storage.transport.body import body_of


class StoringStorage(ConfiguredStorage):
    """A storage that can send content to a key."""

    def _store(
        self, name: str, content: Content, *, guarded: bool = False, metadata: Mapping[str, str] | None = None
    ) -> str:
        """Send content to the key of a name, and give the name."""
        key = self._file_key(name)
        content = as_file(content, name)
        body = body_of(content, self.options.max_memory_size)
        try:
            body, described = compression.compressed(body, self._describe(name, content, metadata), self.options)
            if guarded:
                guard = guard_for(self.client, self.options, body.size)
                put_if_absent(self.client, key, body, described, guard=guard, mark=secrets.token_hex(16))
            else:
                self.client.put(key, body, described)
        finally:
            body.close()
        return names.storage_name(key, self.options.location)

    def _is_stored(self, key: str) -> bool:
        """Say whether something is stored under a key."""
        return self.client.has(key)

    def _describe(
        self, name: str, content: Content | None, metadata: Mapping[str, str] | None
    ) -> headers.ObjectHeaders:
        with improperly_configured():
            described = headers.for_object(name, self.options, getattr(content, "content_type", None))
            given = self.get_object_headers(name)
            return headers.overridden(described, given, metadata) if given or metadata else described

    def get_object_headers(self, name: str) -> Mapping[str, str]:  # noqa: ARG002 - a hook for subclasses
        """Give header fields for a new object, over those of the options. For subclasses; this one has none.

        Args:
            name: the storage name.

        Returns:
            Content-Type, Cache-Control, Content-Disposition, Content-Language or Content-Encoding, and metadata as
            x-amz-meta-… or x-object-meta-….
        """
        return {}
