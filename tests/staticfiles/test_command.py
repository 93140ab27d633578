"""The sub-app's collectstatic: what it stores, what it asks for, in which order, and what becomes of failures."""

from __future__ import annotations

import io
import json
import re
import time

import pytest
from django.core.management import CommandError
from django.core.management.base import BaseCommand

from django_selectel_storage.devserver import Hooks
from django_selectel_storage.staticfiles.manifests import Manifests
from tests.staticfiles.conftest import FILES, MANIFEST, PLAIN, Project, Requests, forget_finders

WRITES = {"PUT", "POST", "DELETE", "COPY"}


def written(requests_for: Requests, location: str) -> list[str]:
    """The names that were written, in order."""
    return [entry.path.partition(f"{location}/")[2].strip() for entry in requests_for() if entry.method in WRITES]


def manifest_of(project: Project) -> dict[str, str]:
    paths: dict[str, str] = json.loads(project.stored()["staticfiles.json"])["paths"]
    return paths


def test_everything_is_stored_under_plain_and_hashed_names(project: Project) -> None:
    said = project.collect()
    stored, storage = project.stored(), project.storage()
    assert {name: stored[name] for name in FILES} == {name: text.encode() for name, text in FILES.items()}
    assert stored.keys() - FILES.keys() - {"staticfiles.json"} == {storage.stored_name(name) for name in FILES}
    assert re.search(r"12 uploaded, 0 unchanged, 6 post-processed in \d+\.\d seconds", said)


@pytest.mark.usefixtures("russian")
def test_a_russian_site_is_told_in_russian(project: Project) -> None:
    said = project.collect()
    assert re.search(r"Статические файлы — отправлено: 12, без изменений: 0, обработано: 6; за \d+,\d с\.", said)
    assert "Отправлено 12 из 12 файлов, 0,0 из 0,0 МиБ" in said
    with pytest.raises(CommandError, match="Уберите его"):
        project.collect("--link")


def test_references_lead_to_hashed_names(project: Project) -> None:
    project.collect()
    stored, paths = project.stored(), manifest_of(project)
    sheet = stored[paths["css/site.css"]].decode()
    assert f'url("../{paths["img/back.png"]}")' in sheet
    assert paths["css/base.css"].removeprefix("css/") in sheet


def test_without_a_manifest_the_plain_names_are_all(project: Project) -> None:
    project.backend = PLAIN
    project.collect()
    assert project.stored() == {name: text.encode() for name, text in FILES.items()}


@pytest.mark.parametrize("backend", [MANIFEST, PLAIN])
def test_a_run_that_changes_nothing_is_one_listing(
    project: Project, backend: str, requests_for: Requests, face: str
) -> None:
    """On Swift, whose listings may lag behind, the manifest is read as well."""
    project.backend = backend
    project.collect()
    requests_for()
    said = project.collect()
    listing, *others = requests_for()
    assert (listing.method, "prefix=" in listing.query) == ("GET", True)
    asked = [(entry.method, entry.path.rpartition("/")[2]) for entry in others]
    assert asked == ([("GET", "staticfiles.json")] if backend == MANIFEST and face != "s3" else [])
    assert f"0 uploaded, {12 if backend == MANIFEST else 6} unchanged" in said


def test_a_changed_file_goes_up_with_its_hashed_copies_and_the_manifest(
    project: Project, requests_for: Requests
) -> None:
    project.collect()
    before = manifest_of(project)
    project.put("css/base.css", "a { background: url(../img/dot.png); color: blue }\n")
    requests_for()
    project.collect()
    names = written(requests_for, project.location)
    after = manifest_of(project)
    changed = {after[name] for name in after if after[name] != before[name]}
    assert changed == {after["css/base.css"], after["css/site.css"]}
    assert set(names[1:-3]) == {"css/base.css"} | changed
    assert names[-3] == "staticfiles.json"
    assert all(name.startswith("staticfiles.json.history/") for name in (names[0], *names[-2:]))


def test_new_files_go_up_before_replaced_ones_and_the_manifest_last(project: Project, requests_for: Requests) -> None:
    project.collect()
    for name in FILES:
        project.put(name, FILES[name].replace(";", " ;") + " ")
    project.put("img/new.png", "new")
    requests_for()
    project.collect()
    names = [name for name in written(requests_for, project.location) if ".history/" not in name]
    replaced = [name in FILES for name in names[:-1]]
    assert replaced == sorted(replaced)
    assert sum(replaced) == len(FILES)
    assert names[-1] == "staticfiles.json"


def test_a_file_of_the_same_size_is_compared_by_its_bytes(project: Project) -> None:
    project.collect()
    project.put("img/dot.png", "A DOT")
    project.collect()
    assert project.stored()["img/dot.png"] == b"A DOT"


