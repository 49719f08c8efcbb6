"""The pictures of a request as workflows take them: PNG, of the clip's size."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from client.protocol import TakeRequest

from ...media.stills import SKY, check_frame, read_depth, read_still
from .graph.parts import DEPTH, LAST_FRAME, STILL


def pictures(request: TakeRequest) -> dict[str, bytes]:
    """Each picture there is, by its role.

    Raises:
        EngineError: `still_unreadable`, `depth_unusable`.
    """
    found = {}
    still, last = request.still, request.last_frame
    if still is not None:
        seen = read_still(still.image)
        found[STILL] = _png(_fitted(seen, request.size))
        if still.depth is not None:
            depth = depth_picture(still.depth)
            check_frame(depth.size[::-1], seen.size[::-1])
            found[DEPTH] = _png(_fitted(depth, request.size))
    if last is not None:
        found[LAST_FRAME] = _png(_fitted(read_still(last.image), request.size))
    return found


def depth_picture(path: Path) -> Image.Image:
    """Depth as control models want it: what is near is bright, by the inverse of its distance; sky is black."""
    metres = read_depth(path)
    hit = (metres > 0) & (metres < SKY)
    inverse = np.zeros_like(metres)
    np.divide(1.0, metres, out=inverse, where=hit)
    if hit.any():
        low, high = inverse[hit].min(), inverse[hit].max()
        span = max(high - low, 1e-12)
        inverse = np.where(hit, (inverse - low) / span, 0.0)
    return Image.fromarray(np.rint(inverse * 255).astype(np.uint8)).convert("RGB")


def _fitted(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The picture in the clip's size, its edges cut off where the shapes differ."""
    return picture if picture.size == size else ImageOps.fit(picture, size, Image.Resampling.LANCZOS)


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()
