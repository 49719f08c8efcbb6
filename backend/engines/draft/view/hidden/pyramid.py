"""Smooth colour everywhere from colour in some places."""

from __future__ import annotations

import numpy as np

from .....kernels import helper, kernel

AROUND = 48  # pixels around what is wanted that its colour comes from


def fill(rgb: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Colour everywhere from where `known`: averaged down a pyramid, then smoothly up again."""
    return _grow(_coarser(rgb, known), rgb, known.astype(np.float32))


def fill_within(rgb: np.ndarray, known: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """`fill` for the `wanted` pixels alone: float32 [n, 3]. What is known far from them has little weight."""
    rows, columns = np.flatnonzero(wanted.any(1)), np.flatnonzero(wanted.any(0))
    near = (
        slice(max(0, rows[0] - AROUND), rows[-1] + AROUND + 1),
        slice(max(0, columns[0] - AROUND), columns[-1] + AROUND + 1),
    )
    if known[near].sum() < 64:
        near = (slice(None), slice(None))
    made: np.ndarray = _picked(_coarser(rgb[near], known[near]), rgb[near], known[near], wanted[near])
    return made


def _coarser(rgb: np.ndarray, known: np.ndarray) -> np.ndarray:
    """`fill` at half the size."""
    levels = [_halved(rgb, known)]
    while max(levels[-1][1].shape) > 1:
        levels.append(_shrink(*levels[-1]))
    colour = levels[-1][0] / np.maximum(levels[-1][1], 1e-6)[..., None]
    for sums, weight in reversed(levels[:-1]):
        colour = _grow(colour, sums, weight)
    return colour


@helper
def _at_most_one(sums: np.ndarray, weight: np.ndarray) -> None:
    """Where the weight is more than that of one pixel, the mean of one."""
    for y in range(weight.shape[0]):
        for x in range(weight.shape[1]):
            w = weight[y, x]
            if w > 1:
                weight[y, x] = 1
                for c in range(3):
                    sums[y, x, c] /= w


@helper
def around(pixel: int, size: int) -> tuple[int, int, np.float32]:
    """The two of `size` pixels at half the resolution that a pixel lies between, and its share of the second."""
    at = min(max((pixel + 0.5) / 2 - 0.5, 0.0), size - 1.0)
    first = int(at)
    return first, min(first + 1, size - 1), np.float32(at - first)


@kernel
def _halved(rgb: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sums of the known colours in every two by two pixels, at most one's worth, and their weight."""
    height, width = (known.shape[0] + 1) // 2, (known.shape[1] + 1) // 2
    out = np.zeros((height, width, 3), np.float32)
    total = np.zeros((height, width), np.float32)
    for y in range(known.shape[0]):
        for x in range(known.shape[1]):
            if known[y, x]:
                total[y // 2, x // 2] += 1
                for c in range(3):
                    out[y // 2, x // 2, c] += rgb[y, x, c]
    _at_most_one(out, total)
    return out, total


@kernel
def _picked(coarse: np.ndarray, rgb: np.ndarray, known: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """What `_grow` would give at the `wanted` pixels."""
    count = 0
    for y in range(wanted.shape[0]):
        for x in range(wanted.shape[1]):
            count += wanted[y, x]
    out = np.empty((count, 3), np.float32)
    low, wide = coarse.shape[0], coarse.shape[1]
    k = 0
    for y in range(wanted.shape[0]):
        y0, y1, ty = around(y, low)
        for x in range(wanted.shape[1]):
            if not wanted[y, x]:
                continue
            x0, x1, tx = around(x, wide)
            for c in range(3):
                over = (1 - tx) * coarse[y0, x0, c] + tx * coarse[y0, x1, c]
                under = (1 - tx) * coarse[y1, x0, c] + tx * coarse[y1, x1, c]
                out[k, c] = rgb[y, x, c] if known[y, x] else (1 - ty) * over + ty * under
            k += 1
    return out


@kernel
def _shrink(sums: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    height, width = (weight.shape[0] + 1) // 2, (weight.shape[1] + 1) // 2
    out = np.zeros((height, width, 3), np.float32)
    total = np.zeros((height, width), np.float32)
    for y in range(weight.shape[0]):
        for x in range(weight.shape[1]):
            w = weight[y, x]
            if w > 0:
                total[y // 2, x // 2] += w
                for c in range(3):
                    out[y // 2, x // 2, c] += sums[y, x, c]
    _at_most_one(out, total)
    return out, total


@kernel
def _grow(coarse: np.ndarray, sums: np.ndarray, weight: np.ndarray) -> np.ndarray:
    height, width = weight.shape
    out = np.empty((height, width, 3), np.float32)
    low, wide = coarse.shape[0], coarse.shape[1]
    for y in range(height):
        y0, y1, ty = around(y, low)
        for x in range(width):
            w = weight[y, x]
            if w >= 1:
                for c in range(3):
                    out[y, x, c] = sums[y, x, c]
                continue
            x0, x1, tx = around(x, wide)
            for c in range(3):
                value = (1 - ty) * ((1 - tx) * coarse[y0, x0, c] + tx * coarse[y0, x1, c]) + ty * (
                    (1 - tx) * coarse[y1, x0, c] + tx * coarse[y1, x1, c]
                )
                out[y, x, c] = sums[y, x, c] + (1 - w) * value if w > 0 else value
    return out
