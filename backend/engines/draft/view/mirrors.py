"""Plane mirrors in a picture. Their surface is drawn as all others are, so that it hides and is hidden as it should be;
what it shows is looked up in what stands behind it, in the mirrored room, as through a window. So nothing of that room
is ever seen but through the mirror's own surface, and from its front.
"""

from __future__ import annotations

import numpy as np

from . import edges
from .picture import Picture

MOST = 8  # mirrors of a picture, the first found
TRIES = 64  # planes that are looked at
LEAST = 48  # pixels of a mirror; fewer are left as a picture on a wall
ON_PLANE = 2e-4  # of the nearness: what is no farther from a plane is on it
RIM = 1  # pixels along a mirror's edge that are mixed with what is around it
MIXED = 3  # pixels of what is seen in it, beside something nearer, that are mixed with that
NONE = 0


def find(picture: Picture) -> np.ndarray:
    """Which mirror each pixel shows, int8 [height, width]: NONE, or 1 and up for each plane, without its rim. Those on
    one plane are one."""
    found = np.zeros(picture.nearness.shape, np.int8)
    if picture.mirrored is None:
        return found
    nearness, left = picture.nearness, np.isfinite(picture.mirrored)
    rows, columns = (np.arange(side, dtype=np.float32) for side in nearness.shape)
    number = 0
    for _ in range(TRIES):
        inner = left[:-1, :-1] & left[:-1, 1:] & left[1:, :-1]
        if number == MOST or not inner.any():
            break
        at = np.flatnonzero(inner)
        y, x = divmod(int(at[at.size // 2]), inner.shape[1])
        slope = nearness[y, x + 1] - nearness[y, x], nearness[y + 1, x] - nearness[y, x]
        plane = nearness[y, x] + slope[0] * (columns - x) + slope[1] * (rows - y)[:, None]
        on = left & (np.abs(plane - nearness) <= 10 * ON_PLANE * np.abs(nearness))
        plane = _fitted(nearness, on, rows, columns)
        on = left & (np.abs(plane - nearness) <= ON_PLANE * np.abs(nearness))
        on[y, x] = True
        left &= ~on
        if np.count_nonzero(on) >= LEAST:
            number += 1
            found[on] = number
    for _ in range(RIM):
        found = _without_rim(found)
    return found


def _fitted(nearness: np.ndarray, on: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """The plane next to the pixels that are `on` it, over the whole picture."""
    y, x = np.nonzero(on)
    places = np.stack([x, y, np.ones_like(x)], 1).astype(np.float64)
    a, b, c = np.linalg.lstsq(places, nearness[on].astype(np.float64), rcond=None)[0]
    return (a * columns + b * rows[:, None] + c).astype(np.float32)


def behind(picture: Picture, mirrors: np.ndarray, parting: float) -> tuple[np.ndarray, edges.Edges]:
    """The nearness of what the `mirrors` show, float32 [height, width], -inf beside them, and its breaks. `parting` is
    as in edges.find."""
    assert picture.mirrored is not None
    nearness = np.where(mirrors != NONE, picture.mirrored, np.float32(-np.inf))
    breaks = edges.find(nearness, parting, picture.orthographic)
    breaks.across[:, :-1] |= mirrors[:, :-1] != mirrors[:, 1:]
    breaks.down[:-1] |= mirrors[:-1] != mirrors[1:]
    return nearness, breaks


def _without_rim(mirrors: np.ndarray) -> np.ndarray:
    """Without the pixels beside what is no part of the same mirror; the picture's own edge is no such thing."""
    wide = np.pad(mirrors, 1, mode="edge")
    same = (wide[:-2, 1:-1], wide[2:, 1:-1], wide[1:-1, :-2], wide[1:-1, 2:])
    return np.where(np.logical_and.reduce([one == mirrors for one in same]), mirrors, np.int8(NONE))
