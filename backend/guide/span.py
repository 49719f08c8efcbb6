"""How near and how far the surfaces lie that a film shows: known before its first frame, from the depth of views."""

from __future__ import annotations

import numpy as np

from ..engines.draft.camera.paths import Pose
from ..engines.draft.view.film import Film
from ..engines.draft.view.picture import Picture

CELL = 16  # cells of a view stand for it by their nearest and their farthest surface; this many pixels a side at most
CELLS = 80  # at least so many across, where the picture has as many pixels
POSES = 96  # of each view that are looked from
ROOM = 0.05  # share by which the span is wider than what was found
NEAREST = 0.01  # metres; what is nearer is no surface that a lens shows


def span(film: Film) -> tuple[float, float]:
    """Metres from the camera's plane to the nearest and to the farthest surface that its frames show; 1 and 1 where
    they show none."""
    low, high = np.inf, 0.0
    for k in range(len(film.places)):
        poses = film.uses(k)
        if not poses:
            continue
        picture = film.picture(k)
        points = _points(picture)
        for pose in poses[:: -(-len(poses) // POSES)]:
            metres = _seen(picture, pose, points)
            if metres.size:
                low, high = min(low, float(metres.min())), max(high, float(metres.max()))
    return (low * (1 - ROOM), high * (1 + ROOM)) if high > 0 else (1.0, 1.0)


def _points(picture: Picture) -> np.ndarray:
    """Float64 [n, 3] in the axes of the picture's camera: where its cells are nearest, and where farthest."""
    cell = max(1, min(CELL, picture.width // CELLS))
    high, wide = -(-picture.height // cell), -(-picture.width // cell)
    metres = picture.metres()
    room = ((0, high * cell - picture.height), (0, wide * cell - picture.width))
    cells = np.pad(metres, room, constant_values=np.inf).reshape(high, cell, wide, cell)
    near = cells.min((1, 3))
    far = np.where(np.isfinite(cells), cells, -np.inf).max((1, 3))
    v, u = (np.mgrid[0:high, 0:wide] + 0.5) * cell
    found = []
    for distance in (near, far):
        hit = np.isfinite(distance)
        z = distance[hit].astype(float)
        spread = 1.0 if picture.orthographic else z
        x, y = (u[hit] - picture.cx) / picture.fx * spread, (v[hit] - picture.cy) / picture.fy * spread
        found.append(np.stack([x, y, z], -1))
    return np.concatenate(found)


def _seen(picture: Picture, pose: Pose, points: np.ndarray) -> np.ndarray:
    """Metres along the axis of those `points` that lie in the frame from `pose`, or near its edges."""
    moved = (points - pose.position) @ pose.rotation
    ahead = moved[moved[:, 2] > NEAREST]
    spread = np.ones(len(ahead)) if picture.orthographic else ahead[:, 2]
    x = picture.fx * pose.zoom * ahead[:, 0] / spread + picture.cx
    y = picture.fy * pose.zoom * ahead[:, 1] / spread + picture.cy
    across, down = ROOM * picture.width, ROOM * picture.height
    inside = (x > -across) & (x < picture.width + across) & (y > -down) & (y < picture.height + down)
    metres: np.ndarray = ahead[inside, 2]
    return metres
