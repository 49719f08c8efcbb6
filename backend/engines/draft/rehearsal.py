"""A take that nobody sees: as small as one can be that runs all that is compiled for a walk or a still."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import OpenEXR
from PIL import Image

from client.protocol import Camera, CameraPath, Direction, Keyframe, TakeRequest, View

SIZE = 64, 36
FPS, FRAMES = 24, 4
LENS = 0.9  # focal length in picture widths
NEAR, FAR = 2.0, 5.0  # metres: a disc before a wall, so that there is an edge, and something behind it
ASIDE = 0.4  # metres, from the first frame to the last; the second view stands half way, beyond it all is guessed


def request(folder: Path) -> TakeRequest:
    """The take, of two views whose files are written into `folder`. The second is finer than the clip."""
    width, height = SIZE
    views = _view(folder, 0.0, width, height), _view(folder, 0.5, 2 * width, 2 * height)
    path = CameraPath(tuple(Keyframe(t, _aside(t)) for t in (0.0, 1.0)))
    return TakeRequest("draft", Direction(), views, FRAMES / FPS, Fraction(FPS), SIZE, seed=1, path=path)


def _view(folder: Path, t: float, width: int, height: int) -> View:
    down, across = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    disc = np.hypot(down, across) < 0.5
    grey = np.where(disc, 200, 80 + 60 * across).astype(np.uint8)
    image, depth = folder / f"{width}.png", folder / f"{width}.exr"
    Image.fromarray(np.repeat(grey[..., None], 3, 2)).save(image)
    metres = np.where(disc, NEAR, FAR).astype(np.float32)
    OpenEXR.File({}, {"V": OpenEXR.Channel(metres)}).write(str(depth))
    focal = LENS * width
    camera = Camera("perspective", width, height, width / 2, height / 2, focal, focal, matrix_world=_aside(t))
    return View(image, depth, camera, t)


def _aside(t: float) -> tuple[tuple[float, ...], ...]:
    moved = np.eye(4)
    moved[0, 3] = ASIDE * t
    return tuple(map(tuple, moved.tolist()))
