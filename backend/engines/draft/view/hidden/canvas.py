"""What is hidden, and the still with its margins that it is made on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class HiddenLayer:
    """What is hidden: rgb uint8 [h, w, 3], nearness float32 [h, w], its change a pixel to the right
    and down float32 [h, w], there uint8 [h, w]."""

    rgb: np.ndarray
    nearness: np.ndarray
    slope_x: np.ndarray
    slope_y: np.ndarray
    there: np.ndarray


@dataclass(frozen=True)
class Canvas:
    """The still's pixels plus its margins."""

    shape: tuple[int, int]
    inside: tuple[slice, slice]  # the still
    left: int
    top: int

    def around(self, still: np.ndarray, beyond: int) -> np.ndarray:
        """`still` [h, w] with the value `beyond` in the margins."""
        made = np.full(self.shape, beyond, still.dtype)
        made[self.inside] = still
        return made
