"""Shared by the tests of the guide: a walk past a card before a wall, whose truth can be worked out."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from client.protocol import Camera, CameraPath, Direction, Keyframe, TakeRequest, View
from tests.backend.draft.card import FOCAL, HEIGHT, WIDTH, seen, write_depth

SKY_ROWS = 20  # at the top of the still


@dataclass(frozen=True)
class Walk:
    """`request` has views at `times`; `world` is where the still's camera stands. `pictures` and `depths` are the
    views' own."""

    request: TakeRequest
    world: np.ndarray
    times: tuple[float, ...]
    pictures: tuple[np.ndarray, ...]
    depths: tuple[np.ndarray, ...]


def moved(t: float) -> np.ndarray:
    """The camera at t of the walk in the axes of the still's, Blender's: to the right, up, turned to the left."""
    c, s = np.cos(0.3 * t), np.sin(0.3 * t)
    return np.array([[c, 0, s, 1.2 * t], [0, 1, 0, 0.1 * t], [-s, 0, c, -0.2 * t], [0, 0, 0, 1]])


def truth(t: float) -> tuple[np.ndarray, np.ndarray]:
    """The picture at t, and its depth in metres along the turned camera's axis."""
    return seen(moved(t))


@pytest.fixture(scope="session")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """Nine frames; the still, and a view in the middle."""
    folder = tmp_path_factory.mktemp("walk")
    world = np.array([[0, 0, 1, 3.0], [1, 0, 0, -2.0], [0, 1, 0, 1.5], [0, 0, 0, 1]])
    times, views, pictures, depths = (0.0, 0.5), [], [], []
    for t in times:
        rgb, depth = truth(t)
        if t == 0:
            depth[:SKY_ROWS] = 1e10
        image = folder / f"view_{t}.png"
        Image.fromarray(rgb).save(image)
        matrix = tuple(map(tuple, (world @ moved(t)).tolist()))
        camera = Camera("perspective", WIDTH, HEIGHT, WIDTH / 2, HEIGHT / 2, FOCAL, FOCAL, matrix_world=matrix)
        views.append(View(image, write_depth(folder / f"depth_{t}.exr", depth), camera, t))
        pictures.append(rgb)
        depths.append(depth)
    steps = np.linspace(0, 1, 9)
    path = CameraPath(tuple(Keyframe(float(t), tuple(map(tuple, moved(t).tolist()))) for t in steps))
    asked = TakeRequest("draft", Direction(""), tuple(views), 9 / 24, Fraction(24), (WIDTH, HEIGHT), 3, path)
    return Walk(asked, world, times, tuple(pictures), tuple(depths))
