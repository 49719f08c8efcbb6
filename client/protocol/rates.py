"""Frame rates, exact."""

from __future__ import annotations

import math
from fractions import Fraction

NEAR = Fraction(1, 200)  # frames a second: 23.98 is near 24000/1001, and 24 is not


def exact_rate(rate: float | Fraction) -> Fraction:
    """The frames a second that a number means: 23.976, 29.97, 59.94 and the like are n * 1000/1001, others themselves.

    Raises:
        ValueError, OverflowError: it is not finite.
    """
    fps = Fraction(rate)
    ntsc = Fraction(math.ceil(fps) * 1000, 1001)
    if fps.limit_denominator(100_000).denominator != 1 and abs(fps - ntsc) < NEAR:
        return ntsc
    return fps.limit_denominator(100_000)
