"""Clients that are not ours, as independent oracles."""

from __future__ import annotations

import warnings
from typing import Any

import botocore.session
from botocore.config import Config

with warnings.catch_warnings():
    # Where Keystone's client is installed too, swiftclient imports modules that Python has deprecated.
    warnings.simplefilter("ignore")
    from swiftclient import ClientException, Connection

__all__ = ["ClientException", "s3_client", "swift_client"]


def swift_client(auth_url: str, user: str, password: str, **options: Any) -> Any:
    """python-swiftclient; it does not repeat anything."""
    return Connection(auth_url, user, password, retries=0, **options)


def s3_client(endpoint: str, access_key: str, secret_key: str, region: str) -> Any:
    """botocore with buckets as paths; it does not repeat anything."""
    return botocore.session.Session().create_client(
        "s3",
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 0}),
    )
