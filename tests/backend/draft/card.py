"""Scenes whose truth can be worked out: a far wall and a card before it. Shared by the draft engine's tests."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from backend.engines.draft import DraftEngine
from client.protocol import Camera, Keyframe, TakeRequest
from devtools.take_requests import take_request

WIDTH, HEIGHT, FOCAL = 240, 136, 220.0
WALL, CARD = 6.0, 3.0  # metres
FLIP = np.diag([1.0, -1.0, -1.0])  # between Blender's axes and those of rays: y down, z ahead


def pattern(x: np.ndarray, y: np.ndarray, phase: float) -> np.ndarray:
    """Smooth colours over metres, float [..., 3]."""
    return 128 + 70 * np.stack([np.sin(4 * x + phase), np.sin(3 * y + 2 * phase), np.cos(2 * (x + y) + phase)], -1)


def view(
    rotation: np.ndarray, position: np.ndarray, zoom: float = 1.0, left: int = 0, right: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """The scene from a pose, by casting rays with 5x5 samples a pixel: uint8 rgb, and depth at the centres. With so
    many pixels more on the left and on the right."""
    n, width = 5, left + WIDTH + right
    v, u = (np.mgrid[0 : HEIGHT * n, -left * n : (WIDTH + right) * n] + 0.5) / n
    ray = np.stack([(u - WIDTH / 2) / (FOCAL * zoom), (v - HEIGHT / 2) / (FOCAL * zoom), np.ones_like(u)], -1)
    ray = ray @ rotation.T
    colour = pattern(*(position[k] + ray[..., k] / ray[..., 2] * (WALL - position[2]) for k in (0, 1)), 0.0)
    depth = np.full(u.shape, WALL)
    x, y = (position[k] + ray[..., k] / ray[..., 2] * (CARD - position[2]) for k in (0, 1))
    on_card = (np.abs(x) < 0.5) & (np.abs(y) < 0.35)
    colour[on_card] = pattern(x, y, 2.0)[on_card] * 0.5
    depth[on_card] = CARD
    rgb = colour.reshape(HEIGHT, n, width, n, 3).mean((1, 3))
    return np.round(rgb).astype(np.uint8), depth[n // 2 :: n, n // 2 :: n].astype(np.float32)


def seen(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The picture at a pose in Blender's axes, 4x4, and its depth in metres along the turned camera's axis."""
    turn, place = FLIP @ matrix[:3, :3] @ FLIP, FLIP @ matrix[:3, 3]
    rgb, surface = view(turn, place)
    v, u = np.mgrid[0:HEIGHT, 0:WIDTH] + 0.5
    ray = np.stack([(u - WIDTH / 2) / FOCAL, (v - HEIGHT / 2) / FOCAL, np.ones_like(u)], -1) @ turn.T
    return rgb, ((surface - place[2]) / ray[..., 2]).astype(np.float32)


def write_depth(path: Path, depth: np.ndarray) -> Path:
    import OpenEXR

    OpenEXR.File({}, {"V": OpenEXR.Channel(np.ascontiguousarray(depth, np.float32))}).write(str(path))
    return path


def request(folder: Path, *keys: Keyframe, **changes: object) -> TakeRequest:
    camera = Camera("perspective", WIDTH, HEIGHT, WIDTH / 2, HEIGHT / 2, FOCAL, FOCAL)
    given = {
        "prompt": "",
        "seconds": 0.5,
        "fps": Fraction(8),
        "size": (WIDTH, HEIGHT),
        "seed": 3,
        "still": folder / "still.png",
        "depth": folder / "depth.exr",
        "camera": camera,
        "path": keys or None,
        **changes,
    }
    return take_request(**given)


def key(t: float, x: float = 0, y: float = 0, z: float = 0, turn: float = 0, zoom: float = 1.0) -> Keyframe:
    """A pose in Blender's axes: metres right, up and back; a turn to the left in radians."""
    c, s = np.cos(turn), np.sin(turn)
    return Keyframe(t, ((c, 0, s, x), (0, 1, 0, y), (-s, 0, c, z), (0, 0, 0, 1)), zoom)


def frames(asked: TakeRequest) -> list[np.ndarray]:
    return list(DraftEngine().generate(asked, lambda *_: None, lambda: False).frames)


def psnr(first: np.ndarray, second: np.ndarray) -> float:
    return 10 * np.log10(255**2 / max(1e-9, np.mean((first.astype(float) - second.astype(float)) ** 2)))
