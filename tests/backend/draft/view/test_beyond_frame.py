"""What a still does not show goes on as its planes do: beyond the frame and behind a box, in a room whose surfaces have
a colour each, so that what a camera would see there is known."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend.engines.draft import DraftEngine
from client.protocol import Camera, CameraPath, Direction, Keyframe, TakeRequest, View
from tests.backend.draft.card import FLIP, write_depth

WIDE, HIGH = 160, 104
FX, FY, CX, CY = 110.0, 118.0, 70.0, 44.0
COLOURS = np.array([[120, 110, 100], [60, 90, 190], [180, 70, 60], [230, 220, 60]])  # floor, back, left wall, box


def cast(pose: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The room from a pose in Blender's axes: colours and depth. In the axes of pictures: the floor is 1.3 m below, the
    back 6 m ahead, the left wall 2.2 m aside, a box of 0.7 x 0.9 m at 3.2 m."""
    turn, place = FLIP @ pose[:3, :3] @ FLIP, FLIP @ pose[:3, 3]
    v, u = np.mgrid[0:HIGH, 0:WIDE] + 0.5
    ray = np.stack([(u - CX) / FX, (v - CY) / FY, np.ones_like(u)], -1) @ turn.T
    with np.errstate(divide="ignore"):
        far = np.stack([(1.3 - place[1]) / ray[..., 1], (6.0 - place[2]) / ray[..., 2], (-2.2 - place[0]) / ray[..., 0],
                        (3.2 - place[2]) / ray[..., 2]])  # fmt: skip
    at = place + far[3][..., None] * ray
    off = (at[..., 0] < 0.1) | (at[..., 0] > 0.8) | (at[..., 1] < 0.4) | (at[..., 1] > 1.3)
    far[3][off] = np.inf
    far[far <= 0] = np.inf
    which = far.argmin(0)
    return COLOURS[which].astype(np.uint8), far.min(0).astype(np.float32)


def pose(x: float = 0, y: float = 0, z: float = 0, yaw: float = 0, pitch: float = 0) -> np.ndarray:
    c, s, d, t = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch)
    made = np.eye(4)
    made[:3, :3] = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]) @ np.array([[1, 0, 0], [0, d, -t], [0, t, d]])
    made[:3, 3] = x, y, z
    return made


@pytest.mark.parametrize(
    ("end", "right"),
    [
        (pose(yaw=-0.4), 0.988),
        (pose(yaw=0.3), 0.981),
        (pose(pitch=-0.35), 0.990),
        (pose(pitch=0.3), 0.990),
        (pose(x=0.6), 0.992),
        (pose(x=-0.6, y=0.2), 0.983),
        (pose(z=1.0), 0.986),
    ],
)
def test_surfaces_go_on_as_planes(end: np.ndarray, right: float, tmp_path: Path) -> None:
    rgb, depth = cast(np.eye(4))
    Image.fromarray(rgb).save(tmp_path / "still.png")
    camera = Camera("perspective", WIDE, HIGH, CX, CY, FX, FY)
    still = View(tmp_path / "still.png", write_depth(tmp_path / "depth.exr", depth), camera)
    keys = (Keyframe(0.0, rows(np.eye(4))), Keyframe(1.0, rows(end)))
    asked = TakeRequest("draft", Direction(), (still,), 2 / 8, Fraction(8), (WIDE, HIGH), 3, CameraPath(keys))
    frame = list(DraftEngine().generate(asked, lambda *_: None, lambda: False).frames)[-1].astype(int)
    truth = cast(end)[0].astype(int)
    assert (np.abs(frame - truth).max(-1) < 20).mean() > right


def rows(matrix: np.ndarray) -> tuple[tuple[float, ...], ...]:
    return tuple(map(tuple, matrix.tolist()))
