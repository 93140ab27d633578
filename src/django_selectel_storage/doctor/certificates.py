"""Certificates: which root a chain ends in, and why one is not trusted. Opens no connection."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from django_selectel_storage.doctor.findings import Verdict, bad

UNKNOWN = pgettext_lazy("doctor", "a root that cannot be told")
# OpenSSL, X509_verify_cert_error_string: the codes that have a remedy of their own.
_NOT_YET_VALID, _EXPIRED, _OTHER_HOST, _OTHER_ADDRESS = 9, 10, 62, 64
_HINTS: Mapping[int, Promise] = {
    _NOT_YET_VALID: gettext_lazy(
        "Is the clock of this machine right? Otherwise the server's owner has to mend its certificate."
    ),
    _EXPIRED: gettext_lazy("The server's owner has to renew its certificate; or the clock of this machine is ahead."),
    _OTHER_HOST: gettext_lazy(
        "Is 'endpoint' right? With addressing='virtual' the container's name must have no dots: the certificate covers "
        "one label."
    ),
    _OTHER_ADDRESS: gettext_lazy("Write the server's name into 'endpoint' instead of its address."),
}
_GLOBALSIGN = gettext_lazy(
    "Selectel's certificates end in GlobalSign's roots (R6, R46). certifi has them, older bundles and that of botocore "
    "do not: leave 'ca_bundle' out and update certifi, or add GlobalSign Root R6 to your bundle."
)
_NEVER = gettext_lazy("Do not look for a way to switch verification off: there is none.")


def root_of(secured: ssl.SSLSocket) -> str:
    """Give the name of the root through which a connection is trusted."""
    return next((_name(certificate["subject"]) for certificate in reversed(_chain(secured, "verified"))), str(UNKNOWN))


def presented_root_of(secured: ssl.SSLSocket) -> str:
    """Give the name of the root that the chain of a server leads to, trusted or not."""
    return next((_name(certificate["issuer"]) for certificate in reversed(_chain(secured, "unverified"))), str(UNKNOWN))


def explained(door: str, error: ssl.SSLCertVerificationError, root: str, ca_bundle: str | None) -> Verdict:
    """Say why a certificate is not trusted, and what to do.

    Args:
        door: host and port.
        error: what OpenSSL says.
        root: the root that the server's chain leads to.
        ca_bundle: the option, which takes the place of certifi's roots.
    """
    if error.verify_code in _HINTS:
        refused = _("the certificate of {door} is refused: {reason}")
        return bad(refused.format(door=door, reason=error.verify_message), _HINTS[error.verify_code])
    missing = (
        _("the certificate of {door} leads to {root}, which the file of 'ca_bundle' does not have ({reason})")
        if ca_bundle
        else _("the certificate of {door} leads to {root}, which certifi does not have ({reason})")
    )
    seen = missing.format(door=door, root=root, reason=error.verify_message)
    return bad(seen, f"{_remedy(root, ca_bundle)} {_NEVER}")


def _remedy(root: str, ca_bundle: str | None) -> str:
    """Say how a root comes to be trusted."""
    if "GlobalSign" in root:
        return str(_GLOBALSIGN)
    if ca_bundle:
        return _("Add that root to the file of 'ca_bundle', or leave the option out.")
    return _(
        "If the server is your own, or a proxy of your company unpacks TLS, name its root with 'ca_bundle'; otherwise "
        "somebody may be listening."
    )


def _chain(secured: ssl.SSLSocket, kind: str) -> list[Mapping[str, Any]]:
    """Give a connection's certificates, the server's own first.

    Python has public names for this since 3.13; the object beneath has had them since 3.10, and knows the names in
    the certificates too.
    """
    below = getattr(secured, "_sslobj", None)
    certificates: list[Any] = getattr(below, f"get_{kind}_chain", list)() or []
    return [certificate.get_info() for certificate in certificates]


def _name(distinguished: Iterable[Iterable[tuple[str, str]]]) -> str:
    """Write a distinguished name; several roots share a common name and differ in their unit."""
    fields = {name: value for part in distinguished for name, value in part}
    first = fields.get("commonName") or fields.get("organizationName") or str(UNKNOWN)
    unit = fields.get("organizationalUnitName")
    return f"{first} ({unit})" if unit else first
