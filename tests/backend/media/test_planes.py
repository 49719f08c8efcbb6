"""Frames in the colours of the file: BT.709 as its recommendation says, and as FFmpeg converts."""

from __future__ import annotations

import av
import numpy as np
import pytest

from backend.media.planes import planar

BARS = {  # R, G, B to Y, Cb, Cr in limited range: ITU-R BT.709-6, items 3.2 to 3.4, by hand
    (0, 0, 0): (16, 128, 128),
    (255, 255, 255): (235, 128, 128),
    (255, 0, 0): (63, 102, 240),
    (0, 255, 0): (173, 42, 26),
    (0, 0, 255): (32, 240, 118),
    (128, 128, 128): (126, 128, 128),
}


def planes_of(frame: av.VideoFrame) -> list[np.ndarray]:
    rows = [np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size) for plane in frame.planes]
    return [row[:, : plane.width] for row, plane in zip(rows, frame.planes, strict=True)]


@pytest.mark.parametrize(("rgb", "yuv"), BARS.items())
def test_a_colour_is_what_the_recommendation_says(rgb: tuple[int, int, int], yuv: tuple[int, int, int]) -> None:
    for plane, value in zip(planes_of(planar(np.full((6, 22, 3), rgb, np.uint8))), yuv, strict=True):
        assert (plane == value).all()


@pytest.mark.parametrize("size", [(2, 2), (46, 34), (320, 180), (1282, 6)])
def test_every_pixel_is_as_exact_arithmetic_has_it_and_chroma_the_mean_of_four(size: tuple[int, int]) -> None:
    width, height = size
    rgb = np.random.default_rng(width).integers(0, 256, (height, width, 3)).astype(np.uint8)
    luma, blue, red = planes_of(planar(rgb))
    exact = rgb @ np.array([0.2126, 0.7152, 0.0722])
    four = rgb.reshape(height // 2, 2, width // 2, 2, 3).mean((1, 3))
    grey = four @ np.array([0.2126, 0.7152, 0.0722])
    assert np.abs(luma - (16 + 219 / 255 * exact)).max() < 0.51
    assert np.abs(blue - (128 + 224 / 255 * (four[..., 2] - grey) / 1.8556)).max() < 0.51
    assert np.abs(red - (128 + 224 / 255 * (four[..., 0] - grey) / 1.5748)).max() < 0.51
    assert luma.shape == (height, width) and blue.shape == red.shape == (height // 2, width // 2)


def test_it_is_what_ffmpeg_makes_within_a_level() -> None:
    rgb = np.random.default_rng(2).integers(0, 256, (36, 48, 3)).astype(np.uint8)
    theirs = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
        format="yuv420p", dst_colorspace=1, src_color_range="JPEG", dst_color_range="MPEG", interpolation="AREA"
    )
    for mine, other in zip(planes_of(planar(rgb)), planes_of(theirs), strict=True):
        assert np.abs(mine.astype(int) - other).max() <= 1
