"""`manage.py selectel_doctor`: what it prints, its exit code, and that it tells no secret."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from pytest_django import Settings

from django_selectel_storage.devserver import Hooks
from django_selectel_storage.devserver.offspring import environment
from django_selectel_storage.doctor import report
from django_selectel_storage.doctor.findings import Finding, bad, good, skipped
from django_selectel_storage.storage import SelectelStorage
from tests.conftest import face_options
from tests.devserver.web import becomes_true
from tests.doctor.conftest import left_behind
from tests.servers.stack import Stack, free_port

BACKEND = "django_selectel_storage.storage.SelectelStorage"


def doctor(*arguments: str, **keywords: Any) -> tuple[int, str]:
    """Exit code and output of the command."""
    written = io.StringIO()
    try:
        call_command("selectel_doctor", *arguments, stdout=written, **keywords)
    except SystemExit as end:
        return int(str(end.code)), written.getvalue()
    return 0, written.getvalue()


@pytest.fixture
def site(settings: Settings, stack: Stack, hooks: Hooks, location: str) -> Settings:
    """A site with a good storage, one with a wrong key, one that is none, and a schema of the old API."""
    s3 = {**face_options(stack, "s3"), "container": "media", "location": location}
    settings.STORAGES = {
        "default": {"BACKEND": BACKEND, "OPTIONS": s3},
        "wrong": {"BACKEND": BACKEND, "OPTIONS": {**s3, "secret_key": "wr0ng-s3cret"}},
        "incomplete": {"BACKEND": BACKEND, "OPTIONS": {"access_key": "k3y-of-nobody", "container": "media"}},
        "disk": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    }
    settings.SELECTEL_STORAGES = {"old": {**face_options(stack, "swift"), "container": "other"}}
    return settings


def test_a_healthy_storage_is_exit_code_0(site: Settings, stack: Stack, location: str) -> None:
    code, text = doctor("default")
    assert code == 0
    first, *lines, last = text.splitlines()
    assert first == "STORAGES['default']"
    assert last == "  All is well."
    assert "  ✓ Write              wrote" in text
    assert "  \N{EN DASH} CORS               no origin was given" in text
    assert "  ✓ Old containers     the project has 'other'" in text
    assert f"Django {version('Django')}" in lines[-1]
    assert f"urllib3 {version('urllib3')}" in lines[-1]
    assert "OpenSSL" in lines[-1]
    assert left_behind(stack, location) == []


def test_what_is_bad_is_marked_hinted_and_counted_and_the_exit_code_is_1(site: Settings) -> None:
    code, text = doctor("wrong")
    assert code == 1
    assert "  ✗ Login " in text
    assert "    → The server refuses the signature" in text
    assert text.endswith("  1 to mend: Login\n")


def test_all_storages_are_examined_unless_some_are_named(site: Settings) -> None:
    code, text = doctor()
    titles = [line for line in text.splitlines() if not line.startswith(" ")]
    assert titles == ["STORAGES['default']", "STORAGES['wrong']", "STORAGES['incomplete']", "SELECTEL_STORAGES['old']"]
    assert code == 1


def test_options_that_are_not_usable_are_the_first_finding(site: Settings) -> None:
    code, text = doctor("incomplete")
    assert code == 1
    assert "  ✗ Options            The option 'secret_key' is missing" in text
    assert "docs/options.md" in text
    assert "  \N{EN DASH} Name               not examined, because of: Options" in text
    assert "  ✓ Versions" in text


def test_json_says_the_same_to_machines(site: Settings) -> None:
    code, text = doctor("default", "wrong", "--json")
    told = json.loads(text)
    assert (code, told["ok"]) == (1, False)
    assert [storage["storage"] for storage in told["storages"]] == ["STORAGES['default']", "STORAGES['wrong']"]
    fine, wrong = ({finding["examination"]: finding for finding in storage["findings"]} for storage in told["storages"])
    assert {finding["state"] for finding in fine.values()} == {"good", "skipped"}
    assert wrong["login"]["state"] == "bad"
    assert set(wrong["login"]) == {"examination", "title", "state", "detail", "hint"}
    assert json.loads(doctor("default", "--json")[1])["ok"] is True


@pytest.mark.usefixtures("russian")
def test_a_russian_site_has_a_doctor_who_speaks_russian(site: Settings) -> None:
    code, text = doctor("default")
    assert code == 0
    assert "  ✓ Параметры          полны и согласованы; протокол — S3\n" in text
    assert "  ✓ Запись             записан '" in text
    assert text.endswith("  Всё в порядке.\n")
    code, text = doctor("wrong")
    assert code == 1
    assert "    → Сервер не принимает подпись: неверен 'secret_key'" in text
    assert "  \N{EN DASH} Контейнер          не проверено; причина — Вход\n" in text
    assert text.endswith("  Нужно исправить (1): Вход\n")
    with pytest.raises(CommandError, match=r"'nobody' \(есть: default, incomplete, old, wrong\)"):
        doctor("nobody")


def test_machines_are_told_the_same_in_every_language(site: Settings, request: pytest.FixtureRequest) -> None:
    def told() -> str:
        by_chance = "(?<=selectel-doctor-)[0-9a-f]{16}|(?<=request id )[0-9a-z-]+"
        return re.sub(by_chance, "…", doctor("default", "wrong", "--json")[1])

    in_english = told()
    request.getfixturevalue("russian")
    assert told() == in_english
    assert "wrote" in in_english


@pytest.mark.usefixtures("russian")
def test_a_site_without_translations_is_told_in_english(site: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    site.USE_I18N = False
    chosen = type(vars(translation)["_trans"])  # it looks at USE_I18N once, when it is made and asked
    monkeypatch.setattr(translation, "_trans", chosen())
    for told in (doctor("default")[1], doctor("default", "--json")[1]):
        assert "complete and consistent; the protocol is S3" in told


def test_origins_are_asked_for(site: Settings) -> None:
    _, text = doctor("default", "--origin", "https://one.example", "--origin", "https://two.example")
    assert "  ✓ CORS               browsers may upload from https://one.example, https://two.example" in text


def test_a_schema_can_be_named(site: Settings) -> None:
    assert doctor("old")[1].startswith("SELECTEL_STORAGES['old']\n")


@pytest.mark.parametrize("name", ["disk", "nobody"])
def test_a_name_that_is_no_storage_of_ours_is_refused_with_those_that_are(site: Settings, name: str) -> None:
    with pytest.raises(CommandError, match=rf"'{name}'.*default, incomplete, old, wrong"):
        doctor(name)


def test_a_site_without_storages_of_ours_is_told(settings: Settings) -> None:
    settings.STORAGES = {"default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}}
    settings.SELECTEL_STORAGES = {}
    with pytest.raises(CommandError, match="nothing to examine"):
        doctor()


def test_no_secret_is_printed_whatever_is_wrong(site: Settings, stack: Stack, location: str) -> None:
    secrets = {
        stack.server.info.secret_key, stack.server.info.access_key, stack.keystone.password, "wr0ng-s3cret",
        "k3y-of-nobody", "pr0xy-s3cret",
    }  # fmt: skip
    for extra in ({}, {"proxy": f"http://me:pr0xy-s3cret@127.0.0.1:{free_port()}"}):
        for face in ("s3", "swift", "keystone"):
            options = {**face_options(stack, face), "container": "media", "location": location, **extra}
            site.STORAGES = {**site.STORAGES, face: {"BACKEND": BACKEND, "OPTIONS": options}}
        for form in ((), ("--json",)):
            text = doctor(*form)[1]
            assert not [secret for secret in secrets if secret in text]


def test_a_terminal_without_check_marks_gets_the_rest(site: Settings) -> None:
    narrow = io.TextIOWrapper(io.BytesIO(), "ascii")
    call_command("selectel_doctor", "default", stdout=narrow)
    narrow.seek(0)
    assert "  ? Write              wrote" in narrow.read()


def is_reading(hooks: Hooks, location: str) -> bool:
    """Whether the doctor has written its probe and waits for it to come back."""
    return any(entry.method == "GET" and f"{location}/selectel-doctor-" in entry.path for entry in hooks.requests())


def is_writing(hooks: Hooks, location: str) -> bool:
    """Whether the doctor's probe is on its way."""
    return any(entry.method == "PUT" and f"{location}/selectel-doctor-" in entry.path for entry in hooks.requests())


