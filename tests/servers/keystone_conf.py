"""The text of Keystone's configuration file. Pure.

Its log goes to standard error: on standard output its parent waits for one line.
"""

from __future__ import annotations

TEXT = """\
[DEFAULT]
use_stderr = true
default_log_levels = keystone=WARNING,alembic=WARNING,oslo_policy=ERROR
[database]
connection = sqlite:///{folder}/keystone.db?timeout=30
sqlite_synchronous = false
[fernet_tokens]
key_repository = {folder}/fernet
[fernet_receipts]
key_repository = {folder}/fernet
[credential]
key_repository = {folder}/fernet
[token]
provider = fernet
expiration = 86400
[identity]
password_hash_algorithm = bcrypt
password_hash_rounds = 4
[cache]
enabled = true
backend = dogpile.cache.memory
[oslo_policy]
enforce_scope = true
"""


def keystone_conf(folder: str) -> str:
    """keystone.conf for everything in one folder; hashing is as cheap as bcrypt allows."""
    return TEXT.format(folder=folder)
