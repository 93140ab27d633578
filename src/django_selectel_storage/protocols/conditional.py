"""Writing an object only if its key is free, also when the answer to the first try was lost.

Knows no protocol. Every write with a condition carries a random ``upload-id`` in its metadata: a "key is taken" that
follows an unanswered try may mean our own object.
"""

from __future__ import annotations

from dataclasses import dataclass

from django_selectel_storage.exceptions import ObjectExists, ObjectNotFound
from django_selectel_storage.headers import WRITE_MARK, ObjectHeaders
from django_selectel_storage.options import StorageOptions
from django_selectel_storage.protocols.base import ObjectClient
from django_selectel_storage.transport.body import Body


@dataclass(frozen=True, slots=True)
class Guard:
    """How a key is protected from being overwritten.

    Attributes:
        ask_first: ask whether the key is taken, for servers that may ignore the condition.
        condition: send ``If-None-Match: *`` along.
    """

    ask_first: bool
    condition: bool


def guard_for(client: ObjectClient, options: StorageOptions, size: int) -> Guard:
    """Decide by the option ``conditional_writes``; None trusts the hosts that are known to heed the condition.

    Before a large upload it is asked in any case: one question costs nothing beside it.
    """
    wanted = options.conditional_writes
    trusted = client.heeds_conditions if wanted is None else wanted
    return Guard(ask_first=not trusted or size >= options.multipart_threshold, condition=wanted is not False)


def put_if_absent(
    client: ObjectClient, key: str, body: Body, headers: ObjectHeaders, *, guard: Guard, mark: str
) -> None:
    """Store an object whose key is free.

    Args:
        client: the object store.
        key: the object key.
        body: the bytes.
        headers: what is stored beside them.
        guard: how the key is protected.
        mark: a random text that no other write has.

    Raises:
        ObjectExists: the key is taken, and not by this very write.
    """
    if guard.ask_first and client.has(key):
        raise ObjectExists(f"The key {key!r} is taken.")
    if not guard.condition:
        client.put(key, body, headers)
        return
    try:
        client.put(key, body, headers.marked(mark), only_if_absent=True)
    except ObjectExists as error:
        if error.tries == 1 or not _is_ours(client, key, mark):
            raise


def _is_ours(client: ObjectClient, key: str, mark: str) -> bool:
    try:
        return client.head(key).metadata.get(WRITE_MARK) == mark
    except ObjectNotFound:
        return False
