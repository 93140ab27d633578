"""Each verb of the storages with the type of its answer; and uses that a type checker refuses."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from typing_extensions import assert_type

from django_selectel_storage.container import Container
from django_selectel_storage.files import ObjectFile
from django_selectel_storage.headers import ObjectHeaders
from django_selectel_storage.options import StorageOptions
from django_selectel_storage.protocols.base import ObjectClient, ObjectInfo, UnfinishedUpload
from django_selectel_storage.protocols.in_parts import SentPart
from django_selectel_storage.storage import SelectelManifestStaticStorage, SelectelStaticStorage, SelectelStorage
from django_selectel_storage.stored_content import StoredContent
from django_selectel_storage.upload_links import UploadLink

LATER = timedelta(hours=1)


class InvoiceStorage(SelectelStorage):
    """A subclass, as users write it."""

    default_options: ClassVar[Mapping[str, object]] = {"location": "invoices"}

    def get_object_headers(self, name: str) -> Mapping[str, str]:
        """Give what every invoice is stored with."""
        return {"Content-Disposition": f'attachment; filename="{name}"'}

    def save(self, name: str | None, content: object, max_length: int | None = None) -> str:
        """Take anything, and store its text."""
        return super().save(name, str(content), max_length)


def makes() -> None:
    """Every way to make a storage."""
    assert_type(SelectelStorage(), SelectelStorage)
    assert_type(SelectelStorage("archive", location="invoices", max_retries=5), SelectelStorage)
    assert_type(SelectelStorage(dsn="selectel://user:password@box"), SelectelStorage)
    assert_type(SelectelStaticStorage(container="static"), SelectelStaticStorage)
    assert_type(InvoiceStorage(), InvoiceStorage)
    is_djangos: Storage = SelectelStorage()
    print(is_djangos == SelectelStorage(), hash(is_djangos))
    SelectelStorage(5)  # type: ignore[arg-type]


def saves(storage: SelectelStorage) -> None:
    """What a save takes, and what it gives."""
    assert_type(storage.save("a", ContentFile(b"bytes")), str)
    assert_type(storage.save("a", ContentFile("text"), max_length=100), str)
    assert_type(storage.save("a", io.BytesIO(b"bytes")), str)
    assert_type(storage.save("a", io.StringIO("text")), str)
    assert_type(storage.save("a", b"bytes"), str)
    assert_type(storage.save("a", "text"), str)
    assert_type(storage.save_with_metadata("a", b"bytes", {"key": "value"}), str)
    with Path("photo.jpg").open("rb") as photo:
        assert_type(storage.save(None, photo), str)
    storage.save("a", 5)  # type: ignore[arg-type]
    storage.save_with_metadata("a", b"bytes", {"key": 5})  # type: ignore[dict-item]


def opens(storage: SelectelStorage) -> None:
    """Files of bytes and files of text."""
    with storage.open("a") as file:
        assert_type(file, ObjectFile[bytes])
        assert_type(file.read(), bytes)
        assert_type(file.readline(), bytes)
        assert_type(file.readlines(), list[bytes])
        assert_type(next(iter(file)), bytes)
        assert_type(file.size, int)
        assert_type(file.seek(0, io.SEEK_END), int)
        assert_type(file.tell(), int)
        assert_type(file.info, ObjectInfo)
        assert_type(file.name, str | None)
        assert_type(file.closed, bool)
        assert_type(list(file.chunks()), list[bytes])
        assert_type(file.open(), ObjectFile[bytes])
        file.write("text")  # type: ignore[arg-type]
    with storage.open("a", "r") as text:
        assert_type(text, ObjectFile[str])
        assert_type(text.read(10), str)
    with storage.open("a", "w") as page:
        assert_type(page.write("text"), int)
        page.writelines(["text"])
        assert_type(page.abort(), None)
        page.write(b"bytes")  # type: ignore[arg-type]
    assert_type(storage.open_stream("a", 10, length=5), io.BufferedReader)


def asks(storage: SelectelStorage) -> None:
    """What a storage tells of its files."""
    assert_type(storage.exists("a"), bool)
    assert_type(storage.size("a"), int)
    assert_type(storage.get_modified_time("a"), datetime)
    assert_type(storage.get_created_time("a"), datetime)
    assert_type(storage.listdir(""), tuple[list[str], list[str]])
    assert_type(storage.walk("photos/"), Iterator[ObjectInfo])
    assert_type(storage.is_name_available("a"), bool)
    assert_type(storage.get_available_name("a"), str)
    assert_type(storage.get_alternative_name("a", ".txt"), str)
    assert_type(storage.get_object_headers("a"), Mapping[str, str])
    info = storage.stat("a")
    assert_type(info, ObjectInfo)
    assert_type(info.key, str)
    assert_type(info.name, str)
    assert_type(info.size, int)
    assert_type(info.etag, str)
    assert_type(info.last_modified, datetime | None)
    assert_type(info.content_type, str)
    assert_type(info.headers, Mapping[str, str])
    assert_type(info.metadata, Mapping[str, str])
    storage.exists(5)  # type: ignore[arg-type]


def changes(storage: SelectelStorage) -> None:
    """What changes files."""
    assert_type(storage.copy("a", "b"), str)
    assert_type(storage.move("a", "b", overwrite=True), str)
    assert_type(storage.delete("a"), None)
    assert_type(storage.delete_many({"a", "b"}), None)
    assert_type(storage.update_headers("a", cache_control=None, metadata={"key": "value"}), None)
    assert_type(storage.described_anew("a", storage.stat("a"), cache_control="no-store"), ObjectHeaders)
    for upload in storage.unfinished_uploads():
        assert_type(upload, UnfinishedUpload)
        assert_type(upload.key, str)
        assert_type(upload.upload_id, str)
        assert_type(upload.begun, datetime | None)
        assert_type(storage.abort_upload(upload), None)
    storage.update_headers("a", cache_controll="no-store")  # type: ignore[call-arg]


def links(storage: SelectelStorage) -> None:
    """Addresses, for reading and for writing."""
    assert_type(storage.url("a"), str)
    assert_type(storage.url("a", parameters={"filename": "b"}, expire=LATER, http_method="HEAD"), str)
    assert_type(storage.send_me_file("a", 1000), str)
    link = storage.upload_url("a", size=1000, content_type="image/jpeg", expire=60, overwrite=True)
    assert_type(link, UploadLink)
    assert_type(link.method, str)
    assert_type(link.url, str)
    assert_type(link.headers, Mapping[str, str])
    assert_type(link.enforced, frozenset[str])
    storage.url("a", expires=60)  # type: ignore[call-arg]


def lets_others_upload(storage: SelectelStorage, content: StoredContent) -> None:
    """Uploads that a browser carries out."""
    assert_type(storage.binds_uploads, bool)
    assert_type(storage.takes_uploads, bool)
    assert_type(storage.direct_link("a", "mark", size=10, content_type="image/jpeg"), UploadLink)
    upload = storage.begin_in_parts("a", "mark", "image/jpeg")
    assert_type(upload, str)
    assert_type(storage.part_link("a", upload, 1, 10), UploadLink)
    assert_type(storage.sent_parts("a", upload), list[SentPart])
    assert_type(storage.complete_parts("a", upload, ["tag"], "mark"), None)
    assert_type(storage.drop_parts("a", upload), None)
    assert_type(storage.signed_put("a", 60, {}), str)
    assert_type(storage.adopt("a", content), str)


def hashes(storage: SelectelManifestStaticStorage) -> None:
    """Static files with hashed names."""
    assert_type(storage.url("a.css", force=True, expire=LATER), str)
    assert_type(storage.manifest_storage, Storage)
    assert_type(storage.hashed_files, dict[str, str])
    assert_type(storage.manifest_hash, str)
    assert_type(storage.save_manifest(), None)
    assert_type(SelectelManifestStaticStorage(manifest_storage="default"), SelectelManifestStaticStorage)


async def waits(storage: SelectelStorage) -> None:
    """The async twins."""
    assert_type(await storage.asave("a", b"bytes"), str)
    assert_type(await storage.aread("a"), bytes)
    assert_type(await storage.aexists("a"), bool)
    assert_type(await storage.adelete("a"), None)
    assert_type(await storage.aurl("a", expire=LATER), str)
    await storage.asave("a", 5)  # type: ignore[arg-type]


def looks_inside(storage: SelectelStorage) -> None:
    """What a storage is made of."""
    assert_type(storage.options, StorageOptions)
    assert_type(storage.options.container, str)
    assert_type(storage.options.max_retries, int)
    assert_type(storage.options.custom_domain, str | None)
    assert_type(storage.options.signs_urls, bool)
    assert_type(storage.client, ObjectClient)
    assert_type(storage.config, object)
    assert_type(storage.default_options, Mapping[str, object])
    assert_type(storage.container, Container)
    assert_type(storage.container.name, str)
    assert_type(storage.container.send_me_file("a", 1000), str)
    assert_type(storage.container.build_url("a"), str)
