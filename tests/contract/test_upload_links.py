"""Links with which others upload: what the server enforces, what it cannot, and 1.x's send_me_file."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile

from django_selectel_storage.devserver import Hooks
from django_selectel_storage.exceptions import ObjectTooLarge
from django_selectel_storage.storage import SelectelStorage
from tests.conftest import MakeStorage
from tests.sending import send
from tests.servers.stack import Stack

ALL = frozenset({"size", "content_type", "overwrite"})


@pytest.fixture(params=["s3", "swift"])
def face(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def storage(make_storage: MakeStorage, face: str, stack: Stack) -> SelectelStorage:
    return make_storage() if face == "s3" else make_storage(temp_url_key=stack.server.info.temp_url_key)


def test_whoever_has_the_link_stores_the_file(storage: SelectelStorage, face: str) -> None:
    wishes: dict[str, Any] = {"size": 5, "content_type": "text/x-test"}
    link = storage.upload_url("up/load.txt", **wishes, allow_unenforced=face != "s3")
    assert send(link.method, link.url, b"12345", link.headers) in {200, 201}
    assert storage.open("up/load.txt").read() == b"12345"
    assert storage.stat("up/load.txt").content_type == "text/x-test"


@pytest.mark.parametrize(
    ("content", "changed"),
    [
        pytest.param(b"123456", {"Content-Length": "6"}, id="another size"),
        pytest.param(b"12345", {"Content-Type": "text/html"}, id="another type"),
    ],
)
@pytest.mark.parametrize("face", ["s3"])
def test_s3_refuses_what_the_link_does_not_allow(
    storage: SelectelStorage, content: bytes, changed: dict[str, str]
) -> None:
    link = storage.upload_url("strict.txt", size=5, content_type="text/plain")
    assert link.enforced == ALL
    assert send(link.method, link.url, content, {**link.headers, **changed}) == 403
    without_condition = {name: value for name, value in link.headers.items() if name != "If-None-Match"}
    assert send(link.method, link.url, b"12345", without_condition) == 403
    assert not storage.exists("strict.txt")


@pytest.mark.parametrize("face", ["s3"])
def test_s3_does_not_let_the_link_overwrite(storage: SelectelStorage) -> None:
    storage.save("taken.txt", ContentFile(b"first"))
    link = storage.upload_url("taken.txt", size=5)
    assert send(link.method, link.url, b"12345", link.headers) == 412
    assert storage.open("taken.txt").read() == b"first"
    replacing = storage.upload_url("taken.txt", size=5, overwrite=True)
    assert send(replacing.method, replacing.url, b"12345", replacing.headers) == 200


@pytest.mark.parametrize("face", ["swift"])
@pytest.mark.parametrize(
    "wish", [{"size": 5, "overwrite": True}, {"content_type": "a/b", "overwrite": True}, {}], ids=str
)
def test_a_tempurl_says_what_it_cannot_enforce(storage: SelectelStorage, wish: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="cannot enforce"):
        storage.upload_url("loose.txt", **wish)
    assert storage.upload_url("loose.txt", **wish, allow_unenforced=True).enforced == frozenset()


@pytest.mark.parametrize("face", ["swift"])
def test_a_tempurl_without_wishes_is_given_at_once(storage: SelectelStorage) -> None:
    link = storage.upload_url("free.txt", overwrite=True)
    assert send(link.method, link.url, b"12345", link.headers) == 201


@pytest.mark.parametrize("name", ["../out.txt", "/out.txt", "a/../../out.txt"])
def test_a_link_does_not_leave_the_location(storage: SelectelStorage, name: str) -> None:
    for make in (lambda: storage.upload_url(name, overwrite=True), lambda: storage.send_me_file(name, 5)):
        with pytest.raises(SuspiciousFileOperation):
            make()


@pytest.mark.parametrize(
    "wish", [{"size": -1}, {"size": True}, {"size": "5"}, {"content_type": "a\r\nb"}, {"expire": 0}]
)
def test_a_wish_that_is_none_is_refused(storage: SelectelStorage, wish: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"size|type|second"):
        storage.upload_url("x.txt", **{"overwrite": True, "allow_unenforced": True, **wish})


def test_more_than_one_request_carries_is_refused(storage: SelectelStorage) -> None:
    with pytest.raises(ObjectTooLarge):
        storage.upload_url("x.txt", size=5 * 1024**3 + 1, allow_unenforced=True)


def test_the_signature_is_not_shown(storage: SelectelStorage) -> None:
    link = storage.upload_url("x.txt", overwrite=True)
    assert "ignature" in link.url or "temp_url_sig" in link.url
    assert link.url not in repr(link)


@pytest.mark.parametrize("face", ["s3"])
def test_send_me_file_takes_exactly_the_size_on_s3(storage: SelectelStorage) -> None:
    link = storage.container.send_me_file("report.pdf", 5)
    assert send("PUT", link, b"123456", {}) == 403
    assert send("PUT", link, b"12345", {}) == 200
    assert storage.open("report.pdf").read() == b"12345"


@pytest.mark.parametrize("face", ["swift"])
def test_send_me_file_warns_that_a_tempurl_limits_nothing(storage: SelectelStorage) -> None:
    with pytest.warns(UserWarning, match="does not limit the size"):
        link = storage.send_me_file("report.pdf", 5)
    assert send("PUT", link, b"more than five", {}) == 201


@pytest.mark.parametrize("face", ["swift"])
def test_the_old_selectel_gets_a_sendmefile_object(make_storage: MakeStorage, hooks: Hooks, location: str) -> None:
    storage = make_storage(sendmefile=True)
    link = storage.container.send_me_file("report.pdf", 1000)
    (request,) = [entry for entry in hooks.requests() if entry.method == "PUT"]
    assert link.endswith(f"/media/{location}/report.pdf")
    assert request.headers["x-object-meta-sendmefile-max-size"] == "1000"
    assert request.headers["x-object-meta-sendmefile-disable-web"] == "yes"
    assert request.headers["x-object-meta-sendmefile-allow-overwrite"] == "no"
    assert request.headers["x-object-meta-sendmefile-ignore-filename"] == "yes"
    assert request.headers["x-filename"] == f"/{location}/report.pdf"
    assert storage.stat("report.pdf").content_type == "x-storage/sendmefile+inplace"


@pytest.mark.parametrize("face", ["swift"])
def test_without_a_key_there_is_no_link(make_storage: MakeStorage) -> None:
    with pytest.raises(ValueError, match="temp_url_key"):
        make_storage().upload_url("x.txt", overwrite=True)


@pytest.mark.parametrize("face", ["s3"])
def test_headers_of_a_link_may_hold_any_script(make_storage: MakeStorage) -> None:
    storage = make_storage(content_disposition='attachment; filename="отчёт.pdf"')
    link = storage.direct_link("report.pdf", "mark", size=3, content_type="application/pdf")
    assert send(link.method, link.url, b"pdf", link.headers) == 200
    assert storage.stat("report.pdf").headers["content-disposition"] == 'attachment; filename="отчёт.pdf"'
