"""Attacks: each tries what must not work, with everything that a visitor's browser has in its hands."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django import forms
from django.contrib.auth.models import User
from django.core import signing
from django.core.files.base import ContentFile
from django.db import models
from django.forms import modelform_factory
from django.http import HttpRequest
from django.test import Client
from pytest_django import Settings

from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.uploads.bearers import acting_for
from django_selectel_storage.uploads.forms import DirectUploadField
from django_selectel_storage.uploads.grants import Grant, opened, sealed
from tests.site.models import Document, Letter
from tests.uploads.conftest import MIB, SCAN, Visitor, offer, request_of, send

pytestmark = pytest.mark.django_db

DAY = 24 * 3600  # seconds; the default of MAX_AGE
on_s3 = pytest.mark.parametrize("face", ["s3"])
on_swift = pytest.mark.parametrize("face", ["swift"])
DocumentForm = modelform_factory(Document, fields=["title", "file"], field_classes={"file": DirectUploadField})
ScanForm = modelform_factory(Letter, fields=["title", "scan"], field_classes={"scan": DirectUploadField})


def anybody(request: HttpRequest, field: models.Field[Any, Any]) -> bool:
    """A project's permission: nobody has to log in."""
    return True


def nobody(request: HttpRequest, field: models.Field[Any, Any]) -> bool:
    return False


def one_minute(request: HttpRequest, step: str) -> int:
    """A project's rate limit that is reached."""
    return 60 if step == "start" else 0


def half_a_second(request: HttpRequest, step: str) -> float:
    return 0.5


def error_of(visitor: Visitor, receipt: str, kind: Any = DocumentForm, field: str = "file") -> str:
    """The code of the error with which a form refuses a receipt."""
    with acting_for(request_of(visitor)):
        form = kind({"title": "x", field: receipt})
        assert not form.is_valid()
        return str(form.errors.as_data()[field][0].code)


def checked_form(visitor: Visitor, receipt: str) -> Any:
    """A form that has found a receipt good, and is not saved yet."""
    with acting_for(request_of(visitor)):
        form = DocumentForm({"title": "x", "file": receipt})
        assert form.is_valid(), form.errors
    return form


def code(answer: Any) -> str:
    return str(answer["error"]["code"])


# --- who -------------------------------------------------------------------------------------------------------------


@on_s3
def test_nobody_uploads_without_logging_in() -> None:
    answer = Visitor().start(b"hello")
    assert (answer["status"], code(answer)) == (403, "forbidden")


@on_s3
def test_the_project_may_let_anybody_upload_and_everyone_has_only_their_own(settings: Settings) -> None:
    settings.SELECTEL_UPLOADS = {"PERMISSION": f"{__name__}.anybody"}
    one, two = Visitor(), Visitor()
    started = one.start(b"hello")
    assert started["status"] == 201
    assert send(started, b"hello") == 200
    assert code(two.ask("finish", grant=started["grant"])) == "no_session"
    two.start(b"begins a session")
    assert code(two.ask("finish", grant=started["grant"])) == "not_yours"
    assert one.ask("finish", grant=started["grant"])["status"] == 200


@on_s3
def test_sessions_in_signed_cookies_know_their_uploads_again(settings: Settings) -> None:
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    settings.SELECTEL_UPLOADS = {"PERMISSION": f"{__name__}.anybody"}
    visitor = Visitor()
    receipt = visitor.upload(b"hello")
    request = request_of(visitor)
    with acting_for(request):
        assert DocumentForm({"title": "x", "file": receipt}).is_valid()
    assert error_of(Visitor(), receipt) == "no_session"


@on_s3
def test_the_project_may_forbid_at_every_step(visitor: Visitor, settings: Settings) -> None:
    started = visitor.start(b"hello")
    settings.SELECTEL_UPLOADS = {"PERMISSION": f"{__name__}.nobody"}
    assert code(visitor.start(b"hello")) == "forbidden"
    assert code(visitor.ask("parts", grant=started["grant"], numbers=[1])) == "forbidden"
    assert code(visitor.ask("finish", grant=started["grant"])) == "forbidden"


@on_s3
@pytest.mark.parametrize(("limit", "seconds"), [(one_minute, "60"), (half_a_second, "1")])
def test_a_rate_limit_is_told_with_its_time(visitor: Visitor, settings: Settings, limit: Any, seconds: str) -> None:
    settings.SELECTEL_UPLOADS = {"RATE_LIMIT": f"{__name__}.{limit.__name__}"}
    answer = visitor.client.post("/uploads/start/", "{}", content_type="application/json")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, seconds)


