"""How the server starts, refuses, ends, and what it leaves behind."""

from __future__ import annotations

import signal
import socket
from pathlib import Path
from typing import Any

import pytest

from django_selectel_storage.devserver import DevServer, DevServerError, ServerInfo
from tests.devserver.clients import s3_client
from tests.devserver.web import ask, becomes_true, everything_printed, first_info, lives, log_in, outcome, started

ANY_PORT = "--port=0"
# Runs the server's module in a Python in which something is not as it should be.
ELSEWHERE = "import runpy, sys; {}; sys.argv[1:] = []; runpy.run_module('{}', run_name='__main__')"
PARENT = """
import time
from django_selectel_storage.devserver import DevServer
server = DevServer()
print(server.start().to_json(), flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_when_told_to(number: signal.Signals) -> None:
    with started(ANY_PORT, "--json") as child:
        info = first_info(child)
        assert Path(info.data).is_dir()
        child.send_signal(number)
        assert child.wait(10) == 0
        assert not Path(info.data).exists()
        assert child.stderr is not None
        assert child.stderr.read() == ""


def test_an_open_connection_does_not_hold_the_end_up(info: ServerInfo) -> None:
    with started(ANY_PORT, "--json") as child:
        address = first_info(child).url.removeprefix("http://").split(":")
        with socket.create_connection((address[0], int(address[1]))) as connection:
            connection.sendall(b"PUT /v1/AUTH_dev/media/a HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n")
            child.terminate()
            assert child.wait(10) == 0


def test_what_a_killed_server_left_is_swept_by_the_next() -> None:
    with started(ANY_PORT, "--json") as child:
        left = Path(first_info(child).data)
        child.kill()
        child.wait(10)
    with DevServer():
        assert not left.exists()


def test_a_running_server_is_not_swept(info: ServerInfo) -> None:
    with DevServer():
        assert Path(info.data, "etc", "swift.conf").exists()


def test_it_ends_with_a_parent_that_was_killed() -> None:
    with started(program=("-c", PARENT)) as parent:
        info = first_info(parent)
        assert lives(info.pid)
        parent.kill()
        parent.wait(10)
        assert becomes_true(lambda: not lives(info.pid))
        assert not Path(info.data).exists()


def test_data_is_kept_where_it_was_asked_for(tmp_path: Path) -> None:
    with DevServer(data=tmp_path / "kept") as server:
        url = f"{server.info.storage_url}/media/a"
        assert ask("PUT", url, b"content", X_Auth_Token=log_in(server.info)).status == 201
        port = int(server.info.url.rpartition(":")[2])
    with DevServer(data=tmp_path / "kept", port=port) as server:
        assert ask("GET", url, X_Auth_Token=log_in(server.info)).body == b"content"


def test_two_servers_do_not_share_a_folder(tmp_path: Path) -> None:
    with DevServer(data=tmp_path), pytest.raises(DevServerError, match="in use by another development server"):
        DevServer(data=tmp_path).start()


def test_objects_can_live_in_memory() -> None:
    with DevServer(objects_in_memory=True) as server:
        url, token = f"{server.info.storage_url}/media/a", log_in(server.info)
        assert server.info.objects_in_memory
        assert ask("PUT", url, b"content", X_Auth_Token=token, X_Delete_After="100").status == 201
        assert ask("GET", url, X_Auth_Token=token).body == b"content"
        assert ask("DELETE", url, X_Auth_Token=token).status == 204


def test_an_object_that_is_too_large_is_refused() -> None:
    with DevServer(max_file_size=1000) as server:
        url, token = f"{server.info.storage_url}/media/a", log_in(server.info)
        assert ask("PUT", url, bytes(1000), X_Auth_Token=token).status == 201
        assert ask("PUT", url, bytes(1001), X_Auth_Token=token).status == 413


def test_a_token_lives_as_long_as_it_was_asked_to() -> None:
    with DevServer(token_life=1) as server:
        token = log_in(server.info)
        assert ask("HEAD", server.info.storage_url, X_Auth_Token=token).status == 204
        assert becomes_true(lambda: ask("HEAD", server.info.storage_url, X_Auth_Token=token).status == 401)


def test_credentials_can_be_chosen() -> None:
    with DevServer(containers=["снимки"], account="my_account", user="my_user", key="my~key") as server:
        assert server.info.username == "my_account:my_user"
        url = f"{server.info.storage_url}/%D1%81%D0%BD%D0%B8%D0%BC%D0%BA%D0%B8"
        assert ask("GET", url, X_Auth_Token=log_in(server.info)).status == 204


def test_a_port_in_use_is_told_in_one_line(info: ServerInfo) -> None:
    port = info.url.rpartition(":")[2]
    code, complaint = outcome("--port", port)
    assert code == 1
    assert complaint == f"error: port {port} on 127.0.0.1: Address already in use; choose another with --port\n"


def test_a_host_that_others_can_reach_is_refused() -> None:
    code, complaint = outcome("--host", "0.0.0.0")
    assert code == 2
    assert "could be reached from outside" in complaint
    assert complaint.count("\n") == 1


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ("sys.platform = 'darwin'", "Linux only"),
        ("sys.modules['swift'] = None", "not installed"),
        ("sys.modules['eventlet'] = None", "not installed"),
    ],
)
def test_where_it_cannot_run_it_says_so_in_one_line(trouble: str, reason: str) -> None:
    script = ELSEWHERE.format(trouble, "django_selectel_storage.devserver")
    code, complaint = outcome(program=("-W", "ignore", "-c", script))
    assert code == 2
    assert reason in complaint
    assert 'pip install "django-selectel-storage[devserver]"' in complaint
    assert complaint.count("\n") == 1


def test_keystone_without_its_middleware_is_told_in_one_line() -> None:
    script = (
        "import importlib.util as u, sys; u.find_spec = lambda name: None;"
        " from django_selectel_storage.devserver.__main__ import main;"
        " sys.exit(main(['--keystone', 'http://127.0.0.1:1']))"
    )
    code, complaint = outcome(program=("-W", "ignore", "-c", script))
    assert (code, complaint.count("\n")) == (2, 1)
    assert "pip install keystonemiddleware" in complaint


def test_a_server_that_does_not_start_is_told_with_its_complaint(info: ServerInfo) -> None:
    with pytest.raises(DevServerError, match=r"did not start: it ended\nerror: port .* Address already in use"):
        DevServer(port=int(info.url.rpartition(":")[2])).start()


def test_a_server_that_is_too_slow_is_ended() -> None:
    server = DevServer(timeout=0.01)
    with pytest.raises(DevServerError, match=r"said nothing for 0\.01 s"):
        server.start()


def test_a_server_that_does_not_run_has_no_address() -> None:
    server = DevServer()
    with pytest.raises(DevServerError, match="does not run"):
        server.info  # noqa: B018
    server.stop()


def test_the_printed_settings_are_python_and_work() -> None:
    with started(ANY_PORT, "--public-container=public") as child:
        text = everything_printed(child)
        settings: dict[str, Any] = {}
        exec(text, settings)
        assert settings["STORAGES"]["default"] is settings["SELECTEL_OVER_S3"]
        s3, swift = (settings[name]["OPTIONS"] for name in ("SELECTEL_OVER_S3", "SELECTEL_OVER_SWIFT"))
        client = s3_client(s3["endpoint"], s3["access_key"], s3["secret_key"], s3["region"])
        client.put_object(Bucket=s3["container"], Key="a", Body=b"content")
        client.close()
        login = ask("GET", swift["auth_url"], X_Auth_User=swift["username"], X_Auth_Key=swift["password"]).headers
        url = f"{login['x-storage-url']}/{swift['container']}/a"
        assert ask("GET", url, X_Auth_Token=login["x-auth-token"]).body == b"content"
        assert f"{login['x-storage-url']}/public/" in text
