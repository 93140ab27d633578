"""Compressed files: small in the store, themselves for whoever opens them; encoded files of others as they are."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from django_selectel_storage.devserver.hooks import LoggedRequest
from django_selectel_storage.exceptions import DamagedTransfer
from django_selectel_storage.storage import SelectelStorage
from tests.conftest import MakeStorage
from tests.outsider import Outsider

Requests = Callable[[], list[LoggedRequest]]
TEXT = "".join(f"строка номер {number}\n" for number in range(20_000))
BYTES = TEXT.encode()


@pytest.fixture
def zipping(make_storage: MakeStorage) -> SelectelStorage:
    return make_storage(gzip=True)


@pytest.fixture
def page(zipping: SelectelStorage) -> str:
    return zipping.save("page.html", ContentFile(BYTES))


def test_text_lies_compressed_in_the_store(zipping: SelectelStorage, page: str, outsider: Outsider) -> None:
    headers = outsider.headers(page)
    assert (headers["content-encoding"], headers["content-type"]) == ("gzip", "text/html")
    stored = outsider.content(page)
    assert gzip.decompress(stored) == BYTES
    assert zipping.stat(page).size == len(stored) < len(BYTES) / 5


def test_a_save_that_compresses_is_one_request(make_storage: MakeStorage, requests_for: Requests) -> None:
    storage = make_storage(gzip=True)
    storage.exists("warm-up")
    requests_for()
    storage.save("page.html", ContentFile(BYTES))
    assert [entry.method for entry in requests_for()] == ["PUT"]


def test_equal_files_are_stored_equal(zipping: SelectelStorage) -> None:
    names = [zipping.save(f"{number}.css", ContentFile(BYTES)) for number in range(2)]
    first, second = (zipping.stat(name).etag for name in names)
    assert first == second


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        pytest.param("archive.tar.gz", gzip.compress(BYTES), "application/gzip", id="an archive"),
        pytest.param("script.js.gz", gzip.compress(BYTES), "application/gzip", id="a script that is compressed"),
        pytest.param("photo.jpg", BYTES, "image/jpeg", id="a picture"),
        pytest.param("tiny.txt", b"tiny", "text/plain", id="too small to gain"),
        pytest.param("empty.txt", b"", "text/plain", id="nothing"),
        pytest.param("noise.txt", os.urandom(5000), "text/plain", id="what does not get smaller"),
    ],
)
def test_what_does_not_gain_is_stored_as_it_is(
    zipping: SelectelStorage, outsider: Outsider, name: str, content: bytes, content_type: str
) -> None:
    zipping.save(name, ContentFile(content))
    headers = outsider.headers(name)
    assert (headers.get("content-encoding"), headers["content-type"]) == (None, content_type)
    assert zipping.size(name) == len(content)
    assert zipping.open(name).read() == content


def test_the_type_that_came_with_the_upload_decides(zipping: SelectelStorage) -> None:
    text = zipping.save("a.bin", SimpleUploadedFile("a.bin", BYTES, "application/json"))
    other = zipping.save("b.txt", SimpleUploadedFile("b.txt", BYTES, "application/x-own"))
    assert [zipping.stat(name).headers.get("content-encoding") for name in (text, other)] == ["gzip", None]


def test_the_types_that_are_compressed_can_be_chosen(make_storage: MakeStorage) -> None:
    storage = make_storage(gzip=True, gzip_content_types=["application/x-own"])
    own = storage.save("a.bin", SimpleUploadedFile("a.bin", BYTES, "application/x-own"))
    text = storage.save("b.txt", ContentFile(BYTES))
    assert [storage.stat(name).headers.get("content-encoding") for name in (own, text)] == ["gzip", None]


def test_without_the_option_nothing_is_compressed(storage: SelectelStorage) -> None:
    name = storage.save("page.html", ContentFile(BYTES))
    assert storage.stat(name).size == len(BYTES)


def test_what_is_written_through_open_is_compressed_too(zipping: SelectelStorage, outsider: Outsider) -> None:
    with zipping.open("page.html", "w") as file:
        file.write(TEXT)
    assert gzip.decompress(outsider.content("page.html")) == BYTES
    assert zipping.size("page.html") == len(BYTES)


def whole(storage: SelectelStorage, name: str) -> Any:
    return storage.open(name).read()


def by_lines(storage: SelectelStorage, name: str) -> Any:
    return b"".join(storage.open(name))


def by_chunks(storage: SelectelStorage, name: str) -> Any:
    return b"".join(storage.open(name).chunks(7777))


def as_text(storage: SelectelStorage, name: str) -> Any:
    with storage.open(name, "r") as file:
        return file.read().encode()


def by_stream(storage: SelectelStorage, name: str) -> Any:
    with storage.open_stream(name) as stream:
        return stream.read()


def backwards(storage: SelectelStorage, name: str) -> Any:
    pieces = []
    with storage.open(name) as file:
        end = file.seek(0, os.SEEK_END)
        while end > 0:
            start = max(0, end - 100_001)
            file.seek(start)
            pieces.append(file.read(end - start))
            end = start
    return b"".join(reversed(pieces))


@pytest.mark.parametrize("compressing", [True, False], ids=["by who compresses", "by who does not"])
@pytest.mark.parametrize("read", [whole, by_lines, by_chunks, as_text, by_stream, backwards])
def test_a_compressed_file_is_read_as_what_it_was(
    make_storage: MakeStorage, page: str, read: Callable[[SelectelStorage, str], Any], compressing: bool
) -> None:
    assert read(make_storage(gzip=compressing, max_memory_size=10_000), page) == BYTES


def test_all_sizes_speak_of_the_uncompressed_file(zipping: SelectelStorage, page: str) -> None:
    with zipping.open(page) as file:
        assert file.size == len(BYTES)
        assert file.seek(0, os.SEEK_END) == len(BYTES)
    assert zipping.size(page) == len(BYTES)


@pytest.mark.parametrize(
    ("start", "length"), [(0, 10), (100_000, 50), (len(BYTES) - 5, 100), (len(BYTES) + 5, 5), (7, None), (0, 0)]
)
def test_a_stretch_of_a_compressed_file_is_one_of_the_uncompressed(
    zipping: SelectelStorage, page: str, start: int, length: int | None
) -> None:
    with zipping.open_stream(page, start, length) as stream:
        assert stream.read() == BYTES[start : None if length is None else start + length]


def test_a_compressed_file_costs_no_more_than_two_requests(
    zipping: SelectelStorage, page: str, requests_for: Requests
) -> None:
    requests_for()
    assert zipping.open(page).read() == BYTES
    assert len(requests_for()) <= 2


def test_a_copy_and_new_headers_leave_a_compressed_file_readable(zipping: SelectelStorage, page: str) -> None:
    zipping.copy(page, "copy.html")
    zipping.update_headers("copy.html", cache_control="no-store", metadata={"own": "x"})
    assert zipping.open("copy.html").read() == BYTES
    assert zipping.size("copy.html") == len(BYTES)


def test_encoded_files_of_others_come_as_they_are_stored(storage: SelectelStorage, outsider: Outsider) -> None:
    packed = gzip.compress(BYTES)
    outsider.put("theirs.html", packed, content_encoding="gzip", content_type="text/html")
    assert storage.size("theirs.html") == len(packed)
    with storage.open("theirs.html") as file:
        assert file.size == len(packed)
        assert file.read() == packed
    with storage.open_stream("theirs.html") as stream:
        assert stream.read() == packed


@pytest.mark.parametrize("promised", [1000, len(BYTES) - 1, len(BYTES) + 1])
def test_a_promised_size_that_is_wrong_is_an_error(storage: SelectelStorage, outsider: Outsider, promised: int) -> None:
    fields = {"content_encoding": "gzip", "content_type": "text/plain", "meta_original-size": str(promised)}
    outsider.put("bomb.txt", gzip.compress(BYTES), **fields)
    with pytest.raises(DamagedTransfer, match=str(promised)):
        storage.open("bomb.txt").read()


def test_what_is_no_gzip_although_it_says_so_is_an_error(storage: SelectelStorage, outsider: Outsider) -> None:
    fields = {"content_encoding": "gzip", "content_type": "text/plain", "meta_original-size": "50"}
    outsider.put("wrong.txt", b"plain", **fields)
    with pytest.raises(DamagedTransfer):
        storage.open("wrong.txt").read()


@pytest.mark.parametrize("face", ["s3"])
def test_a_large_text_is_compressed_before_it_is_cut_into_parts(
    make_storage: MakeStorage, requests_for: Requests
) -> None:
    mib = 1024**2
    storage = make_storage(gzip=True, multipart_threshold=6 * mib, multipart_chunksize=5 * mib)
    content = b"0123456789abcdef" * (mib // 2)
    storage.exists("warm-up")
    requests_for()
    storage.save("large.txt", ContentFile(content))
    assert [entry.method for entry in requests_for()] == ["PUT"]
    assert storage.open("large.txt").read() == content
