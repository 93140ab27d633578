"""The yardstick: the same requests made by bare urllib3, with signatures that were made beforehand.

It has the shape of a storage, so that the same code measures it, and nothing of what a storage does: names are not
checked, no request is signed. How much is hashed and looked into, each class says.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from hashlib import md5, sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import urllib3
from django.core.files.storage import Storage

if TYPE_CHECKING:
    from typing_extensions import Self

LARGE = 1024 * 1024  # bytes from which on a file is not read at once
NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
READY = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=k/20260101/ru-1/s3/aws4_request,SignedHeaders=host,Signature=ready",
    "Content-Type": "application/octet-stream",
    "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
    "x-amz-date": "20260101T000000Z",
}
PRESIGNED = (
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=k%2F20260101%2Fru-1%2Fs3%2Faws4_request"
    "&X-Amz-Date=20260101T000000Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host"
)
BELOW_THE_QUERY = "\nhost:files.example.com\n\nhost\nUNSIGNED-PAYLOAD"
SIGNER = hmac.new(bytes(32), b"AWS4-HMAC-SHA256\n20260101T000000Z\n20260101/ru-1/s3/aws4_request\n", digestmod="sha256")


class BareRequests(Storage):
    """What has to be done at the least; what is small is not hashed, of answers only status and length count.

    Args:
        host: where the server listens.
        port: its port.
        path: the path of the bucket.
    """

    def __init__(self, host: str, port: int, path: str) -> None:
        self._pool = urllib3.HTTPConnectionPool(host, port, maxsize=50)
        self._path = path

    def save(self, name: str, content: Any) -> str:  # type: ignore[override]
        """PUT; a large file is hashed first, as its signature would need it."""
        if getattr(content, "size", 0) <= LARGE:
            self._send("PUT", f"/{name}", content.read())
            return name
        digest = sha256()
        while piece := content.read(LARGE):
            digest.update(piece)
        content.seek(0)
        self._send("PUT", f"/{name}", content.file, {**READY, "Content-Length": str(content.size)})
        return name

    def open(self, name: str, mode: str = "rb") -> Any:
        """GET, hashed as it comes where the server tells the MD5; or PUT, once what is written is closed."""
        if mode != "rb":
            return _Written(self, name)
        answer = self._send("GET", f"/{name}", whole=False)
        tag = answer.headers.get("ETag", "").strip('"')
        return _Hashed(answer, tag) if len(tag) == 32 else answer

    def exists(self, name: str) -> bool:
        """HEAD."""
        return self._send("HEAD", f"/{name}", expected=404).status == 200

    def size(self, name: str) -> int:
        """HEAD."""
        return int(self._send("HEAD", f"/{name}").headers["Content-Length"])

    def delete(self, name: str) -> None:
        """DELETE."""
        self._send("DELETE", f"/{name}")

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """GET of one page; names are only counted."""
        return [], [""] * self._listing(path).data.count(b"<Contents>")

    def _listing(self, path: str) -> urllib3.BaseHTTPResponse:
        return self._send("GET", f"?delimiter=%2F&encoding-type=url&list-type=2&max-keys=1000&prefix={path}%2F")

    def _send(
        self,
        method: str,
        target: str,
        body: Any = None,
        headers: Mapping[str, str] = READY,
        *,
        expected: int = 200,
        whole: bool = True,
    ) -> urllib3.BaseHTTPResponse:
        answer = self._pool.urlopen(
            method, self._path + target, body, headers, retries=False, redirect=False, preload_content=whole
        )
        if answer.status >= 300 and answer.status != expected:
            raise RuntimeError(f"{method} {target}: {answer.status}")
        return answer


class BareWork(BareRequests):
    """The same with what ours does for the protocol: each body hashed for its signature, listings parsed as XML.

    And a presigned URL, of which all is ready but what its path changes: the hash of the request, and the signature.
    """

    def url(self, name: str | None) -> str:
        """Hash the request, and the hash with the key of the second."""
        path = f"{self._path}/{name}"
        signer = SIGNER.copy()
        signer.update(sha256(f"GET\n{path}\n{PRESIGNED}{BELOW_THE_QUERY}".encode()).hexdigest().encode())
        return f"http://files.example.com{path}?{PRESIGNED}&X-Amz-Signature={signer.hexdigest()}"

    def save(self, name: str, content: Any) -> str:  # type: ignore[override]
        """PUT of what was hashed."""
        body = content.read()
        self._send("PUT", f"/{name}", body, {**READY, "x-amz-content-sha256": sha256(body).hexdigest()})
        return name

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """GET of one page; of what was parsed, nothing but the keys is looked at."""
        root = ElementTree.fromstring(self._listing(path).data)
        return [], [key.text or "" for key in root.iter(f"{{{NAMESPACE}}}Key")]


class _Hashed:
    """An answer whose bytes are hashed as they are read."""

    def __init__(self, answer: urllib3.BaseHTTPResponse, md5_of_all: str) -> None:
        self._answer = answer
        self._wanted = md5_of_all
        self._digest = md5(usedforsecurity=False)

    def read(self, size: int) -> bytes:
        piece = self._answer.read(size)
        self._digest.update(piece)
        if not piece and self._digest.hexdigest() != self._wanted:
            raise RuntimeError("What was read is not what was saved.")
        return piece

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._answer.close()


class _Written(BytesIO):
    """A file that is sent when it is closed."""

    def __init__(self, storage: BareRequests, name: str) -> None:
        super().__init__()
        self._to = storage, name

    def close(self) -> None:
        if not self.closed:
            storage, name = self._to
            self.seek(0)
            storage.save(name, self)
        super().close()
