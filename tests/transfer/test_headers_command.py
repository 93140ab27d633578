"""`manage.py selectel_headers`: the rules of today for what was stored yesterday, and for nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile

from django_selectel_storage.devserver import Hooks
from django_selectel_storage.devserver.hooks import LoggedRequest
from django_selectel_storage.headers import WRITE_MARK
from django_selectel_storage.storage import SelectelStorage
from tests.outsider import Outsider
from tests.transfer.conftest import Command, Define, content_of, run

FILES = {"a.txt": b"1", "b/c.jpg": b"2", "b/d.css": b"3"}
RULES: dict[str, Any] = {
    "cache_control": "max-age=7",
    "content_disposition": lambda name: "attachment" if name.endswith(".txt") else None,
    "content_language": "ru",
    "metadata": {"year": "2027"},
}
Requests = Callable[[], list[LoggedRequest]]


class Ruling(SelectelStorage):
    """A storage with rules of its own."""

    def get_object_headers(self, name: str) -> dict[str, str]:
        return {"Cache-Control": "no-store", "x-amz-meta-hook": name}


@pytest.fixture
def headers() -> Command:
    return lambda *arguments, **options: run("selectel_headers", *arguments, **options)


@pytest.fixture
def stored(define: Define, face: str) -> Callable[..., SelectelStorage]:
    """Stores the files without rules, and gives the storage with those of today."""

    def make(**rules: Any) -> SelectelStorage:
        storage = define("site", face)
        for name, content in FILES.items():
            storage.save(name, ContentFile(content))
        return define("site", face, **rules)

    return make


def test_the_rules_of_today_are_applied(headers: Command, stored: Any) -> None:
    storage = stored(**RULES)
    done = headers("site")
    assert (done.code, done.words) == (0, "3 changed, 0 as they should be.\n")
    text, style = storage.stat("a.txt"), storage.stat("b/d.css")
    assert text.headers == {"cache-control": "max-age=7", "content-disposition": "attachment", "content-language": "ru"}
    assert style.headers == {"cache-control": "max-age=7", "content-language": "ru"}
    assert text.metadata["year"] == "2027"
    assert content_of(storage) == FILES


@pytest.mark.usefixtures("russian")
def test_a_russian_site_is_told_in_russian(headers: Command, stored: Any) -> None:
    stored(**RULES)
    assert headers("site", "--dry-run", verbosity=0).words == "изменилось бы: 3, без изменений: 0.\n"
    assert headers("site").words == "изменено: 3, без изменений: 0.\n"


def test_what_is_as_it_should_be_is_only_asked_for(headers: Command, stored: Any, requests_for: Requests) -> None:
    stored(**RULES)
    headers("site")
    requests_for()
    assert "0 changed, 3 as they should be" in headers("site").words
    assert sorted(entry.method for entry in requests_for()) == ["GET", "HEAD", "HEAD", "HEAD"]


def test_only_what_differs_is_changed(headers: Command, stored: Any, requests_for: Requests) -> None:
    stored(cache_control=lambda name: "max-age=1" if name.startswith("b/") else None)
    requests_for()
    assert "2 changed, 1 as they should be" in headers("site").words
    changed = [entry.path.partition("/site/")[2] for entry in requests_for() if entry.method in {"PUT", "POST"}]
    assert sorted(changed) == ["b/c.jpg", "b/d.css"]


def test_a_dry_run_names_what_would_be_changed_and_changes_nothing(
    headers: Command, stored: Any, requests_for: Requests
) -> None:
    stored(cache_control="max-age=7")
    requests_for()
    done = headers("site", "--dry-run", "--prefix=a")
    assert done.words == "a.txt: cache-control: '' -> 'max-age=7'\n1 would be changed, 0 as they should be.\n"
    assert {entry.method for entry in requests_for()} == {"GET", "HEAD"}


def test_the_prefix_and_the_workers_are_heeded(headers: Command, stored: Any) -> None:
    storage = stored(cache_control="max-age=7")
    assert "2 changed" in headers("site", "--prefix=b/", "--workers=1").words
    assert storage.stat("a.txt").headers == {}


def test_the_metadata_of_others_is_kept(
    headers: Command, define: Define, face: str, outsider: Callable[[str, str], Outsider]
) -> None:
    storage = define("site", face, cache_control="max-age=7", metadata={"year": "2027"})
    outsider("site", face).put("theirs.txt", b"x", content_type="text/plain", meta_author="somebody", meta_year="2026")
    assert "1 changed" in headers("site").words
    assert outsider("site", face).metadata("theirs.txt") == {"author": "somebody", "year": "2027"}
    assert storage.stat("theirs.txt").headers == {"cache-control": "max-age=7"}


def test_a_wrong_content_type_is_mended_and_an_unknown_one_is_left_alone(
    headers: Command, define: Define, face: str, outsider: Callable[[str, str], Outsider]
) -> None:
    storage, others = define("site", face), outsider("site", face)
    others.put("a.css", b"x", content_type="text/plain")
    others.put("b.unheard-of", b"x", content_type="text/x-special")
    assert "1 changed, 1 as they should be" in headers("site").words
    assert storage.stat("a.css").content_type == "text/css"
    assert storage.stat("b.unheard-of").content_type == "text/x-special"


def test_the_hook_of_a_subclass_is_a_rule(headers: Command, stored: Any, settings: Any) -> None:
    storage = stored()
    options = settings.SELECTEL_STORAGES["site"]
    settings.STORAGES = {
        **settings.STORAGES,
        "ruled": {"BACKEND": f"{Ruling.__module__}.Ruling", "OPTIONS": options},
    }
    assert "3 changed" in headers("ruled").words
    assert "0 changed" in headers("ruled").words
    info = storage.stat("a.txt")
    assert (info.headers["cache-control"], info.metadata["hook"]) == ("no-store", "a.txt")
    assert info.metadata.keys() <= {"hook", WRITE_MARK}


def test_a_failure_is_named_and_ends_with_an_exit_code(
    headers: Command, define: Define, stored: Any, face: str, hooks: Hooks
) -> None:
    stored()
    define("site", face, cache_control="max-age=7", max_retries=0)
    hooks.fault(method="PUT" if face == "s3" else "POST", match="b/c.jpg", count=9)
    done = headers("site")
    assert done.code == 3
    assert "b/c.jpg: " in done.complaints
    assert "2 changed, 0 as they should be, 1 failed" in done.complaints


@pytest.mark.parametrize(
    ("storage", "words"), [("default", "no storage of this package"), ("nowhere", "There is no storage 'nowhere'")]
)
def test_other_storages_are_refused(headers: Command, define: Define, storage: str, words: str) -> None:
    define("site")
    done = headers(storage)
    assert (done.code, words in done.complaints) == (1, True)
