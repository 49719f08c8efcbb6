"""What a PNG says of its colours by code points (the chunk cICP), as new phones, browsers and graders write it.

Chunk: https://www.w3.org/TR/png-3/, 11.3.2.6. Codes: ITU-T H.273, tables 2 and 3.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import NamedTuple

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST = 1000  # chunks that are looked at; this one is among the first
WHITE = 203.0  # cd/m2 of a white page in a picture of high range: ITU-R BT.2408
D65 = (0.3127, 0.3290)
PRIMARIES = {  # x, y of white, red, green, blue
    1: (*D65, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06),
    5: (*D65, 0.64, 0.33, 0.29, 0.60, 0.15, 0.06),
    6: (*D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    7: (*D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    9: (*D65, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    11: (0.314, 0.351, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    12: (*D65, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
}
LIKE_SRGB = {1, 6, 13, 14, 15}  # those of video are shown as that, too
GAMMAS = {4: 2.2, 5: 2.8, 8: 1.0}
PQ, HLG = 16, 18


class Coding(NamedTuple):
    """`primaries` as Pillow has cHRM's; `light` is that of the 256 levels, where 1 is white."""

    primaries: tuple[float, ...]
    light: np.ndarray


def coding_of(path: Path) -> Coding | None:
    """What a PNG's cICP says; None without one, or with codes that no picture of red, green and blue has.

    Raises:
        OSError: the file can't be read.
    """
    found = _chunk(path)
    if found is None or len(found) != 4 or found[0] not in PRIMARIES or found[2] != 0:
        return None
    levels = np.arange(256) / 255
    light = _light(found[1], levels if found[3] else np.clip((levels * 255 - 16) / 219, 0, 1))
    return None if light is None else Coding(PRIMARIES[found[0]], light)


def _chunk(path: Path) -> bytes | None:
    """What cICP holds, which stands in front of the pixels."""
    with path.open("rb") as file:
        if file.read(len(SIGNATURE)) != SIGNATURE:
            return None
        for _ in range(MOST):
            head = file.read(8)
            if len(head) < 8 or head[4:] in (b"IDAT", b"IEND"):
                return None
            length = int(struct.unpack(">I", head[:4])[0])
            if head[4:] == b"cICP":
                return file.read(length) if length == 4 else None
            file.seek(length + 4, 1)
    return None


def _light(code: int, signal: np.ndarray) -> np.ndarray | None:
    """Light on the screen of signals from 0 to 1; None for a transfer that is not known."""
    if code in LIKE_SRGB:
        return np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4)
    if code in GAMMAS:
        return np.asarray(signal ** GAMMAS[code])
    if code == PQ:  # SMPTE ST 2084
        root = signal ** (32 / 2523)
        light = (np.maximum(root - 3424 / 4096, 0) / (2413 / 128 - 2392 / 128 * root)) ** (16384 / 2610)
        return light * 10000 / WHITE
    if code == HLG:  # ITU-R BT.2100, on a screen of 1000 cd/m2
        scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - 0.55991073) / 0.17883277) + 0.28466892) / 12)
        return scene**1.2 * 1000 / WHITE
    return None
