"""A part cut out of a PNG, to the bit, with all that the file says of its colours.

Own code, as Blender ships no library for pictures on every version, and its own images are for the main thread alone.
Nothing of bpy is in here.

Format: https://www.w3.org/TR/png-3/
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from ....client.files import mode_beside, writing

MAGIC = b"\x89PNG\r\n\x1a\n"
END = b"\0\0\0\0IEND\xaeB`\x82"
CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}  # by the colour type; a palette has none
ROWS = 512  # that are in memory at once
PIECE = 1 << 20  # bytes
OF_COLOURS = {b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"cICP"}
PAETH = 4  # the filter that expects a pixel by three of its neighbours


def is_whole(picture: Path) -> bool:
    """Whether a PNG's file goes on to its end. Raises OSError."""
    with picture.open("rb") as source:
        source.seek(max(0, source.seek(0, 2) - len(END)))
        return source.read() == END


def cut_out(picture: Path, box: tuple[int, int, int, int], target: Path) -> None:
    """Write what lies in `box` (left, top, right, bottom; pixels from the left upper corner, the last two beyond it) of
    a PNG of 8 bits a channel.

    Raises:
        ValueError: it is no such PNG, ends early or is smaller.
        OSError: it can't be read, or the part not written.
    """
    left, top, right, bottom = box
    with picture.open("rb") as source, writing(target, mode_beside(target.parent)) as out:
        if source.read(len(MAGIC)) != MAGIC:
            raise ValueError(f"{picture.name} is no PNG.")
        out.write(MAGIC)
        chunks, channels, width = _chunks(source), 0, 0
        for kind, data in chunks:
            if kind == b"IHDR":
                width, height, depth, colour, *_, interlaced = struct.unpack(">IIBBBBB", data)
                channels = CHANNELS.get(colour, 0)
                if depth != 8 or not channels or interlaced:
                    raise ValueError(f"{picture.name} is of a kind of PNG that is not read here.")
                if not (0 <= left < right <= width and 0 <= top < bottom <= height):
                    raise ValueError(f"{picture.name} has {width} x {height} pixels: too few.")
                _write(out, kind, struct.pack(">II", right - left, bottom - top) + data[8:])
            elif kind == b"IDAT":
                lines = _lines(data, chunks, 1 + width * channels)
                rows = _values(lines, bottom, right, channels)
                _write_rows(out, (block[max(0, top - at) :, left:] for at, block in rows if at + len(block) > top))
            else:
                _write(out, kind, data)


def give_profile(picture: Path, profile: bytes) -> None:
    """Say in a PNG that its colours are those of an ICC profile, instead of what it says of them.

    Raises:
        ValueError: it is no PNG, or damaged.
        OSError: it can't be read or written.
    """
    with picture.open("rb") as source, writing(picture, mode_beside(picture.parent)) as out:
        if source.read(len(MAGIC)) != MAGIC:
            raise ValueError(f"{picture.name} is no PNG.")
        out.write(MAGIC)
        for kind, data in _chunks(source):
            if kind not in OF_COLOURS:
                _write(out, kind, data)
            if kind == b"IHDR":
                _write(out, b"iCCP", b"ICC profile\0\0" + zlib.compress(profile))


def _chunks(source: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    kind = b""
    while kind != b"IEND":
        head = source.read(8)
        if len(head) < 8:
            raise ValueError("The PNG ends early.")
        (length,), kind = struct.unpack(">I", head[:4]), head[4:]
        data = source.read(length)
        if len(data) < length or source.read(4) != _check(kind, data):
            raise ValueError("The PNG is damaged.")
        yield kind, data


def _check(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))


def _write(out: BinaryIO, kind: bytes, data: bytes) -> None:
    out.write(struct.pack(">I", len(data)) + kind + data + _check(kind, data))


def _lines(first: bytes, chunks: Iterator[tuple[bytes, bytes]], size: int) -> Iterator[np.ndarray]:
    """The filtered lines, uint8 [n, size], some ROWS at a time; reads the chunks no further than the picture's."""
    unpacked, packed, kind = zlib.decompressobj(), first, b"IDAT"
    found = bytearray()
    while True:
        try:
            found += unpacked.decompress(packed, PIECE)
        except zlib.error as error:
            raise ValueError("The PNG is damaged.") from error
        packed = unpacked.unconsumed_tail
        while len(found) >= ROWS * size:
            yield np.frombuffer(bytes(found[: ROWS * size]), np.uint8).reshape(ROWS, size)
            del found[: ROWS * size]
        if unpacked.eof:
            break
        if not packed:
            kind, packed = next(chunks)
            if kind != b"IDAT":
                raise ValueError("The PNG ends early.")
    count = len(found) // size
    if count:
        yield np.frombuffer(bytes(found[: count * size]), np.uint8).reshape(count, size)


