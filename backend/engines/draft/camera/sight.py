"""What a camera sees, from a picture's depth or from a few distances: how far things are, and which of them a move is
about."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from client.protocol import Camera

from .scene_depth import OUT_OF_SIGHT, SceneDepth

GUESSED = 4.0  # metres, where nothing is known
NEARBY = 1.35  # what is farther than the nearest part of a thing by less than this factor is one thing with it
LARGE = 0.12  # of the frame, weighted towards its middle: what takes more is a large thing
LEVEL = 0.85  # of the world's up: what is more level than this is ground, and no thing
STEEP = 0.8  # of the world's up along the camera's axis: it looks down on things
ROWS = 72  # that distances are thinned to


def with_subject(scene: SceneDepth, camera: Camera | None, metres: np.ndarray) -> SceneDepth:
    """`scene` with what a move may be about: what the lens of `camera` focuses on, the named things, and the nearest
    large thing of `metres` (distances along the axis, [height, width], inf where nothing was hit)."""
    step = max(1, metres.shape[0] // ROWS)
    metres = metres[step // 2 :: step, step // 2 :: step].astype(np.float64)
    points = _points(scene, metres)
    up = np.array([0.0, 1.0, 0.0]) if camera is None else np.asarray(camera.matrix_world[2][:3], np.float64)
    focus = camera.focus if camera is not None else None
    lens = None
    if focus is not None:
        lens = focus.position or (0.0, 0.0, -min(focus.distance, 1e4))
    subject = -lens[2] if lens is not None and lens[2] < 0 else nearest_large(metres, points, up)
    things = camera.things if camera is not None else ()
    return replace(scene, subject=subject or scene.focus, deepest=_deepest(metres, points), lens=lens, things=things)


def scene_of(camera: Camera | None) -> SceneDepth:
    """What is known before there is a picture: by the camera's `sight`, where it has one."""
    if camera is None:
        camera = Camera("perspective", 1920, 1080, 960, 540, 2667, 2667)
    flat = camera.projection == "orthographic"
    focal = (1.0 / camera.scale, 1.0 / camera.scale) if flat else (camera.fx, camera.fy)
    sight = np.array(camera.sight, np.float64) if camera.sight else np.full((9, 16), np.nan)
    metres = np.where(sight > 0, sight, np.inf)
    seen = metres[np.isfinite(metres)]
    rows, columns = metres.shape
    y, x = np.mgrid[0:rows, 0:columns] + 0.5
    middle = np.exp(-(((x / columns - 0.5) / 0.16) ** 2 + ((y / rows - 0.5) / 0.16) ** 2) / 2)
    inner = metres[rows * 2 // 5 : rows - rows * 2 // 5, columns * 2 // 5 : columns - columns * 2 // 5]
    inner = inner[np.isfinite(inner)]
    focus = _middle(metres, middle) if seen.size else _known_distance(camera)
    forward = float(inner.min()) if inner.size else (float(seen.max()) if seen.size else focus)
    scene = SceneDepth(flat, camera.width, camera.height, *focal, focus, forward, *((OUT_OF_SIGHT,) * 4))
    return with_subject(_with_room(scene, metres), camera, metres)


def nearest_large(metres: np.ndarray, points: np.ndarray, up: np.ndarray) -> float:
    """The distance of the nearest thing that takes much of the frame and is neither ground nor ceiling; 0 for none."""
    rows, columns = metres.shape
    y, x = np.mgrid[0:rows, 0:columns] + 0.5
    weight = np.exp(-(((x / columns - 0.5) / 0.22) ** 2 + ((y / rows - 0.5) / 0.28) ** 2) / 2)
    weight = np.where(np.isfinite(metres) & ~_is_level(points, up), weight, 0.0)
    total = float(np.exp(-(((x / columns - 0.5) / 0.22) ** 2 + ((y / rows - 0.5) / 0.28) ** 2) / 2).sum())
    flat, weights = metres[weight > 0], weight[weight > 0]
    if not flat.size:
        return 0.0
    order = np.argsort(flat, kind="stable")
    far, reached = flat[order], np.concatenate([[0.0], np.cumsum(weights[order])])
    ends = np.searchsorted(far, far * NEARBY, side="right")
    shares = (reached[ends] - reached[:-1]) / total
    large = np.flatnonzero(shares >= LARGE)
    if not large.size:
        return _middle(metres, weight)
    first, last = large[0], ends[large[0]]
    half = 0.5 * (reached[first] + reached[last])
    return float(far[min(np.searchsorted(reached, half) - 1, len(far) - 1)])


def _points(scene: SceneDepth, metres: np.ndarray) -> np.ndarray:
    """Where each cell is, [rows, columns, 3], in the camera's axes."""
    rows, columns = metres.shape
    y, x = np.mgrid[0:rows, 0:columns] + 0.5
    spread = np.ones_like(metres) if scene.orthographic else metres
    across = (x / columns - 0.5) * scene.width / scene.fx
    upward = (0.5 - y / rows) * scene.height / scene.fy
    with np.errstate(invalid="ignore"):
        return np.stack([across * spread, upward * spread, -metres], -1)


def _is_level(points: np.ndarray, up: np.ndarray) -> np.ndarray:
    """Whether the surface at each cell is ground or a ceiling. Of a camera that looks straight down all would be."""
    rows, columns = points.shape[:2]
    level = np.zeros((rows, columns), bool)
    length = float(np.linalg.norm(up))
    if rows < 3 or columns < 3 or length < 1e-6 or abs(up[2]) > STEEP * length:
        return level
    with np.errstate(invalid="ignore", divide="ignore"):
        across = points[1:-1, 2:] - points[1:-1, :-2]
        down = points[2:, 1:-1] - points[:-2, 1:-1]
        normal = np.cross(across, down)
        level[1:-1, 1:-1] = np.abs(normal @ (up / length)) > LEVEL * np.linalg.norm(normal, axis=-1)
    level[0], level[-1] = level[1], level[-2]
    level[:, 0], level[:, -1] = level[:, 1], level[:, -2]
    return level


def _deepest(metres: np.ndarray, points: np.ndarray) -> tuple[float, float, float] | None:
    """The middle of the farthest twentieth of what is seen."""
    hit = np.isfinite(metres)
    if not hit.any():
        return None
    far = np.percentile(metres[hit], 95)
    x, y, z = np.median(points[hit & (metres >= far)], axis=0)
    return float(x), float(y), float(z)


def _middle(metres: np.ndarray, weight: np.ndarray) -> float:
    """The median distance by weight, 0 where nothing has any."""
    hit = np.isfinite(metres) & (weight > 0)
    if not hit.any():
        return 0.0
    far, weights = metres[hit], weight[hit]
    order = np.argsort(far, kind="stable")
    total = np.cumsum(weights[order])
    return float(far[order][np.searchsorted(total, total[-1] / 2)])


def _known_distance(camera: Camera) -> float:
    if camera.focus is not None:
        return min(camera.focus.distance, 1e4)
    ahead = [-thing.centre[2] for thing in camera.things if thing.centre[2] < 0]
    return min(ahead[0], 1e4) if ahead else GUESSED


def _with_room(scene: SceneDepth, metres: np.ndarray) -> SceneDepth:
    points = _points(scene, metres)[np.isfinite(metres)]
    if not len(points):
        return scene
    low, high = np.percentile(points[:, :2], [2, 98], axis=0)
    left, down = np.maximum(-low, 0.0)
    right, up = np.maximum(high, 0.0)
    return replace(scene, left=float(left), right=float(right), down=float(down), up=float(up))


def distance_to(scene: SceneDepth) -> float:
    """Metres along the axis to what a move without a name is about."""
    far = scene.subject or scene.focus
    return far if math.isfinite(far) and far > 0 else GUESSED