@on_s3
@pytest.mark.parametrize("step", ["start", "parts", "finish", "cancel"])
def test_other_sites_cannot_ask_in_a_visitors_name(visitor: Visitor, step: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = visitor.client.cookies
    assert strict.post(f"/uploads/{step}/", "{}", content_type="application/json").status_code == 403
    assert strict.get(f"/uploads/{step}/").status_code == 405


@on_s3
@pytest.mark.parametrize("step", ["parts", "finish", "cancel"])
def test_the_grant_of_somebody_else_is_of_no_use(visitor: Visitor, other: Visitor, step: str) -> None:
    started = visitor.start(b"hello")
    send(started, b"hello")
    assert code(other.ask(step, grant=started["grant"], numbers=[1])) == "not_yours"
    assert visitor.ask("finish", grant=started["grant"])["status"] == 200


def test_the_receipt_of_somebody_else_is_of_no_use(visitor: Visitor, other: Visitor) -> None:
    receipt = visitor.upload(b"hello")
    assert error_of(other, receipt) == "not_yours"


# --- what ------------------------------------------------------------------------------------------------------------


def test_the_receipt_of_another_field_is_of_no_use(visitor: Visitor) -> None:
    assert error_of(visitor, visitor.upload(b"hello", label=SCAN)) == "other_field"
    assert error_of(visitor, visitor.upload(b"hello"), ScanForm, "scan") == "other_field"


@on_s3
def test_a_receipt_serves_one_row_only(visitor: Visitor) -> None:
    receipt = visitor.upload(b"hello")
    with acting_for(request_of(visitor)):
        document = DocumentForm({"title": "one", "file": receipt}).save()
        again = DocumentForm({"title": "the same", "file": receipt}, instance=document)
        assert again.is_valid()
    assert error_of(visitor, receipt) == "used"


def test_a_receipt_serves_one_form_of_a_request(visitor: Visitor) -> None:
    receipt = visitor.upload(b"hello")
    with acting_for(request_of(visitor)):
        said = {"one-title": "1", "one-file": receipt, "two-title": "2", "two-file": receipt}
        one, two = DocumentForm(said, prefix="one"), DocumentForm(said, prefix="two")
        assert one.is_valid()
        assert two.errors.as_data()["file"][0].code == "used"
        assert DocumentForm(said, prefix="one").is_valid()


def test_of_two_forms_with_one_receipt_only_one_is_saved(visitor: Visitor) -> None:
    receipt = visitor.upload(b"hello")
    one, two = checked_form(visitor, receipt), checked_form(visitor, receipt)
    one.save()
    with pytest.raises(FileNotFoundError if two.cleaned_data["file"].staged else FileExistsError):
        two.save()
    assert one.instance.file.read() == b"hello"


@on_s3
def test_a_row_of_another_model_lends_its_number_to_nobody(visitor: Visitor) -> None:
    class LetterWithDocument(forms.ModelForm):  # type: ignore[type-arg]
        file = DirectUploadField(target="site.Document.file")

        class Meta:
            model = Letter
            fields = ("title",)

    receipt = visitor.upload(b"hello")
    document = checked_form(visitor, receipt).save()
    letter = Letter.objects.create(pk=document.pk, title="x")
    with acting_for(request_of(visitor)):
        form = LetterWithDocument({"title": "x", "file": receipt}, instance=letter)
        assert form.errors.as_data()["file"][0].code == "used"


def test_the_receipt_of_a_moved_file_serves_once(visitor: Visitor) -> None:
    receipt = visitor.upload(b"hello", label=SCAN)
    with acting_for(request_of(visitor)):
        ScanForm({"title": "one", "scan": receipt}).save()
    assert error_of(visitor, receipt, ScanForm, "scan") == "missing"


@pytest.mark.parametrize("spoiled", ["", "x", "a:b:c"])
def test_a_receipt_cannot_be_made_up(visitor: Visitor, spoiled: str) -> None:
    receipt = visitor.upload(b"hello")
    wrong = {"": receipt[:-1] + ("a" if receipt[-1] != "a" else "b"), "x": "x", "a:b:c": "a:b:c"}[spoiled]
    assert error_of(visitor, wrong) == "forged"


@on_s3
def test_one_seal_does_not_stand_for_another(visitor: Visitor) -> None:
    started = visitor.start(b"hello")
    send(started, b"hello")
    receipt = visitor.finish(started)
    assert error_of(visitor, started["grant"]) == "forged"
    assert code(visitor.ask("finish", grant=receipt)) == "forged"
    assert code(visitor.ask("finish", grant=offer())) == "forged"
    assert code(visitor.ask("start", field=started["grant"], name="a", size=1)) == "forged"


@on_s3
def test_a_text_that_cannot_be_encoded_is_no_seal(visitor: Visitor) -> None:
    assert code(visitor.ask("finish", grant="\ud800")) == "forged"
    assert code(visitor.ask("start", field="a:b:\udfff", name="a", size=1)) == "forged"
    assert error_of(visitor, "a:b:\ud800") == "forged"


@on_s3
def test_seals_end_at_every_step(visitor: Visitor, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    field, started = offer(), visitor.start(b"hello")
    send(started, b"hello")
    receipt = visitor.finish(started)
    later = time.time() + DAY + 1
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    visitor.client.force_login(User.objects.get())
    assert code(visitor.ask("start", field=field, name="a", size=1)) == "expired"
    for step in ("parts", "finish", "cancel"):
        assert code(visitor.ask(step, grant=started["grant"], numbers=[1])) == "expired"
    assert error_of(visitor, receipt) == "expired"


@on_s3
@pytest.mark.parametrize(
    ("limit", "wish", "refusal"),
    [
        pytest.param({"max_size": 4}, {}, "too_large", id="size"),
        pytest.param({"content_types": ("image/*",)}, {}, "wrong_type", id="type"),
        pytest.param({"content_types": ("image/*",)}, {"type": "imagery/png"}, "wrong_type", id="almost a family"),
        pytest.param({"content_types": ("image/png",)}, {"type": "image/png+evil"}, "wrong_type", id="almost a type"),
    ],
)
def test_what_breaks_the_limits_is_not_even_begun(
    visitor: Visitor, limit: dict[str, Any], wish: dict[str, Any], refusal: str
) -> None:
    said = {"field": offer(**limit), "name": "a.txt", "size": 5, "type": "text/plain", **wish}
    assert code(visitor.ask("start", **said)) == refusal


@on_s3
def test_s3_takes_nothing_but_what_was_permitted(visitor: Visitor, storage: SelectelStorage) -> None:
    started = visitor.start(b"hello")
    headers = started["headers"]
    assert send(started, b"hello, and more", {**headers, "Content-Length": "15"}) == 403
    assert send(started, b"hello", {**headers, "Content-Type": "text/html"}) == 403
    assert send(started, b"hello", {name: value for name, value in headers.items() if name != "If-None-Match"}) == 403
    assert send(started, b"hello", {**headers, "x-amz-meta-upload-id": "other"}) == 403
    assert list(storage.walk()) == []


@on_s3
def test_s3_takes_no_larger_part_than_was_permitted(visitor: Visitor, settings: Settings) -> None:
    settings.SELECTEL_UPLOADS = {"PARTS_FROM": 6 * MIB, "PART_SIZE": 5 * MIB}
    started = visitor.ask("start", field=offer(), name="a", size=6 * MIB)
    link = visitor.ask("parts", grant=started["grant"], numbers=[2])["links"]["2"]
    assert send(link, bytes(2 * MIB), {"Content-Length": str(2 * MIB)}) == 403
    assert send(link, bytes(MIB)) == 200


@on_s3
@pytest.mark.parametrize("numbers", [[0], [3], [-1], [1.5], ["1"], [True], "1", list(range(1, 102)), None])
def test_only_parts_of_the_upload_are_signed(visitor: Visitor, settings: Settings, numbers: Any) -> None:
    settings.SELECTEL_UPLOADS = {"PARTS_FROM": 6 * MIB, "PART_SIZE": 5 * MIB}
    started = visitor.ask("start", field=offer(), name="a", size=6 * MIB)
    assert code(visitor.ask("parts", grant=started["grant"], numbers=numbers)) == "malformed"


@on_swift
@pytest.mark.parametrize(
    ("content", "headers"),
    [
        pytest.param(b"hello, and much more", {"Content-Type": "text/plain"}, id="larger"),
        pytest.param(b"hell", {"Content-Type": "text/plain"}, id="smaller"),
        pytest.param(b"hello", {"Content-Type": "text/html"}, id="another type"),
    ],
)
def test_where_the_storage_enforces_nothing_finish_deletes_what_breaks_the_grant(
    visitor: Visitor, storage: SelectelStorage, content: bytes, headers: dict[str, str]
) -> None:
    started = visitor.start(b"hello")
    assert send(started, content, headers) == 201
    assert code(visitor.ask("finish", grant=started["grant"])) == "altered"
    assert list(storage.walk()) == []


@on_swift
def test_what_is_replaced_after_it_was_checked_is_refused(visitor: Visitor, storage: SelectelStorage) -> None:
    started = visitor.start(b"hello")
    send(started, b"hello")
    receipt = visitor.finish(started)
    assert send(started, b"wrong", {"Content-Type": "text/plain"}) == 201
    assert error_of(visitor, receipt) == "altered"


@on_swift
def test_what_is_replaced_between_form_and_save_is_refused(visitor: Visitor, storage: SelectelStorage) -> None:
    started = visitor.start(b"hello")
    send(started, b"hello")
    receipt = visitor.finish(started)
    with acting_for(request_of(visitor)):
        form = DocumentForm({"title": "x", "file": receipt})
        assert form.is_valid()
        assert send(started, b"wrong", {"Content-Type": "text/plain"}) == 201
        with pytest.raises(OSError, match="replaced"):
            form.save()
    assert not storage.exists("documents/a.txt")


@on_swift
def test_whoever_keeps_the_link_cannot_change_the_saved_file(visitor: Visitor, storage: SelectelStorage) -> None:
    started = visitor.start(b"hello")
    send(started, b"hello", {**started["headers"], "X-Delete-After": "5", "X-Object-Meta-Evil": "1"})
    receipt = visitor.finish(started)
    with acting_for(request_of(visitor)):
        document = DocumentForm({"title": "x", "file": receipt}).save()
    assert send(started, b"wrong", {"Content-Type": "text/plain"}) == 201
    assert document.file.read() == b"hello"
    info = storage.stat(str(document.file.name))
    assert "x-delete-at" not in info.headers
    assert "evil" not in info.metadata


# --- where -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "../../evil.txt",
        "..\\..\\evil.txt",
        "/etc/passwd",
        "documents/../../evil.txt",
        "a/b/c.txt",
        "\u2024\u2024/e",
        "x\0y",
    ],
)
def test_a_file_name_leads_nowhere(visitor: Visitor, storage: SelectelStorage, location: str, name: str) -> None:
    started = visitor.start(b"hello", name)
    assert started["status"] == 201
    granted = opened(Grant, started["grant"], 60).name
    assert granted.startswith(("documents/", "direct-uploads/"))
    assert ".." not in granted.split("/")
    assert granted.count("/") == (1 if granted.startswith("documents/") else 2)
    assert f"/{quote(location)}/{granted.partition('/')[0]}/" in urlsplit(started["url"]).path


