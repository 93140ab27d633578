"""The CORS rules of a bucket: requests, answers (pure), and the three calls.

Source: Amazon S3 API Reference, PutBucketCors and its kin. OpenStack Swift's S3 API does not have them.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence

from django_selectel_storage.exceptions import StorageError
from django_selectel_storage.protocols import fields
from django_selectel_storage.protocols.cors import CorsRule
from django_selectel_storage.protocols.failures import Operation
from django_selectel_storage.protocols.s3 import xml
from django_selectel_storage.protocols.s3.wire import Address
from django_selectel_storage.transport.body import BytesBody
from django_selectel_storage.transport.messages import Answer, Request

_QUERY = "cors="
_NO_RULES = "NoSuchCORSConfiguration"


class BucketCors:
    """The CORS rules of one bucket.

    Args:
        send: signs and sends a request, and raises for anything but a success.
        place: where the bucket answers.
        bucket: its name.
    """

    def __init__(self, send: Callable[[Request, Operation], Answer], place: Address, bucket: str) -> None:
        self._send = send
        self._place = place
        self._bucket = bucket

    def rules(self) -> list[CorsRule]:
        """Give the rules that are set (GetBucketCors)."""
        try:
            return read_rules(self._send(get_rules(self._place), Operation("Reading the CORS rules of", self._bucket)))
        except StorageError as error:
            if error.code == _NO_RULES:
                return []
            raise

    def store(self, rules: Sequence[CorsRule]) -> None:
        """Set these rules in place of all others (PutBucketCors, without any DeleteBucketCors)."""
        request = put_rules(self._place, rules) if rules else delete_rules(self._place)
        self._send(request, Operation("Setting the CORS rules of", self._bucket))


def get_rules(place: Address) -> Request:
    """GetBucketCors."""
    return Request("GET", place.path(""), _QUERY)


def delete_rules(place: Address) -> Request:
    """DeleteBucketCors."""
    return Request("DELETE", place.path(""), _QUERY)


def put_rules(place: Address, rules: Sequence[CorsRule]) -> Request:
    """PutBucketCors, which insists on Content-MD5."""
    body = BytesBody(_document(rules))
    md5 = b64encode(bytes.fromhex(body.digest("md5"))).decode()
    return Request("PUT", place.path(""), _QUERY, {"Content-Type": "application/xml", "Content-MD5": md5}, body)


def _document(rules: Sequence[CorsRule]) -> bytes:
    written = "".join(f"<CORSRule>{_elements(rule)}</CORSRule>" for rule in rules)
    return f'<CORSConfiguration xmlns="{xml.NAMESPACE}">{written}</CORSConfiguration>'.encode()


def _elements(rule: CorsRule) -> str:
    pairs = [
        *([("ID", rule.name)] if rule.name else []),
        *(("AllowedHeader", name) for name in rule.headers),
        *(("AllowedMethod", method) for method in rule.methods),
        *(("AllowedOrigin", origin) for origin in rule.origins),
        *(("ExposeHeader", name) for name in rule.exposed),
        *([("MaxAgeSeconds", str(rule.max_age))] if rule.max_age else []),
    ]
    return "".join(f"<{name}>{xml.escaped(value)}</{name}>" for name, value in pairs)


def read_rules(answer: Answer) -> list[CorsRule]:
    """Read a GetBucketCors answer.

    Raises:
        StorageError: the answer is not the XML it should be.
    """
    return [_rule(element) for element in xml.children(xml.parse(answer.body), "CORSRule")]


def _rule(element: xml.Element) -> CorsRule:
    def texts(name: str) -> tuple[str, ...]:
        return tuple(child.text or "" for child in xml.children(element, name))

    return CorsRule(
        origins=texts("AllowedOrigin"),
        methods=texts("AllowedMethod"),
        headers=texts("AllowedHeader"),
        exposed=texts("ExposeHeader"),
        max_age=fields.length(xml.text(element, "MaxAgeSeconds")),
        name=xml.text(element, "ID"),
    )
