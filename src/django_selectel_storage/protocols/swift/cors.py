"""The CORS rules of a Swift container: three of its metadata. Requests and answers (pure), and the two calls.

Source: OpenStack Swift documentation, "CORS". Every method and header field is allowed to the origins that it names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django_selectel_storage.protocols import fields
from django_selectel_storage.protocols.cors import OURS, CorsRule
from django_selectel_storage.protocols.failures import Operation
from django_selectel_storage.transport.messages import Answer, Request

_PREFIX = "X-Container-Meta-Access-Control-"


class ContainerCors:
    """The CORS rules of one container.

    Args:
        send: sends a request that is made of the container's path, and raises for anything but a success.
        container: its name.
    """

    def __init__(self, send: Callable[[Callable[[str], Request], Operation], Answer], container: str) -> None:
        self._send = send
        self._container = container

    def rules(self) -> list[CorsRule]:
        """Give the one rule that a container can have."""
        operation = Operation("Reading the CORS rules of", self._container)
        return read_rules(self._send(lambda base: Request("HEAD", base), operation))

    def store(self, rules: Sequence[CorsRule]) -> None:
        """Set the origins of these rules in place of all others."""
        operation = Operation("Setting the CORS rules of", self._container)
        self._send(lambda base: put_rules(base, rules), operation)


def put_rules(base: str, rules: Sequence[CorsRule]) -> Request:
    """POST of the container; an empty value takes a rule away."""
    origins = sorted({origin for rule in rules for origin in rule.origins})
    exposed = sorted({name for rule in rules for name in rule.exposed})
    longest = max((rule.max_age for rule in rules), default=0)
    headers = {
        f"{_PREFIX}Allow-Origin": " ".join(origins),
        f"{_PREFIX}Expose-Headers": " ".join(exposed),
        f"{_PREFIX}Max-Age": str(longest or ""),
    }
    return Request("POST", base, headers=headers)


def read_rules(answer: Answer) -> list[CorsRule]:
    """Read the answer to a HEAD of the container; its rule counts as ours, for there is no other place for ours."""
    headers = answer.headers
    origins = tuple(headers.get(f"{_PREFIX}Allow-Origin", "").split())
    if not origins:
        return []
    exposed = tuple(headers.get(f"{_PREFIX}Expose-Headers", "").split())
    age = fields.length(headers.get(f"{_PREFIX}Max-Age", ""))
    return [CorsRule(origins, exposed=exposed, max_age=age, name=OURS)]
