"""Subclasses that choose names, or store in their own way: Django's hooks keep their meaning."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured, SuspiciousFileOperation
from django.core.files.base import ContentFile

from django_selectel_storage.devserver.hooks import LoggedRequest
from django_selectel_storage.storage import SelectelStorage
from tests.conftest import MakeStorage

Requests = Callable[[], list[LoggedRequest]]
NOWHERE = {"access_key": "a", "secret_key": "s", "container": "c", "endpoint": "http://127.0.0.1:1"}


@pytest.fixture(params=["s3", "swift"])
def face(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class Overwriting(SelectelStorage):
    """The classical way to overwrite."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name


class OverwritingByDeletion(SelectelStorage):
    """The other classical way."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        self.delete(name)
        return name


class AlwaysFree(SelectelStorage):
    """Says of every name that it is free."""

    def exists(self, name: str) -> bool:
        return False


class Reserving(SelectelStorage):
    """Knows of names that are taken although there is no file."""

    def exists(self, name: str) -> bool:
        return name == "reserved.txt" or super().exists(name)


class WithPreview(SelectelStorage):
    """Stores a second file with each."""

    def _save(self, name: str, content: Any) -> str:
        saved = super()._save(name, content)
        if name != "preview.txt":
            content.seek(0)
            super()._save("preview.txt", ContentFile(content.read(3)))
        return saved


class Numbering(SelectelStorage):
    """Names of its own, found by asking."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        number = 1
        candidate = name
        while self.exists(candidate):
            number += 1
            candidate = f"{name}.{number}"
        return candidate


class Alternative(SelectelStorage):
    """Django's hook for the alternative name."""

    def get_alternative_name(self, file_root: str, file_ext: str) -> str:
        return f"{file_root}-copy{file_ext}"


class Shouting(SelectelStorage):
    """Changes what is stored on its way."""

    def _save(self, name: str, content: Any) -> str:
        return super()._save(name, ContentFile(content.read().upper()))


class Prefixing(SelectelStorage):
    """Changes the name on its way."""

    def _save(self, name: str, content: Any) -> str:
        return super()._save(f"prefix/{name}", content)


@pytest.mark.parametrize("kind", [Overwriting, OverwritingByDeletion])
def test_a_subclass_that_means_to_overwrite_does(make_storage: MakeStorage, kind: type[SelectelStorage]) -> None:
    storage = make_storage(kind)
    for content in (b"first", b"second"):
        assert storage.save("same.txt", ContentFile(content)) == "same.txt"
    assert storage.open("same.txt").read() == b"second"


def test_a_subclass_whose_exists_is_wrong_overwrites_nothing(make_storage: MakeStorage) -> None:
    storage = make_storage(AlwaysFree)
    names = [storage.save("same.txt", ContentFile(content)) for content in (b"first", b"second")]
    assert len({*names, "same.txt"}) == 2
    assert [storage.open(name).read() for name in names] == [b"first", b"second"]


def test_a_subclass_whose_exists_knows_of_more_is_asked(make_storage: MakeStorage) -> None:
    storage = make_storage(Reserving)
    assert storage.save("reserved.txt", ContentFile(b"x")) != "reserved.txt"


def test_a_second_file_of_one_save_gives_the_first_no_other_name(make_storage: MakeStorage) -> None:
    storage = make_storage(WithPreview)
    storage.save("preview.txt", ContentFile(b"old"))
    assert storage.save("letter.txt", ContentFile(b"content")) == "letter.txt"
    assert sorted(storage.listdir("")[1]) == ["letter.txt", "preview.txt"]
    assert storage.open("preview.txt").read() == b"con"


def test_a_subclass_with_names_of_its_own_is_asked(make_storage: MakeStorage) -> None:
    storage = make_storage(Numbering)
    names = [storage.save("a.txt", ContentFile(b"x")) for _ in range(3)]
    assert names == ["a.txt", "a.txt.2", "a.txt.3"]


def test_a_name_that_is_taken_meanwhile_is_not_overwritten(make_storage: MakeStorage) -> None:
    class Slow(Numbering):
        """Somebody else is faster than its question."""

        rival = True

        def exists(self, name: str) -> bool:
            found = super().exists(name)
            if self.rival and not found:
                self.rival = False
                make_storage()._save(name, ContentFile(b"rival"))
            return found

    storage = make_storage(Slow)
    assert storage.save("a.txt", ContentFile(b"mine")) == "a.txt.2"
    assert storage.open("a.txt").read() == b"rival"


def test_the_alternative_name_of_a_subclass_is_used(make_storage: MakeStorage, requests_for: Requests) -> None:
    storage = make_storage(Alternative)
    storage.exists("warm-up")
    requests_for()
    names = [storage.save("a.txt", ContentFile(b"x")) for _ in range(2)]
    assert names == ["a.txt", "a-copy.txt"]
    assert [entry.method for entry in requests_for()] == ["PUT", "PUT", "PUT"]


@pytest.mark.parametrize("kind", [Shouting, Prefixing])
def test_a_subclass_that_stores_in_its_own_way_is_guarded_too(
    make_storage: MakeStorage, kind: type[SelectelStorage]
) -> None:
    storage = make_storage(kind)
    first = storage.save("a.txt", ContentFile(b"first"))
    second = storage.save("a.txt", ContentFile(b"second"))
    assert first != second
    assert storage.open(first).read().lower() == b"first"
    assert storage.open(second).read().lower() == b"second"


