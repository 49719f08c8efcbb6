"""Which size a clip gets when none was asked for."""

from __future__ import annotations

import math

from client.protocol import EngineInfo

DEFAULT_SIZE = (1280, 720)


def fitting_size(asked: tuple[int, int] | None, still: tuple[int, int] | None, engine: EngineInfo) -> tuple[int, int]:
    """The size asked for; else the still's, made smaller (even, same shape) where the engine cannot make it."""
    if asked is not None:
        return asked
    width, height = still or DEFAULT_SIZE
    if not engine.max_pixels:
        return width, height
    scale = math.sqrt(min(1.0, engine.max_pixels / (width * height)))
    if scale == 1.0:
        return width, height
    return max(16, int(width * scale) // 2 * 2), max(16, int(height * scale) // 2 * 2)
