"""The figures of load in docs/reliability.md.

python -m tests.load.report                          # 64 threads for 60 seconds on each face, 100,000 objects
python -m tests.load.report --seconds 5 --objects 20000
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Iterator

from django_selectel_storage.devserver import DevServer
from tests.load import measures
from tests.load.many import FACES, filled_server, listed
from tests.reliability import record

KIB = 1024
GROWTH = ("objects grew", "RSS grew")
OF_WALK = ("requests of `walk`", "CPU of `walk`", "peak of `walk`")
THREADS = 64
CONNECTIONS = 16


def main() -> None:
    """Measure, print Markdown, and write it into the page."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--objects", type=int, default=100_000)
    given = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django  # noqa: PLC0415 - settings come first

    django.setup()
    lines = []
    for line in measured(given.seconds, given.objects):
        print(line, flush=True)
        lines.append(line)
    record("load", "tests.load.report", lines)


def measured(seconds: float, objects: int) -> Iterator[str]:
    """Measure, and give the lines of the page."""
    yield f"{THREADS} threads on one storage for {seconds:g} s, with `pool_maxsize={CONNECTIONS}`:"
    yield ""
    yield from head("face", "rounds", "requests", "errors", "connections", "descriptors left", *GROWTH)
    with DevServer() as server:
        for face in FACES:
            yield row(thread_cells(server, face, seconds))
    yield ""
    yield f"{objects:,} objects and a fifth of them:"
    yield ""
    yield from head("face", "objects", *OF_WALK, "requests of `listdir`", "a name")
    numbers = (objects // 5, objects)
    with filled_server(numbers) as server:
        for face in FACES:
            for number in numbers:
                yield row(object_cells(server, face, number))


def thread_cells(server: DevServer, face: str, seconds: float) -> Iterable[str]:
    """What 64 threads did on a face."""
    from django_selectel_storage.storage import SelectelStorage  # noqa: PLC0415 - settings come first
    from tests.load.mixed import REQUESTS_OF_A_ROUND, mixed_work  # noqa: PLC0415

    options = {**FACES[face](server.info), "pool_maxsize": CONNECTIONS, "temp_url_key": server.info.temp_url_key}
    storage = SelectelStorage(**options)
    storage.exists("before")
    descriptors = measures.descriptors()
    found = mixed_work(storage, server.info.url, threads=THREADS, seconds=seconds)
    for error in found.errors[:3]:
        print(repr(error))
    return (
        face, f"{found.rounds:,}", f"{found.rounds * REQUESTS_OF_A_ROUND:,}", str(len(found.errors)),
        str(found.connections),
        str(measures.descriptors() - descriptors), f"{found.traced_growth / KIB:,.0f} KiB",
        f"{found.resident_growth / KIB:,.0f} KiB",
    )  # fmt: skip


def object_cells(server: DevServer, face: str, number: int) -> Iterable[str]:
    """What listing so many objects took."""
    found = listed(server, face, number)
    return (
        face, f"{number:,}", str(found.requests_of_walk), f"{found.cpu_of_walk:.2f} s",
        f"{found.peak_of_walk / KIB:,.0f} KiB",
        str(found.requests_of_listdir), f"{found.kept_for_a_name:.0f} bytes",
    )  # fmt: skip


def head(*titles: str) -> Iterator[str]:
    """The head of a table, and its line."""
    yield row(titles)
    yield "|---" * len(titles) + "|"


def row(cells: Iterable[str]) -> str:
    """A row of a table."""
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