@on_s3
@pytest.mark.parametrize("extra", [{"key": "evil"}, {"prefix": "../"}, {"upload": "x"}, {"bucket": "other"}])
def test_nothing_is_signed_that_a_client_names(visitor: Visitor, extra: dict[str, str]) -> None:
    wish = {"field": offer(), "name": "a.txt", "size": 5, "type": "text/plain"}
    started = visitor.ask("start", **{**wish, **extra})
    assert not any(value in started["url"] for value in extra.values() if value != "x")
    assert opened(Grant, started["grant"], 60).name == "documents/a.txt"


@on_s3
def test_what_is_there_is_not_overwritten(visitor: Visitor, storage: SelectelStorage) -> None:
    started = visitor.start(b"hello", "a.txt")
    storage.save("documents/a.txt", ContentFile(b"first"))
    assert send(started, b"hello") == 412
    assert code(visitor.ask("finish", grant=started["grant"])) == "missing"
    assert visitor.ask("cancel", grant=started["grant"])["status"] == 200
    assert storage.open("documents/a.txt").read() == b"first"


@on_s3
def test_parts_do_not_overwrite_either(visitor: Visitor, storage: SelectelStorage, settings: Settings) -> None:
    settings.SELECTEL_UPLOADS = {"PARTS_FROM": 6 * MIB, "PART_SIZE": 5 * MIB}
    content = bytes(6 * MIB)
    started = visitor.start(content)
    visitor.send_parts(started, content)
    name = opened(Grant, started["grant"], 60).name
    storage.save(name, ContentFile(b"first"))
    assert code(visitor.ask("finish", grant=started["grant"])) == "taken"
    assert storage.open(name).read() == b"first"
    assert list(storage.unfinished_uploads()) == []


