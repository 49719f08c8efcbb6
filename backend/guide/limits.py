"""What a guide may be at most."""

from __future__ import annotations

import math
from dataclasses import replace

from client.protocol import EngineInfo, TakeRequest

from ..engines.draft import DraftEngine
from ..engines.engine import EngineError

MOST_PIXELS = 1 << 32  # of all frames together: 86 s of 1920x1080 at 24 frames a second; some 20 GB on the way


def limits() -> EngineInfo:
    """As much as a draft, which is drawn alike."""
    return replace(DraftEngine().capabilities(), name="The guide")


def check_whole(request: TakeRequest) -> None:
    """Raises EngineError invalid_request where all frames together have more than `MOST_PIXELS`: they are kept without
    a loss until all of them are there."""
    width, height = request.size
    frames = math.ceil(request.seconds * request.fps)
    if frames * width * height > MOST_PIXELS:
        most = MOST_PIXELS // (width * height)
        message = f"A guide of {width}x{height} has at most {most} frames, this one would have {frames}."
        raise EngineError("invalid_request", message, "shorter", param="seconds")
