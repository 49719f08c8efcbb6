"""The still as the model takes it: cropped, resized, scaled."""

from __future__ import annotations

import numpy as np
from PIL import Image


def to_aspect(picture: Image.Image, width: int, height: int) -> Image.Image:
    """The middle of `picture` with the aspect ratio width:height, which may be all of it.

    Sizes are cut to whole pixels; Pillow rounds the corners half to even, so that a row may be lost.
    """
    w, h = picture.size
    if w * height > h * width:
        w = int(h * (width / height))
    else:
        h = int(w / (width / height))
    if (w, h) == picture.size:
        return picture
    left, top = (picture.width - w) / 2, (picture.height - h) / 2
    return picture.crop((left, top, left + w, top + h))  # type: ignore[arg-type]


def conditioning(picture: Image.Image, width: int, height: int) -> np.ndarray:
    """The picture cropped about its middle, resized (Lanczos), scaled: float32 [1, 3, H, W]."""
    picture = picture.convert("RGB")
    if picture.size != (width, height):
        picture = to_aspect(picture, width, height).resize((width, height), Image.Resampling.LANCZOS)
    return scaled(picture)


def framed(picture: Image.Image, width: int, height: int, grid: tuple[int, int]) -> np.ndarray:
    """As `conditioning`, for a shot of width x height on a latent grid that only nearly has its aspect ratio.

    The picture is cropped to the shot's own frame, then resized to `grid` (width, height in pixels): a
    stretch of a few percent at most. The clip's frames undo it, and so keep the still's framing to the edge.
    """
    shot = to_aspect(picture if picture.mode == "RGB" else picture.convert("RGB"), width, height)
    return scaled(shot if shot.size == grid else shot.resize(grid, Image.Resampling.LANCZOS))


def scaled(picture: Image.Image) -> np.ndarray:
    """8-bit RGB to float32 [1, 3, height, width], -1..1."""
    pixels = np.asarray(picture, dtype=np.float32) / np.float32(127.5) - np.float32(1)
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)[None])
