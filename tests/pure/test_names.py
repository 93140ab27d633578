"""Names and keys: what is contained, what is refused, and that the way back leads to the same place."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from django_selectel_storage.exceptions import InvalidName
from django_selectel_storage.names import (
    LONGEST_KEY,
    folder_prefix,
    object_key,
    public_url,
    quoted,
    storage_name,
)


@pytest.mark.parametrize(
    ("name", "location", "key"),
    [
        pytest.param("a.txt", "", "a.txt", id="plain"),
        pytest.param("a.txt", "media", "media/a.txt", id="in a location"),
        pytest.param("b/a.txt", "media/photos", "media/photos/b/a.txt", id="folders in both"),
        pytest.param("", "media", "media", id="the location itself"),
        pytest.param("", "", "", id="the container itself"),
        pytest.param(".", "media", "media", id="one dot"),
        pytest.param("./a.txt", "media", "media/a.txt", id="one dot in front"),
        pytest.param("a/./b.txt", "media", "media/a/b.txt", id="one dot inside"),
        pytest.param("a/../b.txt", "media", "media/b.txt", id="down and up again"),
        pytest.param("a//../b.txt", "media", "media/b.txt", id="up over an empty segment"),
        pytest.param("a/b/../../c.txt", "media", "media/c.txt", id="down twice and up twice"),
        pytest.param("a/..", "media", "media", id="down and up to the location"),
        pytest.param(".hidden", "media", "media/.hidden", id="a hidden file"),
        pytest.param("..a/b..", "media", "media/..a/b..", id="two dots that are part of a name"),
        pytest.param("...", "media", "media/...", id="three dots"),
        pytest.param("%2e%2e/a", "media", "media/%2e%2e/a", id="percent signs are plain characters"),
        pytest.param("a\\b.txt", "media", "media/a\\b.txt", id="a backslash is a plain character"),
        pytest.param("фото/ё.jpg", "media", "media/фото/ё.jpg", id="Cyrillic"),
        pytest.param("a b+c?d#e&f=g", "media", "media/a b+c?d#e&f=g", id="what URLs reserve"),
        pytest.param("folder/", "media", "media/folder/", id="a folder's marker"),
        pytest.param("x" * LONGEST_KEY, "", "x" * LONGEST_KEY, id="1024 bytes"),
    ],
)
def test_the_key_of_a_name_lies_below_the_location(name: str, location: str, key: str) -> None:
    assert object_key(name, location) == key


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("..", id="up"),
        pytest.param("../a", id="up and aside"),
        pytest.param("a/../../b", id="down once, up twice"),
        pytest.param("a//../../b", id="empty segments do not count"),
        pytest.param("././../a", id="dots do not count"),
        pytest.param("a/..//../b", id="up, over an empty segment"),
        pytest.param("..\\a", id="backslash"),
        pytest.param("a\\..\\..\\b", id="backslashes inside"),
        pytest.param("a/..\\../b", id="both kinds"),
        pytest.param("a/../..", id="up at the end"),
        pytest.param("/etc/passwd", id="absolute"),
        pytest.param("//host/share", id="absolute twice"),
        pytest.param("\\windows", id="absolute with a backslash"),
        pytest.param("/", id="the root"),
        pytest.param("\ud800", id="half a surrogate pair"),
        pytest.param("a\0.txt", id="NUL"),
        pytest.param("a\udcff.txt", id="an undecodable byte"),
        pytest.param("x" * (LONGEST_KEY + 1), id="1025 bytes"),
        pytest.param("ё" * (LONGEST_KEY // 2 + 1), id="1026 bytes in 513 characters"),
    ],
)
@pytest.mark.parametrize("location", ["", "m"])
def test_a_name_that_would_leave_the_location_or_cannot_be_a_key_is_refused(name: str, location: str) -> None:
    with pytest.raises(InvalidName) as raised:
        object_key(name, location)

    assert len(str(raised.value)) < 1000
    assert str(raised.value).isascii()


def test_the_location_counts_for_the_longest_key() -> None:
    assert len(object_key("x" * (LONGEST_KEY - 6), "media")) == LONGEST_KEY
    with pytest.raises(InvalidName):
        object_key("x" * (LONGEST_KEY - 5), "media")


def test_a_path_object_is_taken_as_its_text() -> None:
    assert object_key(PurePosixPath("a", "b.txt"), "media") == "media/a/b.txt"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "location", "prefix"),
    [
        ("", "", ""),
        ("", "media", "media/"),
        ("a", "", "a/"),
        ("a/", "media", "media/a/"),
        ("a/b//", "media", "media/a/b/"),
        (".", "media", "media/"),
    ],
)
def test_a_folder_has_one_prefix_however_it_is_written(path: str, location: str, prefix: str) -> None:
    assert folder_prefix(path, location) == prefix


def test_a_key_follows_the_public_address_percent_encoded() -> None:
    assert public_url("https://cdn.example.com", "фото/a b?.jpg") == (
        "https://cdn.example.com/%D1%84%D0%BE%D1%82%D0%BE/a%20b%3F.jpg"
    )


# --- anything at all -------------------------------------------------------------------------------------------------

segments = st.text(max_size=8) | st.sampled_from([".", "..", "", "...", "..\\", "a\\..", "%2e%2e"])
names = st.lists(segments, max_size=8).map("/".join) | st.text(st.sampled_from("./\\a"), max_size=12) | st.text()
locations = st.sampled_from(["", "media", "media/photos", "фото"])


@given(names, locations)
def test_any_name_either_is_refused_or_gives_a_key_below_the_location(name: str, location: str) -> None:
    try:
        key = object_key(name, location)
    except InvalidName:
        return
    assert not location or key == location or key.startswith(f"{location}/")
    assert not {".", ".."} & set(key.split("/"))
    assert len(key.encode()) <= LONGEST_KEY


@example(".//b", "")
@example("a/..//b", "media")
@example("./\\b", "")
@example("a\\b/../..\\c", "media")
@given(names, locations)
def test_the_way_from_key_to_name_and_back_leads_to_the_same_key(name: str, location: str) -> None:
    try:
        key = object_key(name, location)
    except InvalidName:
        return
    stored = storage_name(key, location)

    assert object_key(stored, location) == key
    assert storage_name(object_key(stored, location), location) == stored


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_key_is_quoted_as_the_standard_library_does(key: str) -> None:
    assert quoted(key) == quote(key, safe="/~")


@given(st.text(st.sampled_from("aZ09._~/-")))
def test_unreserved_characters_are_left_alone(key: str) -> None:
    assert quoted(key) == key


def test_a_line_break_at_the_end_of_a_key_is_quoted() -> None:
    assert quoted("a\n") == "a%0A"
