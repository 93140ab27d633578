"""System checks: one small function per id. They read settings only, ask no server, and repeat no secret.

Importing this room registers them; docs/checks.md explains each.
"""

from django_selectel_storage.checks.addresses import (
    custom_domain_at_s3,
    lost_lasting_urls,
    missing_temp_url_key,
    unsigned_private_urls,
)
from django_selectel_storage.checks.obsolete import ignored_default_file_storage, obsolete_settings, old_hosts
from django_selectel_storage.checks.places import media_beside_static, overwritten_media
from django_selectel_storage.checks.safety import development_hosts, visible_passwords
from django_selectel_storage.checks.usable import unusable_options

__all__ = [
    "custom_domain_at_s3",
    "development_hosts",
    "ignored_default_file_storage",
    "lost_lasting_urls",
    "media_beside_static",
    "missing_temp_url_key",
    "obsolete_settings",
    "old_hosts",
    "overwritten_media",
    "unsigned_private_urls",
    "unusable_options",
    "visible_passwords",
]
