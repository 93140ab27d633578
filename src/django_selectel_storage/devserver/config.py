"""The texts of Swift's configuration files. Pure."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from .folder import Folder
    from .options import Options

PACKAGE = "django_selectel_storage.devserver"
CHUNK = 65536
DIGESTS = "sha1 sha256 sha512"
# Our own filters; every other one is Swift's or keystonemiddleware's.
OWN_FILTERS = {
    "cache": f"{PACKAGE}.cache:filter_factory",
    "misbehave": f"{PACKAGE}.misbehave:filter_factory",
    "forget": f"{PACKAGE}.misbehave:forget_factory",
    "authtoken": "keystonemiddleware.auth_token:filter_factory",
}


def section(name: str, settings: Mapping[str, object]) -> str:
    """One section of an INI file."""
    return "\n".join([f"[{name}]", *(f"{key} = {_text(value)}" for key, value in settings.items()), ""])


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def swift_conf(options: Options) -> str:
    """swift.conf: what all servers share. The hash must stay what it is: kept data depends on it."""
    return "\n".join(
        [
            section("swift-hash", {"swift_hash_path_suffix": "devserver", "swift_hash_path_prefix": "devserver"}),
            section("storage-policy:0", {"name": "Policy-0", "default": "yes"}),
            section("swift-constraints", {"max_file_size": options.max_file_size}),
        ]
    )


def storage_conf(folder: Folder) -> dict[str, str]:
    """The settings of the account, container and object servers and of their daemons."""
    return {
        "devices": str(folder.devices),
        "swift_dir": str(folder.etc),
        "recon_cache_path": str(folder.cache),
        "mount_check": "false",
        "bind_ip": "127.0.0.1",
        "fallocate_reserve": "0",
        "disable_fallocate": "true",
        "disk_chunk_size": str(CHUNK),
        "network_chunk_size": str(CHUNK),
        "client_timeout": "60",
        "node_timeout": "60",
        "conn_timeout": "10",
        "container_update_timeout": "10",
        "eventlet_tpool_num_threads": "0",
    }


def pipeline(options: Options) -> list[str]:
    """The names of the proxy's filters, outermost first."""
    log = ["proxy-logging"] if options.log else []
    front = ["misbehave"] if options.hooks else []
    inner = ["forget"] if options.hooks else []
    authentication = ["s3api", "tempauth"]
    if options.keystone:
        authentication = ["authtoken", "s3api", "s3token", "keystoneauth", "tempauth"]
    return [
        *front,
        *("catch_errors", "gatekeeper", "healthcheck"),
        *log,
        *("cache", "listing_formats", "bulk", "tempurl", "formpost"),
        *authentication,
        *inner,
        *("staticweb", "copy", "container-quotas", "account-quotas", "slo", "dlo", "versioned_writes", "symlink"),
        *log,
    ]


def proxy_conf(options: Options) -> str:
    """proxy-server.conf: the pipeline and the settings of its filters."""
    filters = dict.fromkeys(pipeline(options))
    return "\n".join(
        [
            section("DEFAULT", {"cors_allow_origin": options.cors_origin, "expose_info": True}),
            section("pipeline:main", {"pipeline": " ".join([*pipeline(options), "proxy-server"])}),
            section("app:proxy-server", proxy_settings()),
            *(section(f"filter:{name}", {**_source(name), **filter_settings(name, options)}) for name in filters),
        ]
    )


def internal_client_conf(etc: Path) -> str:
    """internal-client.conf: the proxy without authentication through which the expirer works."""
    names: Sequence[str] = ("catch_errors", "cache", "copy", "symlink")
    return "\n".join(
        [
            section("DEFAULT", {"swift_dir": etc}),
            section("pipeline:main", {"pipeline": " ".join([*names, "proxy-server"])}),
            section("app:proxy-server", proxy_settings()),
            *(section(f"filter:{name}", _source(name)) for name in names),
        ]
    )


def proxy_settings() -> dict[str, object]:
    """The proxy application itself; its time limits allow for slow test machines."""
    return {
        "use": "egg:swift#proxy",
        "account_autocreate": True,
        "allow_account_management": True,
        "node_timeout": 60,
        "recoverable_node_timeout": 60,
        "client_timeout": 60,
        "conn_timeout": 10,
        "object_chunk_size": CHUNK,
        "client_chunk_size": CHUNK,
    }


def _source(name: str) -> dict[str, object]:
    if name in OWN_FILTERS:
        return {"paste.filter_factory": OWN_FILTERS[name]}
    return {"use": f"egg:swift#{name.replace('-', '_')}"}


def filter_settings(name: str, options: Options) -> dict[str, object]:
    """What a filter has to know besides its defaults."""
    if name in ("authtoken", "keystoneauth", "s3token"):
        return keystone_settings(name, options)
    settings: dict[str, dict[str, object]] = {
        "tempauth": tempauth_settings(options),
        "s3api": s3api_settings(options),
        "tempurl": {"allowed_digests": DIGESTS},
        "formpost": {"allowed_digests": DIGESTS},
        "versioned_writes": {"allow_versioned_writes": True, "allow_object_versioning": True},
        "bulk": {"max_deletes_per_request": 10000},
        "proxy-logging": {"reveal_sensitive_prefix": 64},
    }
    return settings.get(name, {})


def tempauth_settings(options: Options) -> dict[str, object]:
    """Authentication v1.0 and the secret keys of S3; the user's name is encoded as it may hold underscores."""
    user = f"user64_{_unpadded(options.account)}_{_unpadded(options.user)}"
    return {
        "reseller_prefix": "AUTH",
        "token_life": options.token_life,
        "storage_url_scheme": "default",
        user: f"{options.key} .admin",
    }


def _unpadded(text: str) -> str:
    return base64.b64encode(text.encode()).decode().rstrip("=")


def s3api_settings(options: Options) -> dict[str, object]:
    """The S3 API; it has no call for a bucket's CORS rules, only this answer to preflight requests."""
    domain = {"storage_domain": options.storage_domain} if options.storage_domain else {}
    return {
        "location": options.region,
        "s3_acl": False,
        "allow_no_owner": True,
        "dns_compliant_bucket_names": True,
        "check_bucket_owner": False,
        "cors_preflight_allow_origin": options.cors_origin,
        **domain,
    }


def keystone_settings(name: str, options: Options) -> dict[str, object]:
    """The filters that ask Keystone: for tokens, for roles, for S3 signatures."""
    service = {
        "auth_type": "password",
        "project_name": "service",
        "username": "swift",
        "password": options.keystone_password,
    }
    if name == "authtoken":
        return {
            **service,
            "project_domain_name": "Default",
            "user_domain_name": "Default",
            "auth_url": options.keystone,
            "www_authenticate_uri": options.keystone,
            "delay_auth_decision": True,
            "cache": "swift.cache",
            "include_service_catalog": False,
            "interface": "public",
            "token_cache_time": options.keystone_token_cache,
        }
    if name == "s3token":
        return {
            **service,
            "project_domain_id": "default",
            "user_domain_id": "default",
            "auth_url": f"{options.keystone}/v3",
            "auth_uri": f"{options.keystone}/v3",
            "delay_auth_decision": True,
            "reseller_prefix": options.keystone_prefix,
        }
    return {
        "reseller_prefix": options.keystone_prefix,
        "operator_roles": "admin, member, swiftoperator",
        "reseller_admin_role": "ResellerAdmin",
    }
