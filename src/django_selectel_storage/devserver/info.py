"""What a running development server tells about itself. Pure: knows neither Swift nor how it was started."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from urllib.parse import quote


@dataclass(frozen=True)
class ServerInfo:
    """Addresses, credentials and containers of a running development server."""

    url: str
    auth_url: str
    endpoint: str
    username: str
    password: str
    access_key: str
    secret_key: str
    region: str
    storage_url: str
    temp_url_key: str
    containers: tuple[str, ...]
    public_containers: tuple[str, ...]
    data: str
    objects_in_memory: bool
    hooks: bool
    pid: int
    started_in: float

    def public_url(self, container: str, key: str = "") -> str:
        """The address under which a browser finds an object of a public container."""
        return f"{self.storage_url}/{quote(container)}/{quote(key)}"

    def to_json(self) -> str:
        """One machine-readable line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str | bytes) -> ServerInfo:
        """The line that `to_json` wrote, read again."""
        values = json.loads(line)
        for name in ("containers", "public_containers"):
            values[name] = tuple(values[name])
        return cls(**values)
