"""Models, forms and the admin with the storage as Django's default one."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files import storage as django_storage
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import modelform_factory
from django.test import Client
from django.utils.datastructures import MultiValueDict
from PIL import Image

from django_selectel_storage.storage import SelectelStorage
from tests.conftest import CONTAINER, face_options
from tests.servers.stack import Stack
from tests.site.models import Document, Photo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def default_storage(stack: Stack, face: str, location: str, monkeypatch: pytest.MonkeyPatch) -> SelectelStorage:
    """The face as Django's default storage (Django 4.2 loses the options of a STORAGES that a test overrides)."""
    storage = SelectelStorage(container=CONTAINER, location=location, **face_options(stack, face))
    monkeypatch.setattr(django_storage.default_storage, "_wrapped", storage)
    return storage


def picture(width: int = 40, height: int = 30) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(buffer, "PNG")
    return buffer.getvalue()


def test_a_model_keeps_its_file_in_the_container(default_storage: SelectelStorage) -> None:
    document = Document(title="One")
    document.file.save("one.txt", ContentFile(b"one"))
    found = Document.objects.get(pk=document.pk)
    assert found.file.name == "documents/one.txt"
    assert found.file.read() == b"one"
    assert found.file.size == 3
    assert default_storage.listdir("documents") == ([], ["one.txt"])
    found.file.delete()
    assert default_storage.listdir("documents") == ([], [])


def test_a_field_file_can_be_read_again_and_again() -> None:
    document = Document(title="Again")
    document.file.save("again.txt", ContentFile(b"line one\nline two\n"))
    found = Document.objects.get(pk=document.pk)
    with found.file.open() as file:
        assert file.read() == b"line one\nline two\n"
    with found.file.open("r") as file:
        assert list(file) == ["line one\n", "line two\n"]
    with found.file.open() as file:
        assert b"".join(file.chunks(5)) == b"line one\nline two\n"


def test_an_image_field_knows_its_dimensions() -> None:
    photo = Photo()
    photo.image.save("teal.png", ContentFile(picture(123, 45)))
    found = Photo.objects.get(pk=photo.pk)
    assert (found.width, found.height) == (123, 45)
    assert (found.image.width, found.image.height) == (123, 45)


def test_a_form_saves_its_upload_under_a_free_name() -> None:
    form_class = modelform_factory(Document, fields=["title", "file"])
    names = set()
    for content in (b"first", b"second"):
        upload = SimpleUploadedFile("same.txt", content)
        form = form_class({"title": "x"}, MultiValueDict({"file": [upload]}))
        assert form.is_valid(), form.errors
        document = form.save()
        names.add(document.file.name)
        assert document.file.read() == content
    assert len(names) == 2


def test_the_admin_uploads_shows_and_replaces_a_picture() -> None:
    User.objects.create_superuser("root", password="secret")
    client = Client()
    client.login(username="root", password="secret")
    answer = client.post("/admin/site/photo/add/", {"image": SimpleUploadedFile("p.png", picture(7, 9))})
    assert answer.status_code == 302, answer.context["errors"]
    photo = Photo.objects.get()
    page = client.get(f"/admin/site/photo/{photo.pk}/change/").content.decode()
    assert photo.image.url.replace("&", "&amp;").partition("X-Amz-Date")[0] in page
    old = photo.image.name
    client.post(f"/admin/site/photo/{photo.pk}/change/", {"image": SimpleUploadedFile("q.png", picture(5, 6))})
    photo.refresh_from_db()
    assert (photo.width, photo.height) == (5, 6)
    assert photo.image.name != old


def test_two_fields_with_one_name_do_not_share_a_file(default_storage: SelectelStorage) -> None:
    documents: list[Any] = [Document(title=str(number)) for number in range(3)]
    for document in documents:
        document.file.save("same.txt", ContentFile(document.title.encode()))
    assert [document.file.read() for document in documents] == [b"0", b"1", b"2"]
    assert len(default_storage.listdir("documents")[1]) == 3
