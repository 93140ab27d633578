"""The rest of what users import: errors, DSNs, names of 1.x, error reports, the development server."""

from __future__ import annotations

from collections.abc import Mapping

from typing_extensions import assert_type

from django_selectel_storage import __version__, debug, dsn, exceptions, utils
from django_selectel_storage.devserver import DevServer, DevServerError, Fault, Hooks, LoggedRequest, ServerInfo
from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.testing import InMemorySelectelStorage, no_waiting


def catches(storage: SelectelStorage) -> None:
    """What an error tells."""
    try:
        storage.delete_many(["a"])
    except exceptions.DeletionFailed as failed:
        assert_type(failed.failures, dict[str, exceptions.StorageError])
    except exceptions.StorageError as error:
        assert_type(error.status, int | None)
        assert_type(error.code, str)
        assert_type(error.request_id, str)
        assert_type(error.tries, int)
        missing: FileNotFoundError = exceptions.ObjectNotFound("a")
        print(missing)


def reads_dsns() -> None:
    """A storage in one line."""
    assert_type(dsn.parse("selectel://user:password@box"), dict[str, object])
    assert_type(dsn.build({"username": "user", "password": "password", "container": "box"}), str)
    assert_type(dsn.is_dsn("box"), bool)
    assert_type(utils.parse_dsn("selectel://user:password@box"), dict[str, object])
    assert_type(utils.read_config(["default"], {}), object)
    assert_type(debug.without_secrets("selectel://user:password@box"), str)
    assert_type(debug.holds_a_password("selectel://user:password@box"), bool)
    version: str = __version__
    print(version, debug.SelectelExceptionReporterFilter.__name__)


def tests() -> None:
    """A storage in memory, for a user's own tests."""
    storage = InMemorySelectelStorage(location="invoices")
    assert_type(storage, InMemorySelectelStorage)
    assert_type(storage.save("a", b"bytes"), str)
    with no_waiting():
        assert_type(storage.open("a").read(), bytes)


def develops() -> None:
    """A storage server for a user's own tests."""
    with DevServer(containers=["media"], hooks=True, region="ru-3", token_life=5) as server:
        assert_type(server, DevServer)
        assert_type(server.info, ServerInfo)
        assert_type(server.info.endpoint, str)
        assert_type(server.info.containers, tuple[str, ...])
        assert_type(server.info.public_url("public", "a"), str)
        assert_type(server.hooks, Hooks)
        assert_type(server.hooks.fault(status=503, count=2), None)
        assert_type(server.hooks.revoke_tokens(), int)
        requests = server.hooks.requests()
        assert_type(requests, list[LoggedRequest])
        assert_type(requests[0].headers, Mapping[str, str])
        assert_type(requests[0].status, int)
    server = DevServer()
    try:
        assert_type(server.start(), ServerInfo)
    except DevServerError as error:
        print(error, Fault())
    assert_type(server.stop(), None)
    DevServer(containers=5)  # type: ignore[arg-type]
