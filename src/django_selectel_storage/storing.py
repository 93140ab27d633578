"""Which names are free, and how content goes to the key of one: described, compressed, guarded."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from django_selectel_storage import compression, headers, names
from django_selectel_storage.configured import ConfiguredStorage
from django_selectel_storage.content import Content, as_file
from django_selectel_storage.improper import improperly_configured
from django_selectel_storage.naming import NameSearch
from django_selectel_storage.protocols.conditional import guard_for, put_if_absent
from django_selectel_storage.transport.body import body_of


class StoringStorage(ConfiguredStorage):
    """A storage that knows which names are free, and can send content to a key."""

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

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Give a name that is free, in Django's own way; where files are overwritten, one that is not too long."""
        if self.options.file_overwrite:  # Django before 5.1 would search for ever
            return NameSearch(self, set(), asks=False).get_available_name(name, max_length=max_length)
        return super().get_available_name(name, max_length=max_length)

    def is_name_available(self, name: str, max_length: int | None = None) -> bool:
        """Say whether content may be stored under a name: where that overwrites, any that is not too long."""
        fits = not max_length or len(name) <= max_length
        return fits and (self.options.file_overwrite or not self.exists(name))

    def get_alternative_name(self, file_root: str, file_ext: str) -> str:
        """Give another name to try; where files are overwritten, the name as it was left by shortening it."""
        if self.options.file_overwrite:
            return f"{file_root}{file_ext}"
        return super().get_alternative_name(file_root, file_ext)

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
