"""The layers' blocks."""

from __future__ import annotations

import numpy as np

from backend.engines.draft.view import layers


def test_a_step_of_one_pixel_is_no_slope() -> None:
    nearness = np.full((8, 8), 0.1, np.float32)
    nearness[:, 3:] = 0.2
    flat, there = np.zeros((8, 8), np.float32), np.ones((8, 8), np.uint8)
    boxes, made = layers.blocks(nearness, there, 0, 0, 1e-4, 1e-3, flat, flat)
    assert np.abs(made[:, :2]).max() < 1e-6
    assert (np.ptp(boxes[:, [0, 2]], axis=1) * np.ptp(boxes[:, [1, 3]], axis=1)).sum() == 64
