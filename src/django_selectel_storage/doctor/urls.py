"""What strangers can do: signed URLs, the public address, ``custom_domain``, browsers of other origins."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from django_selectel_storage import names
from django_selectel_storage.checks.addresses import is_the_api
from django_selectel_storage.doctor.case import CONTENT, Case
from django_selectel_storage.doctor.findings import Verdict, bad, good, skipped
from django_selectel_storage.hosts import is_selectel_s3
from django_selectel_storage.transport.messages import Answer

_LIFE = 60  # seconds that the doctor's signed URLs live
_NO_KEY = gettext_lazy("there is no 'temp_url_key' to sign with")
_S3_SIGNING_HINT = gettext_lazy(
    "Is 'url_endpoint' the same store under another name, and does a proxy before it change host or path?"
)
_SWIFT_SIGNING_HINT = gettext_lazy(
    "Is 'temp_url_key' that of the account (X-Account-Meta-Temp-URL-Key) or of the container?"
)
_PUBLIC_DOMAIN = gettext_lazy("the container's public domain, as 'https://<uuid>.selstorage.ru' (see Selectel's panel)")


def signed_reading(case: Case) -> Verdict:
    """Whether a stranger reads an object with a signed URL."""
    if not case.options.can_sign:
        return skipped(_NO_KEY)
    answer = case.ask("GET", _signed(case, case.probes.stored(), "GET"))
    if answer.status == 200 and answer.body == CONTENT:
        return good(_("a stranger who has a signed URL reads the file"))
    return bad(_("a signed URL answers {answer}").format(answer=_said(answer)), _signing_hint(case))


def signed_writing(case: Case) -> Verdict:
    """Whether a stranger stores an object with a signed URL."""
    if not case.options.can_sign:
        return skipped(_NO_KEY)
    key = case.probes.expect("stranger")
    answer = case.ask("PUT", _signed(case, key, "PUT"), body=CONTENT)
    if answer.status < 300 and case.client.has(key):
        return good(_("a stranger who has a signed URL for it stores a file"))
    return bad(_("a signed URL for PUT answers {answer}").format(answer=_said(answer)), _signing_hint(case))


def _signing_hint(case: Case) -> Promise:
    return _S3_SIGNING_HINT if case.options.protocol == "s3" else _SWIFT_SIGNING_HINT


def access(case: Case) -> Verdict:
    """Whether the container is public, and whether that fits the URLs that the storage hands out."""
    options = case.options
    answer = case.ask("GET", case.client.plain_url(case.probes.stored()))
    public = answer.status == 200 and answer.body == CONTENT
    unsigned = not options.signs_urls and not options.custom_domain
    if public:
        needless = _("URLs are signed, and everybody reads the files without") if options.signs_urls else ""
        return good(_("the container is public"), needless)
    if unsigned:
        return bad(
            _("strangers are answered {status}, and the storage hands out URLs without signatures").format(
                status=answer.status
            ),
            _("Make the container public, or let URLs be signed, or set 'custom_domain' to {domain}.").format(
                domain=_PUBLIC_DOMAIN
            ),
        )
    if is_selectel_s3(options.s3_endpoint) and options.protocol == "s3":
        return good(_("the S3 API serves no strangers (Selectel's never does, also where the container is public)"))
    return good(_("the container is private: strangers are answered {status}").format(status=answer.status))


def custom_domain(case: Case) -> Verdict:
    """Whether ``custom_domain`` serves the probe, and is not the API itself."""
    options = case.options
    if not options.custom_domain:
        return skipped(_("'custom_domain' is not set"))
    if is_the_api(options):
        return bad(
            _("{domain} is the S3 API, which serves no strangers").format(domain=options.custom_domain),
            _("Set 'custom_domain' to {domain}; or leave it out, and URLs are signed.").format(domain=_PUBLIC_DOMAIN),
        )
    answer = case.ask("GET", names.public_url(options.custom_domain, case.probes.stored()))
    if answer.status == 200 and answer.body == CONTENT:
        return good(_("{domain} serves the files").format(domain=options.custom_domain))
    seen = _("{domain} answers {answer} for a file that is there")
    return bad(seen.format(domain=options.custom_domain, answer=_said(answer)), _domain_hint(answer))


def _domain_hint(answer: Answer) -> str:
    if answer.status in {401, 403}:
        return _(
            "The container is private, or the domain leads to the API: make it public, or leave 'custom_domain' out."
        )
    if answer.status in {200, 404}:
        return _(
            "The domain leads somewhere else: to another container, or to one folder above or below. A public domain "
            "has no container in its path."
        )
    return _("Let 'custom_domain' be {domain}, or a CDN that fetches from it.").format(domain=_PUBLIC_DOMAIN)


def preflight(case: Case) -> Verdict:
    """Whether browsers that come from the given origins may upload."""
    if not case.origins:
        return skipped(_("no origin was given: --origin https://www.example.com"))
    key = case.probes.key("stranger")
    url = _signed(case, key, "PUT") if case.options.can_sign else case.client.plain_url(key)
    refused = {origin: said for origin in case.origins if (said := _refusal(case, url, origin))}
    if not refused:
        return good(_("browsers may upload from {origins}").format(origins=", ".join(case.origins)))
    words = _("{origin} is refused ({reason})")
    detail = "; ".join(words.format(origin=origin, reason=said) for origin, said in refused.items())
    return bad(detail, _cors_hint(case))


def _refusal(case: Case, url: str, origin: str) -> str:
    """Give the server's words against a PUT from an origin (Fetch, "CORS-preflight fetch"); none when it may."""
    asked = {"Origin": origin, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "content-type"}
    answer = case.ask("OPTIONS", url, asked)
    allowed = answer.headers.get("Access-Control-Allow-Origin", "")
    methods = answer.headers.get("Access-Control-Allow-Methods", "")
    if answer.status >= 300:
        return str(answer.status)
    if allowed not in {origin, "*"}:
        return _("allowed: {origins}").format(origins=allowed) if allowed else _("allowed: nobody")
    if "PUT" in methods:
        return ""
    return _("methods: {methods}").format(methods=methods) if methods else _("methods: none")


def _cors_hint(case: Case) -> str:
    options = case.options
    if options.protocol == "s3" and options.addressing == "path" and is_selectel_s3(options.s3_endpoint):
        return _("Selectel answers browsers only with virtual-hosted addressing: set addressing='virtual'.")
    if options.protocol == "s3":
        return _("Allow the origin, the method PUT and the header Content-Type in the bucket's CORS rules.")
    return _("Set the container's metadata X-Container-Meta-Access-Control-Allow-Origin to the origin.")


def _signed(case: Case, key: str, method: str) -> str:
    return case.client.signed_url(key, method, case.clock(), _LIFE, {})


def _said(answer: Answer) -> str:
    return _("{status} with other bytes").format(status=200) if answer.status == 200 else str(answer.status)
