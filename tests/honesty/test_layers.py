"""The rooms: each imports only from its own number or a higher one, and the edges stay where they belong."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.honesty.source import PACKAGE, Module, modules

LINES: dict[str, int] = {
    **dict.fromkeys(["doctor", "management", "staticfiles", "uploads", "testing", "transfer", "devserver"], 1),
    **dict.fromkeys(
        [
            "apps",
            "checks",
            "debug",
            "storage",
            "static",
            "configured",
            "storing",
            "further",
            "upload_links",
            "direct_uploads",
            "stored_content",
            "container",
            "naming",
            "content",
            "files",
            "file_types",
            "utils",
        ],
        2,
    ),
    **dict.fromkeys(["conf", "improper"], 3),
    **dict.fromkeys(["protocols", "windows"], 4),
    **dict.fromkeys(["signing", "transport", "compression"], 5),
    **dict.fromkeys(
        ["dsn", "options", "option_rules", "option_values", "hosts", "names", "headers", "exceptions", ""], 6
    ),
}
LOWEST_WITH_DJANGO = 3
PATHS = {module.name: module for module in modules()}


def imports(module: Module) -> Iterator[tuple[int, str]]:
    """Give line and full dotted name of everything a module imports, wherever in it the import stands."""
    package = f"{PACKAGE}.{module.name}".rstrip(".").split(".")
    base = package if module.is_package else package[:-1]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            above = base[: len(base) - node.level + 1] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                yield node.lineno, f"{origin}.{alias.name}"


def room_of(dotted: str) -> str:
    """The first step below the package: ``django_selectel_storage.protocols.s3.wire.Address`` lies in ``protocols``."""
    return dotted.removeprefix(PACKAGE).lstrip(".").partition(".")[0]


def is_ours(dotted: str) -> bool:
    return dotted == PACKAGE or dotted.startswith(f"{PACKAGE}.")


def belongs(dotted: str, *packages: str) -> bool:
    return any(dotted == package or dotted.startswith(f"{package}.") for package in packages)


def violations(module: Module) -> list[str]:
    """Give every import of a module that the design does not allow."""
    room = room_of(module.name if not module.name else f"{PACKAGE}.{module.name}")
    if room not in LINES:
        return [f"{module.name}: the room {room!r} stands in no line; add it to LINES and to the design."]
    broken = []
    for line, dotted in imports(module):
        reason = _reason(module.name, room, dotted)
        if reason:
            broken.append(f"{module.name}:{line} imports {dotted}: {reason}")
    return broken


def _reason(name: str, room: str, dotted: str) -> str:
    """Say what is wrong with an import; nothing, when it is allowed."""
    rules = _rules_inside(name, room, dotted) if is_ours(dotted) else _rules_outside(name, room, dotted)
    return next((words for broken, words in rules if broken), "")


def _rules_outside(name: str, room: str, dotted: str) -> Iterator[tuple[bool, str]]:
    yield belongs(dotted, "django") and LINES[room] > LOWEST_WITH_DJANGO, "there is no Django below conf"
    yield belongs(dotted, "django.conf") and room != "conf", "only conf reads settings"
    its_errors = room == "transport" and belongs(dotted, "urllib3.exceptions")
    opens = belongs(dotted, "urllib3") and name != "transport.pool" and not its_errors
    yield opens, "only transport/pool opens connections"
    looks = name == "doctor.network" or room == "devserver"
    yield belongs(dotted, "socket") and not looks, "only doctor/network and the devserver open sockets themselves"
    yield belongs(dotted, "swift", "eventlet") and room != "devserver", "Swift's server has a process of its own"
    yield belongs(dotted, "boto3", "botocore", "swiftclient", "requests"), "the package speaks the protocols itself"


def _rules_inside(name: str, room: str, dotted: str) -> Iterator[tuple[bool, str]]:
    other = room_of(dotted)
    if other not in LINES:  # "from django_selectel_storage import __version__" names no room
        yield not other.startswith("__"), f"the room {other!r} stands in no line"
        return
    yield LINES[other] < LINES[room], f"line {LINES[room]} does not know line {LINES[other]}"
    near = room in {"devserver", "testing", "management"}
    yield other == "devserver" and not near, "nothing in a Django process imports the devserver"
    s3, swift = (belongs(dotted, f"{PACKAGE}.protocols.{protocol}") for protocol in ("s3", "swift"))
    yield swift and name.startswith("protocols.s3"), "S3 does not know Swift"
    yield s3 and name.startswith("protocols.swift"), "Swift does not know S3"
    yield (s3 or swift) and _is_shared(name), "only the factory chooses a protocol"


def _is_shared(name: str) -> bool:
    """Whether a module of protocols serves both of them; the factory may know both."""
    steps = name.split(".")
    return steps[0] == "protocols" and name != "protocols.factory" and steps[1:2] not in (["s3"], ["swift"])


@pytest.mark.parametrize("name", sorted(PATHS), ids=lambda name: name or "the package itself")
def test_a_module_imports_only_what_its_room_may_know(name: str) -> None:
    assert violations(PATHS[name]) == []


def test_all_modules_were_looked_at() -> None:
    assert {"conf", "storage", "transport.pool", "protocols.s3.wire", "protocols.swift.client"} <= PATHS.keys()


def test_the_package_itself_imports_nothing() -> None:
    assert list(imports(PATHS[""])) == []


def module(name: str, text: str) -> Module:
    return Module(name, is_package=False, text=text, path=Path("made up"))


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        pytest.param(
            "options", "from django_selectel_storage import conf", "line 6 does not know line 3", id="upwards"
        ),
        pytest.param("names", "from .storage import SelectelStorage", "line 6 does not know line 2", id="relative"),
        pytest.param("protocols.base", "from ..conf import setting", "line 4 does not know line 3", id="two dots"),
        pytest.param("conf", "import django_selectel_storage.storage", "line 3 does not know line 2", id="import"),
        pytest.param("dsn", "def f():\n    from django_selectel_storage import files", "line 6", id="in a function"),
        pytest.param("headers", "from django.utils import timezone", "no Django below conf", id="Django at the bottom"),
        pytest.param("protocols.s3.client", "import django", "no Django below conf", id="Django in a protocol"),
        pytest.param("transport.pool", "import django.conf", "no Django below conf", id="settings in the transport"),
        pytest.param("storage", "from django.conf import settings", "only conf reads settings", id="settings"),
        pytest.param(
            "management.commands.x", "from django import conf", "only conf reads settings", id="conf of Django"
        ),
        pytest.param("storage", "import urllib3", "only transport/pool", id="urllib3 in the door"),
        pytest.param("transport.body", "from urllib3 import PoolManager", "only transport/pool", id="a second pool"),
        pytest.param("transport.faults", "import urllib3", "only transport/pool", id="all of urllib3"),
        pytest.param("protocols.s3.wire", "import urllib3.exceptions", "only transport/pool", id="urllib3's errors"),
        pytest.param("doctor.login", "import socket", "only doctor/network", id="sockets elsewhere in the doctor"),
        pytest.param("transport.pool", "from socket import socket", "only doctor/network", id="sockets in the pool"),
        pytest.param("protocols.s3.wire", "from ..swift import wire", "S3 does not know Swift", id="S3 and Swift"),
        pytest.param(
            "protocols.swift.wire",
            "from django_selectel_storage.protocols.s3.wire import PAGE",
            "Swift does not know S3",
            id="Swift and S3",
        ),
        pytest.param(
            "protocols.reading",
            "from django_selectel_storage.protocols.s3 import wire",
            "only the factory chooses",
            id="a shared module and S3",
        ),
        pytest.param("testing", "import eventlet.patcher", "process of its own", id="eventlet"),
        pytest.param("storage", "from swift.common import utils", "process of its own", id="Swift's server"),
        pytest.param(
            "staticfiles.upload", "from django_selectel_storage import devserver", "Django process", id="devserver"
        ),
        pytest.param("storage", "from botocore import auth", "speaks the protocols itself", id="botocore"),
        pytest.param(
            "options", "from django_selectel_storage import attic", "'attic' stands in no line", id="a new room"
        ),
        pytest.param("attic", "", "the room 'attic' stands in no line", id="a module of a new room"),
    ],
)
def test_a_forbidden_import_is_found(name: str, text: str, words: str) -> None:
    (found,) = violations(module(name, text))

    assert words in found


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("storage", "from django_selectel_storage import conf, headers, names"),
        ("storage", "from django.core.files.storage import Storage"),
        ("conf", "from django.conf import settings"),
        ("conf", "from django_selectel_storage import __version__"),
        ("protocols.factory", "from .s3.client import S3Client\nfrom .swift.client import SwiftClient"),
        ("protocols.swift.client", "from django_selectel_storage.protocols.swift import wire"),
        ("transport.pool", "import urllib3"),
        ("transport.faults", "from urllib3.exceptions import HTTPError"),
        ("devserver.child", "import eventlet\nfrom swift.common import wsgi"),
        ("devserver.listening", "import socket"),
        ("doctor.network", "import socket"),
        ("testing", "from django_selectel_storage import devserver"),
        ("management.commands.a", "from django_selectel_storage import storage, conf, dsn"),
        ("names", "import swiftly\nimport djangology\nimport urllib3000"),
    ],
)
def test_an_allowed_import_is_left_alone(name: str, text: str) -> None:
    assert violations(module(name, text)) == []


LATE = ("urllib.request", "xml.sax", "django_selectel_storage.protocols.swift.client",
        "django_selectel_storage.protocols.s3.multipart", "django_selectel_storage.protocols.s3.cors")  # fmt: skip


def test_what_few_processes_need_is_imported_when_it_is_needed() -> None:
    program = f"""
import sys
from django_selectel_storage.options import storage_options
from django_selectel_storage.protocols.factory import client_for
client = client_for(storage_options({{"access_key": "a", "secret_key": "s", "container": "c"}}))
print([name for name in {LATE} if name in sys.modules], client.parts is not None, client.cors is not None)
print([name for name in {LATE} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[] True True", str(list(LATE[3:]))]
