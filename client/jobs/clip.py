"""Whether a file is a whole mp4 with a picture track: its boxes are read, never its pictures."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO

MOST_BOXES = 100_000
MOST_INDEX = 256 << 20  # bytes of a moov or moof box
Box = tuple[bytes, int, int]  # kind, where its content begins, where it ends


class NotAClip(ValueError):
    """The file can't be a take; the message says why, as the end of a sentence."""


def count_frames(file: BinaryIO) -> int:
    """The frames of the first picture track of an mp4, whole or in fragments. Raises NotAClip, OSError."""
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        raise NotAClip("it is empty")
    try:
        return _count(file, size)
    except struct.error as error:
        raise NotAClip("its index is damaged") from error


def _count(file: BinaryIO, size: int) -> int:
    if _read(file, 4, 4) != b"ftyp":
        raise NotAClip("it is no mp4")
    boxes = list(_boxes(file, 0, size))
    movie = next((box for box in boxes if box[0] == b"moov"), None)
    if movie is None:
        raise NotAClip("it is an mp4 without an index")
    if not any(kind == b"mdat" for kind, _, _ in boxes):
        raise NotAClip("it is an mp4 without content")
    for kind, start, end in _boxes(file, *movie[1:]):
        if kind == b"trak" and (found := _picture_track(file, start, end)) is not None:
            track, frames = found
            fragments = [box for box in boxes if box[0] == b"moof"]
            frames += sum(_fragment_frames(file, *box[1:], track) for box in fragments)
            if frames > size:  # each has a byte at least
                raise NotAClip("its index is damaged")
            return frames
    raise NotAClip("it has no picture track")


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """The boxes between two places of the file. Each must lie inside."""
    for _ in range(MOST_BOXES):
        if start == end:
            return
        head, kind = struct.unpack(">I4s", _read(file, start, 8))
        content = start + 8
        if head == 1:
            head, content = struct.unpack(">Q", _read(file, content, 8))[0], content + 8
        stop = end if head == 0 else start + head
        if not content <= stop <= end or (kind in (b"moov", b"moof") and stop - start > MOST_INDEX):
            raise NotAClip("it breaks off in the middle")
        yield kind, content, stop
        start = stop
    raise NotAClip("its index is damaged")


def _picture_track(file: BinaryIO, start: int, end: int) -> tuple[int, int] | None:
    """(track id, samples) of a track of pictures, None for any other."""
    media = _find(file, start, end, b"mdia")
    handler = _find(file, *media, b"hdlr") if media else None
    if media is None or handler is None or _read(file, handler[0] + 8, 4) != b"vide":
        return None
    header = _find(file, start, end, b"tkhd")
    sizes = _find(file, *media, b"minf", b"stbl", b"stsz")
    if header is None or sizes is None:
        raise NotAClip("its index is damaged")
    long_times = _read(file, header[0], 1) == b"\1"
    (track,) = struct.unpack(">I", _read(file, header[0] + (20 if long_times else 12), 4))
    same_size, samples = struct.unpack(">II", _read(file, sizes[0] + 4, 8))
    if same_size == 0 and samples * 4 > sizes[1] - sizes[0]:
        raise NotAClip("its index is damaged")
    return track, samples


def _fragment_frames(file: BinaryIO, start: int, end: int, track: int) -> int:
    """Samples of one track in a fragment."""
    frames = 0
    for kind, inner, stop in _boxes(file, start, end):
        header = _find(file, inner, stop, b"tfhd") if kind == b"traf" else None
        if header is None or struct.unpack(">I", _read(file, header[0] + 4, 4))[0] != track:
            continue
        runs = (box for box in _boxes(file, inner, stop) if box[0] == b"trun")
        frames += sum(struct.unpack(">I", _read(file, run[1] + 4, 4))[0] for run in runs)
    return frames


def _find(file: BinaryIO, start: int, end: int, *kinds: bytes) -> tuple[int, int] | None:
    """Where the content of a box lies, by the kinds on the way to it."""
    for kind in kinds:
        place = next((box[1:] for box in _boxes(file, start, end) if box[0] == kind), None)
        if place is None:
            return None
        start, end = place
    return start, end


def _read(file: BinaryIO, start: int, count: int) -> bytes:
    file.seek(start)
    return file.read(count)
