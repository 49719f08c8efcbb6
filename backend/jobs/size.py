"""Which size a clip gets when none was asked for."""

from __future__ import annotations

import math

from ..engines.engine import Capabilities

DEFAULT_SIZE = (1280, 720)


def fitting_size(asked: tuple[int, int] | None, still: tuple[int, int] | None, engine: Capabilities) -> tuple[int, int]:
    """The size asked for; else the still's, made smaller (even, same shape) where the engine cannot take it.

    An engine with sizes of its own gets the one whose shape is nearest to the still's, the largest of those.
    """
    if asked is not None:
        return asked
    width, height = still or DEFAULT_SIZE
    if engine.sizes:
        shape = math.log(width / height)
        return min(engine.sizes, key=lambda s: (abs(math.log(s[0] / s[1]) - shape), -s[0] * s[1]))
    scale = math.sqrt(min(1.0, engine.max_pixels / (width * height)))
    if scale == 1.0:
        return width, height
    return max(16, int(width * scale) // 2 * 2), max(16, int(height * scale) // 2 * 2)
