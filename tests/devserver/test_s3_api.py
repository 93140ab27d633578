"""The S3 API, with signatures by botocore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from django_selectel_storage.devserver import DevServer
from tests.devserver.clients import s3_client
from tests.devserver.web import ask

if TYPE_CHECKING:
    from django_selectel_storage.devserver import ServerInfo

ORIGIN = "http://browser.example"


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_an_object_comes_back_as_it_was_put(s3: Any, key: str) -> None:
    s3.put_object(Bucket="media", Key=key, Body=b"content", ContentType="text/x-test", Metadata={"colour": "blue"})
    answer = s3.get_object(Bucket="media", Key=key)
    assert answer["Body"].read() == b"content"
    assert answer["ContentType"] == "text/x-test"
    assert answer["Metadata"] == {"colour": "blue"}


def test_both_protocols_see_the_same_objects(s3: Any, swift: Any, key: str) -> None:
    s3.put_object(Bucket="media", Key=key, Body=b"content")
    assert swift.get_object("media", key)[1] == b"content"


def test_a_wrong_secret_key_is_refused(info: ServerInfo) -> None:
    client = s3_client(info.endpoint, info.access_key, "wrong", info.region)
    with pytest.raises(ClientError) as refusal:
        client.list_objects_v2(Bucket="media")
    client.close()
    assert code(refusal) == "SignatureDoesNotMatch"


def test_another_region_is_refused(info: ServerInfo) -> None:
    # By a URL: otherwise botocore learns the right region from the refusal and tries again.
    client = s3_client(info.endpoint, info.access_key, info.secret_key, "elsewhere-1")
    answer = ask("GET", client.generate_presigned_url("get_object", {"Bucket": "media", "Key": "a"}))
    client.close()
    assert answer.status == 400
    assert b"expecting &apos;ru-1&apos;" in answer.body or b"expecting 'ru-1'" in answer.body


def test_a_presigned_url_opens_a_private_object(s3: Any, key: str) -> None:
    s3.put_object(Bucket="media", Key=key, Body=b"content")
    url = s3.generate_presigned_url("get_object", {"Bucket": "media", "Key": key})
    assert ask("GET", url).body == b"content"


def test_an_object_is_uploaded_in_parts(s3: Any, key: str) -> None:
    name = {"Bucket": "media", "Key": key}
    upload = s3.create_multipart_upload(**name)["UploadId"]
    bodies = [b"a" * (5 << 20), b"b"]
    parts = [
        {"PartNumber": number, "ETag": s3.upload_part(**name, UploadId=upload, PartNumber=number, Body=body)["ETag"]}
        for number, body in enumerate(bodies, 1)
    ]
    s3.complete_multipart_upload(**name, UploadId=upload, MultipartUpload={"Parts": parts})
    assert s3.get_object(**name)["Body"].read() == b"".join(bodies)


def test_an_object_is_copied_inside_the_server(s3: Any, key: str) -> None:
    s3.put_object(Bucket="media", Key=key, Body=b"content")
    s3.copy_object(Bucket="other", Key=key, CopySource={"Bucket": "media", "Key": key})
    assert s3.get_object(Bucket="other", Key=key)["Body"].read() == b"content"


def test_many_objects_are_deleted_at_once(s3: Any, key: str) -> None:
    names = [{"Key": f"{key}/{number}"} for number in range(3)]
    for name in names:
        s3.put_object(Bucket="media", Body=b"", **name)
    s3.delete_objects(Bucket="media", Delete={"Objects": names})
    assert s3.list_objects_v2(Bucket="media", Prefix=key)["KeyCount"] == 0


def test_a_bucket_keeps_every_version_when_asked(s3: Any, key: str) -> None:
    s3.create_bucket(Bucket=key)
    s3.put_bucket_versioning(Bucket=key, VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket=key, Key="a", Body=b"first")["VersionId"]
    s3.put_object(Bucket=key, Key="a", Body=b"second")
    assert s3.get_object(Bucket=key, Key="a", VersionId=first)["Body"].read() == b"first"


def test_a_conditional_write_does_not_overwrite(s3: Any, key: str) -> None:
    s3.put_object(Bucket="media", Key=key, Body=b"first", IfNoneMatch="*")
    with pytest.raises(ClientError) as refusal:
        s3.put_object(Bucket="media", Key=key, Body=b"second", IfNoneMatch="*")
    assert code(refusal) == "PreconditionFailed"


def test_a_browser_may_ask_before_it_uploads(info: ServerInfo, key: str) -> None:
    wanted: dict[str, Any] = {
        "Access_Control_Request_Method": "PUT",
        "Access_Control_Request_Headers": "authorization,x-amz-date",
    }
    answer = ask("OPTIONS", f"{info.endpoint}/media/{key}", Origin=ORIGIN, **wanted)
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "x-amz-date" in answer.headers["access-control-allow-headers"]


def test_a_browser_may_upload_by_a_presigned_url(s3: Any, key: str) -> None:
    url = s3.generate_presigned_url("put_object", {"Bucket": "media", "Key": key})
    assert ask("OPTIONS", url, Origin=ORIGIN, Access_Control_Request_Method="PUT").status == 200
    answer = ask("PUT", url, b"content", Origin=ORIGIN)
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] in ("*", ORIGIN)


def test_a_bucket_can_be_a_host_name() -> None:
    with DevServer(storage_domain="storage.example") as server:
        address = "http://media.storage.example/folder/a.txt"
        for method, body in (("PUT", b"content"), ("GET", b"")):
            request = AWSRequest(method, address, data=body, headers={"x-amz-content-sha256": "UNSIGNED-PAYLOAD"})
            credentials = Credentials(server.info.access_key, server.info.secret_key)
            SigV4Auth(credentials, "s3", server.info.region).add_auth(request)
            headers: dict[str, Any] = {**dict(request.headers.items()), "Host": "media.storage.example"}
            answer = ask(method, f"{server.info.url}/folder/a.txt", body, **headers)
            assert answer.status == 200
        assert answer.body == b"content"
