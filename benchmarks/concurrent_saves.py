"""How many files are lost when eight threads save one name at the same moment.

    python -m benchmarks.concurrent_saves

Each round lets eight threads save different bytes under one name on a fresh key, and counts the files that cannot be
read back afterwards: on real OpenStack Swift as it is, whose If-None-Match is not atomic, and with the development
server carrying out the writes of one key one after the other, as a store with atomic conditions does. Peer: the same
with django-storages[s3] and file_overwrite=False. Needs the extras devserver and bench.
"""

from __future__ import annotations

import argparse
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

from benchmarks.client_cost import BACKENDS, OURS, PEER, options_for
from django_selectel_storage.devserver import DevServer

WRITERS = 8


def lost_in_a_round(storage: Any, pool: ThreadPoolExecutor) -> int:
    """Save eight files under one name at once; give how many are not there afterwards."""
    from django.core.files.base import ContentFile  # noqa: PLC0415 - settings come first

    name, barrier = f"{uuid4().hex}.txt", threading.Barrier(WRITERS)

    def write(number: int) -> tuple[str, bytes]:
        content = f"writer {number}".encode()
        barrier.wait()
        return storage.save(name, ContentFile(content)), content

    saved = list(pool.map(write, range(WRITERS)))
    return sum(storage.open(stored).read() != content for stored, content in saved)


def storages_on(server: DevServer) -> Iterator[tuple[str, Any]]:
    """Each storage that is looked at, with its label."""
    from django.utils.module_loading import import_string  # noqa: PLC0415 - settings come first

    info = server.info
    given = options_for(info, location="race")
    yield f"{OURS}, S3", import_string(BACKENDS[OURS])(**given[OURS])
    yield (
        f"{OURS}, Swift",
        import_string(BACKENDS[OURS])(
            username=info.username, password=info.password, auth_url=info.auth_url, container="media", location="race"
        ),
    )
    yield f"{PEER}, S3", import_string(BACKENDS[PEER])(**given[PEER])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    import django  # noqa: PLC0415 - settings come first
    from django.conf import settings  # noqa: PLC0415

    settings.configure(USE_TZ=True)
    django.setup()
    print(f"{rounds} rounds of {WRITERS} concurrent saves of one name: files lost, and rounds with a loss")
    with DevServer(hooks=True) as server:
        for serialised in (False, True):
            server.hooks.serialize_writes(serialised)
            print("  writes of one key", "one after the other" if serialised else "as bare Swift does them")
            for label, storage in storages_on(server):
                with ThreadPoolExecutor(WRITERS) as pool:
                    losses = [lost_in_a_round(storage, pool) for _ in range(rounds)]
                print(f"    {label:32}{sum(losses):6} of {rounds * WRITERS}{sum(map(bool, losses)):6} rounds")


if __name__ == "__main__":
    main()
