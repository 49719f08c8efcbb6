"""Frames of a room without symmetry, by a lens off its middle: in the middle of a move and at its end they are as near
to what a plain caster of rays sees as they were measured to be."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend.engines.draft import DraftEngine
from client.protocol import Camera, CameraPath, Direction, Keyframe, TakeRequest, View
from tests.backend.draft.card import FLIP, psnr, write_depth

WIDE, HIGH = 160, 104
LENS = {"cx": 66.0, "cy": 60.0, "fx": 130.0, "fy": 142.0}  # off the middle, and another up and down than across
# Upright walls x0, x1, y0, y1 at z metres, in the axes of pictures; the farthest is without end.
WALLS = ((-99, 99, -99, 99, 7.0), (-1.4, -0.3, -0.9, 0.5, 4.0), (0.5, 1.1, -0.2, 1.3, 2.6), (-0.4, 0.7, 0.5, 0.9, 3.2))


def colour(wall: int, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    wave = np.stack([np.sin(2.2 * x + wall), np.sin(1.7 * y + 2 * wall), np.cos(1.3 * (x + y) + wall)], -1)
    return np.array([[120, 90, 150], [190, 80, 60], [60, 170, 90], [200, 190, 70]])[wall] + 45 * wave


def cast(pose: np.ndarray, zoom: float = 1.0, scale: float = 0.0, by: float = 1) -> tuple[np.ndarray, np.ndarray]:
    """The room from a pose in Blender's axes, 4x4: colours and depth, `by` times as fine. `scale`: metres a pixel of an
    orthographic camera."""
    turn, place = FLIP @ pose[:3, :3] @ FLIP, FLIP @ pose[:3, 3]
    n, high, wide = 5, round(HIGH * by), round(WIDE * by)
    v, u = (np.mgrid[0 : high * n, 0 : wide * n] + 0.5) / (n * by)
    if scale:
        at = np.stack([(u - LENS["cx"]) * scale / zoom, (v - LENS["cy"]) * scale / zoom, np.zeros_like(u)], -1)
        start, ray = place + at @ turn.T, np.broadcast_to(turn[:, 2], (*u.shape, 3))
    else:
        across = np.stack(
            [(u - LENS["cx"]) / (LENS["fx"] * zoom), (v - LENS["cy"]) / (LENS["fy"] * zoom), np.ones_like(u)], -1
        )
        start, ray = np.broadcast_to(place, across.shape), across @ turn.T
    rgb, depth = np.zeros((*u.shape, 3)), np.zeros(u.shape)
    for wall, (x0, x1, y0, y1, z) in enumerate(WALLS):
        far = (z - start[..., 2]) / ray[..., 2]
        x, y = (start[..., k] + ray[..., k] * far for k in (0, 1))
        hit = (x0 <= x) & (x <= x1) & (y0 <= y) & (y <= y1)
        nearer = hit & ((depth == 0) | (far < depth))
        rgb[nearer], depth[nearer] = colour(wall, x, y)[nearer], far[nearer]
    mean = np.clip(rgb, 0, 255).reshape(high, n, wide, n, 3).mean((1, 3))
    return np.rint(mean).astype(np.uint8), depth[n // 2 :: n, n // 2 :: n].astype(np.float32)


def pose(x: float = 0, y: float = 0, z: float = 0, yaw: float = 0, pitch: float = 0) -> np.ndarray:
    c, s, d, t = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch)
    made = np.eye(4)
    made[:3, :3] = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]) @ np.array([[1, 0, 0], [0, d, -t], [0, t, d]])
    made[:3, 3] = x, y, z
    return made


def rows(matrix: np.ndarray) -> tuple[tuple[float, ...], ...]:
    return tuple(map(tuple, matrix.tolist()))


def view(folder: Path, matrix: np.ndarray, t: float, scale: float = 0.0, by: float = 1) -> View:
    rgb, depth = cast(matrix, scale=scale, by=by)
    image = folder / f"{t}.png"
    Image.fromarray(rgb).save(image)
    lens = {"cx": LENS["cx"], "cy": LENS["cy"], "scale": scale} if scale else LENS
    lens = {name: value / by if name == "scale" else value * by for name, value in lens.items()}
    camera = Camera(
        "orthographic" if scale else "perspective",
        round(WIDE * by),
        round(HIGH * by),
        **lens,
        matrix_world=rows(matrix),
    )
    return View(image, write_depth(folder / f"{t}.exr", depth), camera, t)


def drawn(
    folder: Path, end: np.ndarray, zoom: float, at: tuple[float, ...], scale: float = 0.0, by: float = 1
) -> list[np.ndarray]:
    """Five frames from the start to `end`, from views that stand `at` these parts of the way, those beyond the still
    `by` times as fine as the clip."""
    keys = tuple(Keyframe(t, rows(way(end, t)), zoom**t) for t in np.linspace(0, 1, 33))
    views = tuple(view(folder, way(end, t), t, scale, by if t else 1) for t in at)
    asked = TakeRequest("draft", Direction(), views, 5 / 8, Fraction(8), (WIDE, HIGH), 3, CameraPath(keys))
    return list(DraftEngine().generate(asked, lambda *_: None, lambda: False).frames)


def way(end: np.ndarray, t: float) -> np.ndarray:
    """The pose at t of the way to `end`, whose angles grow evenly."""
    yaw, pitch = np.arctan2(end[0, 2], end[2, 2]), np.arcsin(-end[1, 2])
    return pose(*(t * end[:3, 3]), t * yaw, t * pitch)


@pytest.mark.parametrize(
    ("end", "zoom", "at", "scale", "least"),
    [
        (pose(0.25, -0.15, -0.4), 1.0, (0.0,), 0.0, (40.0, 35.8)),
        (pose(-0.2, 0.1, 0.3), 1.3, (0.0,), 0.0, (40.6, 36.0)),
        (pose(0.0, 0.0, 0.0, 0.12, -0.08), 1.0, (0.0,), 0.0, (40.5, 39.1)),
        (pose(0.9, -0.2, -0.5, 0.2, 0.05), 1.0, (0.0, 0.6, 0.9), 0.0, (39.7, 39.5)),
        (pose(0.3, 0.1, 0.0), 1.2, (0.0,), 0.03, (36.4, 33.7)),
        (pose(0.0, 0.0, 0.0, 0.1, 0.05), 1.0, (0.0,), 0.03, (33.7, 33.0)),
    ],
)
def test_frames_are_what_a_camera_would_see(
    end: np.ndarray, zoom: float, at: tuple[float, ...], scale: float, least: tuple[float, float], tmp_path: Path
) -> None:
    frames = drawn(tmp_path, end, zoom, at, scale)
    for index, wanted in ((2, least[0]), (4, least[1])):
        truth, _ = cast(way(end, index / 4), zoom ** (index / 4), scale)
        inner = (slice(20, -20), slice(30, -30))
        assert psnr(frames[index][inner], truth[inner]) > wanted, index


def test_views_finer_than_the_clip_show_more_of_what_lies_between_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = colour
    monkeypatch.setitem(globals(), "WIDE", 88)
    monkeypatch.setitem(globals(), "HIGH", 64)
    monkeypatch.setitem(
        globals(), "colour", lambda wall, x, y: plain(wall, x, y) + 40 * np.sin(57 * (x + 0.4 * y))[..., None]
    )
    end = pose(0.36, -0.1, -0.2, 0.05, 0.02)
    coarse, fine = (drawn(tmp_path, end, 1.0, (0.0, 0.5, 0.9), by=by) for by in (1, 1.5))
    truths = [cast(way(end, index / 4))[0] for index in range(5)]
    assert psnr(fine[0], truths[0]) > 70 and psnr(fine[2], truths[2]) > 35  # two at the finest stripes a frame can hold
    inner = (slice(10, -10), slice(14, -14))
    for index, more in ((1, 0.8), (3, 1.0), (4, 1.5)):
        assert psnr(fine[index][inner], truths[index][inner]) > psnr(coarse[index][inner], truths[index][inner]) + more
