"""Which ETags are an MD5, and what becomes of bytes that have another one."""

from __future__ import annotations

import hashlib

import pytest

from django_selectel_storage.exceptions import DamagedTransfer
from django_selectel_storage.protocols.base import ObjectInfo
from django_selectel_storage.protocols.fields import proven_md5
from django_selectel_storage.protocols.integrity import Checksum

CONTENT = bytes(range(256)) * 4
MD5 = hashlib.md5(CONTENT).hexdigest()
INFO = ObjectInfo("a.bin", len(CONTENT), MD5, md5=MD5)


@pytest.mark.parametrize(
    ("headers", "is_md5"),
    [
        pytest.param({"etag": f'"{MD5}"'}, True, id="S3"),
        pytest.param({"etag": MD5}, True, id="Swift"),
        pytest.param({"etag": f'"{MD5}"', "x-amz-server-side-encryption": "AES256"}, True, id="S3's own keys"),
        pytest.param({"etag": f'W/"{MD5}"'}, False, id="changed by a proxy"),
        pytest.param({"etag": f'"{MD5}-2"'}, False, id="in parts"),
        pytest.param({"etag": f'"{MD5.upper()}"'}, False, id="nothing that a server writes"),
        pytest.param({"etag": f'"{MD5}"', "x-amz-server-side-encryption": "aws:kms"}, False, id="KMS"),
        pytest.param({"etag": f'"{MD5}"', "x-amz-server-side-encryption": "aws:kms:dsse"}, False, id="KMS twice"),
        pytest.param(
            {"etag": f'"{MD5}"', "x-amz-server-side-encryption-customer-algorithm": "AES256"}, False, id="customer's"
        ),
        pytest.param({"etag": f'"{MD5}"', "x-static-large-object": "True"}, False, id="a static large object"),
        pytest.param({"etag": f'"{MD5}"', "x-object-manifest": "media/a"}, False, id="a dynamic large object"),
        pytest.param({}, False, id="none"),
    ],
)
def test_an_etag_is_an_md5_only_where_nothing_speaks_against_it(headers: dict[str, str], is_md5: bool) -> None:
    assert proven_md5(headers) == (MD5 if is_md5 else "")


def test_the_right_bytes_pass_in_whichever_pieces_they_come() -> None:
    checksum = Checksum()
    for start in range(0, len(CONTENT), 100):
        checksum.take(INFO, start, CONTENT[start : start + 100])


def test_a_wrong_byte_is_found_with_the_last_one() -> None:
    checksum = Checksum()
    checksum.take(INFO, 0, b"x" + CONTENT[1:1000])
    with pytest.raises(DamagedTransfer, match=r"'a\.bin'.*MD5"):
        checksum.take(INFO, 1000, CONTENT[1000:])


def test_bytes_that_come_again_from_the_first_one_on_are_checked_again() -> None:
    checksum = Checksum()
    for _ in range(2):
        checksum.begin(0)
        with pytest.raises(DamagedTransfer):
            checksum.take(INFO, 0, b"x" + CONTENT[1:])
    checksum.begin(0)
    checksum.take(INFO, 0, CONTENT)

    assert not checksum.found_damage


def test_after_damage_only_the_first_byte_begins_anew() -> None:
    checksum = Checksum()
    checksum.begin(0)
    with pytest.raises(DamagedTransfer):
        checksum.take(INFO, 0, b"x" + CONTENT[1:])

    with pytest.raises(DamagedTransfer, match="MD5"):
        checksum.begin(100)


def test_a_stretch_that_is_fetched_again_takes_the_place_of_the_first_try() -> None:
    checksum = Checksum()
    checksum.begin(0)
    checksum.take(INFO, 0, CONTENT[:100])
    checksum.begin(100)
    checksum.take(INFO, 100, CONTENT[100:150])
    checksum.begin(100)
    with pytest.raises(DamagedTransfer):
        checksum.take(INFO, 100, b"x" + CONTENT[101:])


def test_of_what_is_read_in_part_or_out_of_order_nothing_is_known() -> None:
    checksum = Checksum()
    checksum.take(INFO, 100, b"x" * (len(CONTENT) - 100))
    checksum.take(INFO, 0, CONTENT[:100])
    checksum.take(INFO, 50, b"x" * (len(CONTENT) - 50))


def test_without_an_md5_every_byte_passes() -> None:
    Checksum().take(ObjectInfo("a.bin", 3, "abc-2"), 0, b"any")
