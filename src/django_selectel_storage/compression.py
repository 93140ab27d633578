"""Compressing on the way in, and undoing it on the way out: only what this package compressed itself.

Pure but for spools. An object of ours says so twice: Content-Encoding gzip, and its original size in the metadata.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import IO

from django_selectel_storage.exceptions import DamagedTransfer
from django_selectel_storage.headers import ORIGINAL_SIZE, ObjectHeaders
from django_selectel_storage.options import StorageOptions
from django_selectel_storage.transport.body import CHUNK, Body, FileBody
from django_selectel_storage.transport.spool import Spool

_LEVEL = 6


def compressed(body: Body, headers: ObjectHeaders, options: StorageOptions) -> tuple[Body, ObjectHeaders]:
    """Compress a body where the options ask for it and it pays; one build of zlib makes the same of the same.

    Args:
        body: the bytes; closed when others take their place.
        headers: what is stored beside them.
        options: ``gzip``, ``gzip_content_types`` and ``max_memory_size`` count.

    Returns:
        The bytes to send, and what to store beside them.
    """
    if not options.gzip or headers.content_encoding or not is_chosen(headers.content_type, options.gzip_content_types):
        return body, headers
    spool = Spool(options.max_memory_size)
    try:
        with gzip.GzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=spool, mtime=0) as packer:
            for chunk in body.chunks():
                packer.write(chunk)
        size = spool.tell()
    except BaseException:
        spool.close()
        raise
    if size >= body.size:
        spool.close()
        return body, headers
    body.close()
    metadata = {**headers.metadata, ORIGINAL_SIZE: str(body.size)}
    return FileBody(spool, size, own=True), replace(headers, content_encoding="gzip", metadata=metadata)


def is_chosen(content_type: str, patterns: Iterable[str]) -> bool:
    """Whether a content type, without its parameters, is among those that are compressed."""
    kind = content_type.partition(";")[0].strip().lower()
    return any(fnmatchcase(kind, pattern) for pattern in patterns)


def original_size(headers: Mapping[str, str], metadata: Mapping[str, str]) -> int | None:
    """Give the size before compression; None for an object that this package did not compress."""
    size = metadata.get(ORIGINAL_SIZE, "")
    if headers.get("content-encoding") != "gzip" or not (size.isascii() and size.isdigit()):
        return None
    return int(size[:19])


def unpacked(chunks: Iterable[bytes], size: int, max_memory_size: int) -> IO[bytes]:
    """Undo the compression into a spool that the caller closes.

    Args:
        chunks: the compressed bytes.
        size: how many bytes must come out; more are never written.
        max_memory_size: bytes of the spool that stay in memory.

    Raises:
        DamagedTransfer: the bytes are not gzip, or not of that size.
    """
    spool = Spool(max_memory_size)
    try:
        for piece in _exactly(_unzipped(chunks), size):
            spool.write(piece)
        spool.seek(0)
    except BaseException:
        spool.close()
        raise
    return spool


def _exactly(pieces: Iterable[bytes], size: int) -> Iterable[bytes]:
    """Pass on bytes, but never more than promised, and not less."""
    left = size
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            break
        yield piece
    if left:
        raise DamagedTransfer(f"The compressed object does not hold the {size} bytes that its metadata promise.")


def _unzipped(chunks: Iterable[bytes]) -> Iterable[bytes]:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        for chunk in chunks:
            left = chunk
            while left:
                yield unpacker.decompress(left, CHUNK)
                left = unpacker.unconsumed_tail
        yield unpacker.flush()
        if not unpacker.eof:
            raise DamagedTransfer("The compressed object ends before its checksum.")
    except zlib.error as error:
        raise DamagedTransfer(f"The compressed object cannot be unpacked: {error}.") from None
