"""Whether a picture lies on its side: what EXIF says, which Blender does not read and viewers and engines heed."""

from __future__ import annotations

import struct
from pathlib import Path

ORIENTATION = 0x0112
LYING = {5, 6, 7, 8}  # EXIF orientations that exchange width and height
MOST = 64 << 20  # bytes that are looked at: EXIF stands in front, but at the end of a WebP


def lies(path: Path) -> bool:
    """Whether a viewer shows the JPEG, PNG or WebP with its sides exchanged. What can't be read is upright.

    Raises:
        OSError: the file can't be read.
    """
    with path.open("rb") as file:
        return _orientation(_exif(file.read(MOST))) in LYING


def _exif(data: bytes) -> bytes:
    """The TIFF block of the picture's EXIF; b"" where there is none."""
    if data.startswith(b"\xff\xd8"):
        return _of_jpeg(data)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _chunk(data, 8, b"eXIf", ">", length_first=True)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _chunk(data, 12, b"EXIF", "<", length_first=False).removeprefix(b"Exif\0\0")
    return b""


def _of_jpeg(data: bytes) -> bytes:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], struct.unpack_from(">H", data, at + 2)[0]
        block = data[at + 4 : at + 2 + length]
        if marker == 0xE1 and block.startswith(b"Exif\0\0"):
            return block[6:]
        if marker == 0xDA or length < 2:  # the picture itself begins
            break
        at += 2 + length
    return b""


def _chunk(data: bytes, at: int, wanted: bytes, order: str, *, length_first: bool) -> bytes:
    """A chunk of a PNG (length, name, data, sum) or of a WebP (name, length, data, padded to even)."""
    while at + 8 <= len(data):
        first, second = data[at : at + 4], data[at + 4 : at + 8]
        name, packed = (second, first) if length_first else (first, second)
        length = struct.unpack(order + "I", packed)[0]
        if name == wanted:
            return data[at + 8 : at + 8 + length]
        at += 8 + length + (4 if length_first else length % 2)
    return b""


def _orientation(tiff: bytes) -> int:
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return 1
    try:
        start = struct.unpack_from(order + "I", tiff, 4)[0]
        for index in range(struct.unpack_from(order + "H", tiff, start)[0]):
            tag, kind, _count, value = struct.unpack_from(order + "HHIH", tiff, start + 2 + 12 * index)
            if tag == ORIENTATION and kind == 3:
                return int(value)
    except struct.error:
        return 1
    return 1