@contextmanager
def interrupted(stack: Stack, location: str, when: Callable[[], bool]) -> Iterator[subprocess.Popen[str]]:
    """The command in a process of its own, which gets Ctrl-C."""
    options = {**face_options(stack, "s3"), "container": "media", "location": location}
    program = (
        "import json, os, sys; from django.conf import settings; import django\n"
        "entry = {'BACKEND': sys.argv[2], 'OPTIONS': json.loads(os.environ['OPTIONS'])}\n"
        "settings.configure(STORAGES={'default': entry}, INSTALLED_APPS=['django_selectel_storage'])\n"
        "django.setup(); from django.core.management import call_command; call_command(sys.argv[1])\n"
    )
    command = [sys.executable, "-c", program, "selectel_doctor", BACKEND]
    variables = {**environment(), "OPTIONS": json.dumps(options), "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=variables) as child:
        try:
            assert becomes_true(when, 30)
            child.send_signal(signal.SIGINT)
            yield child
        finally:
            child.kill()


def test_ctrl_c_ends_the_command_and_removes_the_probe(stack: Stack, hooks: Hooks, location: str) -> None:
    hooks.fault(status=0, delay=2, method="GET", match="selectel-doctor-")
    with interrupted(stack, location, lambda: is_reading(hooks, location)) as child:
        _, complaints = child.communicate(timeout=30)
    assert "KeyboardInterrupt" in complaints
    assert left_behind(stack, location) == []
    assert "DELETE" in {entry.method for entry in hooks.requests() if location in entry.path}


def test_a_probe_that_comes_after_ctrl_c_is_removed_too(stack: Stack, hooks: Hooks, location: str) -> None:
    hooks.fault(status=0, delay=2, method="PUT", match="selectel-doctor-")
    with interrupted(stack, location, lambda: is_writing(hooks, location)) as child:
        said, _ = child.communicate(timeout=30)
    assert "Delete by hand" not in said
    assert [entry.method for entry in hooks.requests() if location in entry.path].count("DELETE") == 2
    assert left_behind(stack, location) == []


def test_a_probe_that_may_come_much_later_is_named(stack: Stack, hooks: Hooks, location: str) -> None:
    hooks.fault(status=0, delay=8, method="PUT", match="selectel-doctor-")
    with interrupted(stack, location, lambda: is_writing(hooks, location)) as child:
        said, _ = child.communicate(timeout=30)
    assert f"Delete by hand: {location}/selectel-doctor-" in said
    assert becomes_true(lambda: left_behind(stack, location) != [], 30)
    storage = SelectelStorage(**face_options(stack, "s3"), container="media", location=location)
    storage.delete_many(left_behind(stack, location))


# --- the report by itself --------------------------------------------------------------------------------------------


def test_each_state_has_its_mark_and_a_hint_its_own_line() -> None:
    assert report.line(Finding("a", "Write", good("wrote"))) == "  ✓ Write              wrote"
    assert report.line(Finding("a", "Write", skipped("why"))) == "  \N{EN DASH} Write              why"
    assert report.line(Finding("a", "Write", bad("said", "do"))) == "  ✗ Write              said\n    → do"


def test_the_last_line_counts() -> None:
    findings = [Finding("a", "One", bad("x", "y")), Finding("b", "Two", good("x")), Finding("c", "Six", bad("x", "y"))]
    assert report.summary(findings) == "  2 to mend: One, Six"
    assert report.summary(findings[1:2]) == "  All is well."
