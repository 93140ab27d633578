"""The storage's options, the limits that the server set meanwhile, and what is installed here."""

from __future__ import annotations

import platform
import ssl
from importlib.metadata import version

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from django_selectel_storage import __version__
from django_selectel_storage.doctor.case import Case
from django_selectel_storage.doctor.findings import Verdict, bad, good

_INSTALLED = ("Django", "urllib3", "certifi")


def options(case: Case) -> Verdict:
    """Whether the options are complete and consistent."""
    if case.problems:
        return bad("; ".join(case.problems), _("docs/options.md lists all options, and which of them belong together."))
    return good(_PROTOCOLS[case.options.protocol])


_PROTOCOLS = {
    "s3": gettext_lazy("complete and consistent; the protocol is S3"),
    "keystone": gettext_lazy("complete and consistent; the protocol is Swift with an IAM login"),
    "legacy": gettext_lazy("complete and consistent; the protocol is Swift with auth v1.0"),
}


def limits(case: Case) -> Verdict:
    """Whether the server said 429 to one of the doctor's few requests."""
    if not case.throttled:
        return good(_("no request was answered with 429"))
    return bad(
        _("the server answered 429 to: {titles}").format(titles=", ".join(case.throttled)),
        _(
            "The container's limit is used up by others. Selectel allows 2000 requests a second for a container (1000 "
            "GET and HEAD, 300 PUT, 300 DELETE, 200 POST) and advises 250: slow down, cache, or spread over containers."
        ),
    )


def versions(case: Case) -> Verdict:  # noqa: ARG001 - every examination takes the case
    """What the storage runs on."""
    ours = [f"django-selectel-storage {__version__}", f"Python {platform.python_version()}"]
    installed = [f"{name} {version(name)}" for name in _INSTALLED]
    return good(", ".join([*ours, *installed, ssl.OPENSSL_VERSION]))
