"""The options of the development server and their way back to a command line. Pure."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Swift's own default: 5 GiB and two bytes.
LARGEST_OBJECT = 5_368_709_122


@dataclass(frozen=True)
class Options:
    """Everything that can be asked of the development server; a field is named as its flag."""

    host: str = "127.0.0.1"
    port: int = 8090
    data: str = ""
    containers: tuple[str, ...] = ("media",)
    public_containers: tuple[str, ...] = ()
    account: str = "dev"
    user: str = "developer"
    key: str = "developer-key"
    temp_url_key: str = "developer-temp-url-key"
    region: str = "ru-1"
    storage_domain: str = ""
    cors_origin: str = "*"
    max_file_size: int = LARGEST_OBJECT
    token_life: int = 86400
    fsync: bool = False
    objects_in_memory: bool = False
    log: str = ""
    hooks: bool = False
    json: bool = False
    die_with_parent: int = 0
    keystone: str = ""
    keystone_password: str = "swift-service-password"  # noqa: S105 - a default for servers on loopback
    keystone_prefix: str = "KEY_"
    keystone_token_cache: int = 300

    @classmethod
    def from_namespace(cls, namespace: Mapping[str, Any]) -> Options:
        """Options out of what argparse or Django made of a command line; None means the default."""
        known = {field.name: namespace.get(field.name) for field in fields(cls)}
        given: dict[str, Any] = {name: value for name, value in known.items() if value is not None}
        for name in given.keys() & {"containers", "public_containers"}:
            given[name] = tuple(given[name])
        return cls(**given)

    def command_line(self) -> list[str]:
        """The arguments that give these options to another process."""
        return [argument for field in fields(self) for argument in self._arguments(field.name, field.default)]

    def _arguments(self, name: str, default: object) -> Iterator[str]:
        value = getattr(self, name)
        flag = "--" + name.replace("_", "-")
        if isinstance(value, tuple):
            yield from (f"{flag.removesuffix('s')}={one}" for one in value)
        elif value is True:
            yield flag
        elif value != default:
            yield f"{flag}={value}"