@on_s3
def test_cancelling_does_not_delete_what_a_row_uses(visitor: Visitor, storage: SelectelStorage) -> None:
    started = visitor.start(b"hello")
    send(started, b"hello")
    receipt = visitor.finish(started)
    with acting_for(request_of(visitor)):
        document = DocumentForm({"title": "x", "file": receipt}).save()
    assert visitor.ask("cancel", grant=started["grant"])["status"] == 200
    assert document.file.read() == b"hello"


@pytest.fixture
def no_cache(settings: Settings) -> None:
    """A cache that keeps nothing."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


@on_s3
def test_what_a_form_has_taken_can_neither_be_cancelled_nor_sent_again(visitor: Visitor) -> None:
    started = visitor.start(b"hello")
    send(started, b"hello")
    form = checked_form(visitor, visitor.finish(started))
    visitor.ask("cancel", grant=started["grant"])
    assert send(started, b"wrong") == 412
    assert form.save().file.read() == b"hello"


def test_what_was_cancelled_no_form_takes(visitor: Visitor) -> None:
    started = visitor.start(b"hello")
    send(started, b"hello")
    receipt = visitor.finish(started)
    visitor.ask("cancel", grant=started["grant"])
    send(started, b"hello")
    assert error_of(visitor, receipt) == "missing"


@on_s3
@pytest.mark.usefixtures("no_cache")
@pytest.mark.parametrize(("again", "words"), [(b"wrong", "replaced"), (b"", "404")])
def test_what_is_swapped_or_gone_before_the_row_is_saved_is_refused(visitor: Visitor, again: bytes, words: str) -> None:
    started = visitor.start(b"hello")
    send(started, b"hello")
    form = checked_form(visitor, visitor.finish(started))
    visitor.ask("cancel", grant=started["grant"])
    assert not again or send(started, again) == 200
    with pytest.raises(OSError, match=words):
        form.save()


@pytest.mark.parametrize("large", [False, True], ids=["small", "in parts"])
@pytest.mark.usefixtures("small_parts")
def test_a_file_that_is_in_its_place_can_be_saved_once_more(visitor: Visitor, large: bool) -> None:
    receipt = visitor.upload(bytes(6 * MIB) if large else b"hello")
    with acting_for(request_of(visitor)):
        form = DocumentForm({"title": "x", "file": receipt})
        assert form.is_valid()
    content, names = form.cleaned_data["file"], set()
    for _ in range(2):  # as after a transaction that was rolled back
        names.add(Document(file=content).file.field.pre_save(Document(file=content), add=True).name)
    assert len(names) == 1


@on_s3
def test_a_form_with_narrower_limits_refuses_what_another_one_allowed(visitor: Visitor) -> None:
    receipt = visitor.upload(b"hello")

    class Narrow(forms.ModelForm):  # type: ignore[type-arg]
        file = DirectUploadField(content_types="image/*")

        class Meta:
            model = Document
            fields = ("title", "file")

    assert error_of(visitor, receipt, Narrow) == "wrong_type"


@on_s3
def test_a_field_that_is_none_of_files_cannot_be_meant(visitor: Visitor, settings: Settings) -> None:
    settings.SELECTEL_UPLOADS = {"FIELDS": {"site.Document.title": {}, "auth.User.password": {}, "nonsense": {}}}
    for label in ("site.Document.title", "auth.User.password", "nonsense"):
        assert code(visitor.ask("start", field=label, name="a", size=1)) == "unknown_field"


@on_s3
def test_a_grant_of_another_version_is_refused(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    grant = opened(Grant, visitor.start(b"hello")["grant"], 60)
    text = signing.dumps({"field": grant.field}, salt="selectel_uploads.Grant")
    assert code(visitor.ask("finish", grant=text)) == "forged"


@on_s3
def test_sealed_texts_hold_no_secret_and_no_session(visitor: Visitor, storage: SelectelStorage) -> None:
    grant = opened(Grant, visitor.start(b"hello")["grant"], 60)
    shown = repr(grant) + repr(replace(grant, bearer="")) + json.dumps(sealed(grant))
    assert str(storage.options.secret_key) not in shown
    assert str(visitor.client.session.session_key) not in repr(grant)


@on_s3
def test_a_link_ends_when_the_settings_say(visitor: Visitor, settings: Settings) -> None:
    settings.SELECTEL_UPLOADS = {"LINK_AGE": 77}
    assert parse_qs(urlsplit(visitor.start(b"hello")["url"]).query)["X-Amz-Expires"] == ["77"]
