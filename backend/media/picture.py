"""Small pictures of a take: its thumbnail, and previews while it is made."""

from __future__ import annotations

import io

import numpy as np

PREVIEW_SIDE = 320
THUMBNAIL_SIDE = 512


def jpeg(frame: np.ndarray, side: int, quality: int = 80) -> bytes:
    """A JPEG of `frame` (uint8 RGB [height, width, 3]) that is at most `side` pixels long."""
    from PIL import Image

    picture = Image.fromarray(np.ascontiguousarray(frame))
    if max(picture.size) > 2 * side:
        picture = picture.reduce(max(picture.size) // (2 * side) + 1)
    picture.thumbnail((side, side), Image.Resampling.BILINEAR)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
