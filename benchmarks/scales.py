"""How much is measured: all of it, what takes some minutes, or what takes seconds. Pure."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Scale:
    """The size of a run.

    Attributes:
        name: what it is called.
        minutes: how long it takes on two cores, about.
        rounds: how often everything is measured; contestants take turns in each.
        cpu_rounds: how often client CPU on nginx is, which takes little time and is easily disturbed.
        times: calls of an operation in a round, on nginx; a tenth of them on Swift.
        distances: milliseconds of added round-trip time.
        threads: how many threads work at once.
        large: bytes of the large file.
        large_rounds: how often it is moved.
        uploads: bytes of the files that show how cost grows.
        listings: objects in the folders that show how cost grows.
        static_files: how many collectstatic collects on nginx; a tenth of them on Swift.
        static_rounds: how often it does so with hashed names.
        plain_rounds: how often with plain ones, and with more and more files.
        static_growth: static files that show how cost grows.
        transferred: how many files ``selectel_transfer`` moves.
        races: how often eight threads save one name at once.
    """

    name: str
    minutes: int
    rounds: int
    cpu_rounds: int
    times: int
    distances: tuple[int, ...]
    threads: tuple[int, ...]
    large: int
    large_rounds: int
    uploads: tuple[int, ...]
    listings: tuple[int, ...]
    static_files: int
    static_rounds: int
    plain_rounds: int
    static_growth: tuple[int, ...]
    transferred: int
    races: int


SCALES = {
    scale.name: scale
    for scale in (
        Scale("tiny", 1, 1, 1, 3, (0,), (2,), MIB, 1, (MIB,), (1000,), 10, 1, 1, (10, 20), 10, 1),
        Scale(
            "small", 15, 5, 5, 40, (0, 20), (1, 8), 64 * MIB, 5,
            (MIB, 16 * MIB, 64 * MIB), (1000, 10_000), 100, 5, 2, (500, 1000), 1000, 20,
        ),
        Scale(
            "medium", 50, 5, 9, 100, (0, 5, 20, 80), (1, 8, 32), 256 * MIB, 5,
            (MIB, 16 * MIB, 64 * MIB, 256 * MIB), (1000, 10_000, 100_000), 300, 5, 2, (1000, 5000), 5000, 50,
        ),
        Scale(
            "full", 95, 5, 11, 100, (0, 5, 20, 80), (1, 8, 32), 1024 * MIB, 5,
            (MIB, 16 * MIB, 64 * MIB, 256 * MIB, 1024 * MIB), (1000, 10_000, 100_000),
            1000, 5, 5, (1000, 5000, 20_000), 20_000, 100,
        ),
    )
}  # fmt: skip
