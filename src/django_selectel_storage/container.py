"""What 1.x handed out as ``storage.container``: the verbs of it that were of use to others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_selectel_storage.storage import SelectelStorage


class Container:
    """The container of a storage, in the shape of 1.x.

    Args:
        storage: the storage that does the work.
    """

    def __init__(self, storage: SelectelStorage) -> None:
        self._storage = storage

    @property
    def name(self) -> str:
        """The container's name."""
        return self._storage.options.container

    def send_me_file(self, filename: str, size: int) -> str:
        """Give a link to which somebody else PUTs a file; see ``SelectelStorage.send_me_file``."""
        return self._storage.send_me_file(filename, size)

    def build_url(self, key: str) -> str:
        """Give the address of a name, without a signature."""
        return self._storage.client.plain_url(self._storage._key(key.lstrip("/")))  # noqa: SLF001 - its other half
