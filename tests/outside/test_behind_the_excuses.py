"""What Django's excused cases would have looked at behind the line that they fail on."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch
from urllib.parse import unquote, urlsplit

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import TemporaryUploadedFile

from django_selectel_storage.storage import SelectelStorage
from tests.conftest import MakeStorage


class Choosing(SelectelStorage):
    """Finds names in its own way."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return super().get_available_name(name, max_length)


def test_every_verb_takes_a_pathlib_path(storage: SelectelStorage) -> None:
    path = Path("folder/test.file")
    assert not storage.exists(path)  # type: ignore[arg-type]
    assert storage.save(path, ContentFile("custom contents")) == "folder/test.file"  # type: ignore[arg-type]
    assert storage.exists(path)  # type: ignore[arg-type]
    assert storage.size(path) == 15  # type: ignore[arg-type]
    assert storage.url(path).partition("?")[0] == storage.url("folder/test.file").partition("?")[0]  # type: ignore[arg-type]
    with storage.open(path) as file:  # type: ignore[call-overload]
        assert file.read() == b"custom contents"
    assert storage.get_modified_time(path) == storage.get_modified_time("folder/test.file")  # type: ignore[arg-type]
    storage.delete(path)  # type: ignore[arg-type]
    assert not storage.exists("folder/test.file")


@pytest.mark.parametrize("verb", ["delete", "open", "size", "get_modified_time"])
def test_no_name_is_not_the_file_called_none(storage: SelectelStorage, verb: str) -> None:
    storage.save("None", ContentFile(b"to be kept"))
    with pytest.raises(ValueError, match="name"):
        getattr(storage, verb)(None)
    assert storage.listdir("") == ([], ["None"])


def test_a_text_file_on_the_disk_is_saved(storage: SelectelStorage, tmp_path: Path) -> None:
    (tmp_path / "example.txt").write_text("some content", encoding="utf-8")
    with (tmp_path / "example.txt").open(encoding="utf-8") as file:
        storage.save("tests/file_obj", file)
    with storage.open("tests/file_obj") as saved:
        assert saved.read() == b"some content"


def test_the_case_of_letters_is_kept(storage: SelectelStorage) -> None:
    with storage.open("CaSe_SeNsItIvE", "w") as file:
        file.write("storage contents")
    assert storage.listdir("") == ([], ["CaSe_SeNsItIvE"])
    assert not storage.exists("case_sensitive")


@pytest.mark.parametrize("name", [r"~!*()'@#$%^&*abc`+ =.file", "/evil.com", "///evil.com", "", None])
def test_a_public_url_leads_into_the_location(make_storage: MakeStorage, location: str, name: str | None) -> None:
    url = urlsplit(make_storage(custom_domain="cdn.example.com").url(name))
    assert url.netloc == "cdn.example.com"
    assert unquote(url.path) == f"/{location}/{(name or '').lstrip('/')}"
    assert not url.query
    assert not url.fragment


@pytest.mark.parametrize("bad", ["path/to/../test.file", "/path/to/test.file"])
def test_a_name_that_leaves_the_location_is_refused_wherever_it_comes_from(make_storage: MakeStorage, bad: str) -> None:
    storage = make_storage(Choosing)
    words = f"Detected path traversal attempt in '{bad}'"
    with (
        patch.object(Choosing, "get_available_name", return_value=bad),
        pytest.raises(SuspiciousFileOperation, match=words),
    ):
        storage.save("valid-file-name.txt", ContentFile(b"irrelevant"))
    with patch.object(Choosing, "_save", return_value=bad), pytest.raises(SuspiciousFileOperation, match=words):
        storage.save("valid-file-name.txt", ContentFile(b"irrelevant"))
    assert storage.listdir("") == ([], [])


def test_a_missing_file_shows_when_it_is_first_read(storage: SelectelStorage) -> None:
    file = storage.open("missing.txt")
    with pytest.raises(FileNotFoundError):
        file.read()


def test_an_uploaded_temporary_file_is_left_to_its_owner(storage: SelectelStorage) -> None:
    with TemporaryUploadedFile("test", "text/plain", 1, "utf8") as file:
        file.write(b"1")
        storage.save("test.txt", file)
        path = Path(file.temporary_file_path())
        assert path.exists()
    assert not path.exists()


def test_a_folder_that_was_deleted_by_name_keeps_its_files(storage: SelectelStorage) -> None:
    storage.save("folder/file.txt", ContentFile(b"kept"))
    storage.delete("folder")
    assert storage.listdir("") == (["folder"], [])
    assert storage.listdir("folder") == ([], ["file.txt"])
