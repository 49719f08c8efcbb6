"""Timecode of SMPTE ST 12-1: hours, minutes, seconds, frames."""

from __future__ import annotations

from fractions import Fraction

NTSC = Fraction(1000, 1001)
DAY_SECONDS = 24 * 3600


def timecode(frame: int, fps: Fraction) -> str:
    """The timecode of a frame that is counted from 0, "01:02:03:04"; a minus before it where the frame is below 0.

    29.97 and 59.94 fps count with drop frames ("01:02:03;04"): the first two (four) numbers of each minute but every
    tenth are left out, so that the clock is right. Other rates count at the nearest whole rate.
    """
    base = nominal(fps)
    drop = base // 15 if drops(fps) else 0
    count = abs(frame)
    if drop:
        tens, rest = divmod(count, 600 * base - 9 * drop)
        count += 9 * drop * tens
        if rest >= 60 * base:
            count += drop * (1 + (rest - 60 * base) // (60 * base - drop))
    seconds, frames = divmod(count, base)
    hours, seconds = divmod(seconds % DAY_SECONDS, 3600)
    sign, mark = "-" if frame < 0 else "", ";" if drop else ":"
    digits = len(str(base - 1)) if base > 100 else 2
    return f"{sign}{hours:02d}:{seconds // 60:02d}:{seconds % 60:02d}{mark}{frames:0{digits}d}"


def nominal(fps: Fraction) -> int:
    """The whole number of frames that a second of timecode has."""
    return max(1, round(fps))


def drops(fps: Fraction) -> bool:
    """Whether timecode of this rate leaves numbers out: 30000/1001 and 60000/1001, as they are or rounded."""
    base = nominal(fps)
    return base in (30, 60) and abs(fps - base * NTSC) < Fraction(1, 500)
