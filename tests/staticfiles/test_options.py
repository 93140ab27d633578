"""The options of the command, Django's and ours, and the storages' own."""

from __future__ import annotations

import gzip
import io
import os
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.storage import FileSystemStorage, InMemoryStorage
from django.core.management import CommandError

from django_selectel_storage.staticfiles import manifests, progress
from django_selectel_storage.storage import SelectelManifestStaticStorage, SelectelStorage
from tests.conftest import CONTAINER
from tests.staticfiles.conftest import FILES, PLAIN, WITHOUT, Project, Requests

MIB = 1024 * 1024
IN_MEMORY = InMemoryStorage()


class WithModules(SelectelManifestStaticStorage):
    """Django's support of JavaScript modules, switched on as its documentation tells."""

    support_js_module_import_aggregation = True


class Everywhere(SelectelManifestStaticStorage):
    """The whole container, said in the class."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "location": ""})


class AtASlash(SelectelManifestStaticStorage):
    """The whole container, by a slip."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "location": "/"})


class OwnHash(SelectelManifestStaticStorage):
    """A hash of its own, and references that are not mended."""

    manifest_strict = False
    patterns = ()

    def file_hash(self, name: str, content: object = None) -> str:
        return f"v{len(name or '')}"


class ManifestElsewhere(SelectelManifestStaticStorage):
    """A manifest that lies in another storage, handed over as Django's documentation shows it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(manifest_storage=IN_MEMORY, **options)


def test_a_dry_run_tells_and_writes_nothing(project: Project, requests_for: Requests) -> None:
    requests_for()
    said = project.collect("--dry-run")
    assert {entry.method for entry in requests_for()} <= {"GET", "HEAD"}
    assert "Pretending to upload 'css/site.css'" in said
    assert "12 uploaded" in said
    assert "dry run" in said
    assert project.stored() == {}


def test_ignored_patterns_stay_behind(project: Project) -> None:
    project.put(".hidden", "x")
    project.put("notes~", "x")
    project.collect("--ignore=*.map", "-i", "js", post_process=True)
    assert {name for name in project.stored() if "." in name and not name.startswith(("css", "img", "static"))} == set()
    project.collect("--no-default-ignore")
    assert {".hidden", "notes~"} <= project.stored().keys()


def test_without_post_processing_only_plain_names_go_up(project: Project) -> None:
    project.collect("--no-post-process")
    assert project.stored().keys() == FILES.keys()


def test_links_are_refused_with_a_reason(project: Project) -> None:
    with pytest.raises(CommandError, match="--link"):
        project.collect("--link")


def test_the_user_is_asked_and_may_say_no(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda _: "no")
    with pytest.raises(CommandError, match="cancelled"):
        project.collect(interactive=True)
    assert project.stored() == {}


def test_verbosity_tells_of_each_file_or_of_nothing(project: Project) -> None:
    assert project.collect(verbosity=0) == ""
    project.put("img/new.png", "new")
    said = project.collect(verbosity=2)
    assert "Uploaded 'img/new.png'" in said
    assert "Post-processed 'img/new.png'" in said


@pytest.mark.parametrize("wrong", ["--concurrency=0", "--concurrency=many", "--prune=0"])
def test_a_number_that_is_none_is_refused(project: Project, wrong: str) -> None:
    with pytest.raises(CommandError, match="1 or more"):
        project.collect(wrong)


# --- clearing and pruning --------------------------------------------------------------------------------------------


def test_clearing_deletes_at_the_end_what_is_not_collected_and_only_in_the_location(
    project: Project, requests_for: Requests
) -> None:
    outside = SelectelStorage(**{**project.options, "location": project.location + "-beside"})
    outside._save("media.txt", io.BytesIO(b"media"))
    project.collect()
    project.storage()._save("old/left.css", io.BytesIO(b"old"))
    (project.source / "img/dot.png").unlink()
    project.put("css/base.css", "a { color: red }")
    requests_for()
    project.collect("--clear")
    methods = [entry.method for entry in requests_for() if entry.method in {"PUT", "POST", "DELETE"}]
    assert methods == sorted(methods, key=lambda method: method != "PUT")
    stored = project.stored()
    assert stored.keys() == {
        *(FILES.keys() - {"img/dot.png"}), "staticfiles.json",
        *(project.storage().stored_name(name) for name in FILES if name != "img/dot.png"),
    }  # fmt: skip
    assert outside.exists("media.txt")


@pytest.mark.parametrize("location", [None, "/", "//"])
def test_clearing_a_whole_container_needs_an_explicit_location(project: Project, location: str | None) -> None:
    project.options.update(container="other", location=location)
    project.storage()._save("left.txt", io.BytesIO(b"left"))
    with pytest.raises(CommandError, match="'location' names no folder"):
        project.collect("--clear")
    assert project.storage().exists("left.txt")
    project.storage().delete("left.txt")


def test_an_empty_location_may_also_be_a_keyword_of_the_storage(project: Project) -> None:
    project.options.update(container="other", location=None)
    outside = SelectelStorage(**{name: value for name, value in project.options.items() if value is not None})
    outside._save("left.txt", io.BytesIO(b"left"))
    project.backend = f"{__name__}.AtASlash"
    with pytest.raises(CommandError, match="'location' names no folder"):
        project.collect("--clear")
    assert outside.exists("left.txt")
    project.backend = f"{__name__}.Everywhere"
    project.collect("--clear")
    assert not outside.exists("left.txt")
    outside.delete_many([info.name for info in outside.walk()])


def test_clearing_a_whole_container_on_purpose_asks_for_its_name(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.options.update(container="other", location="")
    project.storage()._save("left.txt", io.BytesIO(b"left"))
    monkeypatch.setattr("builtins.input", lambda _: "yes")
    with pytest.raises(CommandError, match="cancelled"):
        project.collect("--clear", interactive=True)
    answers = iter(["other", "yes"])
    monkeypatch.setattr("builtins.input", lambda _: next(answers))
    project.collect("--clear", interactive=True)
    assert "left.txt" not in project.stored()
    assert "css/site.css" in project.stored()
    project.storage().delete_many([info.name for info in project.storage().walk()])


def test_pruning_keeps_what_the_last_runs_name(project: Project) -> None:
    names = []
    for number in range(4):
        project.put("js/app.js", f"console.log({number})")
        time.sleep(1 - time.time() % 1)  # S3 tells in which second a manifest came into use, not more
        project.collect()
        names.append(project.storage().stored_name("js/app.js"))
    project.collect()  # changes nothing, and does not count
    said = project.collect("--prune=2")
    stored = project.stored()
    assert [name in stored for name in names] == [False, False, True, True]
    assert "pruned" in said
    assert len(project.storage().listdir("staticfiles.json.history")[1]) == 2


def test_a_dry_run_tells_what_pruning_would_delete(project: Project) -> None:
    for number in range(3):
        project.put("js/app.js", f"console.log({number})")
        time.sleep(1 - time.time() % 1)
        project.collect()
    project.put("js/app.js", "console.log('changed')")
    told = project.collect("--prune=2", "--dry-run", verbosity=2)
    done = project.collect("--prune=2", verbosity=2)
    deleted = [line.split("'")[1] for line in done.splitlines() if line.startswith("Deleted")]
    assert len(deleted) == 4
    assert [line.split("'")[1] for line in told.splitlines() if "to delete" in line] == deleted


def test_pruning_keeps_what_may_be_of_the_last_runs(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifests, "_date", lambda _: datetime(2026, 1, 1, tzinfo=timezone.utc))
    for number in range(3):
        project.put("js/app.js", f"console.log({number})")
        project.collect()
    assert "pruned" not in project.collect("--prune=1")
    assert len(project.storage().listdir("staticfiles.json.history")[1]) == 3


def test_pruning_leaves_alone_what_only_looks_hashed(project: Project) -> None:
    project.put("js/lib.0123456789ab.js", "collected under this very name")
    project.collect()
    storage = project.storage()
    storage._save("js/foreign.0123456789ab.js", io.BytesIO(b"of somebody else"))
    storage._save("js/app.0123456789ab.js", io.BytesIO(b"left behind by a run that failed"))
    project.collect("--prune=1")
    stored = project.stored()
    assert "js/lib.0123456789ab.js" in stored
    assert "js/foreign.0123456789ab.js" in stored
    assert "js/app.0123456789ab.js" not in stored


def test_the_files_of_a_manifest_that_was_there_before_the_sub_app_are_kept(project: Project) -> None:
    project.apps = WITHOUT
    project.collect()
    before = project.storage().stored_name("js/app.js")
    project.apps = ["django_selectel_storage.staticfiles", *WITHOUT]
    project.put("js/app.js", "console.log('changed')")
    project.collect("--prune=2")
    assert before in project.stored()


def test_pruning_needs_a_manifest(project: Project) -> None:
    project.backend = PLAIN
    with pytest.raises(CommandError, match="manifest"):
        project.collect("--prune")


# --- what counts as changed ------------------------------------------------------------------------------------------


def test_compressed_files_stay_unchanged(project: Project, requests_for: Requests, face: str) -> None:
    project.options["gzip"] = True
    project.put("css/long.css", "a { color: red }\n" * 1000)
    project.collect()
    requests_for()
    assert "0 uploaded" in project.collect()
    assert len(requests_for()) == (1 if face == "s3" else 2)  # the listing, the manifest
    info = project.storage().stat("css/long.css")
    assert info.headers["content-encoding"] == "gzip"
    assert gzip.decompress(b"".join(project.storage().client.get(info.key).incoming.chunks(MIB))).startswith(b"a {")
    assert project.storage().stored_name("css/long.css") in project.stored()


def test_large_files_are_compared_part_by_part(project: Project, requests_for: Requests) -> None:
    project.backend = PLAIN
    project.options.update(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB)
    project.put("film.bin", os.urandom(12 * MIB))
    project.collect()
    requests_for()
    assert "0 uploaded" in project.collect()
    assert [entry.method for entry in requests_for()] == ["GET"]


def test_where_the_etag_says_nothing_the_md5_in_the_metadata_does(
    project: Project, requests_for: Requests, face: str
) -> None:
    project.backend = PLAIN
    project.options.update(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB)
    project.put("film.bin", os.urandom(12 * MIB))
    project.collect()
    project.options.update(multipart_chunksize=6 * MIB)  # other parts, another ETag
    requests_for()
    assert "0 uploaded" in project.collect()
    assert [entry.method for entry in requests_for()] == (["GET", "HEAD"] if face == "s3" else ["GET"])


def test_other_headers_count_only_when_asked(project: Project) -> None:
    project.backend = PLAIN
    project.collect()
    project.options["cache_control"] = "no-cache"
    assert "0 uploaded" in project.collect()
    assert project.storage().stat("js/app.js").headers["cache-control"] == "public, max-age=60"
    assert "6 described anew" in project.collect("--refresh-headers", "--dry-run")
    assert "6 described anew" in project.collect("--refresh-headers")
    info = project.storage().stat("js/app.js")
    assert info.headers["cache-control"] == "no-cache"
    assert info.content_type == "text/javascript"
    assert "described" not in project.collect("--refresh-headers")
    project.options["metadata"] = {"team": "web"}
    assert "6 described anew" in project.collect("--refresh-headers")
    assert project.storage().stat("js/app.js").metadata["team"] == "web"
    assert "described" not in project.collect("--refresh-headers")


def test_of_a_storage_that_does_not_overwrite_no_file_looks_different_from_what_is_stored(project: Project) -> None:
    project.backend = "django_selectel_storage.storage.SelectelStorage"
    project.collect()
    assert "described" not in project.collect("--refresh-headers")
    project.options["cache_control"] = "no-cache"
    assert "6 described anew" in project.collect("--refresh-headers")
    assert "described" not in project.collect("--refresh-headers")


# --- the user's own storage ------------------------------------------------------------------------------------------


def test_modules_of_javascript_are_rewritten(project: Project) -> None:
    project.backend = f"{__name__}.WithModules"
    project.put("js/main.js", 'import { x } from "./part.js";\n')
    project.put("js/part.js", "export const x = 1;\n")
    project.collect()
    storage = project.storage()
    main = project.stored()[storage.stored_name("js/main.js")].decode()
    assert storage.stored_name("js/part.js").removeprefix("js/") in main


def test_a_reference_to_a_folder_is_left_as_it_is(project: Project) -> None:
    project.put("css/folder.css", "a { background: url(../img) }\n")
    project.collect()
    assert project.stored()[project.storage().stored_name("css/folder.css")] == b'a { background: url("../img") }\n'


def test_patterns_and_hashes_of_a_subclass_hold(project: Project) -> None:
    project.backend = f"{__name__}.OwnHash"
    project.collect()
    stored = project.stored()
    assert stored["css/site.v12.css"] == FILES["css/site.css"].encode()
    assert project.storage().stat("css/site.v12.css").headers["cache-control"].endswith("immutable")
    project.put("css/site.css", "changed")
    assert "2 uploaded" in project.collect()  # the hash says nothing of the content here


def test_a_manifest_that_lies_elsewhere_is_written_there_at_the_end(project: Project) -> None:
    project.backend = f"{__name__}.ManifestElsewhere"
    IN_MEMORY.delete("staticfiles.json")
    project.collect()
    assert "staticfiles.json" not in project.stored()
    assert b"css/site." in IN_MEMORY.open("staticfiles.json").read()
    assert "0 uploaded" in project.collect()
    (project.source / "css/site.css").write_text("a { background: url(nowhere.png) }")
    before = IN_MEMORY.open("staticfiles.json").read()
    with pytest.raises(CommandError):
        project.collect()
    assert IN_MEMORY.open("staticfiles.json").read() == before


def test_storages_of_others_are_served_by_django_s_own_command(project: Project, tmp_path: Path) -> None:
    project.backend = f"{StaticFilesStorage.__module__}.StaticFilesStorage"
    assert "6 static files copied" in project.collect()
    assert FileSystemStorage(tmp_path / "root").exists("css/site.css")
    with pytest.raises(CommandError, match="--prune"):
        project.collect("--prune")


# --- how far it is ---------------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    """A terminal, as far as it says so itself."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_a_bar() -> None:
    from django.core.management.base import OutputWrapper  # noqa: PLC0415

    terminal = Terminal()
    with progress.bar(OutputWrapper(terminal), 2, 2048) as step:
        step(1024)
        step(1024)
    shown = terminal.getvalue()
    assert "2/2 files" in shown or "0/2 files" in shown or "100%" in shown or "2.00k" in shown.lower()
    assert "\n" not in shown


def test_everything_else_gets_a_line_for_each_tenth() -> None:
    told: list[str] = []
    with progress.lines(told.append, 100, 100 * MIB) as step:
        for _ in range(100):
            step(MIB)
    assert len(told) == 10
    assert told[0] == "Uploaded 10 of 100 files, 10.0 of 100.0 MiB"


def test_the_container_is_the_one_of_the_fixtures(project: Project) -> None:
    assert project.options["container"] == CONTAINER