def test_the_truth_is_the_container(project: Project) -> None:
    project.collect()
    storage = project.storage()
    storage.delete("img/dot.png")
    storage.delete(storage.stored_name("css/site.css"))
    said = project.collect()
    assert "2 uploaded, 10 unchanged" in said
    assert len(project.stored()) == 13


# --- failures --------------------------------------------------------------------------------------------------------


def test_a_failed_upload_fails_the_command_and_leaves_the_old_manifest(project: Project, hooks: Hooks) -> None:
    project.collect()
    before = project.stored()
    project.put("img/one.png", "1")
    project.put("img/two.png", "2")
    project.put("js/app.js", "console.log('changed')")
    hooks.fault(status=403, count=100, method="PUT", match="img/")
    with pytest.raises(CommandError, match=r"(?s)img/one\.png.*img/two\.png.*old manifest"):
        project.collect()
    hooks.clear_faults()
    after = project.stored()
    assert {name: after[name] for name in before} == before
    assert len(project.storage().listdir("staticfiles.json.history")[1]) == 1
    project.collect()
    assert manifest_of(project)["img/one.png"] in project.stored()


def test_without_a_manifest_nothing_is_said_of_an_old_one(project: Project, hooks: Hooks) -> None:
    project.backend = PLAIN
    hooks.fault(status=403, count=100, method="PUT", match="img/")
    with pytest.raises(CommandError, match="What is uploaded stays") as told:
        project.collect()
    assert "old manifest" not in str(told.value)


def test_headers_that_cannot_be_refreshed_fail_the_command_which_says_that_all_is_in_use(
    project: Project, hooks: Hooks
) -> None:
    project.collect()
    project.put("js/app.js", "console.log('changed')")
    project.options["cache_control"] = "no-cache"
    hooks.fault(status=403, count=100, method="HEAD", match="img/")
    with pytest.raises(CommandError, match=r"(?s)img/dot\.png.*stored and in use"):
        project.collect("--refresh-headers")
    assert project.stored()[manifest_of(project)["js/app.js"]] == b"console.log('changed')"


def test_files_that_cannot_be_deleted_fail_the_command_which_says_that_all_is_in_use(
    project: Project, hooks: Hooks
) -> None:
    project.collect()
    project.storage()._save("left.txt", io.BytesIO(b"left"))
    hooks.fault(status=403, count=100, method="POST")
    with pytest.raises(CommandError, match=r"(?s)Deleting.*stored and in use"):
        project.collect("--clear")
    hooks.clear_faults()
    assert "left.txt" in project.stored()


def test_a_copy_that_cannot_be_kept_is_no_failure_once_the_manifest_is_in_use(
    project: Project, hooks: Hooks, caplog: pytest.LogCaptureFixture
) -> None:
    project.collect()
    project.put("js/app.js", "console.log('changed')")
    copies = project.storage().listdir("staticfiles.json.history")[1]
    original = Manifests._keep

    def keep(self: Manifests, key: str, text: str) -> None:
        if "coming-" not in key:
            hooks.fault(status=403, count=1, method="PUT", match="history/")
        original(self, key, text)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Manifests, "_keep", keep)
        project.collect()
    assert "The new manifest is in use" in caplog.text
    assert project.stored()[manifest_of(project)["js/app.js"]] == b"console.log('changed')"
    assert project.storage().listdir("staticfiles.json.history")[1] == copies
    project.put("js/app.js", "console.log('again')")
    project.collect()
    assert len(project.storage().listdir("staticfiles.json.history")[1]) == 3


def test_the_command_s_exit_code_tells_of_the_failure(project: Project, hooks: Hooks) -> None:
    from django.core.management import load_command_class  # noqa: PLC0415

    hooks.fault(status=403, count=100, method="PUT", match="dot")
    with project.settings():
        forget_finders()
        command = load_command_class("django_selectel_storage.staticfiles", "collectstatic")
        assert isinstance(command, BaseCommand)
        with pytest.raises(SystemExit) as ended:
            command.run_from_argv(["manage.py", "collectstatic", "--noinput", "-v0"])
    assert ended.value.code == 1


def test_when_everything_fails_the_rest_is_not_tried(project: Project, hooks: Hooks, requests_for: Requests) -> None:
    for number in range(100):
        project.put(f"many/{number}.txt", str(number))
    hooks.fault(status=403, count=1000, method="PUT", match="many/")
    requests_for()
    with pytest.raises(CommandError, match=r"\d+ more files were not tried"):
        project.collect(verbosity=0)
    assert len(requests_for()) < 60


