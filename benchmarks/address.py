"""Where a server is for a client, straight or through the proxy. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

ACCOUNT, BUCKET = "AUTH_dev", "media"
TOKEN = "AUTH_tkanything"


@dataclass(frozen=True)
class Address:
    """One server, as both of its protocols are reached.

    Attributes:
        name: what the server is called in the results.
        port: where it, or the proxy before it, listens on loopback.
        login_port: where nginx answers logins: 204, as Selectel does and as 1.0.2 insists on.
        token: what a login gives.
        access_key: of S3.
        secret_key: of S3.
    """

    name: str
    port: int
    login_port: int
    token: str = TOKEN
    access_key: str = "accesskey"
    secret_key: str = "secretkey"

    def behind(self, port: int) -> Address:
        """The same server behind a proxy."""
        return replace(self, port=port)

    @property
    def endpoint(self) -> str:
        """Where S3 is spoken."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def login(self) -> str:
        """Where Swift's clients log in."""
        return f"http://127.0.0.1:{self.login_port}/login/{self.port}/{self.token}"
