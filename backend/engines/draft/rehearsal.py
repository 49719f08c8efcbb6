"""A take that nobody sees: as small as one can be that runs all that is compiled for a walk or a still."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import OpenEXR
from PIL import Image

from client.protocol import Camera, CameraPath, Direction, Keyframe, TakeRequest, View

SIZE = WIDTH, HEIGHT = 64, 36
FPS, FRAMES = 24, 4
FOCAL = 60.0  # pixels
NEAR, FAR = 2.0, 5.0  # metres: a disc before a wall, so that there is an edge, and something behind it
ASIDE = 0.4  # metres, from the first frame to the last; the second view stands half way, beyond it all is guessed


def request(folder: Path) -> TakeRequest:
    """The take, of two views whose files are written into `folder`."""
    down, across = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    disc = np.hypot(down, across) < 0.5
    image, depth = folder / "still.png", folder / "depth.exr"
    Image.fromarray(np.where(disc[..., None], 200, 80 + 60 * across[..., None] + np.zeros(3)).astype(np.uint8)).save(
        image
    )
    metres = np.where(disc, NEAR, FAR).astype(np.float32)
    OpenEXR.File({}, {"V": OpenEXR.Channel(metres)}).write(str(depth))
    views = tuple(View(image, depth, _camera(ASIDE * t), t) for t in (0.0, 0.5))
    path = CameraPath(tuple(Keyframe(t, _aside(ASIDE * t)) for t in (0.0, 1.0)))
    return TakeRequest("draft", Direction(), views, FRAMES / FPS, Fraction(FPS), SIZE, seed=1, path=path)


def _camera(x: float) -> Camera:
    return Camera("perspective", WIDTH, HEIGHT, WIDTH / 2, HEIGHT / 2, FOCAL, FOCAL, matrix_world=_aside(x))


def _aside(x: float) -> tuple[tuple[float, ...], ...]:
    moved = np.eye(4)
    moved[0, 3] = x
    return tuple(map(tuple, moved.tolist()))
