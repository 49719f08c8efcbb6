"""The colour profile of a TIFF, which Blender passes over.

Format: TIFF 6.0, section 2; BigTIFF has longer offsets and counts. The profile: ICC.1, annex B.4.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO, NamedTuple

KIND, PROFILE = 339, 34675  # the tags SampleFormat and ICC Profile
WHOLE = 1
SIZES = {1: 1, 3: 2, 7: 1}  # bytes of a value, by its type
MOST_ENTRIES, MOST = 4096, 16 << 20  # bytes


class Layout(NamedTuple):
    """How a file counts: where the offset of its first directory stands, and the forms of numbers and entries."""

    at: int
    offset: str
    entries: str
    entry: str


LAYOUTS = {42: Layout(4, "I", "H", "HHI4s"), 43: Layout(8, "Q", "Q", "HHQ8s")}


def profile(path: Path) -> tuple[bytes, bool]:
    """The embedded profile, b"" without one, and whether it fits the levels that Blender reads: whole numbers of red,
    green and blue. What is no TIFF has none.

    Raises:
        OSError: the file can't be read.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        order = {b"II": "<", b"MM": ">"}.get(file.read(2))
        try:
            values = _values(file, order, size) if order else {}
        except struct.error:  # it ends early
            return b"", False
    found = values.get(PROFILE, b"")
    kinds = struct.unpack(f"{order or '<'}{len(values.get(KIND, b'')) // 2}H", values.get(KIND, b""))
    return found, found[16:20] == b"RGB " and set(kinds) <= {WHOLE}


def _values(file: BinaryIO, order: str, size: int) -> dict[int, bytes]:
    """What the first directory says of the two tags. Raises struct.error where the file ends early."""
    layout = LAYOUTS.get(struct.unpack(order + "H", file.read(2))[0])
    if layout is None:
        return {}
    file.seek(layout.at)
    file.seek(min(_number(file, order + layout.offset), size))
    count = min(_number(file, order + layout.entries), MOST_ENTRIES)
    length, values = struct.calcsize(order + layout.entry), {}
    directory = file.read(count * length)
    for tag, kind, many, held in struct.iter_unpack(order + layout.entry, directory):
        if tag in (KIND, PROFILE) and kind in SIZES and many * SIZES[kind] <= MOST:
            long = many * SIZES[kind]
            if long > len(held):
                file.seek(min(struct.unpack(order + layout.offset, held)[0], size))
                held = file.read(long)
            values[tag] = held[:long]
    return {tag: held for tag, held in values.items() if tag == PROFILE or len(held) % 2 == 0}


def _number(file: BinaryIO, form: str) -> int:
    return int(struct.unpack(form, file.read(struct.calcsize(form)))[0])
