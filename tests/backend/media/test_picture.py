"""Small pictures of frames: as large as asked for, in their proportions and colours."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from backend.media.picture import jpeg


def shown(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize(
    ("width", "height", "side", "size"),
    [
        (640, 360, 320, (320, 180)),
        (360, 640, 320, (180, 320)),
        (1920, 1080, 320, (320, 180)),  # more than twice as large: reduced first
        (646, 360, 320, (320, 178)),
        (1000, 1000, 512, (512, 512)),
        (64, 48, 512, (64, 48)),  # never enlarged
    ],
)
def test_the_longer_side_is_as_asked(width: int, height: int, side: int, size: tuple[int, int]) -> None:
    assert shown(jpeg(np.zeros((height, width, 3), np.uint8), side)).size == size


def test_colours_and_places_are_kept() -> None:
    frame = np.full((720, 1280, 3), 30, np.uint8)
    frame[:360, :640] = (220, 40, 60)
    frame[360:, 640:] = (40, 200, 90)
    small = np.asarray(shown(jpeg(frame, 320)).convert("RGB")).astype(int)
    for place, colour in (((40, 60), (220, 40, 60)), ((140, 260), (40, 200, 90)), ((40, 260), (30, 30, 30))):
        assert np.abs(small[place] - colour).max() <= 8


def test_a_better_quality_is_larger() -> None:
    frame = np.random.default_rng(1).integers(0, 256, (90, 160, 3), np.uint8)
    sizes = [len(jpeg(frame, 512, quality)) for quality in (50, 80, 95)]
    assert sizes == sorted(sizes) and len(jpeg(frame, 512)) == sizes[1]
