"""Long camera paths through the built scenes: where each goes and looks, its frames, and how many views."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Tour:
    """`knots` are (x, y, z, heading, pitch): metres in Blender's world, degrees (heading 0 looks along +Y, positive to
    the left; pitch up), passed at even times. `spacing` is frames from view to view on average."""

    scene: str
    frames: int
    knots: tuple[tuple[float, float, float, float, float], ...]
    spacing: int = 20
    seen: bool = True  # the engine was made on it; else it is only scored

    def world(self, frame: float) -> np.ndarray:
        """The camera's 4x4 at a frame, in Blender's world."""
        x, y, z, heading, pitch = _spline(np.array(self.knots), frame / self.frames)
        return place((x, y, z), heading, pitch)

    def count(self, sparser: int = 1) -> int:
        """How many views it gets, or every `sparser`th of them."""
        return self.frames // (self.spacing * sparser) + 1


def place(at: tuple[float, float, float], heading: float, pitch: float) -> np.ndarray:
    """A camera at `at` that looks along +Y, turned to the left by `heading` and up by `pitch` degrees."""
    h, p = math.radians(heading), math.radians(90 + pitch)
    turn = np.array([[math.cos(h), -math.sin(h), 0], [math.sin(h), math.cos(h), 0], [0, 0, 1]])
    tilt = np.array([[1, 0, 0], [0, math.cos(p), -math.sin(p)], [0, math.sin(p), math.cos(p)]])
    made = np.eye(4)
    made[:3, :3], made[:3, 3] = turn @ tilt, at
    return made


def _spline(knots: np.ndarray, t: float) -> np.ndarray:
    """Catmull-Rom through the knots at t of 0..1."""
    at = min(max(t, 0.0), 1.0) * (len(knots) - 1)
    k = min(int(at), len(knots) - 2)
    u = at - k
    before, here, there, after = (knots[min(max(k + j, 0), len(knots) - 1)] for j in (-1, 0, 1, 2))
    rise, fall = (there - before) / 2, (after - here) / 2
    bend, curl = 3 * (there - here) - 2 * rise - fall, 2 * (here - there) + rise + fall
    return here + u * (rise + u * (bend + u * curl))


def _circle(
    middle: tuple[float, float, float], radius: float, degrees: int, pitch: float
) -> tuple[tuple[float, float, float, float, float], ...]:
    """Knots of a turn to the left on a small circle."""
    x, y, z = middle
    angles = [math.radians(a) for a in range(0, degrees + 1, 54)]
    return tuple((x + radius * math.cos(a), y + radius * math.sin(a), z, math.degrees(a), pitch) for a in angles)


TOURS = {
    "turn": Tour("flat", 240, _circle((-0.5, 2.4, 1.5), 0.5, 270, -6)),
    "walk": Tour(
        "flat",
        480,
        (
            (0.6, 0.7, 1.55, 20, -6),
            (-0.5, 2.0, 1.55, 8, -6),
            (-0.95, 3.9, 1.55, -4, -5),
            (-1.0, 5.6, 1.55, -25, -6),
            (-0.6, 7.0, 1.55, -50, -8),
            (0.3, 8.5, 1.55, -40, -6),
            (1.15, 9.4, 1.55, 5, -5),
            (0.9, 10.6, 1.55, 30, -8),
            (0.3, 11.3, 1.55, 50, -10),
        ),
    ),
    "drive": Tour(
        "street",
        240,
        (
            (0.8, -5.5, 1.75, 3, 1),
            (0.6, 0, 1.7, 2, 1),
            (0.2, 6, 1.7, -2, 1),
            (0.0, 12, 1.7, -8, 2),
            (0.2, 18, 1.8, -6, 3),
        ),
    ),
    "hall": Tour(
        "loft",
        120,
        ((1.2, -1.2, 1.6, 14, -4), (0.6, 1.4, 1.6, 22, -6), (0.9, 3.8, 1.6, 6, -6), (0.6, 6.0, 1.7, -22, -4)),
        seen=False,
    ),
    "yard": Tour(
        "garden",
        120,
        ((-1.4, -2.5, 1.6, -6, 0), (-0.5, 0.5, 1.55, -2, 0), (0.1, 3.4, 1.5, 8, 1), (0.0, 6.2, 1.55, -14, 3)),
        seen=False,
    ),
    "lounge": Tour(
        "salon",
        120,
        ((-1.0, -1.4, 1.55, -14, -5), (-0.2, 1.2, 1.55, -26, -5), (0.1, 3.6, 1.6, -12, -6), (0.3, 5.8, 1.6, 18, -5)),
        seen=False,
    ),
    "trees": Tour(
        "orchard",
        120,
        ((0.4, -4.5, 1.6, 4, 0), (0.1, -1.2, 1.55, 14, 1), (0.6, 2.2, 1.55, -4, 1), (0.2, 5.4, 1.6, -20, 3)),
        seen=False,
    ),
}