class WithOwnExists(SelectelStorage):
    """Has an ``exists`` of its own, and overwrites."""

    def exists(self, name: str) -> bool:
        return super().exists(name)


def test_overwriting_with_an_exists_of_its_own_ends(make_storage: MakeStorage) -> None:
    storage = make_storage(WithOwnExists, file_overwrite=True)
    assert [storage.save("a.txt", ContentFile(content)) for content in (b"1", b"2")] == ["a.txt", "a.txt"]
    assert storage.open("a.txt").read() == b"2"


class SidecarFirst(SelectelStorage):
    """Stores something beside a file before the file."""

    def _save(self, name: str, content: Any) -> str:
        super()._save(f"{name}.meta", ContentFile(b"about"))
        return super()._save(name, content)


def test_what_is_stored_before_a_file_lifts_no_guard_from_it(make_storage: MakeStorage) -> None:
    make_storage().save("a.txt", ContentFile(b"old"))
    storage = make_storage(SidecarFirst)
    name = storage.save("a.txt", ContentFile(b"new"))
    assert name != "a.txt"
    assert [storage.open(each).read() for each in ("a.txt", name, f"{name}.meta")] == [b"old", b"new", b"about"]


class Mine(Exception):
    """What a project makes of every failure."""


class Wrapping(SelectelStorage):
    """Wraps what goes wrong."""

    def _save(self, name: str, content: Any) -> str:
        try:
            return super()._save(name, content)
        except Exception as error:
            raise Mine(name) from error


def test_a_taken_name_is_known_through_the_error_of_a_subclass(make_storage: MakeStorage) -> None:
    storage = make_storage(Wrapping)
    assert storage.save("a.txt", ContentFile(b"1")) != storage.save("a.txt", ContentFile(b"2"))
    broken = make_storage(Wrapping, container="missing")
    with pytest.raises(Mine):
        broken.save("a.txt", ContentFile(b"1"))


class Attributes(SelectelStorage):
    """In the manner of django-storages; ``pool`` is a method, and no option."""

    location = "below"
    file_overwrite = True
    bucket_name = "media"
    access_key = "not taken"

    def pool(self) -> None:
        """Be called like an option."""


def test_attributes_that_are_called_like_options_count(make_storage: MakeStorage, face: str) -> None:
    storage = Attributes(username="u", password="p", LOCATION="given")
    options = storage.options
    assert (options.location, options.file_overwrite, options.container) == ("given", True, "media")
    assert (options.pool, options.access_key) == ("ru-1", None)
    assert Attributes(username="u", password="p").options.location == "below"
    assert make_storage(Attributes).save("a.txt", ContentFile(b"x")) == "a.txt"


class Ruled(SelectelStorage):
    """A rule of the name, as an attribute."""

    @staticmethod
    def cache_control(name: str) -> str:
        return f"max-age={len(name)}"


def test_a_static_method_that_is_called_like_an_option_counts(make_storage: MakeStorage) -> None:
    storage = make_storage(Ruled)
    storage.save("a.txt", ContentFile(b"x"))
    assert storage.stat("a.txt").headers["cache-control"] == "max-age=5"
    assert make_storage(Ruled, cache_control="no-store").options.cache_control == "no-store"


@pytest.mark.parametrize("option", ["cache_control", "content_disposition", "CONTENT_LANGUAGE", "metadata"])
@pytest.mark.parametrize("rule", [lambda name: name, lambda self, name: (self, name)], ids=["of the name", "of both"])
def test_a_function_that_may_be_a_rule_or_a_method_is_refused(option: str, rule: Callable[..., Any]) -> None:
    kind = type("Unclear", (SelectelStorage,), {option: rule})
    with pytest.raises(ImproperlyConfigured, match=f"Unclear.{option}' is a function.*staticmethod"):
        kind(container="media")


def test_calling_the_hook_itself_overwrites_as_django_s_own_code_expects(make_storage: MakeStorage) -> None:
    storage = make_storage()
    storage.save("a.txt", ContentFile(b"first"))
    assert storage._save("a.txt", ContentFile(b"second")) == "a.txt"
    assert storage.open("a.txt").read() == b"second"


def test_django_s_naming_verbs_stay_truthful(make_storage: MakeStorage) -> None:
    storage = make_storage()
    storage.save("a.txt", ContentFile(b"x"))
    assert storage.get_available_name("b.txt") == "b.txt"
    assert storage.get_available_name("a.txt") != "a.txt"


@pytest.mark.parametrize("file_overwrite", [False, True])
@pytest.mark.parametrize("name", ["../../etc/x", "a/..", "..", "dir/", ""])
def test_django_s_naming_verb_refuses_what_django_refuses(name: str, file_overwrite: bool) -> None:
    storage = SelectelStorage(**NOWHERE, file_overwrite=file_overwrite)
    with pytest.raises(SuspiciousFileOperation):
        storage.get_available_name(name)


def test_django_s_naming_verb_takes_a_path_and_turns_backslashes() -> None:
    storage = SelectelStorage(**NOWHERE, file_overwrite=True)
    assert storage.get_available_name(Path("a/b.txt")) == "a/b.txt"  # type: ignore[arg-type]
    assert storage.get_available_name("a\\b.txt") == "a/b.txt"
