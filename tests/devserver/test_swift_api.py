"""The Swift API answers as OpenStack Swift does, because it is."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.devserver.clients import ClientException
from tests.devserver.web import ask

if TYPE_CHECKING:
    from django_selectel_storage.devserver import ServerInfo

EVIL = "http://browser.example"


def test_the_containers_that_were_asked_for_exist(swift: Any) -> None:
    names = {container["name"] for container in swift.get_account()[1]}
    assert {"media", "other", "public"} <= names


def test_a_wrong_password_is_refused(info: ServerInfo) -> None:
    assert ask("GET", info.auth_url, X_Auth_User=info.username, X_Auth_Key="wrong").status == 401


def test_an_object_comes_back_as_it_was_put(swift: Any, key: str) -> None:
    swift.put_object("media", key, b"content", content_type="text/x-test", headers={"X-Object-Meta-Colour": "blue"})
    headers, body = swift.get_object("media", key)
    assert body == b"content"
    assert headers["content-type"] == "text/x-test"
    assert headers["x-object-meta-colour"] == "blue"


def test_a_public_container_can_be_read_by_strangers(info: ServerInfo, swift: Any, key: str) -> None:
    swift.put_object("public", key, b"for everybody")
    assert ask("GET", info.public_url("public", key)).body == b"for everybody"


def test_a_public_container_can_not_be_written_by_strangers(info: ServerInfo, key: str) -> None:
    assert ask("PUT", info.public_url("public", key), b"graffiti").status == 401


def test_a_private_container_refuses_strangers(url: str, swift: Any, key: str) -> None:
    swift.put_object("media", key, b"secret")
    answer = ask("GET", url)
    assert answer.status == 401
    assert b"secret" not in answer.body


@pytest.mark.parametrize("digest", ["sha1", "sha256", "sha512"])
def test_a_temporary_url_opens_a_private_object(info: ServerInfo, swift: Any, url: str, key: str, digest: str) -> None:
    swift.put_object("media", key, b"content")
    expires = int(time.time()) + 60
    text = f"GET\n{expires}\n{urlsplit(url).path}".encode()
    signature = hmac.new(info.temp_url_key.encode(), text, digest).hexdigest()
    assert ask("GET", f"{url}?temp_url_sig={signature}&temp_url_expires={expires}").body == b"content"
    assert ask("GET", f"{url}?temp_url_sig={signature}&temp_url_expires={expires + 1}").status == 401


def test_a_static_large_object_is_read_as_one(swift: Any, key: str) -> None:
    segments = []
    for number, content in enumerate((b"one-", b"two-", b"three")):
        swift.put_object("other", f"{key}/{number}", content)
        segments.append({"path": f"/other/{key}/{number}", "etag": hashlib.md5(content).hexdigest()})
    swift.put_object("media", key, json.dumps(segments).encode(), query_string="multipart-manifest=put")
    headers, body = swift.get_object("media", key)
    assert body == b"one-two-three"
    assert headers["x-static-large-object"] == "True"


def test_a_dynamic_large_object_is_read_as_one(swift: Any, key: str) -> None:
    for number, content in enumerate((b"one-", b"two")):
        swift.put_object("other", f"{key}/{number}", content)
    swift.put_object("media", key, b"", headers={"X-Object-Manifest": f"other/{key}/"})
    assert swift.get_object("media", key)[1] == b"one-two"


def test_many_objects_are_deleted_at_once(info: ServerInfo, swift: Any, token: str, key: str) -> None:
    for number in range(3):
        swift.put_object("media", f"{key}/{number}", b"")
    names = "\n".join(f"media/{key}/{number}" for number in range(4)).encode()
    answer = ask(
        "POST",
        f"{info.storage_url}?bulk-delete",
        names,
        X_Auth_Token=token,
        Content_Type="text/plain",
        Accept="application/json",
    )
    result = json.loads(answer.body)
    assert (result["Number Deleted"], result["Number Not Found"], result["Errors"]) == (3, 1, [])
    assert swift.get_container("media", prefix=key)[1] == []


def test_an_object_is_copied_inside_the_server(swift: Any, key: str) -> None:
    swift.put_object("media", key, b"content", headers={"X-Object-Meta-Colour": "blue"})
    swift.copy_object("media", key, f"/other/{key}")
    headers, body = swift.get_object("other", key)
    assert body == b"content"
    assert headers["x-object-meta-colour"] == "blue"


def test_versions_are_kept_in_another_container_when_asked(swift: Any, key: str) -> None:
    swift.put_container(f"{key}-old")
    swift.put_container(key, headers={"X-Versions-Location": f"{key}-old"})
    swift.put_object(key, "a", b"first")
    swift.put_object(key, "a", b"second")
    swift.delete_object(key, "a")
    assert swift.get_object(key, "a")[1] == b"first"


def test_object_versioning_keeps_every_version(swift: Any, key: str) -> None:
    swift.put_container(key, headers={"X-Versions-Enabled": "true"})
    swift.put_object(key, "a", b"first")
    swift.put_object(key, "a", b"second")
    versions = swift.get_container(key, query_string="versions=true")[1]
    assert [version["is_latest"] for version in versions] == [True, False]
    oldest = f"version-id={versions[1]['version_id']}"
    assert swift.get_object(key, "a", query_string=oldest)[1] == b"first"


def test_a_browser_may_ask_before_it_uploads(url: str) -> None:
    answer = ask("OPTIONS", url, Origin=EVIL, Access_Control_Request_Method="PUT")
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] in ("*", EVIL)
    assert "PUT" in answer.headers["access-control-allow-methods"]


def test_a_browser_may_read_what_it_was_answered(url: str, token: str) -> None:
    answer = ask("PUT", url, b"content", X_Auth_Token=token, Origin=EVIL)
    assert answer.headers["access-control-allow-origin"] in ("*", EVIL)
    assert "etag" in answer.headers["access-control-expose-headers"].lower()


def test_a_form_uploads_a_file(info: ServerInfo, swift: Any, url: str, key: str) -> None:
    expires = int(time.time()) + 60
    text = f"{urlsplit(url).path}/\n\n1000\n1\n{expires}".encode()
    signature = hmac.new(info.temp_url_key.encode(), text, "sha256").hexdigest()
    fields = {"max_file_size": 1000, "max_file_count": 1, "expires": expires, "signature": signature}
    body = "".join(
        f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
    )
    body += '--edge\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\ncontent\r\n--edge--\r\n'
    answer = ask("POST", f"{url}/", body.encode(), Content_Type="multipart/form-data; boundary=edge")
    assert answer.status == 201
    assert swift.get_object("media", f"{key}/a.txt")[1] == b"content"


def test_a_container_can_be_a_website(info: ServerInfo, swift: Any, key: str) -> None:
    swift.put_container(
        key, headers={"X-Container-Read": ".r:*,.rlistings", "X-Container-Meta-Web-Index": "index.html"}
    )
    swift.put_object(key, "index.html", b"<h1>Welcome</h1>")
    assert ask("GET", f"{info.storage_url}/{key}/").body == b"<h1>Welcome</h1>"


def test_a_damaged_upload_is_refused(swift: Any, key: str) -> None:
    with pytest.raises(ClientException) as refusal:
        swift.put_object("media", key, b"content", etag=hashlib.md5(b"something else").hexdigest())
    assert refusal.value.http_status == 422
