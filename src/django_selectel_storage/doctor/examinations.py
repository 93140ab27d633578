"""All examinations, in their order, and what each builds on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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

_ROLE = _("Give the user the right to it: a role in the project, or a rule in the bucket's policy.")
_ADDRESS = _("Is 'url_endpoint' right?")


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
    title: str | Promise
    examine: Callable[[Case], Verdict]
    needs: tuple[str, ...] = ()
    hint: str | Promise = _("See the server's words.")


EXAMINATIONS = (
    Examination("options", pgettext_lazy("doctor", "Options"), environment.options),
    Examination("name", pgettext_lazy("doctor", "Name"), network.names, ("options",)),
    Examination("connection", pgettext_lazy("doctor", "Connection"), network.connections, ("name",)),
    Examination("tls", "TLS", network.encryption, ("connection",)),
    Examination(
        "clock",
        pgettext_lazy("doctor", "Clock"),
        clocks.difference,
        ("tls",),
        _("Is 'endpoint' or 'auth_url' the address of an API?"),
    ),
    Examination(
        "login",
        pgettext_lazy("doctor", "Login"),
        login.login,
        ("clock",),
        _("Compare the credentials, 'account' and 'project'."),
    ),
    Examination("container", pgettext_lazy("doctor", "Container"), containers.presence, ("login",), _ROLE),
    Examination("list", pgettext_lazy("doctor", "List"), objects.listing, ("container",), _ROLE),
    Examination("write", pgettext_lazy("doctor", "Write"), objects.writing, ("container",), _ROLE),
    Examination("conditional_write", pgettext_lazy("doctor", "Conditional write"), objects.condition, ("write",)),
    Examination("read", pgettext_lazy("doctor", "Read"), objects.reading, ("write",), _ROLE),
    Examination("range", pgettext_lazy("doctor", "Ranged read"), objects.ranged_reading, ("read",)),
    Examination("signed_get", pgettext_lazy("doctor", "Signed GET"), urls.signed_reading, ("write",), _ADDRESS),
    Examination("signed_put", pgettext_lazy("doctor", "Signed PUT"), urls.signed_writing, ("write",), _ADDRESS),
    Examination("delete", pgettext_lazy("doctor", "Delete"), objects.deletion, ("write",), _ROLE),
    Examination("moved", pgettext_lazy("doctor", "Old containers"), containers.moved, ("login",), _ROLE),
    Examination("access", pgettext_lazy("doctor", "Public or private"), urls.access, ("write",), _ADDRESS),
    Examination(
        "custom_domain", "custom_domain", urls.custom_domain, ("write",), _("Does the domain's DNS lead there?")
    ),
    Examination("public_domain", pgettext_lazy("doctor", "Public domain"), public_domain.look_up, ("login",)),
    Examination("cors", "CORS", urls.preflight, ("container",), _ADDRESS),
    Examination(
        "multipart",
        pgettext_lazy("doctor", "Uploads in parts"),
        objects.parts,
        ("write",),
        _("Set 'multipart_threshold' to 5368709120 (5 GiB)."),
    ),
    Examination("token", pgettext_lazy("doctor", "Token"), clocks.token, ("login",)),
    Examination("limits", pgettext_lazy("doctor", "Limits"), environment.limits, ("connection",)),
    Examination("versions", pgettext_lazy("doctor", "Versions"), environment.versions),
)
