"""What strangers can do: signed URLs, the public address, ``custom_domain``, browsers of other origins."""

from __future__ import annotations

from django_selectel_storage import names
from django_selectel_storage.checks.addresses import is_the_api
from django_selectel_storage.doctor.case import CONTENT, Case
from django_selectel_storage.doctor.findings import Verdict, bad, good, skipped
from django_selectel_storage.hosts import is_selectel_s3
from django_selectel_storage.transport.messages import Answer

_LIFE = 60  # seconds that the doctor's signed URLs live
_NO_KEY = "there is no 'temp_url_key' to sign with"
_SIGNING_HINTS = {
    True: "Is 'url_endpoint' the same store under another name, and does a proxy before it change host or path?",
    False: "Is 'temp_url_key' that of the account (X-Account-Meta-Temp-URL-Key) or of the container?",
}
_PUBLIC_DOMAIN = "the container's public domain, as 'https://<uuid>.selstorage.ru' (see Selectel's panel)"


def signed_reading(case: Case) -> Verdict:
    """Whether a stranger reads an object with a signed URL."""
    if not case.options.can_sign:
        return skipped(_NO_KEY)
    answer = case.ask("GET", _signed(case, case.probes.stored(), "GET"))
    if answer.status == 200 and answer.body == CONTENT:
        return good("a stranger who has a signed URL reads the file")
    return bad(f"a signed URL answers {_said(answer)}", _SIGNING_HINTS[case.options.protocol == "s3"])


def signed_writing(case: Case) -> Verdict:
    """Whether a stranger stores an object with a signed URL."""
    if not case.options.can_sign:
        return skipped(_NO_KEY)
    key = case.probes.expect("stranger")
    answer = case.ask("PUT", _signed(case, key, "PUT"), body=CONTENT)
    if answer.status < 300 and case.client.has(key):
        return good("a stranger who has a signed URL for it stores a file")
    return bad(f"a signed URL for PUT answers {_said(answer)}", _SIGNING_HINTS[case.options.protocol == "s3"])


def access(case: Case) -> Verdict:
    """Whether the container is public, and whether that fits the URLs that the storage hands out."""
    options = case.options
    answer = case.ask("GET", case.client.plain_url(case.probes.stored()))
    public = answer.status == 200 and answer.body == CONTENT
    unsigned = not options.signs_urls and not options.custom_domain
    if public:
        needless = "URLs are signed, and everybody reads the files without" if options.signs_urls else ""
        return good("the container is public", needless)
    if unsigned:
        return bad(
            f"strangers are answered {answer.status}, and the storage hands out URLs without signatures",
            f"Make the container public, or let URLs be signed, or set 'custom_domain' to {_PUBLIC_DOMAIN}.",
        )
    if is_selectel_s3(options.s3_endpoint) and options.protocol == "s3":
        return good("the S3 API serves no strangers (Selectel's never does, also where the container is public)")
    return good(f"the container is private: strangers are answered {answer.status}")


def custom_domain(case: Case) -> Verdict:
    """Whether ``custom_domain`` serves the probe, and is not the API itself."""
    options = case.options
    if not options.custom_domain:
        return skipped("'custom_domain' is not set")
    if is_the_api(options):
        return bad(
            f"{options.custom_domain} is the S3 API, which serves no strangers",
            f"Set 'custom_domain' to {_PUBLIC_DOMAIN}; or leave it out, and URLs are signed.",
        )
    answer = case.ask("GET", names.public_url(options.custom_domain, case.probes.stored()))
    if answer.status == 200 and answer.body == CONTENT:
        return good(f"{options.custom_domain} serves the files")
    return bad(f"{options.custom_domain} answers {_said(answer)} for a file that is there", _domain_hint(answer))


def _domain_hint(answer: Answer) -> str:
    if answer.status in {401, 403}:
        return "The container is private, or the domain leads to the API: make it public, or leave 'custom_domain' out."
    if answer.status in {200, 404}:
        return (
            "The domain leads somewhere else: to another container, or to one folder above or below. A public domain "
            "has no container in its path."
        )
    return f"Let 'custom_domain' be {_PUBLIC_DOMAIN}, or a CDN that fetches from it."


def preflight(case: Case) -> Verdict:
    """Whether browsers that come from the given origins may upload."""
    if not case.origins:
        return skipped("no origin was given: --origin https://www.example.com")
    key = case.probes.key("stranger")
    url = _signed(case, key, "PUT") if case.options.can_sign else case.client.plain_url(key)
    refused = {origin: said for origin in case.origins if (said := _refusal(case, url, origin))}
    if not refused:
        return good(f"browsers may upload from {', '.join(case.origins)}")
    detail = "; ".join(f"{origin} is refused ({said})" for origin, said in refused.items())
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
        return f"allowed: {allowed or 'nobody'}"
    return "" if "PUT" in methods else f"methods: {methods or 'none'}"


def _cors_hint(case: Case) -> str:
    options = case.options
    if options.protocol == "s3" and options.addressing == "path" and is_selectel_s3(options.s3_endpoint):
        return "Selectel answers browsers only with virtual-hosted addressing: set addressing='virtual'."
    if options.protocol == "s3":
        return "Allow the origin, the method PUT and the header Content-Type in the bucket's CORS rules."
    return "Set the container's metadata X-Container-Meta-Access-Control-Allow-Origin to the origin."


def _signed(case: Case, key: str, method: str) -> str:
    return case.client.signed_url(key, method, case.clock(), _LIFE, {})


def _said(answer: Answer) -> str:
    return f"{answer.status} with other bytes" if answer.status == 200 else str(answer.status)
