"""A run that is interrupted keeps its figures, and goes on only where it is the same run."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.figures import Figure
from benchmarks.kept import Kept

RUN = {"scale": "full", "sources": "0123", "peers": {"django-storages": {"boto3": "1.0"}}}
CPU = (Figure("client CPU", "url", "nginx", "django-storages", "s", (1e-5, 2e-5)),)
START = (Figure("start", "installed size", "the disk", "django-storages", "B", (1.0,)),)


def test_a_run_goes_on_with_what_was_measured(tmp_path: Path) -> None:
    path = tmp_path / "unfinished.json"
    first = Kept(path, RUN)
    first.add("cpu", CPU, 60.0)
    second = Kept.resumed(path, RUN)
    second.add("start", START, 30.0)
    third = Kept.resumed(path, RUN)

    assert third.measures == {"cpu": CPU, "start": START}
    assert (third.seconds, third.sittings) == (90.0, 3)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("other", [{**RUN, "sources": "4567"}, {**RUN, "cores": 2}, {"scale": "full", "peers": {}}])
def test_another_run_is_not_gone_on_with(tmp_path: Path, other: dict[str, object]) -> None:
    path = tmp_path / "unfinished.json"
    Kept(path, RUN).add("cpu", CPU, 60.0)
    with pytest.raises(SystemExit, match=r"another one \((sources|cores|peers, sources)\)"):
        Kept.resumed(path, other)


def test_where_nothing_was_interrupted_nothing_is_resumed(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no run"):
        Kept.resumed(tmp_path / "unfinished.json", RUN)


def test_a_part_that_is_only_printed_keeps_nothing(tmp_path: Path) -> None:
    Kept(None, RUN).add("cpu", CPU, 60.0)
    assert list(tmp_path.iterdir()) == []
