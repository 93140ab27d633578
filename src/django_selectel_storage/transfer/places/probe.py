"""Whether two containers of one name are one: what is put into the one shows in the other, or it does not.

The same container can be reached over S3 and over Swift, with many keys and under many hosts: no option tells.
"""

from __future__ import annotations

from dataclasses import dataclass

from django_selectel_storage.headers import ObjectHeaders
from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.transfer.places.container import ContainerPlace
from django_selectel_storage.transfer.places.foreign import ForeignPlace
from django_selectel_storage.transfer.values import Place
from django_selectel_storage.transport.body import BytesBody

NAME = ".selectel-probe-"  # how the names of probes begin


@dataclass(frozen=True, slots=True)
class Probe:
    """Two containers of one name, of which the one is only read.

    Attributes:
        source: where files are to come from.
        target: where they are to go.
    """

    source: ContainerPlace
    target: ContainerPlace

    def shows(self, mark: str) -> bool:
        """Put an object into the target, say whether the source has it, and remove it.

        Args:
            mark: what makes its name one that nobody has.

        Raises:
            StorageError: one of them could not be asked, so that nothing is proved.
        """
        key = self.target.key(f"{NAME}{mark}")
        self.target.client.put(key, BytesBody(mark.encode()), ObjectHeaders("text/plain"))
        try:
            return self.source.client.has(key)
        finally:
            self.target.client.delete(key)


def probe_for(source: Place, target: Place) -> Probe | None:
    """Give what proves whether both are one; None where the options tell that no file of the one is in the other."""
    one, other = _container(source), _container(target)
    return Probe(one, other) if one and other and one.shares_keys_with(other) else None


def _container(place: Place) -> ContainerPlace | None:
    """Give the container that files are in, also where a class stores them in its own way."""
    if isinstance(place, ForeignPlace) and isinstance(place.storage, SelectelStorage):
        return ContainerPlace(place.storage, place.title)
    return place if isinstance(place, ContainerPlace) else None
