"""The error tree: every error of this package is a ``SelectelException``.

What a server or the network answers is also an ``OSError`` of the kind that Django and callers already catch;
what a user configured wrongly is also a ``ValueError``, as in 1.x. Nothing here knows Django.
"""

from __future__ import annotations


class SelectelException(Exception):
    """Whatever goes wrong inside this package."""


# --- configuration ---------------------------------------------------------------------------------------------------


class ConfigurationError(SelectelException, ValueError):
    """The options of a storage are not usable."""


class InvalidSchema(ConfigurationError):
    """A DSN does not begin with ``selectel://``, or SELECTEL_STORAGES has no such schema."""


class EmptyUsername(ConfigurationError):
    """The user name (or the S3 access key) is missing."""


class EmptyPassword(ConfigurationError):
    """The password (or the S3 secret key) is missing."""


class EmptyContainerName(ConfigurationError):
    """The container is missing."""


class UnknownOption(ConfigurationError):
    """There is no option of this name."""


class InvalidOption(ConfigurationError):
    """An option's value cannot be used, or two options contradict each other."""


class CredentialsLeftOut(ConfigurationError):
    """A storage that came out of a migration, without its credentials, was used."""


# --- names -----------------------------------------------------------------------------------------------------------


class InvalidName(SelectelException, ValueError):
    """A name cannot be a key, or it reaches outside the storage's ``location``."""


class MissingReference(SelectelException, ValueError):
    """A static file refers to a file that was not collected."""


# --- answers of a server, and the network ----------------------------------------------------------------------------


class StorageError(SelectelException, OSError):
    """An operation on the object store failed.

    Attributes:
        status: the HTTP status, or None when no answer came.
        code: the server's own word for the error, as ``NoSuchKey``; empty when it said none.
        request_id: what the provider's support asks for; empty when the server said none.
        tries: how often the request was sent.
    """

    def __init__(
        self, message: str, *, status: int | None = None, code: str = "", request_id: str = "", tries: int = 1
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.request_id = request_id
        self.tries = tries


class ObjectNotFound(StorageError, FileNotFoundError):
    """There is no object of this key."""


class ContainerNotFound(StorageError):
    """There is no such container. Not a FileNotFoundError: that would read as "this one file is missing"."""


class ObjectExists(StorageError, FileExistsError):
    """The key is taken, and the write was to happen only if it were free."""


class ObjectChanged(StorageError):
    """The object was replaced while it was being read."""


class AccessDenied(StorageError, PermissionError):
    """The credentials are valid, but not for this."""


class AuthenticationFailed(StorageError, PermissionError):
    """The server does not accept the credentials."""


class InvalidRequest(StorageError):
    """The server refuses the request as such; trying again would not help."""


class WriteConflict(InvalidRequest):
    """Others wrote the same key at the same time, and the server carried out none of it."""


class UploadGone(InvalidRequest):
    """A multipart upload is not there any more: it was completed or aborted."""


class RangeNotSatisfiable(InvalidRequest):
    """The object ends before the first byte that was asked for; so does every range of an empty object."""


class TooManyRequests(StorageError):
    """The server asks to slow down, and went on asking after the last retry."""


class DeletionFailed(StorageError):
    """Some of many files could not be removed.

    Attributes:
        failures: the error of each, by name.
    """

    def __init__(self, failures: dict[str, StorageError]) -> None:
        first = next(iter(failures.items()), ("", ""))
        count = "1 file" if len(failures) == 1 else f"{len(failures)} files"
        super().__init__(f"{count} could not be deleted, among them {first[0]!r}: {first[1]}")
        self.failures = failures

    def __reduce__(self) -> tuple[type[DeletionFailed], tuple[dict[str, StorageError]]]:
        return type(self), (self.failures,)


class ServerError(StorageError):
    """The server failed, and went on failing after the last retry."""


class ConnectionFailed(StorageError, ConnectionError):
    """No answer came: the server is away, the connection broke, or TLS did not trust it."""


class TimedOut(StorageError, TimeoutError):
    """The server did not answer in the time that the options give it."""


class DamagedTransfer(StorageError):
    """The bytes that arrived are not the bytes that were sent."""


class SpoolFailed(StorageError):
    """The temporary file for what does not fit into memory cannot be used; mostly, the disk is full."""

    def __init__(self, message: str, *, errno: int | None = None) -> None:
        super().__init__(message)
        self.errno = errno


class ObjectTooLarge(StorageError):
    """The object is larger than the protocol allows in this way."""
