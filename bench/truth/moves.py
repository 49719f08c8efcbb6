"""The moves that are compared with Blender's own renders: poses relative to the start pose (path.json's shape), and
the request for a rendered still."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np

from client.protocol import Camera, TakeRequest
from devtools.take_requests import take_request

SCENES = ("room", "street")
MOVES = ("push_in", "truck", "pedestal", "orbit", "pan", "pull_out")
# Of the whole path. The first two are the half and the end of the same move at half its amount.
MOMENTS = {"quarter": 0.25, "half": 0.5, "end": 1.0}
AGAIN = ("push_in", "truck", "orbit")  # rendered a second time at the half, with another seed

# Metres and degrees at the end of the path. A pan of 18 degrees uncovers about a third of the picture.
AMOUNTS = {
    "room": {"push_in": 1.6, "truck": 0.8, "pedestal": 0.5, "orbit": (15.0, 4.2), "pan": 18.0, "pull_out": 0.9},
    "street": {"push_in": 4.0, "truck": 1.2, "pedestal": 0.9, "orbit": (10.0, 10.0), "pan": 18.0, "pull_out": 2.0},
    "loft": {"push_in": 1.8, "truck": 0.8, "pedestal": 0.5, "orbit": (13.0, 5.0), "pan": 18.0},
    "garden": {"push_in": 2.6, "truck": 1.1, "pedestal": 0.8, "orbit": (10.0, 8.0), "pan": 18.0},
    "closeup": {"push_in": 0.5, "truck": 0.25, "pedestal": 0.15, "orbit": (12.0, 2.6), "pan": 12.0},
}


def pose(scene: str, move: str, t: float) -> np.ndarray:
    """The 4x4 pose at `t` (0..1) of `move`, relative to the start, in the start camera's axes (-Z forward)."""
    made = np.eye(4)
    amount = AMOUNTS[scene][move]
    if move == "push_in":
        made[2, 3] = -amount * t
    elif move == "pull_out":
        made[2, 3] = amount * t
    elif move == "truck":
        made[0, 3] = amount * t
    elif move == "pedestal":
        made[1, 3] = amount * t
    elif move == "pan":
        made[:3, :3] = _turn(amount * t)
    else:
        degrees, radius = amount
        made[:3, :3] = _turn(-degrees * t)
        made[:3, 3] = (0, 0, -radius) - made[:3, :3] @ (0, 0, -radius)
    return made


def _turn(degrees: float) -> np.ndarray:
    """A turn to the left about the camera's own up axis."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])


def keyframes(scene: str, move: str, count: int = 49) -> list[dict]:
    """The whole path as path.json's keyframes."""
    times = np.linspace(0, 1, count)
    return [{"t": float(t), "matrix": pose(scene, move, float(t)).tolist(), "zoom": 1.0} for t in times]


def request(folder: Path, size: tuple[int, int] | None = None) -> TakeRequest:
    """The request for the still in `folder` and its depth."""
    lens = json.loads((folder / "camera.json").read_text())
    camera = Camera(lens["projection"], lens["width"], lens["height"], lens["cx"], lens["cy"], lens["fx"], lens["fy"])
    width, height = size or (lens["width"], lens["height"])
    return take_request(
        size=(width, height), seed=7, still=folder / "still.png", depth=folder / "still.exr", camera=camera
    )
