"""A frame's colours as H.264 keeps them: BT.709, limited range, half the colour in either direction.

FFmpeg's own conversion to the same takes eight times as long, with the copy of the frame that it needs.
"""

from __future__ import annotations

import av
import numpy as np

from ..kernels import kernel

RED, BLUE = 0.2126, 0.0722  # shares of luma: ITU-R BT.709-6, item 3.2
LUMA, CHROMA = 219 / 255, 224 / 255  # of 8 bits in limited range, from 16 and around 128: item 3.4 of the same
BITS = 15  # after the point


def _weights() -> np.ndarray:
    """int32 [3, 3]: luma, blue and red difference of red, green and blue, with BITS after the point."""
    luma = np.array([RED, 1 - RED - BLUE, BLUE])
    blue = (np.array([0, 0, 1]) - luma) / (2 * (1 - BLUE))
    red = (np.array([1, 0, 0]) - luma) / (2 * (1 - RED))
    return np.round(np.stack([LUMA * luma, CHROMA * blue, CHROMA * red]) * (1 << BITS)).astype(np.int32)


WEIGHTS = _weights()


def planar(rgb: np.ndarray) -> av.VideoFrame:
    """A frame uint8 [height, width, 3], both even and C-contiguous, as a new frame in yuv420p: chroma is the mean of
    four pixels."""
    height, width = rgb.shape[:2]
    frame = av.VideoFrame(width, height, "yuv420p")
    lines = [
        np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size) for plane in frame.planes
    ]
    _convert(rgb.reshape(height, 3 * width), WEIGHTS, *lines)
    return frame


@kernel
def _convert(rows: np.ndarray, weights: np.ndarray, luma: np.ndarray, blue: np.ndarray, red: np.ndarray) -> None:
    half, full = np.int32(16 << BITS | 1 << (BITS - 1)), np.int32(BITS)
    middle, four = np.int32(128 << (BITS + 2) | 1 << (BITS + 1)), np.int32(BITS + 2)
    one, two, three = np.uint64(1), np.uint64(2), np.uint64(3)
    yr, yg, yb = weights[0, 0], weights[0, 1], weights[0, 2]
    ur, ug, ub = weights[1, 0], weights[1, 1], weights[1, 2]
    vr, vg, vb = weights[2, 0], weights[2, 1], weights[2, 2]
    width = np.uint64(rows.shape[1] // 3)
    for y in range(rows.shape[0]):
        row, line = rows[y], luma[y]
        for x in range(width):  # unsigned: no test for counting from the end
            k = np.uint64(three * x)
            r, g, b = np.int32(row[k]), np.int32(row[k + one]), np.int32(row[k + two])
            line[x] = np.uint8(np.int32(r * yr + g * yg + b * yb + half) >> full)
    for y in range(blue.shape[0]):
        over, under, blue_line, red_line = rows[2 * y], rows[2 * y + 1], blue[y], red[y]
        for x in range(np.uint64(width // two)):
            k = np.uint64(np.uint64(6) * x)
            n = k + three
            r = np.int32(over[k]) + np.int32(over[n]) + np.int32(under[k]) + np.int32(under[n])
            k, n = k + one, n + one
            g = np.int32(over[k]) + np.int32(over[n]) + np.int32(under[k]) + np.int32(under[n])
            k, n = k + one, n + one
            b = np.int32(over[k]) + np.int32(over[n]) + np.int32(under[k]) + np.int32(under[n])
            blue_line[x] = np.uint8(np.int32(r * ur + g * ug + b * ub + middle) >> four)
            red_line[x] = np.uint8(np.int32(r * vr + g * vg + b * vb + middle) >> four)
