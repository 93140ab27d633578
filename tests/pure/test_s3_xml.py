"""S3's XML: what we write is read right by others, what others write is read safely."""

from __future__ import annotations

import contextlib
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_selectel_storage.exceptions import StorageError
from django_selectel_storage.protocols.s3 import xml

# XML 1.0, section 2.2, "Char".
WRITABLE = st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff").filter(
    lambda character: character in "\t\n\r" or character >= " "
)


def read_by_another_parser(body: bytes, *path: str) -> list[str]:
    namespace = {"s3": "http://s3.amazonaws.com/doc/2006-03-01/"}
    root = ElementTree.fromstring(body)
    return [element.text or "" for element in root.findall("/".join(f"s3:{step}" for step in path), namespace)]


@pytest.mark.parametrize(
    "keys",
    [
        ["a.txt"],
        ["a.txt", "b.txt", "a.txt"],
        ["<&>\"'.txt", "]]>", "&amp;", "кириллица", "😀", " padded "],
        ["carriage\rreturn", "line\nfeed", "tab\t", "\r\n"],
    ],
    ids=ascii,
)
def test_the_keys_of_a_deletion_are_read_as_they_were_meant(keys: list[str]) -> None:
    assert read_by_another_parser(xml.delete_request(keys), "Object", "Key") == keys


@given(st.lists(st.text(WRITABLE, min_size=1, max_size=20), max_size=5))
def test_any_key_that_xml_can_hold_survives(keys: list[str]) -> None:
    assert all(map(xml.can_hold, keys))
    assert read_by_another_parser(xml.delete_request(keys), "Object", "Key") == keys


@given(st.text(max_size=8))
def test_what_xml_is_said_to_hold_is_read_without_complaint(text: str) -> None:
    if xml.can_hold(text):
        assert read_by_another_parser(xml.delete_request([text]), "Object", "Key") == [text]


@pytest.mark.parametrize("text", ["\x00", "a\x01b", "\x0b", "\x1f", "\ufffe", "\uffff", "\ud800"], ids=ascii)
def test_what_xml_cannot_hold_is_known(text: str) -> None:
    assert not xml.can_hold(text)


def test_a_deletion_is_quiet() -> None:
    assert read_by_another_parser(xml.delete_request(["a"]), "Quiet") == ["true"]


def test_a_completion_names_the_parts_in_order_with_their_quoted_tags() -> None:
    body = xml.complete_request(["aa", "b<b", "cc-1"])

    assert read_by_another_parser(body, "Part", "PartNumber") == ["1", "2", "3"]
    assert read_by_another_parser(body, "Part", "ETag") == ['"aa"', '"b<b"', '"cc-1"']


@pytest.mark.parametrize(
    "body",
    [
        b'<?xml version="1.0" encoding="UTF-8"?>\n<A xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><B>x</B></A>',
        b"<A><B>x</B></A>",
        b'\n  <?xml version="1.0"?><A><C/><B>x</B><B>y</B></A>',
        b'<n:A xmlns:n="urn:other"><n:B>x</n:B></n:A>',
        b'<A xmlns="urn:outside"><B xmlns="urn:inside">x</B></A>',
        b'<A xmlns="a/*[@b=1]//."><B>x</B></A>',
    ],
)
def test_an_answer_is_read_whatever_its_namespace(body: bytes) -> None:
    assert xml.text(xml.parse(body), "B") == "x"


def test_children_are_those_of_the_own_namespace_or_of_any() -> None:
    root = xml.parse(b'<A xmlns="urn:a" xmlns:b="urn:b"><b:B>1</b:B><B>2</B><b:C>3</b:C><b:AC>4</b:AC></A>')

    assert [child.text for child in xml.children(root, "B")] == ["2"]
    assert [child.text for child in xml.children(root, "C")] == ["3"]


def test_what_is_not_there_is_empty() -> None:
    root = xml.parse(b"<A><B/></A>")

    assert (xml.text(root, "B"), xml.text(root, "C")) == ("", "")
    assert list(xml.children(root, "C")) == []


LAUGHS = b"""<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;">]><lolz>&lol2;</lolz>"""
FOREIGN = b"""<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>"""


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(LAUGHS, id="entities that grow"),
        pytest.param(FOREIGN, id="an entity that reads a file"),
        pytest.param(LAUGHS.decode().encode("utf-16"), id="the same in UTF-16"),
        pytest.param(b"<A><B></A>", id="not well formed"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"{}", id="JSON"),
        pytest.param(b"<html><br></html>", id="HTML"),
        pytest.param(b"<A>\xff\xfe</A>", id="no UTF-8"),
        pytest.param(b'<?xml version="1.0" encoding="no-such"?><A/>', id="an unknown encoding"),
        pytest.param(b"<A>&undefined;</A>", id="an undefined entity"),
    ],
)
def test_what_is_not_plain_xml_is_an_error_of_ours(body: bytes) -> None:
    with pytest.raises(StorageError):
        xml.parse(body)


@given(st.binary(max_size=60))
def test_no_answer_whatever_it_is_raises_anything_else(body: bytes) -> None:
    with contextlib.suppress(StorageError):
        xml.parse(body)
