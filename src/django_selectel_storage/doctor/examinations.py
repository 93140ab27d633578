"""All examinations, in their order, and what each builds on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django_selectel_storage.doctor import (
    clocks,
    containers,
    environment,
    login,
    network,
    objects,
    public_domain,
    urls,
)
from django_selectel_storage.doctor.case import Case
from django_selectel_storage.doctor.findings import Verdict

_ROLE = "Give the user the right to it: a role in the project, or a rule in the bucket's policy."


@dataclass(frozen=True, slots=True)
class Examination:
    """One examination.

    Attributes:
        name: its id.
        title: what a line calls it.
        examine: carries it out; an error of the storage counts as a bad verdict.
        needs: the ids of those without which it would tell nothing.
        hint: what to do when an error ends it.
    """

    name: str
    title: str
    examine: Callable[[Case], Verdict]
    needs: tuple[str, ...] = ()
    hint: str = "See the server's words."


EXAMINATIONS = (
    Examination("options", "Options", environment.options),
    Examination("name", "Name", network.names, ("options",)),
    Examination("connection", "Connection", network.connections, ("name",)),
    Examination("tls", "TLS", network.encryption, ("connection",)),
    Examination("clock", "Clock", clocks.difference, ("tls",), "Is 'endpoint' or 'auth_url' the address of an API?"),
    Examination("login", "Login", login.login, ("clock",), "Compare the credentials, 'account' and 'project'."),
    Examination("container", "Container", containers.presence, ("login",), _ROLE),
    Examination("list", "List", objects.listing, ("container",), _ROLE),
    Examination("write", "Write", objects.writing, ("container",), _ROLE),
    Examination("conditional_write", "Conditional write", objects.condition, ("write",)),
    Examination("read", "Read", objects.reading, ("write",), _ROLE),
    Examination("range", "Ranged read", objects.ranged_reading, ("read",)),
    Examination("signed_get", "Signed GET", urls.signed_reading, ("write",), "Is 'url_endpoint' right?"),
    Examination("signed_put", "Signed PUT", urls.signed_writing, ("write",), "Is 'url_endpoint' right?"),
    Examination("delete", "Delete", objects.deletion, ("write",), _ROLE),
    Examination("moved", "Old containers", containers.moved, ("login",), _ROLE),
    Examination("access", "Public or private", urls.access, ("write",), "Is 'url_endpoint' right?"),
    Examination("custom_domain", "custom_domain", urls.custom_domain, ("write",), "Does the domain's DNS lead there?"),
    Examination("public_domain", "Public domain", public_domain.look_up, ("login",)),
    Examination("cors", "CORS", urls.preflight, ("container",), "Is 'url_endpoint' right?"),
    Examination("multipart", "Uploads in parts", objects.parts, ("write",), "Set 'multipart_threshold' to '5 GiB'."),
    Examination("token", "Token", clocks.token, ("login",)),
    Examination("limits", "Limits", environment.limits, ("connection",)),
    Examination("versions", "Versions", environment.versions),
)
