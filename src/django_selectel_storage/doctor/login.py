"""Whether the server knows who asks: the signature of an S3 key, or the login of a Swift user."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from django_selectel_storage.doctor.case import Case
from django_selectel_storage.doctor.findings import Verdict, bad, good
from django_selectel_storage.exceptions import (
    AccessDenied,
    AuthenticationFailed,
    ContainerNotFound,
    StorageError,
)
from django_selectel_storage.options import StorageOptions
from django_selectel_storage.protocols.factory import pool_for
from django_selectel_storage.protocols.swift.tokens import Token
from django_selectel_storage.transport.messages import Answer, Request

_PANEL_OPEN = gettext_lazy(
    "Open the project's Object Storage once in Selectel's panel, and give the user a role in it."
)
_WRONG_KEY = gettext_lazy("'access_key' is mistyped or deleted: compare it with the panel.")
_NEW_KEY = gettext_lazy("A key made in the last minutes is not active yet: wait, and try again.")
_ANY_CODE = gettext_lazy("Compare 'access_key' and 'secret_key' with the panel.")
_BY_CODE = {
    "SignatureDoesNotMatch": gettext_lazy(
        "The server refuses the signature: 'secret_key' is wrong (or 'access_key', where the server does not tell them "
        "apart)."
    ),
    "AuthorizationHeaderMalformed": gettext_lazy(
        "Set 'region' to the one that the server names; on Selectel it is the name of the pool, so that setting 'pool' "
        "suffices."
    ),
    "RequestTimeTooSkewed": gettext_lazy("The clock of this machine is wrong: let NTP set it."),
}


def login(case: Case) -> Verdict:
    """Whether the credentials are accepted."""
    return _signature(case) if case.options.protocol == "s3" else _swift_login(case)


def _signature(case: Case) -> Verdict:
    try:
        case.client.list("", limit=1)
    except AuthenticationFailed as error:
        return bad(str(error), _by_code(case, error))
    except (AccessDenied, ContainerNotFound):
        pass  # whoever is told this was recognised
    return good(_("the signature is accepted (region {region!r})").format(region=case.options.s3_region))


def _by_code(case: Case, error: StorageError) -> str:
    if error.code == "InvalidAccessKeyId":
        return _unknown_key(case)
    return str(_BY_CODE.get(error.code, _ANY_CODE))


def _unknown_key(case: Case) -> str:
    """Tell three causes apart that S3 answers alike; an IAM user beside the key can look whether storage is open."""
    if case.iam is None or case.iam_token is None:
        return _(
            "One of three: {wrong_key} {new_key} The project was never initialised: {open_panel} IAM credentials "
            "beside the key ('username', 'password', 'account', 'project') let the doctor tell which."
        ).format(wrong_key=_WRONG_KEY, new_key=_NEW_KEY, open_panel=_PANEL_OPEN)
    answer = account(case.iam, case.iam_token)
    if answer.status >= 300:
        closed = _("The project was never initialised (its account answers {status}).").format(status=answer.status)
        return f"{closed} {_PANEL_OPEN}"
    its_the_key = _("The project's storage is open, so it is the key.")
    return f"{its_the_key} {_WRONG_KEY} {_NEW_KEY}"


def _swift_login(case: Case) -> Verdict:
    token = case.token
    host = urlsplit(token.storage_url).netloc
    answer = account(case.options, token)
    if answer.status in {401, 403, 404}:
        seen = _("the login is accepted, but {host} answers {status} for the account")
        hint = _("The project was never initialised, or the user has no role in it.")
        return bad(seen.format(host=host, status=answer.status), f"{hint} {_PANEL_OPEN}")
    if answer.status >= 300:
        seen = _("the login is accepted, but {host} answers {status}").format(host=host, status=answer.status)
        return bad(seen, _("Is 'endpoint' right? Try again."))
    return good(_("the login is accepted; the account answers at {host}").format(host=host))


def account(options: StorageOptions, token: Token) -> Answer:
    """Ask for an account as a whole."""
    parts = urlsplit(token.storage_url)
    request = Request("HEAD", parts.path)
    return pool_for(f"{parts.scheme}://{parts.netloc}", options).send(request, lambda _: {"X-Auth-Token": token.value})
