"""A request as tests and benchmarks write it: on one line, with what they do not care about left out."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from client.protocol import Camera, CameraPath, Direction, Keyframe, Line, TakeRequest, View


def take_request(
    prompt: str = "",
    seconds: float = 5.0,
    fps: Fraction | int = 24,
    size: tuple[int, int] = (1280, 720),
    seed: int = 1,
    *,
    still: Path | None = None,
    depth: Path | None = None,
    camera: Camera | None = None,
    last_frame: Path | None = None,
    path: tuple[Keyframe, ...] | None = None,
    dialogue: tuple[Line, ...] = (),
    sound: str = "",
    options: Mapping[str, Any] | None = None,
) -> TakeRequest:
    """The request of one still (or none) and, where it is given, a frame to end on."""
    views = [] if still is None else [View(still, depth, camera)]
    if last_frame is not None:
        views.append(View(last_frame, t=1.0))
    return TakeRequest(
        engine="",
        direction=Direction(prompt, dialogue, sound),
        views=tuple(views),
        seconds=seconds,
        fps=Fraction(fps),
        size=size,
        seed=seed,
        path=CameraPath(path) if path else None,
        options=dict(options or {}),
    )
