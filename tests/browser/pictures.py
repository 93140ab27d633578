"""Pictures to upload: small ones, and one of 200 MiB that takes no room on the disk."""

from __future__ import annotations

import io
import struct
from pathlib import Path

from PIL import Image

WIDTH, HEIGHT = 8192, 8534  # three bytes a pixel: a little over 200 MiB, and below Pillow's limit for bombs
HEADER = 54


def small(colour: str = "teal") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(buffer, "PNG")
    return buffer.getvalue()


def large(folder: Path) -> Path:
    """A black bitmap: a header, and a hole in the file."""
    size = HEADER + WIDTH * HEIGHT * 3
    header = struct.pack("<2sIHHI", b"BM", size, 0, 0, HEADER)
    header += struct.pack("<IiiHHIIiiII", 40, WIDTH, HEIGHT, 1, 24, 0, size - HEADER, 0, 0, 0, 0)
    path = folder / "black.bmp"
    with path.open("wb") as file:
        file.write(header)
        file.truncate(size)
    return path
