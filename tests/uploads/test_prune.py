"""`selectel_prune`: leftovers go, everything else stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.uploads import checks, leftovers
from django_selectel_storage.uploads.management.commands import selectel_prune
from tests.site.models import Document, Letter
from tests.uploads.conftest import MIB, SCAN, Visitor, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def three_days_later(monkeypatch: pytest.MonkeyPatch) -> None:
    later = timezone.now() + timedelta(days=3)
    clock: Any = type("Clock", (), {"now": staticmethod(lambda: later)})
    monkeypatch.setattr(selectel_prune, "timezone", clock)


def told(*arguments: str) -> str:
    out = StringIO()
    call_command("selectel_prune", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.usefixtures("three_days_later")
def test_staged_files_are_shown_first_and_removed_when_asked_to(visitor: Visitor, storage: SelectelStorage) -> None:
    visitor.upload(b"forgotten", label=SCAN)
    for kept in ("documents/kept.txt", "direct-uploads-of-mine/kept.txt", "kept.txt"):
        storage.save(kept, ContentFile(b"kept"))
    shown = told()
    assert "staged" in shown
    assert "9\xa0bytes" in shown
    assert len(list(storage.walk())) == 4
    assert "Removed." in told("--delete")
    assert sorted(info.name for info in storage.walk()) == [
        "direct-uploads-of-mine/kept.txt",
        "documents/kept.txt",
        "kept.txt",
    ]


@pytest.mark.usefixtures("three_days_later")
@pytest.mark.parametrize("face", ["s3"])
def test_unfinished_uploads_go_inside_of_the_folders_of_file_fields_only(
    visitor: Visitor, storage: SelectelStorage, settings: Settings
) -> None:
    settings.SELECTEL_UPLOADS = {"PARTS_FROM": 6 * MIB, "PART_SIZE": 5 * MIB}
    content = bytes(6 * MIB)
    visitor.send_parts(visitor.start(content), content, [1])
    visitor.start(content, label=SCAN)
    storage.begin_in_parts("elsewhere/of-others.bin", "mark", "text/plain")
    assert told().count("unfinished") == 2
    told("--delete")
    assert [upload.key.rpartition("/")[2] for upload in storage.unfinished_uploads()] == ["of-others.bin"]


def test_what_is_young_stays(visitor: Visitor, storage: SelectelStorage) -> None:
    visitor.upload(b"on its way", label=SCAN)
    assert "nothing" in told("--delete")
    assert len(list(storage.walk())) == 1


def test_an_age_in_which_uploads_may_still_be_finished_is_refused() -> None:
    with pytest.raises(CommandError, match="MAX_AGE"):
        told("--older-than=1")


@pytest.mark.parametrize(
    ("upload_to", "folder"),
    [("a/b", ["a/b"]), ("a/%Y/%m", ["a"]), ("a/b%Y", ["a"]), ("%Y", []), ("", []), ("a/", ["a"])],
)
def test_the_folder_of_a_field_is_what_no_date_changes(upload_to: str, folder: list[str]) -> None:
    assert leftovers._fixed_folder(upload_to) == folder


@pytest.mark.usefixtures("three_days_later")
@pytest.mark.parametrize("upload_to", ["direct-uploads", "direct-uploads/papers/%Y"])
def test_the_files_of_a_field_are_never_taken_for_leftovers(
    storage: SelectelStorage, monkeypatch: pytest.MonkeyPatch, upload_to: str
) -> None:
    monkeypatch.setattr(Document._meta.get_field("file"), "upload_to", upload_to)
    (found,) = checks.files_among_staged_ones()
    assert (found.id, "site.Document.file" in found.msg) == ("selectel_uploads.E004", True)
    document = Document(title="kept")
    document.file.save("kept.txt", ContentFile(b"kept"))
    with pytest.raises(CommandError, match=r"site\.Document\.file"):
        told("--delete")
    assert storage.exists(str(document.file.name))


def test_a_storage_inside_of_the_staging_folder_is_told(
    storage: SelectelStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = replace(storage.options, location=f"{storage.options.location}/direct-uploads/scans")
    inside = SelectelStorage(container="media")
    inside.options = options
    monkeypatch.setattr(Letter._meta.get_field("scan"), "storage", inside)
    assert [found.msg.split()[3] for found in checks.files_among_staged_ones()] == ["site.Letter.scan"]


@pytest.mark.usefixtures("three_days_later")
def test_what_lies_beside_staged_files_and_is_not_called_as_they_are_stays(storage: SelectelStorage) -> None:
    for name in ("direct-uploads/2026-01-01/kept.txt", f"direct-uploads/{'a' * 32}", "direct-uploads/kept.txt"):
        storage.save(name, ContentFile(b"by a function as upload_to"))
    told("--delete")
    assert len(list(storage.walk())) == 3


def test_an_outage_is_told(hooks: Any, location: str, visitor: Visitor) -> None:
    started = visitor.start(b"x", label=SCAN)
    send(started, b"x")
    hooks.fault(status=503, count=50, match=location)
    with pytest.raises(CommandError, match="503"):
        told()


@pytest.mark.usefixtures("three_days_later", "russian")
def test_a_russian_site_is_told_in_russian(visitor: Visitor) -> None:
    visitor.upload(b"forgotten", label=SCAN)
    shown = told()
    assert "  промежуточный  " in shown
    assert shown.endswith("Ничего не удалено: для этого нужен --delete.\n")
    assert told("--delete").endswith("Удалено.\n")
    with pytest.raises(CommandError, match="в течение 24 ч"):
        told("--older-than", "23")
