"""How alike two frames are. Shared by the benchmarks of truth."""

from __future__ import annotations

import numpy as np

WINDOW, LEVELS = 7, 255


def compare(truth: np.ndarray, frame: np.ndarray) -> tuple[float, float]:
    """SSIM (7x7 windows, unbiased covariances, mean over the channels: scikit-image's default) and PSNR in dB."""
    one, other = truth.astype(float), frame.astype(float)
    scale = WINDOW * WINDOW / (WINDOW * WINDOW - 1)
    mean, mean_other = _box(one), _box(other)
    spread = scale * (_box(one * one) - mean * mean)
    spread_other = scale * (_box(other * other) - mean_other * mean_other)
    together = scale * (_box(one * other) - mean * mean_other)
    c1, c2 = (0.01 * LEVELS) ** 2, (0.03 * LEVELS) ** 2
    like = (2 * mean * mean_other + c1) * (2 * together + c2)
    like /= (mean * mean + mean_other * mean_other + c1) * (spread + spread_other + c2)
    error = max(float(np.mean((one - other) ** 2)), 1e-9)
    return float(like.mean()), float(10 * np.log10(LEVELS * LEVELS / error))


def _box(values: np.ndarray) -> np.ndarray:
    """The mean over each window that lies within the picture."""
    for axis in (0, 1):
        sums = np.cumsum(values, axis)
        sums = np.concatenate([np.zeros_like(sums.take([0], axis)), sums], axis)
        count = sums.shape[axis]
        values = (sums.take(range(WINDOW, count), axis) - sums.take(range(count - WINDOW), axis)) / WINDOW
    return values
