"""The large planes of the scene (floor, walls, facades) and which of them close it in.

Over a plane, nearness is affine in the picture: nearness = a u + b v + c (u, v in pixels of the frame).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .....kernels import kernel

MOST = 12  # planes looked for
TRIALS = 300  # random local planes tried
SMALLEST = 0.012  # share of the picture that a plane must hold
BEHIND = 0.03  # share of the picture that may lie behind a plane that closes the scene in
COINCIDENT = 0.03  # planes closer than this share of the nearness lie on each other
NONE = 255
POINTS = 12000  # of the picture, on a grid, that planes are fitted to
FLAT = 4  # pixels to the neighbours that a first guess at a plane goes through


@dataclass(frozen=True)
class Planes:
    """`abc` float64 [n, 3]; `label` uint8 [height, width], NONE off every plane.

    `wall` int64 [n]: the plane that closes the scene in and that this one is, or lies on (a picture on the
    wall, a rug on the floor); -1 for a plane in the midst of the scene. `under_sky` bool [n]: not even sky is
    seen behind it (the ground, but no facade). `sky` is the index of the plane that stands for no surface, or -1.
    """

    abc: np.ndarray
    wall: np.ndarray
    under_sky: np.ndarray
    sky: int
    label: np.ndarray


def find(nearness: np.ndarray, surface: np.ndarray, orthographic: bool, seed: int) -> Planes:
    """Planes by random local fits, the best supported first. The sky, if there is one, is plane 0."""
    height, width = nearness.shape
    step = max(1, round((height * width / POINTS) ** 0.5))
    v, u = np.mgrid[step // 2 : height : step, step // 2 : width : step]
    g = nearness[v, u].astype(np.float64)
    solid = surface[v, u]
    points = np.stack([u.ravel() + 0.5, v.ravel() + 0.5, np.ones(u.size)], 1)
    g, solid = g.ravel(), solid.ravel()
    near = np.abs(g) if not orthographic else np.full_like(g, np.ptp(g) if g.size else 1.0)
    tolerance = 0.004 * near + 1e-7
    random = np.random.default_rng(seed)
    found: list[np.ndarray] = []
    free = solid.copy()
    picks = random.permutation(np.flatnonzero(solid))[:TRIALS]
    candidates = _local_planes(nearness, points[picks].astype(int))
    fits = np.abs(candidates @ points.T - g) < tolerance if len(candidates) else np.zeros((0, g.size), bool)
    while len(found) < MOST and len(fits):
        votes = (fits & free).sum(1)
        best = int(votes.argmax())
        if votes[best] < SMALLEST * g.size:
            break
        abc = _refine(points, g, fits[best] & free, tolerance)
        inside = (np.abs(points @ abc - g) < tolerance) & free
        fits = np.delete(fits, best, 0)
        if inside.sum() < SMALLEST * g.size:
            continue
        found.append(abc)
        free &= ~inside
    sky = -1
    if (~solid).mean() > 0.002:
        sky = 0
        found.insert(0, np.array([0.0, 0.0, float(nearness[~surface].min())]))
    abc = np.array(found).reshape(-1, 3)
    closing, under_sky = np.zeros(len(abc), bool), np.zeros(len(abc), bool)
    for k, plane in enumerate(abc):
        ahead = points @ plane
        behind = g < ahead - 4 * tolerance - 0.01 * np.abs(ahead)
        closing[k] = k != sky and (behind & solid).mean() < BEHIND * solid.mean()
        under_sky[k] = behind.mean() < BEHIND
    label = _label(nearness, surface, abc, np.float32(0.006), sky)
    return Planes(abc, _walls(abc, closing, label), under_sky, sky, label)


def _walls(abc: np.ndarray, closing: np.ndarray, label: np.ndarray) -> np.ndarray:
    """Of planes that nearly coincide the farthest is the wall, and the others lie on it."""
    wall = np.where(closing, np.arange(len(abc)), -1)
    middle = np.ones((len(abc), 3))
    for k in range(len(abc)):
        here = label == k
        if here.any():
            middle[k, :2] = _middle(here.sum(0)), _middle(here.sum(1))
    for k in range(len(abc)):
        here = middle[k] @ abc[k]
        for j in np.flatnonzero(closing):
            gap = here - middle[k] @ abc[j]
            turned = np.abs(abc[k, :2] - abc[j, :2]).max() * label.shape[0]
            if j != k and 0 < gap < COINCIDENT * abs(here) and turned < 3 * COINCIDENT * abs(here):
                wall[k] = j
    return np.where(wall >= 0, wall[wall], -1)


def _middle(counts: np.ndarray) -> float:
    """The median of whole numbers, each so often as `counts` says."""
    below, half = np.cumsum(counts), counts.sum() / 2
    return float(np.searchsorted(below, half) + np.searchsorted(below, half, side="right")) / 2


def _refine(points: np.ndarray, g: np.ndarray, inside: np.ndarray, tolerance: np.ndarray) -> np.ndarray:
    """Least squares over the inliers, twice."""
    abc = np.zeros(3)
    for _ in range(2):
        weight = 1 / tolerance[inside]
        abc = np.linalg.lstsq(points[inside] * weight[:, None], g[inside] * weight, rcond=None)[0]
        inside = inside & (np.abs(points @ abc - g) < tolerance)
        if inside.sum() < 8:
            break
    return abc


def _local_planes(nearness: np.ndarray, at: np.ndarray) -> np.ndarray:
    """a, b, c [m, 3] of the planes through the pixels `at` (x, y, 1) [n, 3], of those whose neighbours agree."""
    height, width = nearness.shape
    u, v = at[:, 0], at[:, 1]
    keep = (u >= FLAT) & (v >= FLAT) & (u < width - FLAT) & (v < height - FLAT)
    u, v = u[keep], v[keep]
    here = nearness[v, u].astype(np.float64)
    left, right = nearness[v, u - FLAT].astype(np.float64), nearness[v, u + FLAT].astype(np.float64)
    over, under = nearness[v - FLAT, u].astype(np.float64), nearness[v + FLAT, u].astype(np.float64)
    a, b = (right - left) / (2 * FLAT), (under - over) / (2 * FLAT)
    bend = np.maximum(np.abs(right + left - 2 * here), np.abs(over + under - 2 * here))
    made = np.stack([a, b, here - a * (u + 0.5) - b * (v + 0.5)], 1)
    return made[bend < 0.002 * np.abs(here) + 1e-9]


@kernel
def _label(
    nearness: np.ndarray,
    surface: np.ndarray,
    abc: np.ndarray,
    tolerance: float,
    sky: int,
) -> np.ndarray:
    height, width = nearness.shape
    label = np.full((height, width), NONE, np.uint8)
    for y in range(height):
        for x in range(width):
            if not surface[y, x]:
                if sky >= 0:
                    label[y, x] = sky
                continue
            here = nearness[y, x]
            best = tolerance * abs(here)
            for k in range(sky + 1, abc.shape[0]):
                off = abs(abc[k, 0] * (x + 0.5) + abc[k, 1] * (y + 0.5) + abc[k, 2] - here)
                if off < best:
                    best = off
                    label[y, x] = k
    return label


@kernel
def merge(
    nearness: np.ndarray,
    label: np.ndarray,
    abc: np.ndarray,
    goes_on: np.ndarray,
    share: float,
) -> np.ndarray:
    """`label` with everything that lies within `share` of a plane that goes on (a window in a facade, a picture
    on the wall) given to that plane."""
    out = label.copy()
    for y in range(label.shape[0]):
        for x in range(label.shape[1]):
            k = label[y, x]
            if k != NONE and goes_on[k]:
                continue
            best = share * abs(nearness[y, x])
            for j in range(abc.shape[0]):
                if goes_on[j]:
                    off = abs(abc[j, 0] * (x + 0.5) + abc[j, 1] * (y + 0.5) + abc[j, 2] - nearness[y, x])
                    if off < best:
                        best = off
                        out[y, x] = j
    return out