def test_a_run_that_ends_before_the_manifest_is_taken_up_again(
    project: Project, monkeypatch: pytest.MonkeyPatch, requests_for: Requests
) -> None:
    class Killed(BaseException):
        """The end of a process."""

    def killed(_: Manifests) -> None:
        raise Killed

    project.collect()
    before = project.stored()["staticfiles.json"]
    project.put("js/app.js", "console.log('changed')")
    with monkeypatch.context() as patched:
        patched.setattr(Manifests, "commit", killed)
        patched.setattr(Manifests, "withdraw", killed)
        with pytest.raises(Killed):
            project.collect()
    assert project.stored()["staticfiles.json"] == before
    requests_for()
    project.collect()
    assert "js/app.js" not in written(requests_for, project.location)
    assert project.stored()[manifest_of(project)["js/app.js"]] == b"console.log('changed')"


def test_a_server_that_asks_to_slow_down_many_times_is_obeyed(project: Project, hooks: Hooks) -> None:
    for number in range(30):
        project.put(f"many/{number}.txt", str(number))
    hooks.fault(status=429, count=90, method="PUT", match="many/")
    assert "72 uploaded" in project.collect()


def test_a_missing_reference_is_explained(project: Project) -> None:
    project.put("css/broken.css", "a { color: red }\n\nb { background: url(../img/nowhere.png) }\n")
    with pytest.raises(CommandError) as raised:
        project.collect()
    told = str(raised.value)
    for words in ("css/broken.css, line 3", "'../img/nowhere.png'", "INSTALLED_APPS", "css/../img/nowhere.png"):
        assert words in told or words.replace("css/../", "") in told
    assert project.stored() == {}


def test_an_unreachable_store_is_told_as_an_error_of_the_command(project: Project, hooks: Hooks) -> None:
    hooks.fault(status=403, count=10, match=project.location)
    with pytest.raises(CommandError, match="Listing"):
        project.collect()


# --- several runs at once --------------------------------------------------------------------------------------------


def test_another_deployment_in_between_that_prunes_takes_nothing_away(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.collect()
    original = Manifests.commit
    project.put("js/app.js", "console.log('mine')")

    def commit(self: Manifests) -> None:
        monkeypatch.setattr(Manifests, "commit", original)
        project.put("js/app.js", "console.log('theirs')")
        project.collect("--prune=1")
        original(self)

    monkeypatch.setattr(Manifests, "commit", commit)
    project.collect()
    stored, paths = project.stored(), manifest_of(project)
    assert stored[paths["js/app.js"]] == b"console.log('mine')"
    assert set(paths.values()) <= stored.keys()


@pytest.mark.parametrize("moment", ["_needed_meanwhile", "_read"])
def test_a_manifest_that_comes_into_use_again_while_another_run_prunes_keeps_its_files(
    project: Project, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    for number in range(2):
        project.put("js/app.js", f"console.log({number})")
        time.sleep(1 - time.time() % 1)  # S3 tells in which second a manifest came into use, not more
        project.collect()
    project.put("js/app.js", "console.log(2)")
    original = getattr(Manifests, moment)

    def meanwhile(self: Manifests, *arguments: object) -> object:
        monkeypatch.setattr(Manifests, moment, original)
        project.put("js/app.js", "console.log(0)")
        time.sleep(1 - time.time() % 1)
        project.collect()
        return original(self, *arguments)

    monkeypatch.setattr(Manifests, moment, meanwhile)
    project.collect("--prune=1")
    stored, paths = project.stored(), manifest_of(project)
    assert stored[paths["js/app.js"]] == b"console.log(0)"


def test_an_announcement_that_is_withdrawn_while_another_run_prunes_does_no_harm(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.collect()
    storage = project.storage()
    storage._save("staticfiles.json.history/coming-0123.json", io.BytesIO(b"{}"))
    original = Manifests._read

    def read(self: Manifests, key: str) -> str | None:
        storage.delete("staticfiles.json.history/coming-0123.json")
        return original(self, key)

    monkeypatch.setattr(Manifests, "_read", read)
    project.put("js/app.js", "console.log('changed')")
    time.sleep(1 - time.time() % 1)
    assert "2 pruned" in project.collect("--prune=1")  # the file, and the copy of the manifest that named it


def test_what_another_run_pruned_before_the_announcement_goes_up_again(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.collect()
    lost = manifest_of(project)["img/dot.png"]
    original = Manifests.announce

    def announce(self: Manifests, stored: object) -> None:
        project.storage().delete(lost)
        original(self, stored)  # type: ignore[arg-type]

    monkeypatch.setattr(Manifests, "announce", announce)
    project.put("js/app.js", "console.log('changed')")
    project.collect()
    assert lost in project.stored()
