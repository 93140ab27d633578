"""Answers to listings, as files: what S3 and Swift say of a folder of so many objects. Pure but for writing them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

S3_PAGE, SWIFT_PAGE = 1000, 10_000
_ENTRY = (
    "<Contents><Key>{key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>"
    '<ETag>"d41d8cd98f00b204e9800998ecf8427e"</ETag><Size>1</Size><StorageClass>STANDARD</StorageClass></Contents>'
)


def write(s3: Path, swift: Path, numbers: Iterable[int]) -> None:
    """Write the pages of a folder for each number, and one of nothing."""
    for folder, number in {"empty": 0, **{f"listed{number}": number for number in numbers}}.items():
        for place, pages in ((s3, s3_pages(folder, number)), (swift, swift_pages(folder, number))):
            for name, text in pages.items():
                (place / name).write_text(text, "utf-8")


def s3_pages(folder: str, number: int) -> dict[str, str]:
    """The pages of ListObjects, of both versions, by the name under which nginx finds them."""
    starts = list(range(0, number, S3_PAGE)) or [0]
    return {
        page_after(folder, start): _s3_page(folder, start, min(start + S3_PAGE, number), number) for start in starts
    }


def page_after(folder: str, start: int) -> str:
    """The name of the page that begins with an object: version 2 has it for its token, version 1 is read out of it."""
    return folder if start == 0 else f"{folder}-after-{start - 1:07}"


def _s3_page(folder: str, start: int, stop: int, number: int) -> str:
    more = f"<NextContinuationToken>{page_after(folder, stop)}</NextContinuationToken>" if stop < number else ""
    entries = "".join(_ENTRY.format(key=key) for key in _keys(folder, start, stop))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>media</Name>'
        f"<Prefix>{folder}/</Prefix><Delimiter>/</Delimiter><MaxKeys>{S3_PAGE}</MaxKeys>"
        f"<EncodingType>url</EncodingType><KeyCount>{stop - start}</KeyCount>"
        f"<IsTruncated>{'true' if more else 'false'}</IsTruncated>{more}{entries}</ListBucketResult>"
    )


def swift_pages(folder: str, number: int) -> dict[str, str]:
    """The pages of a container's listing: the folder's, then by the number of the last object before."""
    pages = {}
    for start in range(0, number + 1, SWIFT_PAGE):
        stop = min(start + SWIFT_PAGE, number)
        entries = [
            {"name": key, "bytes": 1, "hash": "d41d8cd98f00b204e9800998ecf8427e",
             "content_type": "application/octet-stream", "last_modified": "2026-01-01T00:00:00.000000"}
            for key in _keys(folder, start, stop)
        ]  # fmt: skip
        pages[page_after(folder, start)] = json.dumps(entries)
    return pages


def _keys(folder: str, start: int, stop: int) -> Iterator[str]:
    return (f"{folder}/{number:07}.bin" for number in range(start, stop))
