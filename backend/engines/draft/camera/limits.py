"""How far a camera can go in a picture: what moves measure themselves by, and the room there is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .scene_depth import SceneDepth

# How much larger than with one still the usual moves are that several show.
FURTHER = {"push": 2.5, "truck": 4.0, "pedestal": 3.0, "crane": 2.5, "orbit": 4.5, "pan": 2.0, "tilt": 1.5}
FARTHEST = 1e4  # metres
MOST_ZOOMED = 30.0  # times
MOST_TURN = math.radians(720)


@dataclass(frozen=True)
class Sizes:
    """What moves measure themselves by: usual and greatest extents (metres, radians, logarithm of a factor)
    by kind, and the room the camera may use, an ellipsoid around the start."""

    focus: float
    room: tuple[float, float, float, float, float, float]  # left, right, down, up, forward, back
    usual: dict[str, float]
    most: dict[str, float]

    @classmethod
    def of(cls, scene: SceneDepth, views: int = 1) -> Sizes:
        """The sizes for a scene that is seen from so many `views`. One still holds little more than what it shows: its
        moves are gentle, and end early. With several along the path a move is as large as its words mean."""
        focus = _sane(scene.focus, 4.0)
        width, height = _sane(scene.frame_width, focus), _sane(scene.frame_height, focus)
        wide = scene.fov_x or math.radians(50)
        high = scene.fov_y or math.radians(30)
        forward = max(0.0, _sane(scene.forward, focus) - clearance(scene))
        sides = tuple(0.85 * _sane(side, width) for side in (scene.left, scene.right, scene.down, scene.up))
        usual = {
            "push": min(0.18 * focus, 0.45 * forward),
            "truck": 0.08 * width,
            "pedestal": 0.08 * height,
            "crane": 0.15 * height,
            "orbit": math.radians(10),
            "pan": 0.2 * wide,
            "tilt": 0.2 * high,
            "roll": math.radians(6),
            "zoom": math.log(1.3),
            "dolly zoom": min(0.25 * focus, 0.6 * forward),
        }
        most = {
            "push": 0.92 * forward,
            "truck": 0.8 * width,
            "pedestal": 0.8 * height,
            "crane": 0.9 * height,
            "orbit": math.radians(75),
            "pan": 0.8 * wide,
            "tilt": 0.8 * high,
            "roll": math.radians(360),
            "zoom": math.log(6.0),
            "dolly zoom": min(0.7 * focus, 0.92 * forward),
        }
        if views > 1:
            for kind, larger in FURTHER.items():
                usual[kind] *= larger
            usual["push"] = min(usual["push"], 0.8 * forward)
            most = {
                **dict.fromkeys(most, FARTHEST),
                **{kind: most[kind] for kind in ("push", "dolly zoom")},
                "zoom": math.log(MOST_ZOOMED),
                "orbit": MOST_TURN,
                "pan": MOST_TURN,
                "roll": MOST_TURN,
                "tilt": math.radians(89),
            }
        return cls(focus, (*sides, forward, 1.2 * focus), usual, most)  # type: ignore[arg-type]

    def inside(self, position: np.ndarray) -> bool:
        """Whether a position (start camera's axes) is in the room."""
        left, right, down, up, forward, back = self.room
        x, y, z = position
        extents = (right if x > 0 else left, up if y > 0 else down, back if z > 0 else forward)
        total = sum(
            (value / max(extent, 1e-4 * self.focus)) ** 2 for value, extent in zip((x, y, z), extents, strict=True)
        )
        return total <= 1.0 + 1e-9


def clearance(scene: SceneDepth) -> float:
    """Metres that the camera keeps from what is in its way: a fifth of the room ahead, at least 10 cm (or
    half the room, if that is less), at most 1 m."""
    forward = _sane(scene.forward, 4.0)
    return min(max(0.2 * forward, 0.1), 0.5 * forward, 1.0)


def _sane(value: float, otherwise: float) -> float:
    return min(max(value, 0.0), 1e4) if math.isfinite(value) else otherwise
