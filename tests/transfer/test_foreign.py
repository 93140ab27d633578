"""Other Django storages as targets: a failure leaves what was there, or says what became of it."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage, storages

from django_selectel_storage.devserver import Hooks
from tests.outsider import Outsider
from tests.transfer.conftest import Command, Define, files_in

OLD, NEW = b"the old one", b"the new one, and longer"


class Filling(FileSystemStorage):
    """A disk that becomes full: each save that is named here fails with half of its bytes stored."""

    failing: ClassVar[set[int]] = set()
    saves: ClassVar[int] = 0

    def _save(self, name: str, content: Any) -> str:
        kind = type(self)
        kind.saves += 1
        content.seek(0)
        whole = content.read()
        broken = kind.saves in kind.failing
        saved: str = super()._save(name, ContentFile(whole[: len(whole) // 2] if broken else whole))  # type: ignore[misc]
        content.close()  # as storages do that hand the file to a library
        if broken:
            raise OSError("No space left on device.")
        return saved


class Replacing(Filling):
    """A storage that replaces by itself, and refuses what it has no room for."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name

    def _save(self, name: str, content: Any) -> str:
        type(self).saves += 1
        if self.saves in self.failing:
            raise OSError("No space left on device.")
        Path(self.path(name)).write_bytes(content.read())
        return name


class Normalising(Replacing):
    """A storage that takes many spellings for one name, as those do that clean their keys."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return posixpath.normpath(name.replace("\\", "/").replace(" ", "_"))

    def path(self, name: str) -> str:
        return super().path(self.get_available_name(name))


class Lowering(Filling):
    """A storage that stores everything in small letters, and says so only afterwards."""

    def _save(self, name: str, content: Any) -> str:
        return super()._save(name.lower(), content)


class LoweringAndReplacing(Lowering, Replacing):
    """The same, and it replaces by itself."""


@pytest.fixture
def target(settings: Any, tmp_path: Path) -> Callable[..., Storage]:
    """Makes a storage of a class, in a folder of its own, with an old file in it."""

    def make(kind: type[Filling], *failing: int) -> Storage:
        kind.failing, kind.saves = set(failing), 0
        backend = {"BACKEND": f"{__name__}.{kind.__name__}", "OPTIONS": {"location": str(tmp_path / "target")}}
        settings.STORAGES = {**settings.STORAGES, "target": backend}
        (tmp_path / "target").mkdir()
        (tmp_path / "target/a.txt").write_bytes(OLD)
        return storages["target"]

    return make


@pytest.mark.parametrize(
    ("failing", "left"),
    [
        ((), NEW),
        ((1, 2), OLD),  # the new one does not even fit beside the old one, neither at first nor when tried again
        ((2, 5), OLD),  # it fits beside it, and then not in its place; the third save puts the old one back
        ((1,), NEW),  # only the first try fails
    ],
)
def test_a_save_that_fails_leaves_the_old_file(
    transfer: Command, disk: Any, target: Any, tmp_path: Path, failing: tuple[int, ...], left: bytes
) -> None:
    target(Filling, *failing)
    done = transfer(str(disk({"a.txt": NEW})), "target")
    assert (done.code, "No space left" in done.complaints) == ((3, True) if left is OLD else (0, False))
    assert files_in(tmp_path / "target") == {"a.txt": left}


def test_an_old_file_that_cannot_be_put_back_is_told_of_and_the_new_one_is_kept(
    transfer: Command, disk: Any, target: Any, tmp_path: Path
) -> None:
    target(Filling, 2, 3)
    done = transfer(str(disk({"a.txt": NEW})), "target")
    found = files_in(tmp_path / "target")
    assert list(found.values()) == [NEW]
    assert (done.code, f"stored under the name {next(iter(found))!r}" in done.complaints) == (3, True)
    assert "a.txt: No space left on device. The file that was there could not be put back" in done.complaints
    assert transfer(str(disk({"a.txt": NEW})), "target").code == 0


@pytest.mark.parametrize(("failing", "left"), [((1, 2), OLD), ((), NEW)])
def test_a_storage_that_replaces_by_itself_is_left_to_do_so(
    transfer: Command, disk: Any, target: Any, tmp_path: Path, failing: tuple[int, ...], left: bytes
) -> None:
    target(Replacing, *failing)
    assert transfer(str(disk({"a.txt": NEW})), "target").code == (0 if left is NEW else 3)
    assert files_in(tmp_path / "target") == {"a.txt": left}


def test_a_folder_keeps_the_old_file_when_the_new_one_cannot_be_read_to_its_end(
    transfer: Command, define: Define, hooks: Hooks, tmp_path: Path
) -> None:
    define("old", "swift", max_retries=0).save("a.txt", ContentFile(NEW))
    (tmp_path / "a.txt").write_bytes(OLD)
    hooks.fault(status=0, method="GET", match="/old/a.txt", corrupt=True, count=99)
    assert transfer("old", str(tmp_path)).code == 3
    assert files_in(tmp_path) == {"a.txt": OLD}


@pytest.mark.parametrize("kind", [Filling, Normalising])
@pytest.mark.parametrize("name", ["a//b.txt", "a/./b.txt", "a/x/../b.txt", "a\\b.txt", "a/b.txt/", "/a/b.txt"])
def test_a_name_that_a_storage_may_take_for_that_of_another_file_is_refused(
    transfer: Command,
    define: Define,
    outsider: Callable[[str, str], Outsider],
    target: Any,
    tmp_path: Path,
    kind: type[Filling],
    name: str,
) -> None:
    target(kind)
    (tmp_path / "target/a").mkdir()
    (tmp_path / "target/a/b.txt").write_bytes(OLD)
    define("old", "s3")
    outsider("old", "s3").put(name, NEW)
    done = transfer("old", "target")
    assert (done.code, "1 failed" in done.complaints) == (3, True)
    assert files_in(tmp_path / "target") == {"a.txt": OLD, "a/b.txt": OLD}


@pytest.mark.parametrize(("kind", "name"), [(Normalising, "a b.txt"), (Lowering, "A_B.txt")])
def test_a_storage_that_changes_names_loses_no_other_file(
    transfer: Command, disk: Any, target: Any, tmp_path: Path, kind: type[Filling], name: str
) -> None:
    target(kind)
    (tmp_path / "target/a_b.txt").write_bytes(OLD)
    done = transfer(str(disk({name: NEW})), "target")
    assert (done.code, "name" in done.complaints) == (3, True)
    found = files_in(tmp_path / "target")
    assert (found.pop("a.txt"), found.pop("a_b.txt")) == (OLD, OLD)
    assert list(found.values()) == ([NEW] if kind is Lowering else [])


def test_what_a_storage_overwrote_under_another_name_is_not_deleted(
    transfer: Command, disk: Any, target: Any, tmp_path: Path
) -> None:
    target(LoweringAndReplacing)
    done = transfer(str(disk({"A.txt": NEW})), "target")
    assert (done.code, "'a.txt'" in done.complaints) == (3, True)
    assert files_in(tmp_path / "target") == {"a.txt": NEW}
