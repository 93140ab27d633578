"""Two containers of one name: one and the same, reached in two ways, or two; and no place is copied into itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile

from django_selectel_storage.content import Content
from django_selectel_storage.devserver import Hooks
from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.transfer.places.probe import NAME
from tests.transfer.conftest import Command, Define, content_of

FILES = {"a.txt": b"1", "below/b.txt": b"2"}
Kinds = Callable[[], dict[str, int]]

one_container = pytest.mark.parametrize(("old", "new"), [("s3", "swift"), ("swift", "s3")])
nested = pytest.mark.parametrize(
    ("outer", "inner"), [("", "/below"), ("/below", ""), ("", "")], ids=["into itself", "out of itself", "equal"]
)


class Own(SelectelStorage):
    """A storage that stores in a way of its own."""

    def _save(self, name: str, content: Content) -> str:
        return super()._save(name, content)


@pytest.fixture
def ends(define: Define) -> Callable[..., tuple[SelectelStorage, SelectelStorage]]:
    """Defines two schemas of containers of one name, with locations in one folder; the first has the files."""

    def make(old: str, new: str, outer: str, inner: str) -> tuple[SelectelStorage, SelectelStorage]:
        folder = define("one", old).options.location
        source, target = define("old", old, location=folder + outer), define("new", new, location=folder + inner)
        for name, content in FILES.items():
            source.save(name, ContentFile(content))
        return source, target

    return make


@one_container
@nested
def test_a_container_is_not_copied_into_itself_over_another_protocol(
    transfer: Command, ends: Any, old: str, new: str, outer: str, inner: str
) -> None:
    source, target = ends(old, new, outer, inner)
    before = content_of(source), content_of(target)
    done = transfer("old", "new")
    assert (done.code, "same place" in done.complaints) == (1, True)
    assert (content_of(source), content_of(target)) == before


@nested
def test_two_containers_of_one_name_are_two(transfer: Command, ends: Any, outer: str, inner: str) -> None:
    _, target = ends("s3", "keystone", outer, inner)
    done = transfer("old", "new")
    assert (done.code, done.complaints) == (0, "")
    assert content_of(target) == FILES


@one_container
def test_a_dry_run_only_warns(transfer: Command, ends: Any, kinds_for: Kinds, old: str, new: str) -> None:
    ends(old, new, "", "/inner")
    kinds_for()
    done = transfer("old", "new", "--dry-run")
    assert (done.code, "may be the same one" in done.complaints) == (0, True)
    assert kinds_for().keys() <= {"list", "GET", "HEAD"}


def test_folders_beside_each_other_need_no_probe(transfer: Command, ends: Any, kinds_for: Kinds) -> None:
    ends("s3", "swift", "/here", "/there")
    kinds_for()
    assert transfer("old", "new").code == 0
    assert kinds_for()["PUT"] == len(FILES)


def test_a_class_that_stores_in_its_own_way_is_known_by_its_container(
    transfer: Command, ends: Any, settings: Any
) -> None:
    source, _ = ends("s3", "swift", "", "/inner")
    backend = {"BACKEND": f"{__name__}.Own", "OPTIONS": {"storage": "new"}}
    settings.STORAGES = {**settings.STORAGES, "own": backend}
    assert "same place" in transfer("old", "own").complaints
    assert content_of(source) == FILES


def test_a_probe_is_removed_when_the_source_cannot_be_asked(
    transfer: Command, define: Define, ends: Any, hooks: Hooks
) -> None:
    _, target = ends("s3", "swift", "", "/inner")
    define("old", "s3", location=define("one").options.location, max_retries=0)
    hooks.fault(status=503, method="HEAD", match=NAME, count=9)
    assert transfer("old", "new").code == 1
    hooks.clear_faults()
    assert content_of(target) == {}
