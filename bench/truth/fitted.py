"""The best that a pan and a zoom of a still can do."""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage, optimize

from bench.truth.compare import compare


def pan_and_zoom(still: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """The still under the scale and shift that come closest to `truth` (searched, then refined, on SSIM)."""
    height, width = truth.shape[:2]
    image = Image.fromarray(still)

    def at(scale: float, x: float, y: float) -> np.ndarray:
        box = (1 / scale, 0, width / 2 - (width / 2 + x) / scale, 0, 1 / scale, height / 2 - (height / 2 + y) / scale)
        padded = np.pad(still, ((height, height), (width, width), (0, 0)), mode="edge")
        moved = (box[0], 0, box[2] + width, 0, box[4], box[5] + height)
        return np.asarray(
            Image.fromarray(padded).transform(image.size, Image.Transform.AFFINE, moved, Image.Resampling.BICUBIC)
        )

    small = truth[::4, ::4].mean(2)

    def miss(v: np.ndarray, whole: bool = False) -> float:
        frame = at(max(0.3, v[0]), v[1] * 100, v[2] * 100)
        if whole:
            return -compare(truth.mean(2), frame.mean(2))[0]
        blurred = ndimage.uniform_filter(frame[::4, ::4].mean(2), 3)
        return float(np.abs(blurred - ndimage.uniform_filter(small, 3)).mean())

    starts = [
        (s, x / 100, y / 100)
        for s in (0.8, 0.9, 1.0, 1.15, 1.35)
        for x in (-150, -75, 0, 75, 150)
        for y in (-60, 0, 60)
    ]
    best = sorted(starts, key=lambda v: miss(np.array(v)))[:2]
    found = [
        optimize.minimize(
            lambda v: miss(v, True),
            np.array(start),
            method="Nelder-Mead",
            options={
                "maxfev": 90,
                "initial_simplex": np.array(start) + np.vstack([np.zeros(3), np.diag([0.04, 0.12, 0.12])]),
            },
        )
        for start in best
    ]
    v = min(found, key=lambda result: result.fun).x
    return at(max(0.3, v[0]), v[1] * 100, v[2] * 100)
