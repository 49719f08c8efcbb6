"""Colours as one number: red in its lowest byte, then green, blue, and how much it covers."""

from __future__ import annotations

from typing import Any

import numpy as np

from .....kernels import helper

EVEN, HALF = 0x00FF00FF, 0x00800080  # every second byte of a colour, and a half for each
ROUND, BYTE, NEXT = np.uint32(HALF), np.uint32(8), np.uint32(1)
TWO_BYTES, THREE_BYTES = np.uint32(16), np.uint32(24)
NO_COVER, LOW_HALF, LOW_BYTE = np.uint32(0x00FFFFFF), np.uint32(0x0000FFFF), np.uint32(0x000000FF)
FIRST_THIRD, SECOND_FOURTH, COVER = np.uint32(EVEN), np.uint32(0xFF00FF00), np.uint32(0xFF000000)


@helper
def between(one: int, other: int, part: int) -> Any:
    """The colour `part` / 256 of the way from `one` to `other`, two channels at a time."""
    rest = 256 - part
    even = (((one & EVEN) * rest + (other & EVEN) * part + HALF) >> 8) & EVEN
    odd = (((one >> 8) & EVEN) * rest + ((other >> 8) & EVEN) * part + HALF) & ~EVEN
    return even | odd


@helper
def packed(red: float, green: float, blue: float, cover: float) -> Any:
    half = np.float32(0.5)
    return (
        np.int64(red + half)
        | np.int64(green + half) << 8
        | np.int64(blue + half) << 16
        | np.int64(cover * np.float32(255) + half) << 24
    )


@helper
def mix(one: Any, other: Any, part: Any) -> Any:
    """As `between`, all in 32 bits, of which a processor does many at once: 256 one + part (other - one), which is
    right modulo 2^32 though a difference of two bytes may be negative."""
    here, there = one & FIRST_THIRD, other & FIRST_THIRD
    even = np.uint32(np.uint32(here << BYTE) + np.uint32(np.uint32(there - here) * part) + ROUND)
    here, there = np.uint32(one >> BYTE) & FIRST_THIRD, np.uint32(other >> BYTE) & FIRST_THIRD
    odd = np.uint32(np.uint32(here << BYTE) + np.uint32(np.uint32(there - here) * part) + ROUND)
    return np.uint32((np.uint32(even >> BYTE) & FIRST_THIRD) | (odd & SECOND_FOURTH))
