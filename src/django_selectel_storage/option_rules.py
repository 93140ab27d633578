"""What makes options unusable together: one small function per rule, the most basic first.

Pure. Each rule yields errors that name the option and say what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeAlias

from django_selectel_storage.exceptions import (
    ConfigurationError,
    EmptyContainerName,
    EmptyPassword,
    EmptyUsername,
    InvalidOption,
)
from django_selectel_storage.option_values import is_safe_address

if TYPE_CHECKING:
    from django_selectel_storage.options import StorageOptions

LONGEST_PRESIGNED_LIFE = 604800  # seconds; SigV4, "Authenticating Requests: Using Query Parameters", X-Amz-Expires
SMALLEST_PART = 5 * 1024**2  # S3, "Amazon S3 multipart upload limits"
LARGEST_PUT = 5 * 1024**3  # bytes; of S3's PutObject, UploadPart and CopyObject, and Swift's max_file_size

Rule: TypeAlias = "Callable[[StorageOptions], Iterable[ConfigurationError]]"


def problems(options: StorageOptions) -> list[ConfigurationError]:
    """Give everything that makes the options unusable; empty when there is nothing."""
    return [error for rule in _RULES for error in rule(options)]


def _credentials(options: StorageOptions) -> Iterable[ConfigurationError]:
    s3 = options.protocol == "s3"
    name, secret = ("access_key", "secret_key") if s3 else ("username", "password")
    if not getattr(options, name):
        other = "" if s3 else " (or 'access_key' and 'secret_key' of an S3 key)"
        yield EmptyUsername(f"The option {name!r} is missing{other}: the storage has nobody to log in as.")
    if not getattr(options, secret):
        yield EmptyPassword(f"The option {secret!r} is missing: it goes with {name!r}.")


def _iam_scope(options: StorageOptions) -> Iterable[ConfigurationError]:
    if bool(options.account) == bool(options.project):
        return
    given, missing = ("account", "project") if options.account else ("project", "account")
    yield ConfigurationError(
        f"The option {given!r} is given without {missing!r}: an IAM login needs both, auth v1.0 neither."
    )


def _container(options: StorageOptions) -> Iterable[ConfigurationError]:
    if not options.container:
        yield EmptyContainerName("The option 'container' is missing: the storage does not know where the files lie.")
    elif "/" in options.container or options.container in {".", ".."}:
        yield InvalidOption("The option 'container' is a name without slashes; a folder in it is 'location'.")


def _plain_http(options: StorageOptions) -> Iterable[ConfigurationError]:
    if options.allow_http:
        return
    for name in ("endpoint", "auth_url"):
        address = getattr(options, name)
        if address and not is_safe_address(address):
            yield InvalidOption(
                f"The option {name!r} is plain http to another host: credentials would travel unprotected. "
                "Use https, or set 'allow_http' to True if you accept that."
            )


def _url_life(options: StorageOptions) -> Iterable[ConfigurationError]:
    if options.protocol == "s3" and options.querystring_expire + options.stable_urls > LONGEST_PRESIGNED_LIFE:
        yield InvalidOption(
            f"The options 'querystring_expire' and 'stable_urls' together exceed {LONGEST_PRESIGNED_LIFE} seconds "
            "(7 days), the longest life of a presigned URL."
        )


def _url_signing(options: StorageOptions) -> Iterable[ConfigurationError]:
    if not options.querystring_auth:
        return
    if options.custom_domain:
        yield InvalidOption(
            "The options 'querystring_auth' and 'custom_domain' contradict each other: URLs of a public domain are "
            "not signed. For signed URLs on another host use 'url_endpoint'."
        )
    if options.protocol != "s3" and not options.temp_url_key:
        yield InvalidOption("The option 'querystring_auth' needs 'temp_url_key' on Swift: it signs the URLs.")


def _part_sizes(options: StorageOptions) -> Iterable[ConfigurationError]:
    if not SMALLEST_PART <= options.multipart_chunksize <= LARGEST_PUT:
        yield InvalidOption("The option 'multipart_chunksize' lies between 5 MiB and 5 GiB.")
    if options.multipart_threshold > LARGEST_PUT:
        yield InvalidOption("The option 'multipart_threshold' is at most 5 GiB, the largest single PUT.")


_RULES: tuple[Rule, ...] = (
    _credentials,
    _iam_scope,
    _container,
    _plain_http,
    _url_life,
    _url_signing,
    _part_sizes,
)
