"""The smallest mp4 with an index: pictures that no player could show, in as many samples as are wanted."""

from __future__ import annotations

import struct


def box(kind: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I4s", 8 + len(content), kind) + content


def track(number: int, handler: bytes, samples: int) -> bytes:
    """A track whose samples have one byte each."""
    header = box(b"tkhd", struct.pack(">IIIII", 0, 0, 0, number, 0), bytes(64))
    sizes = box(b"stsz", struct.pack(">III", 0, 0, samples), struct.pack(">I", 1) * samples)
    media = box(b"mdia", box(b"hdlr", bytes(8), handler, bytes(12)), box(b"minf", box(b"stbl", sizes)))
    return box(b"trak", header, media)


def movie(frames: int, tail: bytes = b"") -> bytes:
    """An mp4 of `frames` pictures and a longer track of sound before them."""
    index = box(b"moov", box(b"mvhd", bytes(100)), track(1, b"soun", frames * 2 + 5), track(2, b"vide", frames))
    return box(b"ftyp", b"isom", bytes(4)) + index + box(b"mdat", bytes(range(256)) * 400) + tail
