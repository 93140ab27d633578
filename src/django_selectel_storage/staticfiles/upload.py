"""Carrying files to the real store, side by side, and telling of every one that failed. Knows no manifest."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from itertools import islice
from threading import Event

from django.utils.translation import ngettext

from django_selectel_storage import names
from django_selectel_storage.exceptions import DeletionFailed, ObjectNotFound, SelectelException
from django_selectel_storage.headers import STORED_MD5, ObjectHeaders
from django_selectel_storage.protocols.base import ObjectInfo, headers_of
from django_selectel_storage.protocols.listing import pages
from django_selectel_storage.staticfiles.local import LocalClient
from django_selectel_storage.staticfiles.plan import Made, Plan, Stored, Verdict, plan, verdict
from django_selectel_storage.storage import SelectelStorage

LEAST_RETRIES = 8  # 429 is an ordinary answer to many uploads: Selectel takes 300 PUTs a second in a bucket
MOST_FAILURES = 20  # so many, and nothing more is begun

Done = Callable[[str], object]


class FilesFailed(SelectelException):
    """Some files could not be uploaded, compared or described.

    Attributes:
        failures: the error of each, by key.
        untried: how many files were not begun with any more.
    """

    def __init__(self, failures: Mapping[str, Exception], untried: int = 0) -> None:
        told = "".join(f"\n  {key}: {error}" for key, error in sorted(failures.items()))
        words = ngettext(
            "{count} file could not be brought up to date:",
            "{count} files could not be brought up to date:",
            len(failures),
        )
        super().__init__(f"{words.format(count=len(failures))}{told}{_untried(untried)}")
        self.failures = dict(failures)
        self.untried = untried


def _untried(count: int) -> str:
    words = ngettext("{count} more file was not tried.", "{count} more files were not tried.", count)
    return f"\n  {words.format(count=count)}" if count else ""


class Destination:
    """The location of a storage in the real store.

    Args:
        storage: the storage.
        concurrency: how many files are under way at a time.
    """

    def __init__(self, storage: SelectelStorage, concurrency: int) -> None:
        options = storage.options
        connections = concurrency * (1 + options.max_concurrency)  # each file may go up in parts
        patient = replace(
            options,
            pool_maxsize=max(options.pool_maxsize, connections),
            max_retries=max(options.max_retries, LEAST_RETRIES),
        )
        self.client = storage._client_with(patient)  # noqa: SLF001 - the store that the storage itself speaks to
        self.lists_at_once = options.protocol == "s3"  # Swift's listings may lag behind
        self.prefix = names.folder_prefix("", options.location)
        self._concurrency = concurrency

    def listing(self, below: str = "") -> Iterator[ObjectInfo]:
        """Give all files whose names begin with ``below``, page by page."""
        for page in pages(self.client, self.prefix + below):
            yield from page.described()

    def compared(self, made: Mapping[str, Made], stored: Mapping[str, Stored]) -> Plan:
        """Plan what to do, with a question to the store for each file that the listing leaves unclear."""
        todo = plan(made, stored)
        same: list[str] = []

        def settle(key: str) -> None:
            if self._keeps_md5(key, made[key]):
                same.append(key)

        self.each(settle, todo.unclear)
        others = set(todo.unclear).difference(same)
        return Plan(todo.new, sorted({*todo.replaced, *others}), [*todo.unchanged, *same])

    def has(self, key: str, made: Made, stored: Stored | None) -> bool:
        """Whether exactly these bytes are stored under a key."""
        found = verdict(made, stored)
        return found is Verdict.UNCHANGED or (found is Verdict.UNCLEAR and self._keeps_md5(key, made))

    def _keeps_md5(self, key: str, made: Made) -> bool:
        try:
            info = self.client.head(key)
        except ObjectNotFound:
            return False
        return info.size == made.size and info.metadata.get(STORED_MD5) == made.md5

    def upload(self, local: LocalClient, key: str) -> None:
        """Store one file, with its MD5 in the metadata."""
        body = local.body(key)
        try:
            self.client.put(key, body, _described(local, key))
        finally:
            body.close()

    def describe(self, local: LocalClient, key: str, *, dry_run: bool = False) -> bool:
        """Describe a stored file as it would be described today; give whether anything is, or was, different."""
        info = self.client.head(key)
        wanted = _described(local, key)
        now = headers_of(info)
        ruled = local.objects[key].headers.metadata
        if now.metadata.items() >= ruled.items() and now.standard() == {**now.further, **wanted.standard()}:
            return False
        if not dry_run:
            self.client.update_headers(info, replace(wanted, further=now.further))
        return True

    def remove(self, keys: Collection[str]) -> None:
        """Delete files.

        Raises:
            DeletionFailed: some could not be deleted.
        """
        failures = self.client.delete_many(list(keys))
        if failures:
            raise DeletionFailed(failures)

    def each(self, work: Callable[[str], object], keys: Collection[str], done: Done = lambda _: None) -> None:
        """Do something with each of many files, some at a time.

        Args:
            work: what to do.
            keys: with which.
            done: told of each file that is done, in this thread.

        Raises:
            FilesFailed: it could not be done with some; those that were begun are waited for.
        """
        batch, finished = _Batch(work), 0
        with ThreadPoolExecutor(self._concurrency, thread_name_prefix="collectstatic") as pool:
            try:
                for key in _attempted(pool, batch, keys, 2 * self._concurrency):
                    finished += 1
                    done(key)
            except BaseException:
                batch.stopped.set()
                raise
        if batch.failures:
            raise FilesFailed(batch.failures, len(keys) - finished - len(batch.failures))


def _attempted(pool: ThreadPoolExecutor, batch: _Batch, keys: Collection[str], most: int) -> Iterator[str]:
    """Attempt all, of which so many are in memory at a time, and give those that were done as they come."""
    under_way: dict[Future[bool], str] = {}
    waiting = iter(keys)
    while True:
        under_way |= {pool.submit(batch.attempt, key): key for key in islice(waiting, most - len(under_way))}
        if not under_way:
            return
        for future in wait(under_way, return_when=FIRST_COMPLETED).done:
            key = under_way.pop(future)
            if future.result():
                yield key


class _Batch:
    """Many files with which the same is done, until too many have failed."""

    def __init__(self, work: Callable[[str], object]) -> None:
        self.stopped = Event()
        self.failures: dict[str, Exception] = {}
        self._work = work

    def attempt(self, key: str) -> bool:
        """Do it with one file; give whether it was done."""
        if self.stopped.is_set():
            return False
        try:
            self._work(key)
        except (OSError, SelectelException) as error:
            self.failures[key] = error
            if len(self.failures) >= MOST_FAILURES:
                self.stopped.set()
            return False
        return True


def _described(local: LocalClient, key: str) -> ObjectHeaders:
    found = local.objects[key]
    return replace(found.headers, metadata={**found.headers.metadata, STORED_MD5: found.made.md5})
