"""The plan of a large upload: S3's own limits, whatever the size; and the ETag that comes of its parts."""

from __future__ import annotations

from hashlib import md5
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_selectel_storage.exceptions import ObjectTooLarge
from django_selectel_storage.protocols.s3.parts import Part, etag_of_parts, part_size, plan

# Amazon S3 User Guide, "Amazon S3 multipart upload limits".
MIB = 1024**2
GIB = 1024**3
TIB = 1024**4
MOST_PARTS = 10_000
SMALLEST_PART = 5 * MIB
LARGEST_PART = 5 * GIB


@pytest.mark.parametrize(
    ("size", "chunksize", "expected"),
    [
        pytest.param(1, 5 * MIB, [Part(1, 0, 1)], id="one byte"),
        pytest.param(5 * MIB, 5 * MIB, [Part(1, 0, 5 * MIB)], id="exactly one part"),
        pytest.param(5 * MIB + 1, 5 * MIB, [Part(1, 0, 5 * MIB), Part(2, 5 * MIB, 5 * MIB + 1)], id="one byte more"),
        pytest.param(
            17 * MIB,
            8 * MIB,
            [Part(1, 0, 8 * MIB), Part(2, 8 * MIB, 16 * MIB), Part(3, 16 * MIB, 17 * MIB)],
            id="a smaller last part",
        ),
    ],
)
def test_an_object_is_cut_into_parts_of_the_wished_size(size: int, chunksize: int, expected: list[Part]) -> None:
    assert list(plan(size, chunksize)) == expected


@pytest.mark.parametrize(
    ("size", "chunksize", "expected"),
    [
        pytest.param(MOST_PARTS * 8 * MIB, 8 * MIB, 8 * MIB, id="exactly 10,000 parts"),
        pytest.param(MOST_PARTS * 8 * MIB + 1, 8 * MIB, 9 * MIB, id="one byte too many for 10,000"),
        pytest.param(TIB, 8 * MIB, 105 * MIB, id="1 TiB"),
        pytest.param(5 * TIB, 8 * MIB, 525 * MIB, id="5 TiB"),
        pytest.param(5 * TIB, 5 * GIB, 5 * GIB, id="5 TiB in the largest parts"),
        pytest.param(TIB, 6 * MIB + 1, 105 * MIB, id="an odd wish"),
    ],
)
def test_parts_grow_by_whole_mebibytes_where_ten_thousand_would_not_suffice(
    size: int, chunksize: int, expected: int
) -> None:
    assert part_size(size, chunksize) == expected


@pytest.mark.parametrize("size", [5 * TIB + 1, 10**15])
def test_more_than_s3_holds_is_refused_before_anything_is_sent(size: int) -> None:
    with pytest.raises(ObjectTooLarge, match=f"5 TiB.*{size}"):
        list(plan(size, 8 * MIB))


@given(st.integers(1, 5 * TIB) | st.sampled_from([5 * TIB, TIB, 80_000 * MIB]), st.integers(SMALLEST_PART, 5 * GIB))
def test_every_plan_keeps_the_limits_of_s3(size: int, chunksize: int) -> None:
    step = part_size(size, chunksize)
    count = -(-size // step)

    assert chunksize <= step <= LARGEST_PART
    assert count <= MOST_PARTS


@given(st.integers(1, 5 * TIB), st.integers(SMALLEST_PART, 5 * GIB))
def test_the_parts_cover_every_byte_once(size: int, chunksize: int) -> None:
    parts = list(plan(size, chunksize))

    assert [part.number for part in parts] == list(range(1, len(parts) + 1))
    assert (parts[0].start, parts[-1].stop) == (0, size)
    assert all(before.stop == after.start for before, after in pairwise(parts))
    assert len({part.stop - part.start for part in parts[:-1]}) <= 1
    assert 0 < parts[-1].stop - parts[-1].start <= part_size(size, chunksize)


@given(st.lists(st.binary(max_size=30), max_size=8), st.integers(1, 40))
def test_the_etag_of_parts_is_that_of_s3(chunks: list[bytes], part_size: int) -> None:
    whole = b"".join(chunks)
    parts = [whole[start : start + part_size] for start in range(0, len(whole), part_size)]
    together = md5(b"".join(md5(part).digest() for part in parts)).hexdigest()
    assert etag_of_parts(chunks, part_size) == f"{together}-{len(parts)}"
