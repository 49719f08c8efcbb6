"""Memory that was freed, given back to the system while a large picture is taken apart."""

from __future__ import annotations

import ctypes
import sys

LARGE = 4_000_000  # pixels from which it is worth the time


def give_back(pixels: int) -> None:
    """Linux's C library keeps freed pieces of up to 32 MB, which is what the parts of a large picture take: hundreds
    of megabytes by the end of its layers. Does nothing for a picture of fewer than LARGE `pixels`, or elsewhere."""
    if pixels < LARGE or not sys.platform.startswith("linux"):
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # not in every C library
    if trim is not None:
        trim(0)
