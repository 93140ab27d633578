"""What is stored beside the bytes, as other clients see it, and how it is changed afterwards."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile

from django_selectel_storage.devserver.hooks import LoggedRequest
from django_selectel_storage.exceptions import InvalidOption
from django_selectel_storage.further import HeaderChanges
from django_selectel_storage.headers import ORIGINAL_SIZE, WRITE_MARK
from django_selectel_storage.storage import SelectelStorage
from tests.conftest import MakeStorage
from tests.outsider import Outsider

Requests = Callable[[], list[LoggedRequest]]


STANDARD = {
    "cache_control": "public, max-age=31536000, immutable",
    "content_disposition": 'attachment; filename="report.pdf"',
    "content_language": "ru",
}


def test_the_rules_of_the_options_are_stored(make_storage: MakeStorage, outsider: Outsider) -> None:
    storage = make_storage(**STANDARD, metadata={"Author": "somebody", "x-y-1": "z"})
    headers = outsider.headers(storage.save("report.pdf", ContentFile(b"x")))
    assert headers["content-type"] == "application/pdf"
    assert {name: headers[name.replace("_", "-")] for name in STANDARD} == STANDARD
    assert outsider.metadata("report.pdf") == {"author": "somebody", "x-y-1": "z"}


def test_rules_may_be_functions_of_the_name(make_storage: MakeStorage, outsider: Outsider) -> None:
    storage = make_storage(
        cache_control=lambda name: "max-age=60" if name.startswith("new/") else None,
        content_disposition=lambda name: f"inline; filename={name.rpartition('/')[2]}",
        content_language=lambda name: "" if "en" in name else "ru",
        metadata=lambda name: {"length": str(len(name))} if "new" in name else None,
    )
    for name in ("new/a.txt", "en.txt"):
        storage.save(name, ContentFile(b"x"))
    new, other = outsider.headers("new/a.txt"), outsider.headers("en.txt")
    assert (new["cache-control"], other.get("cache-control")) == ("max-age=60", None)
    assert (new["content-disposition"], other["content-disposition"]) == (
        "inline; filename=a.txt",
        "inline; filename=en.txt",
    )
    assert (new["content-language"], other.get("content-language")) == ("ru", None)
    assert (outsider.metadata("new/a.txt"), outsider.metadata("en.txt")) == ({"length": "9"}, {})


@pytest.mark.parametrize(
    "rules",
    [
        {"cache_control": lambda _: "max-age=1\r\nX-Evil: 1"},
        {"content_language": lambda _: 5},
        {"metadata": lambda _: {"a b": "x"}},
        {"metadata": lambda _: {"a": "x\ny"}},
        {"metadata": lambda _: {"a": None}},
    ],
    ids=["a line break", "a number", "a blank in a name", "a line break in metadata", "no text"],
)
def test_a_rule_that_gives_no_header_stores_nothing(
    make_storage: MakeStorage, requests_for: Requests, rules: dict[str, Any]
) -> None:
    with pytest.raises(InvalidOption):
        make_storage(**rules).save("a.txt", ContentFile(b"x"))
    assert requests_for() == []


class WithHook(SelectelStorage):
    """A project's own storage."""

    def get_object_headers(self, name: str) -> Mapping[str, str]:
        if not name.endswith(".svg"):
            return {}
        return {
            "content-type": "image/svg+xml; charset=utf-8",
            "Cache-Control": "no-store",
            "x-amz-meta-Kind": "drawing",
            "X-Object-Meta-Two": "рисунок",
        }


def test_a_subclass_has_the_last_word(make_storage: MakeStorage, outsider: Outsider) -> None:
    storage = make_storage(WithHook, cache_control="max-age=1", metadata={"kind": "file"})
    for name in ("a.svg", "b.txt"):
        storage.save(name, ContentFile(b"<svg/>"))
    headers = outsider.headers("a.svg")
    assert (headers["content-type"], headers["cache-control"]) == ("image/svg+xml; charset=utf-8", "no-store")
    assert outsider.metadata("a.svg") == {"kind": "drawing", "two": "рисунок"}
    assert outsider.headers("b.txt")["cache-control"] == "max-age=1"
    assert outsider.metadata("b.txt") == {"kind": "file"}


def test_a_subclass_that_names_an_unknown_header_is_told(make_storage: MakeStorage) -> None:
    class Wrong(SelectelStorage):
        def get_object_headers(self, name: str) -> Mapping[str, str]:
            return {"X-Robots": "none"}

    with pytest.raises(InvalidOption, match="X-Robots"):
        make_storage(Wrong).save("a.txt", ContentFile(b"x"))


