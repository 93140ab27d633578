"""One file: whether it has to be moved, and moving it; what came of it is a value. Safe to use from many threads."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event

from django.utils.translation import gettext_lazy

from django_selectel_storage.exceptions import DamagedTransfer
from django_selectel_storage.transfer.bodies import stoppable
from django_selectel_storage.transfer.digests import md5_of
from django_selectel_storage.transfer.places.container import ContainerPlace
from django_selectel_storage.transfer.places.replacing import AnotherName, Lost
from django_selectel_storage.transfer.sameness import Comparison
from django_selectel_storage.transfer.values import FATAL, Entry, Item, Outcome, Pair, Place, Result
from django_selectel_storage.transfer.work import Memory

_FOLDER = gettext_lazy("It is the mark of a folder (its content type says so), which has no file.")
MEMORY = 256 * 1024 * 1024  # bytes that all files under way may take together


@dataclass(frozen=True, slots=True)
class Wishes:
    """How files are moved.

    Attributes:
        dry_run: only say what would be done.
        verify: read every file back, also those that were there already.
    """

    dry_run: bool = False
    verify: bool = False


class Mover:
    """Moves files from one place to another.

    Args:
        source: where they are.
        target: where they are to be.
        wishes: how they are moved.
    """

    def __init__(self, source: Place, target: Place, wishes: Wishes) -> None:
        self._source = source
        self._target = target
        self._wishes = wishes
        self._as_stored = source.keeps_headers and target.keeps_headers
        self._memory = Memory(MEMORY)
        self._given_up = Event()

    def give_up(self) -> None:
        """Let what is under way end soon, and leave nothing behind."""
        self._given_up.set()

    def move(self, pair: Pair) -> Outcome:
        """Move a file, unless it is there already.

        Raises:
            AuthenticationFailed, ConfigurationError, ContainerNotFound: no file could be moved.
        """
        problem = pair.one.problem or self._target.refusal(pair.one)
        if problem:
            return Outcome(pair, Result.FAILED, reason=problem)
        try:
            return self._move(pair)
        except FATAL:
            raise
        except Exception as error:  # noqa: BLE001 - a foreign storage may raise anything; one file stops no other
            reason, final = str(error) or type(error).__name__, isinstance(error, (AnotherName, Lost))
            return Outcome(pair, Result.FAILED, reason=reason, final=final)

    def _move(self, pair: Pair) -> Outcome:
        if self._is_there(pair):
            return Outcome(pair, Result.SAME)
        if self._marks_a_folder(pair.one):
            return Outcome(pair, Result.FAILED, reason=_FOLDER)
        if self._wishes.dry_run:
            return Outcome(pair, Result.WOULD_COPY)
        on_the_server = self._copy(pair.one)
        if self._wishes.verify and not self._reads_back(pair.one):
            raise DamagedTransfer("What was read back is not what was sent.")
        return Outcome(pair, Result.COPIED, on_the_server=on_the_server)

    def _is_there(self, pair: Pair) -> bool:
        if not Comparison(self._source, self._target, pair).is_same():
            return False
        return not self._wishes.verify or self._reads_back(pair.one)

    def _marks_a_folder(self, entry: Entry) -> bool:
        """Whether an empty object stands for a folder, where the target has folders of its own."""
        if entry.size or self._target.keeps_headers or not self._source.keeps_headers:
            return False
        return self._source.look(entry, as_stored=False).marks_a_folder

    def _copy(self, entry: Entry) -> bool:
        """Copy a file; say whether the store did it by itself."""
        source, target = self._source, self._target
        if isinstance(source, ContainerPlace) and isinstance(target, ContainerPlace) and target.copies_from(source):
            target.copy(source, entry)
            return True
        # The size that is listed may be that of a manifest; that of an open file is true.
        with (
            source.open(entry, as_stored=self._as_stored) as item,
            self._memory.taken(target.memory_for(item.body.size)),
        ):
            target.write(entry.name, Item(stoppable(item.body, self._given_up), item.known))
        return False

    def _reads_back(self, entry: Entry) -> bool:
        """Read a file out of the target, and compare it with the source."""
        with self._source.open(entry, as_stored=self._as_stored) as item:
            wanted = item.known.md5 or self._md5_of(item)
        with self._target.open(entry, as_stored=self._as_stored) as item:
            return self._md5_of(item) == wanted

    def _md5_of(self, item: Item) -> str:
        return md5_of(stoppable(item.body, self._given_up).chunks())