def _values(lines: Iterator[np.ndarray], bottom: int, right: int, channels: int) -> Iterator[tuple[int, np.ndarray]]:
    """The pixels left of and above these, int16 [n, right, channels], each with the number of its first row."""
    at, above = 0, np.zeros((right, channels), np.int16)
    for block in lines:  # to their end, also those below: what comes after them is read next
        if at >= bottom:
            continue
        wanted = block[: bottom - at]
        found = _unfiltered(
            wanted[:, 0], wanted[:, 1 : 1 + right * channels].reshape(len(wanted), right, channels), above
        )
        yield at, found
        at, above = at + len(wanted), found[-1]
    if at < bottom:
        raise ValueError("The PNG ends early.")


def _unfiltered(kinds: np.ndarray, told: np.ndarray, above: np.ndarray) -> np.ndarray:
    """The pixels of filtered lines (section 9 of the format), int16 [n, width, channels]; `above` is the row before.

    A pixel needs its left and upper neighbours, so that a slanted line of them is done at once, one to each row. Both
    arrays lie slanted: their rows are these lines [n + width, n rows of pixels], what is beside the picture is 0.
    """
    count, width, channels = told.shape
    if kinds.max(initial=0) > PAETH:
        raise ValueError("The PNG is damaged.")
    residual = np.zeros((count + width, count, channels), np.uint8)
    known = np.zeros((2 + count + width, 1 + count, channels), np.int16)  # two lines and a row before the first
    known[2 : 2 + width, 0] = above
    for row in range(count):
        residual[row + 1 : row + 1 + width, row] = told[row]
    residual, known = residual.reshape(len(residual), -1), known.reshape(len(known), -1)
    by_left, by_up, by_mean, by_paeth = (
        -np.repeat(kinds == one, channels).astype(np.int16) for one in (1, 2, 3, PAETH)
    )
    for step in range(1, count + width):
        corner, up = known[step, :-channels], known[step + 1, :-channels]
        left, here = known[step + 1, channels:], known[step + 2, channels:]
        guess = _paeth(left, up, corner)
        guess &= by_paeth
        guess += left & by_left
        guess += up & by_up
        guess += ((left + up) >> 1) & by_mean
        guess += residual[step]
        np.bitwise_and(guess, 255, out=here)
    known = known.reshape(len(known), 1 + count, channels)
    return np.stack([known[row + 3 : row + 3 + width, row + 1] for row in range(count)])


def _paeth(left: np.ndarray, up: np.ndarray, corner: np.ndarray) -> np.ndarray:
    """Whichever neighbour is nearest to left + up - corner, the first of them where several are."""
    across, down = up - corner, left - corner
    to_corner = np.abs(across + down)
    to_left, to_up = np.abs(across, out=across), np.abs(down, out=down)
    found = up.copy()
    np.copyto(found, corner, where=to_corner < to_up)
    np.copyto(found, left, where=to_left <= np.minimum(to_up, to_corner))
    return found


def _write_rows(out: BinaryIO, blocks: Iterator[np.ndarray]) -> None:
    """Filter and pack the pixels, int16 [n, width, channels] at a time."""
    packing, above = zlib.compressobj(), None
    for block in blocks:
        count, width, channels = block.shape
        known = np.zeros((count + 1, width + 1, channels), np.int16)
        known[1:, 1:] = block
        if above is not None:
            known[0, 1:] = above
        told = (block - _paeth(known[1:, :-1], known[:-1, 1:], known[:-1, :-1])) & 255
        lines = np.full((count, 1 + width * channels), PAETH, np.uint8)
        lines[:, 1:] = told.reshape(count, -1)
        above = block[-1].copy()
        packed = packing.compress(lines.tobytes())
        if packed:
            _write(out, b"IDAT", packed)
    _write(out, b"IDAT", packing.flush())