VALUES = [
    "plain",
    "Кириллица и пробелы",
    "😀 emoji 👩‍👩‍👧",
    "=?UTF-8?B?0YI=?=",
    "=?utf-8?q?=D1=82?=",
    "=?UTF-8?B?not base64?=",
    "100% & more; \"quoted\", 'so' \\ = +",
    "%D0%B0",
    "naïve café",
    "長い" * 20,
    "два  пробела",
    " padded ",
    "\u00a0no-break\u00a0",
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: ascii(value)[:30])
def test_any_metadata_comes_back_as_it_was_given(storage: SelectelStorage, value: str) -> None:
    name = storage.save_with_metadata("a.txt", ContentFile(b"x"), {"title": value})
    assert storage.stat(name).metadata["title"] == value


@pytest.mark.parametrize("value", ["plain", "Кириллица и пробелы", "😀", "naïve café", "长" * 30], ids=ascii)
def test_other_clients_read_the_same_metadata(storage: SelectelStorage, outsider: Outsider, value: str) -> None:
    name = storage.save_with_metadata("a.txt", ContentFile(b"x"), {"title": value})
    assert outsider.metadata(name) == {"title": value}


def test_as_much_metadata_as_a_store_keeps_comes_back(
    make_storage: MakeStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Swift keeps 90 fields ("max_meta_count"): with the others, more than the 100 that http.client would read."""
    monkeypatch.setattr(http.client, "_MAXHEADERS", 100)  # Swift's own client, beside which this runs, has raised it
    storage = make_storage(**STANDARD)
    everything = {f"field-{number:02}": f"{number}" for number in range(89)}  # one more is the mark of the write
    name = storage.save_with_metadata("a.txt", ContentFile(b"content"), everything)
    assert everything.items() <= storage.stat(name).metadata.items()
    with storage.open(name) as file:
        assert (file.read(), everything.items() <= file.info.metadata.items()) == (b"content", True)


def test_metadata_of_others_is_read(storage: SelectelStorage, outsider: Outsider) -> None:
    outsider.put("theirs.txt", b"x", meta_title="plain text", content_language="en", content_type="text/x-theirs")
    info = storage.stat("theirs.txt")
    assert (info.metadata, info.headers["content-language"]) == ({"title": "plain text"}, "en")
    assert info.content_type == "text/x-theirs"


def test_save_with_metadata_replaces_as_in_1_x_and_adds_to_the_rules(make_storage: MakeStorage) -> None:
    storage = make_storage(metadata={"rule": "1", "both": "rule"})
    for content in (b"first", b"second"):
        assert storage.save_with_metadata("a.txt", ContentFile(content), {"Both": "given", "own": "x"}) == "a.txt"
    assert storage.open("a.txt").read() == b"second"
    assert storage.stat("a.txt").metadata == {"rule": "1", "both": "given", "own": "x"}
    storage.save_with_metadata("a.txt", ContentFile(b"third"))
    assert storage.stat("a.txt").metadata == {"rule": "1", "both": "rule"}


def test_metadata_of_one_file_describes_another_without_what_is_ours(make_storage: MakeStorage) -> None:
    storage = make_storage(metadata={"author": "somebody"}, gzip=True)
    storage.save("a.txt", ContentFile(b"content " * 100))
    given = storage.stat("a.txt").metadata
    assert {"author", WRITE_MARK, ORIGINAL_SIZE} <= given.keys()
    storage.save_with_metadata("b.bin", ContentFile(b"other content"), given)
    assert storage.stat("b.bin").metadata == {"author": "somebody"}
    assert storage.open("b.bin").read() == b"other content"


# --- update_headers --------------------------------------------------------------------------------------------------


@pytest.fixture
def described(make_storage: MakeStorage) -> SelectelStorage:
    """A storage with one file that is described in every way."""
    storage = make_storage(**STANDARD, metadata={"author": "кто-то", "year": "2026"})
    storage.save("a.txt", ContentFile(b"content"))
    return storage


def without_mark(metadata: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in metadata.items() if name != WRITE_MARK}


@pytest.mark.parametrize(
    ("changes", "header", "value"),
    [
        ({"cache_control": "no-store"}, "cache-control", "no-store"),
        ({"content_disposition": "attachment; filename=отчёт"}, "content-disposition", "attachment; filename=отчёт"),
        ({"content_language": "en"}, "content-language", "en"),
        ({"cache_control": None}, "cache-control", None),
        ({"content_disposition": None}, "content-disposition", None),
        ({"content_language": ""}, "content-language", None),
    ],
    ids=repr,
)
def test_one_header_is_changed_and_everything_else_is_kept(
    described: SelectelStorage, changes: dict[str, Any], header: str, value: str | None
) -> None:
    before = described.stat("a.txt")
    described.update_headers("a.txt", **changes)
    after = described.stat("a.txt")
    assert after.headers.get(header) == value
    assert {**after.headers, header: None} == {**before.headers, header: None}
    assert (after.metadata, after.content_type) == (before.metadata, before.content_type)
    assert (after.size, after.etag) == (before.size, before.etag)
    assert described.open("a.txt").read() == b"content"


def test_a_content_type_is_changed_and_metadata_replaced(described: SelectelStorage) -> None:
    described.update_headers("a.txt", content_type="text/markdown", metadata={"new": "данные"})
    info = described.stat("a.txt")
    assert info.content_type == "text/markdown"
    assert without_mark(info.metadata) == {"new": "данные"}
    assert info.headers["content-language"] == "ru"


@pytest.mark.parametrize("metadata", [None, {}], ids=repr)
def test_metadata_is_taken_away(described: SelectelStorage, metadata: dict[str, str] | None) -> None:
    described.update_headers("a.txt", metadata=metadata)
    assert without_mark(described.stat("a.txt").metadata) == {}


def test_without_changes_the_rules_of_today_are_applied_and_the_rest_is_kept(
    make_storage: MakeStorage, described: SelectelStorage
) -> None:
    before = described.stat("a.txt").headers
    assert {"content-disposition", "content-language"} <= before.keys()
    today = make_storage(cache_control="max-age=7", metadata={"year": "2027"})
    today.update_headers("a.txt")
    info = today.stat("a.txt")
    assert info.headers == {**before, "cache-control": "max-age=7"}
    assert without_mark(info.metadata) == {"author": "кто-то", "year": "2027"}
    assert info.content_type == "text/plain"


def test_update_headers_is_one_question_and_one_change(described: SelectelStorage, requests_for: Requests) -> None:
    requests_for()
    described.update_headers("a.txt", cache_control="no-store")
    assert len(requests_for()) == 2


@pytest.mark.parametrize("field", ["expires", "cache_controll", "x_amz_acl", "etag"])
def test_a_header_that_objects_do_not_have_is_refused(
    described: SelectelStorage, requests_for: Requests, field: str
) -> None:
    requests_for()
    with pytest.raises(ImproperlyConfigured, match=field):
        described.update_headers("a.txt", **{field: "x"})  # type: ignore[arg-type]
    assert [entry.method for entry in requests_for() if entry.method != "HEAD"] == []


def test_what_is_missing_cannot_be_described(storage: SelectelStorage) -> None:
    with pytest.raises(FileNotFoundError, match=r"missing\.txt"):
        storage.update_headers("missing.txt", cache_control="no-store")


@pytest.mark.parametrize("face", ["swift", "keystone"])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("X-Delete-At", "4070908800"),  # in 2099
        ("Expires", "Thu, 01 Jan 2099 00:00:00 GMT"),
        ("X-Robots-Tag", "noindex"),
    ],
)
def test_on_swift_what_others_stored_is_kept_too(
    storage: SelectelStorage, outsider: Outsider, field: str, value: str
) -> None:
    outsider.put("theirs.txt", b"x", content_type="text/plain", **{field.replace("-", "_"): value})
    assert outsider.headers("theirs.txt")[field.lower()] == value
    storage.update_headers("theirs.txt", cache_control="no-store")
    headers = outsider.headers("theirs.txt")
    assert (headers["cache-control"], headers.get(field.lower())) == ("no-store", value)


@pytest.mark.parametrize("face", ["s3"])
def test_on_s3_what_others_stored_is_kept_too(storage: SelectelStorage, outsider: Outsider) -> None:
    outsider.put("theirs.txt", b"x", content_type="text/plain", expires="Thu, 01 Jan 2099 00:00:00 GMT")
    before = outsider.headers("theirs.txt")["expires"]
    storage.update_headers("theirs.txt", cache_control="no-store")
    assert outsider.headers("theirs.txt").get("expires") == before


@pytest.mark.parametrize("face", ["s3"])  # Swift itself drops header fields with underscores
@pytest.mark.parametrize("changes", [{}, {"cache_control": "max-age=7"}], ids=["the rules", "a change"])
def test_metadata_whose_name_nobody_may_give_is_kept(
    make_storage: MakeStorage, outsider: Outsider, changes: HeaderChanges
) -> None:
    storage = make_storage(cache_control="max-age=7", metadata={"year": "2027"} if not changes else {})
    outsider.put("theirs.txt", b"x", content_type="text/plain", meta_user_id="5", meta_author="somebody")
    storage.update_headers("theirs.txt", **changes)
    rules = {} if changes else {"year": "2027"}
    assert outsider.metadata("theirs.txt") == {"user_id": "5", "author": "somebody", **rules}
    assert outsider.headers("theirs.txt")["cache-control"] == "max-age=7"


@pytest.mark.parametrize("changes", [{}, {"cache_control": "max-age=7"}], ids=["the rules", "a change"])
def test_metadata_whose_value_nobody_may_give_is_kept(
    make_storage: MakeStorage, outsider: Outsider, changes: HeaderChanges
) -> None:
    storage = make_storage(cache_control="max-age=7")
    outsider.put("theirs.txt", b"x", content_type="text/plain", meta_note="=?UTF-8?B?YQ1YOiBi?=")
    assert storage.stat("theirs.txt").metadata == {"note": "a\rX: b"}
    storage.update_headers("theirs.txt", **changes)
    assert storage.stat("theirs.txt").metadata == {"note": "a\rX: b"}
    assert storage.stat("theirs.txt").headers == {"cache-control": "max-age=7"}
