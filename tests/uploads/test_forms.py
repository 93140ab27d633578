"""Receipts in forms: what is saved, what falls back to an ordinary upload, what comes back with an error."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import modelform_factory
from django.test import Client
from django.utils.datastructures import MultiValueDict
from django.utils.translation import override
from pytest_django import Settings

from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.testing import InMemorySelectelStorage
from django_selectel_storage.uploads.bearers import acting_for
from django_selectel_storage.uploads.forms import DirectImageField, DirectUploadField
from django_selectel_storage.uploads.grants import Receipt, opened
from tests.framework.test_models import picture
from tests.site.models import Document, Letter, Photo
from tests.uploads.conftest import DOCUMENT, PORTRAIT, SCAN, Visitor, request_of

pytestmark = pytest.mark.django_db

DocumentForm = modelform_factory(Document, fields=["title", "file"], field_classes={"file": DirectUploadField})
LetterForm = modelform_factory(
    Letter,
    fields=["title", "scan", "portrait"],
    field_classes={"scan": DirectUploadField, "portrait": DirectImageField},
)


def test_saving_the_form_stores_the_name_and_sends_nothing_again(
    visitor: Visitor, storage: SelectelStorage, face: str
) -> None:
    value = visitor.upload(b"hello", "note.txt")
    with acting_for(request_of(visitor)):
        form = DocumentForm({"title": "One", "file": value})
        assert form.is_valid(), form.errors
        document = form.save()
    assert Document.objects.get(pk=document.pk).file.name == "documents/note.txt"
    assert document.file.read() == b"hello"
    assert [info.name for info in storage.walk()] == ["documents/note.txt"]
    assert storage.stat("documents/note.txt").content_type == "text/plain"


def test_a_staged_file_is_moved_to_where_the_row_wants_it(visitor: Visitor, storage: SelectelStorage) -> None:
    value = visitor.upload(b"hello", "note.txt", label=SCAN)
    with acting_for(request_of(visitor)):
        letter = LetterForm({"title": "Anna", "scan": value}).save()
    assert letter.scan.name == "letters/Anna/note.txt"
    assert [info.name for info in storage.walk()] == ["letters/Anna/note.txt"]
    assert Letter.objects.get(pk=letter.pk).scan.read() == b"hello"


def test_a_moved_file_overwrites_nothing(visitor: Visitor, storage: SelectelStorage) -> None:
    storage.save("letters/Anna/note.txt", SimpleUploadedFile("x", b"first"))
    value = visitor.upload(b"second", "note.txt", label=SCAN)
    with acting_for(request_of(visitor)):
        letter = LetterForm({"title": "Anna", "scan": value}).save()
    assert letter.scan.name != "letters/Anna/note.txt"
    assert storage.open("letters/Anna/note.txt").read() == b"first"
    assert letter.scan.read() == b"second"


def test_where_files_are_overwritten_the_old_one_stays_until_the_form_is_saved(
    visitor: Visitor, storage: SelectelStorage
) -> None:
    storage.options = replace(storage.options, file_overwrite=True)
    storage.save("documents/note.txt", SimpleUploadedFile("x", b"first"))
    value = visitor.upload(b"second", "note.txt")
    assert storage.open("documents/note.txt").read() == b"first"
    with acting_for(request_of(visitor)):
        document = DocumentForm({"title": "One", "file": value}).save()
    assert document.file.name == "documents/note.txt"
    assert storage.open("documents/note.txt").read() == b"second"
    assert [info.name for info in storage.walk()] == ["documents/note.txt"]


def test_a_picture_is_looked_at_where_it_lies(visitor: Visitor) -> None:
    good = visitor.upload(picture(40, 30), "p.png", "image/png", PORTRAIT)
    bad = visitor.upload(b"no picture at all", "p.png", "image/png", PORTRAIT)
    with acting_for(request_of(visitor)):
        assert LetterForm({"title": "Anna", "portrait": good}).is_valid()
        form = LetterForm({"title": "Anna", "portrait": bad})
        assert form.errors.as_data()["portrait"][0].code == "invalid_image"


def test_a_model_keeps_the_dimensions_of_a_picture(visitor: Visitor) -> None:
    value = visitor.upload(picture(40, 30), "p.png", "image/png", "site.Photo.image")
    kind = modelform_factory(Photo, fields=["image"], field_classes={"image": DirectImageField})
    with acting_for(request_of(visitor)):
        photo = kind({"image": value}).save()
    assert (photo.width, photo.height) == (40, 30)
    assert Photo.objects.get(pk=photo.pk).width == 40


@pytest.mark.parametrize(("kind", "name"), [(DocumentForm, "file"), (LetterForm, "scan")])
def test_a_name_that_is_too_long_for_the_field_is_shortened_before_the_upload(
    visitor: Visitor, kind: Any, name: str
) -> None:
    value = visitor.upload(b"hello", "a" * 150 + ".txt", label={"file": DOCUMENT, "scan": SCAN}[name])
    with acting_for(request_of(visitor)):
        form = kind({"title": "Anna", name: value})
        assert form.is_valid(), form.errors
        saved = getattr(form.save(), name)
    assert len(saved.name) == 100  # max_length of both fields
    assert saved.name.endswith(".txt")
    assert saved.read() == b"hello"


@pytest.mark.parametrize("face", ["s3"])
def test_a_form_field_made_by_the_model_field(visitor: Visitor) -> None:
    class Form(forms.Form):
        file = Document._meta.get_field("file").formfield(form_class=DirectUploadField, target=DOCUMENT)

    value = visitor.upload(b"hello", "note.txt")
    with acting_for(request_of(visitor)):
        form = Form({"file": value})
        assert form.is_valid(), form.errors
        assert form.cleaned_data["file"].name == "note.txt"
        assert form.cleaned_data["file"].read() == b"hello"
        document = Document.objects.create(file=form.cleaned_data["file"])
    assert document.file.name == "documents/note.txt"


@pytest.mark.parametrize("face", ["s3"])
def test_an_ordinary_upload_works_as_ever_and_keeps_the_limits() -> None:
    class Form(forms.ModelForm):  # type: ignore[type-arg]
        file = DirectUploadField(max_size=5)

        class Meta:
            model = Document
            fields = ("file",)

    def form_with(content: bytes) -> Form:
        return Form({}, MultiValueDict({"file": [SimpleUploadedFile("a.txt", content, "text/plain")]}))

    assert form_with(b"12345").is_valid()
    form = form_with(b"123456")
    assert form.errors.as_data()["file"][0].code == "too_large"


@pytest.mark.parametrize("face", ["s3"])
def test_a_form_without_files_is_incomplete() -> None:
    assert DocumentForm({"title": "x", "file": ""}).errors.as_data()["file"][0].code == "required"


def test_a_receipt_comes_back_with_the_errors_of_other_fields(visitor: Visitor) -> None:
    value = visitor.upload(b"hello", "note.txt", label=SCAN)
    with acting_for(request_of(visitor)):
        form = LetterForm({"title": "", "scan": value})
        html = str(form["scan"])
        assert not form.is_valid()
    assert f'value="{value}"' in html
    assert "note.txt is uploaded." in html


@pytest.mark.parametrize("face", ["s3"])
@pytest.mark.parametrize(
    ("content", "said", "code"), [(b"no picture", {}, "invalid_image"), (b"", {"portrait": "made-up"}, "forged")]
)
def test_a_receipt_that_was_refused_does_not_come_back(
    visitor: Visitor, content: bytes, said: dict[str, str], code: str
) -> None:
    class Form(forms.Form):
        portrait = DirectImageField(target=PORTRAIT)

    said = said or {"portrait": visitor.upload(content, "p.png", "image/png", PORTRAIT)}
    with acting_for(request_of(visitor)):
        form = Form(said)
        assert form.errors.as_data()["portrait"][0].code == code
        html = str(form["portrait"])
    assert said["portrait"] not in html
    assert "is uploaded." not in html.replace("{name} is uploaded.", "")
    assert " required" in html


@pytest.mark.parametrize("face", ["s3"])
def test_a_receipt_that_is_in_use_does_not_come_back(visitor: Visitor) -> None:
    value = visitor.upload(b"hello", "note.txt")
    with acting_for(request_of(visitor)):
        DocumentForm({"title": "One", "file": value}).save()
        form = DocumentForm({"title": "Two", "file": value})
        assert form.errors.as_data()["file"][0].code == "used"
        assert value not in str(form["file"])


@pytest.mark.parametrize("face", ["s3"])
@pytest.mark.parametrize("size", [0, -1, 1.5, True, "5"])
def test_a_size_that_is_none_is_refused_where_the_field_is_declared(size: Any) -> None:
    with pytest.raises(ValueError, match="'max_size' is a whole number of bytes, 1 at least"):
        DirectUploadField(max_size=size)


@pytest.mark.parametrize("face", ["s3"])
def test_a_target_that_does_not_exist_is_named() -> None:
    class Form(forms.Form):
        file = DirectUploadField(target="site.Document.flie")

    with pytest.raises(ImproperlyConfigured, match=r"site\.Document\.flie"):
        str(Form()["file"])


@pytest.mark.parametrize("face", ["s3"])
def test_an_input_offers_nothing_where_the_storage_cannot_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    unsigned = SelectelStorage(username="u", password="p", container="c", auth_url="http://127.0.0.1:1/auth/v1.0")
    monkeypatch.setattr("django.core.files.storage.default_storage._wrapped", unsigned)
    html = str(DocumentForm()["file"])
    assert 'type="file"' in html
    assert "data-selectel-upload" not in html
    assert DocumentForm({"title": "x", "file": "something"}).errors.as_data()["file"][0].code == "required"


@pytest.mark.parametrize("face", ["s3"])
def test_a_storage_in_memory_gets_its_files_the_ordinary_way(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.core.files.storage.default_storage._wrapped", InMemorySelectelStorage())
    assert "data-selectel-upload" not in str(DocumentForm()["file"])
    assert visitor.start(b"hello")["error"]["code"] == "no_storage"
    form = DocumentForm({"title": "x"}, MultiValueDict({"file": [SimpleUploadedFile("a.txt", b"hello")]}))
    assert form.save().file.read() == b"hello"


@pytest.mark.parametrize("face", ["s3"])
def test_an_input_has_nothing_inline() -> None:
    form = DocumentForm()
    html = str(form["file"]) + str(form.media)
    assert "<style" not in html
    assert " style=" not in html
    assert " on" not in html.replace(" one", "")
    assert html.count("<script") == html.count("<script src=") == 1
    assert "http" not in html


@pytest.mark.parametrize("face", ["s3"])
def test_words_are_russian_where_the_visitor_reads_russian(settings: Settings) -> None:
    with override("ru"):
        html = str(DocumentForm()["file"])
    assert "Отменить загрузку" in html


@pytest.mark.parametrize("face", ["s3"])
def test_a_form_without_anybody_to_act_for_says_what_to_do(visitor: Visitor) -> None:
    value = visitor.upload(b"hello")
    with pytest.raises(RuntimeError, match="uploads_middleware"):
        DocumentForm({"title": "x", "file": value}).is_valid()


def test_the_admin_takes_uploads_for_new_rows_and_for_old_ones(storage: SelectelStorage, admin_client: Client) -> None:
    admin = Visitor(admin_client)
    page = admin_client.get("/admin/site/letter/add/").content.decode()
    assert page.count("data-selectel-upload") == 2
    assert "direct_upload.js" in page
    value = admin.upload(b"scan", "scan.pdf", "application/pdf", SCAN)
    answer = admin_client.post("/admin/site/letter/add/", {"title": "Anna", "scan": value, "portrait": ""})
    assert answer.status_code == 302, answer.content.decode()
    letter = Letter.objects.get()
    assert letter.scan.name == "letters/Anna/scan.pdf"
    portrait = admin.upload(picture(), "p.png", "image/png", PORTRAIT)
    address = f"/admin/site/letter/{letter.pk}/change/"
    assert admin_client.post(address, {"title": "Anna", "scan": "", "portrait": portrait}).status_code == 302
    letter.refresh_from_db()
    assert str(letter.portrait.name).startswith("portraits/")
    assert letter.scan.read() == b"scan"


def test_clearing_and_uploading_contradict_each_other(visitor: Visitor) -> None:
    value = visitor.upload(b"hello", label=SCAN)
    letter = Letter.objects.create(title="Anna", scan="letters/old.txt")
    with acting_for(request_of(visitor)):
        form = LetterForm({"title": "Anna", "scan": value, "scan-clear": "on"}, instance=letter)
        assert form.errors.as_data()["scan"][0].code == "contradiction"


def test_an_outage_while_a_form_is_checked_is_told_in_the_form(visitor: Visitor, hooks: Any, location: str) -> None:
    value = visitor.upload(b"hello")
    name = opened(Receipt, value, 60).name
    hooks.fault(status=503, count=50, method="HEAD", match=name)
    with acting_for(request_of(visitor)):
        assert DocumentForm({"title": "x", "file": value}).errors.as_data()["file"][0].code == "storage"
