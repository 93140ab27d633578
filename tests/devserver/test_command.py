"""`manage.py selectel_devserver`, and that Swift stays out of Django's process."""

from __future__ import annotations

import signal
from pathlib import Path

from tests.devserver.web import ask, first_info, log_in, outcome, started
from tests.honesty.source import SOURCE

SETTINGS = 'SECRET_KEY = "x"\nINSTALLED_APPS = ["django_selectel_storage"]\n'
COMMAND = ("-m", "django", "selectel_devserver", "--settings=project_settings")
GUARD = """
import sys
import django_selectel_storage.devserver
from django_selectel_storage.devserver import DevServer
from django_selectel_storage.management.commands import selectel_devserver
with DevServer(hooks=True) as server:
    server.hooks.requests()
foreign = [name for name in sys.modules if name.partition(".")[0] in ("swift", "eventlet", "greenlet")]
assert not foreign, foreign
"""
STANDARD_LIBRARY_ONLY = f"""
import sys
sys.path.append({str(SOURCE.parent)!r})
import django_selectel_storage.devserver, django_selectel_storage.devserver.arguments
names = {{name.partition(".")[0] for name, module in sys.modules.items() if getattr(module, "__file__", None)}}
foreign = names - sys.stdlib_module_names - {{"__main__", "django_selectel_storage", "sitecustomize"}}
assert not foreign, foreign
"""


def settings_in(folder: Path) -> str:
    (folder / "project_settings.py").write_text(SETTINGS)
    return f"--pythonpath={folder}"


def test_the_command_starts_the_server_and_ends_it(tmp_path: Path) -> None:
    arguments = (settings_in(tmp_path), "--port=0", "--json", "--container=files", "--user=somebody")
    with started(*arguments, program=COMMAND) as command:
        info = first_info(command)
        assert (info.containers, info.username) == (("files",), "dev:somebody")
        assert ask("HEAD", f"{info.storage_url}/files", X_Auth_Token=log_in(info)).status == 204
        command.send_signal(signal.SIGINT)
        assert command.wait(10) == 0
        assert not Path(info.data).exists()


def test_the_command_passes_the_exit_code_on(tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.touch()
    code, complaint = outcome(settings_in(tmp_path), f"--data={occupied}", "--port=0", program=COMMAND)
    assert code == 1
    assert "cannot be used" in complaint


def test_the_command_refuses_what_the_server_refuses(tmp_path: Path) -> None:
    code, complaint = outcome(settings_in(tmp_path), "--host=0.0.0.0", program=COMMAND)
    assert code == 2
    assert "could be reached from outside" in complaint


def test_neither_swift_nor_eventlet_enters_a_process_that_starts_the_server() -> None:
    assert outcome(program=("-W", "error", "-c", GUARD)) == (0, "")


def test_the_launcher_needs_the_standard_library_only() -> None:
    # -S: without site-packages, whose .pth files import what they like; the package itself may lie there.
    assert outcome(program=("-S", "-c", STANDARD_LIBRARY_ONLY)) == (0, "")
