"""Fills a new Keystone through its own API: Swift's service user, a domain, a project, a user, a catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from werkzeug.test import Client

if TYPE_CHECKING:
    from collections.abc import Mapping

ADMIN = "admin"
ADMIN_PASSWORD = "administrator-password"
DOMAIN = "123456"
PROJECT = "myproject"
USER = "alice"
PASSWORD = "alice-password"
REGION = "ru-1"


@dataclass(frozen=True)
class Api:
    """Keystone's API, called without a network, as the administrator."""

    application: Any
    token: str = ""

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The answer to one request; RuntimeError unless it succeeded."""
        headers = {"X-Auth-Token": self.token} if self.token else {}
        answer = Client(self.application).open("/v3" + path, method=method, json=body, headers=headers)
        if answer.status_code >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {answer.text}")
        return answer

    def create(self, kind: str, **values: Any) -> str:
        """Make a domain, project, user, service or endpoint; its id."""
        return str(self.call("POST", f"/{kind}s", {kind: values}).json[kind]["id"])

    def grant(self, project: str, user: str, role: str) -> None:
        """Give a user a role in a project."""
        roles = {found["name"]: found["id"] for found in self.call("GET", "/roles").json["roles"]}
        self.call("PUT", f"/projects/{project}/users/{user}/roles/{roles[role]}")


def administrator(application: Any) -> Api:
    """The API with the administrator's token."""
    default = {"id": "default"}
    user = {"name": ADMIN, "password": ADMIN_PASSWORD, "domain": default}
    identity = {"methods": ["password"], "password": {"user": user}}
    scope = {"project": {"name": ADMIN, "domain": default}}
    answer = Api(application).call("POST", "/auth/tokens", {"auth": {"identity": identity, "scope": scope}})
    return Api(application, answer.headers["X-Subject-Token"])


def settle(api: Api, swift: str, swift_prefix: str, service_password: str) -> dict[str, str]:
    """Everything that Swift and its user need; what the launcher is told of it."""
    settle_service(api, service_password)
    domain = api.create("domain", name=DOMAIN)
    project = api.create("project", name=PROJECT, domain_id=domain)
    user = api.create("user", name=USER, domain_id=domain, password=PASSWORD, default_project_id=project)
    api.grant(project, user, "member")
    settle_catalogue(api, f"{swift}/v1/{swift_prefix}$(project_id)s")
    keys = api.call("POST", f"/users/{user}/credentials/OS-EC2", {"tenant_id": project}).json["credential"]
    return {
        "account": DOMAIN,
        "project": PROJECT,
        "project_id": project,
        "user": USER,
        "password": PASSWORD,
        "region": REGION,
        "storage_url": f"{swift}/v1/{swift_prefix}{project}",
        "access_key": keys["access"],
        "secret_key": keys["secret"],
    }


def settle_service(api: Api, password: str) -> None:
    """The user as whom Swift asks about tokens."""
    project = api.create("project", name="service", domain_id="default")
    user = api.create("user", name="swift", domain_id="default", password=password)
    for role in ("admin", "service"):
        api.grant(project, user, role)


def settle_catalogue(api: Api, url: str) -> None:
    """The entry by which clients find the object storage."""
    service = api.create("service", name="swift", type="object-store")
    for interface in ("public", "internal", "admin"):
        api.create("endpoint", service_id=service, interface=interface, region_id=REGION, url=url)
