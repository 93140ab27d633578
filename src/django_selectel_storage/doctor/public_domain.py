"""The public domain that Selectel has given the container: looked up with the IAM user, as the setting to paste."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from django_selectel_storage.doctor import selectel_api
from django_selectel_storage.doctor.case import Case
from django_selectel_storage.doctor.findings import Verdict, bad, good, skipped
from django_selectel_storage.exceptions import TooManyRequests
from django_selectel_storage.protocols.factory import pool_for

_NO_USER = gettext_lazy("needs an IAM user: 'username', 'password', 'account' and 'project', also beside an S3 key")


def look_up(case: Case) -> Verdict:
    """What the container's public domain is, and whether the storage uses it."""
    token, origin = case.iam_token, selectel_api.origin(case.options)
    if origin is None:
        return skipped(_("only Selectel has an API for it"))
    if token is None:
        return skipped(_NO_USER)
    container = case.options.container
    request = selectel_api.public_domains_request(container)
    answer = pool_for(origin, case.options).send(request, lambda _: {"X-Auth-Token": token.value})
    if answer.status == 429:
        raise TooManyRequests("Selectel's API answered 429: too many requests.", status=429)
    return _judged(case, selectel_api.read_public_domains(container, answer))


def _judged(case: Case, domains: list[str]) -> Verdict:
    custom_domain = case.options.custom_domain
    if not domains and selectel_api.is_public_domain(custom_domain):
        return bad(
            _("the container is private, and {domain} is not its domain").format(domain=custom_domain),
            _("Make the container public in Selectel's panel, or leave 'custom_domain' out: then URLs are signed."),
        )
    if not domains:
        return good(_("the container is private and has no public domain"))
    if selectel_api.serves(custom_domain, domains):
        return good(_("the container is public at {domain}, as 'custom_domain' says").format(domain=custom_domain))
    if selectel_api.is_public_domain(custom_domain):
        return bad(_("{domain} is the domain of another container").format(domain=custom_domain), _setting(domains[0]))
    seen = _("the container is public at {domains}").format(domains=", ".join(domains))
    return good(seen, "" if custom_domain else _setting(domains[0]))


def _setting(domain: str) -> str:
    return _('Set "custom_domain": "{domain}" and URLs are short, and last.').format(domain=domain)
