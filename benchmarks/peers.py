"""Who is compared: what is installed, which class is the storage, and how it is told where the server is. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.address import BUCKET, Address

REGION = "ru-1"
TEMP_URL_KEY = "developer-temp-url-key"


def _nothing(address: Address) -> dict[str, Any]:  # noqa: ARG001 - the signature of all of them
    return {}


@dataclass(frozen=True)
class Peer:
    """One contestant.

    Attributes:
        name: what it is called in the results.
        protocol: ``s3`` or ``swift``.
        environment: whose environment it runs in, a key of ``REQUIREMENTS``.
        backend: its storage, by dotted path.
        options: what its constructor is given.
        settings: what it reads from Django's settings.
        attributes: what no setting reaches, by dotted path.
        lacks: verbs that it does not know, or only pretends to.
        lists: how many objects a listing of its gives at the most.
        in_threads: whether the threads of a process can share its storage; over one connection, answers get mixed up.
    """

    name: str
    protocol: str
    environment: str
    backend: str
    options: Callable[[Address], dict[str, Any]] = _nothing
    settings: Callable[[Address], dict[str, Any]] = _nothing
    attributes: Callable[[Address], Mapping[str, str]] = _nothing
    lacks: frozenset[str] = frozenset()
    lists: int = 1_000_000_000
    in_threads: bool = True

    def configuration(self, address: Address) -> dict[str, Any]:
        """What the peer's program is told first."""
        storages = {"default": {"BACKEND": self.backend, "OPTIONS": self.options(address)}}
        return {
            "settings": {"USE_TZ": True, "STORAGES": storages, **self.settings(address)},
            "attributes": self.attributes(address),
        }


def ours_s3(address: Address) -> dict[str, Any]:
    """Our options for S3."""
    return {
        "access_key": address.access_key, "secret_key": address.secret_key, "container": BUCKET,
        "endpoint": address.endpoint, "region": REGION, "conditional_writes": True,
    }  # fmt: skip


def ours_swift(address: Address) -> dict[str, Any]:
    """Our options for Swift."""
    return {
        "username": "dev:developer", "password": "developer-key", "container": BUCKET, "auth_url": address.login,
        "temp_url_key": TEMP_URL_KEY,
    }  # fmt: skip


def storages_s3(address: Address) -> dict[str, Any]:
    """The options of django-storages."""
    return {
        "access_key": address.access_key, "secret_key": address.secret_key, "bucket_name": BUCKET,
        "endpoint_url": address.endpoint, "region_name": REGION, "addressing_style": "path",
        "signature_version": "s3v4", "file_overwrite": False,
    }  # fmt: skip


def _s3_storage(address: Address) -> dict[str, Any]:
    return {
        "AWS_ACCESS_KEY_ID": address.access_key, "AWS_SECRET_ACCESS_KEY": address.secret_key, "AWS_REGION": REGION,
        "AWS_S3_BUCKET_NAME": BUCKET, "AWS_S3_ENDPOINT_URL": address.endpoint, "AWS_S3_ADDRESSING_STYLE": "path",
        "AWS_S3_SIGNATURE_VERSION": "s3v4", "AWS_S3_GZIP": False,
    }  # fmt: skip


def _minio(address: Address) -> dict[str, Any]:
    return {
        "MINIO_STORAGE_ENDPOINT": f"127.0.0.1:{address.port}", "MINIO_STORAGE_ACCESS_KEY": address.access_key,
        "MINIO_STORAGE_SECRET_KEY": address.secret_key, "MINIO_STORAGE_USE_HTTPS": False,
        "MINIO_STORAGE_REGION": REGION, "MINIO_STORAGE_MEDIA_BUCKET_NAME": BUCKET,
        "MINIO_STORAGE_MEDIA_USE_PRESIGNED": True, "MINIO_STORAGE_ASSUME_MEDIA_BUCKET_EXISTS": True,
    }  # fmt: skip


def _swift(address: Address) -> dict[str, Any]:
    return {
        "SWIFT_AUTH_URL": address.login, "SWIFT_USERNAME": "dev:developer", "SWIFT_KEY": "developer-key",
        "SWIFT_AUTH_VERSION": "1", "SWIFT_CONTAINER_NAME": BUCKET, "SWIFT_USE_TEMP_URLS": True,
        "SWIFT_TEMP_URL_KEY": TEMP_URL_KEY,
    }  # fmt: skip


OURS, OURS_SWIFT = "django-selectel-storage 2.0, S3", "django-selectel-storage 2.0, Swift"
STORAGES, FASTA = "django-storages", "collectfasta"
FLOOR = "bare urllib3"
WORKING_FLOOR = "bare urllib3, hashing and parsing"
OWN = "django-selectel-storage"
OLD = "django-selectel-storage 1.0.2"

PEERS = (
    Peer(OURS, "s3", OWN, "django_selectel_storage.storage.SelectelStorage", ours_s3),
    Peer(STORAGES, "s3", STORAGES, "storages.backends.s3.S3Storage", storages_s3),
    Peer("django-s3-storage", "s3", "django-s3-storage", "django_s3_storage.storage.S3Storage",
         settings=_s3_storage, lacks=frozenset({"write"})),
    Peer("django-minio-storage", "s3", "django-minio-storage", "minio_storage.storage.MinioMediaStorage",
         settings=_minio, lacks=frozenset({"write"})),
    Peer(OURS_SWIFT, "swift", OWN, "django_selectel_storage.storage.SelectelStorage", ours_swift),
    Peer("django-storage-swift", "swift", "django-storage-swift", "swift.storage.SwiftStorage",
         settings=_swift, lacks=frozenset({"write"}), in_threads=False),
    Peer(OLD, "swift", OLD, "django_selectel_storage.storage.SelectelStorage",
         lambda _: {"username": "dev:developer", "password": "developer-key", "container": BUCKET},
         attributes=lambda address: {"django_selectel_storage.selectel.Auth.AUTH_URL": address.login},
         lacks=frozenset({"write"}), lists=10_000),
)  # fmt: skip

# Its signatures were made beforehand: only nginx takes them.
BARE = Peer(
    FLOOR, "s3", OWN, "benchmarks.inside.floor.BareRequests",
    lambda address: {"host": "127.0.0.1", "port": address.port, "path": f"/{BUCKET}"},
)  # fmt: skip

# For what ours hashes, signs or parses, too.
WORKING = Peer(
    WORKING_FLOOR, "s3", OWN, "benchmarks.inside.floor.BareWork", BARE.options,
    lacks=frozenset({"read", "exists", "missing", "size", "delete"}),
)  # fmt: skip

# What is installed into each environment, beside the Django that all of them get.
REQUIREMENTS: dict[str, tuple[str, ...]] = {
    OWN: (".",),
    STORAGES: ("django-storages[s3]",),
    "django-s3-storage": ("django-s3-storage",),
    "django-minio-storage": ("django-minio-storage",),
    "django-storage-swift": ("django-storage-swift",),
    FASTA: ("collectfasta", "django-storages[s3]"),
    OLD: ("django-selectel-storage==1.0.2",),
}
