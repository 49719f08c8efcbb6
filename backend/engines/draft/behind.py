"""What the still does not show: surfaces behind the edges of nearer ones, and beyond the frame.

Shape comes from the planes that the hidden surface belongs to, colour from what is seen of the same surface.
It is made once for the clip, so nothing of it can flicker.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .edges import Edges
from .kernels import helper, kernel
from .picture import Picture
from .planes import NONE, Planes

BAND = 3  # pixels of the farther surface along a break that belong to the back sheet


@dataclass(frozen=True)
class Back:
    """The back sheet, on the still's pixels plus its margins: rgb float32 [h, w, 3], nearness float32 [h, w],
    there uint8 [h, w]."""

    rgb: np.ndarray
    nearness: np.ndarray
    there: np.ndarray


def build(picture: Picture, clean: np.ndarray, edges: Edges, planes: Planes, parallax: float,
          margins: tuple[int, int, int, int]) -> Back:
    """`clean` is the still with its edge pixels freed from the nearer surface, float32 [h, w, 3]."""
    left, top, right, bottom = margins
    height, width = picture.height, picture.width
    shape = (height + top + bottom, width + left + right)
    inside = (slice(top, top + height), slice(left, left + width))
    nearness = np.zeros(shape, np.float32)
    label = np.full(shape, NONE, np.uint8)
    there = np.zeros(shape, np.uint8)
    source = np.full(shape, -1, np.int32)
    hidden, hidden_label, found = _behind(
        picture.nearness, edges.near, edges.far, edges.across, edges.down, planes.abc, planes.closing,
        planes.label, np.float32(parallax), int(0.4 * max(width, height)))
    own = (edges.far > 0) & (edges.far <= BAND) & ~((edges.near > 0) & (edges.near <= BAND))
    nearness[inside] = np.where(found, hidden, picture.nearness)
    label[inside] = np.where(found, hidden_label, planes.label)
    there[inside] = found | own
    _beyond(picture.nearness, planes.label, planes.abc, planes.closing, left, top, nearness, label, there,
            source)
    rgb = np.zeros((*shape, 3), np.float32)
    rgb[inside] = clean
    unknown = np.zeros(shape, bool)
    unknown[inside] = found
    beyond = np.ones(shape, bool)
    beyond[inside] = False
    mirrored = beyond & (source >= 0)
    rgb[mirrored] = clean.reshape(-1, 3)[source[mirrored]]
    unknown |= beyond & ~mirrored
    seen = np.zeros(shape, bool)
    seen[inside] = ~found & (edges.near != 1) & (edges.far != 1)
    seen_label = np.full(shape, NONE, np.uint8)
    seen_label[inside] = planes.label
    for k in [*range(len(planes.abc)), NONE]:
        wanted = unknown & (label == k)
        if not wanted.any():
            continue
        known = seen & (seen_label == k)
        if k == NONE:
            known[inside] &= (edges.far > 1) | ((edges.near == 0) & (edges.far == 0))
        if not known.any():
            known = seen
        rgb[wanted] = fill(rgb, known)[wanted]
    return Back(rgb, nearness, there)


@helper
def _closing_plane(abc, closing, u, v):
    """The closing plane met first by the ray through (u, v), or -1."""
    best = -1
    value = -1e30
    for k in range(abc.shape[0]):
        if closing[k]:
            here = abc[k, 0] * u + abc[k, 1] * v + abc[k, 2]
            if here > value:
                best, value = k, here
    return best


@helper
def _extended(nearness, label, abc, closing, seed_x, seed_y, x, y, slope_x, slope_y):
    """Nearness and label at (x, y) of the surface that is seen at the seed."""
    k = label[seed_y, seed_x]
    if k == NONE:
        here = nearness[seed_y, seed_x]
        return here + slope_x * (x - seed_x) + slope_y * (y - seed_y), NONE
    value = abc[k, 0] * (x + 0.5) + abc[k, 1] * (y + 0.5) + abc[k, 2]
    if closing[k]:
        wall = _closing_plane(abc, closing, x + 0.5, y + 0.5)
        if wall != k:
            return abc[wall, 0] * (x + 0.5) + abc[wall, 1] * (y + 0.5) + abc[wall, 2], wall
    return value, k


@kernel
def _behind(nearness, near, far, across, down, abc, closing, label, parallax, cap):
    """Spreads the farther surfaces in under the nearer ones, nearest seed first, as far as the path can see."""
    height, width = nearness.shape
    hidden = np.zeros((height, width), np.float32)
    hidden_label = np.full((height, width), NONE, np.uint8)
    found = np.zeros((height, width), np.bool_)
    queue = np.empty((height * width, 3), np.int32)  # pixel, seed pixel, steps left
    tail = 0
    for y in range(height):
        for x in range(width):
            for k in range(2):
                if k == 0:
                    if x + 1 >= width or across[y, x] == 0:
                        continue
                    p, q = y * width + x, y * width + x + 1
                else:
                    if y + 1 >= height or down[y, x] == 0:
                        continue
                    p, q = y * width + x, (y + 1) * width + x
                if nearness[p // width, p % width] < nearness[q // width, q % width]:
                    p, q = q, p
                py, px, qy, qx = p // width, p % width, q // width, q % width
                if found[py, px]:
                    continue
                step = nearness[py, px] - nearness[qy, qx]
                found[py, px] = True
                value, kind = _extended(nearness, label, abc, closing, qx, qy, px, py, 0.0, 0.0)
                if value > nearness[qy, qx] + 0.5 * step:
                    value, kind = nearness[qy, qx], label[qy, qx]
                hidden[py, px] = value
                hidden_label[py, px] = kind
                queue[tail, 0] = p
                queue[tail, 1] = q
                queue[tail, 2] = min(cap, int(parallax * step) + 6)
                tail += 1
    head = 0
    while head < tail:
        p, seed, left = queue[head]
        head += 1
        if left <= 0:
            continue
        py, px, sy, sx = p // width, p % width, seed // width, seed % width
        for k in range(4):
            x = px + (1 if k == 0 else -1 if k == 1 else 0)
            y = py + (1 if k == 2 else -1 if k == 3 else 0)
            if x < 0 or y < 0 or x >= width or y >= height or found[y, x]:
                continue
            value, kind = _extended(nearness, label, abc, closing, sx, sy, x, y, 0.0, 0.0)
            here = nearness[y, x]
            if value > here - 0.01 * abs(here) - 0.5 / parallax:
                continue
            found[y, x] = True
            hidden[y, x] = value
            hidden_label[y, x] = kind
            queue[tail, 0] = y * width + x
            queue[tail, 1] = seed
            queue[tail, 2] = left - 1
            tail += 1
    return hidden, hidden_label, found


@kernel
def _beyond(nearness, label, abc, closing, left, top, out, out_label, there, source):
    """Carries planes on beyond the frame; what is no plane is mirrored at the frame's edge while it lasts."""
    height, width = nearness.shape
    for row in range(out.shape[0]):
        for column in range(out.shape[1]):
            y, x = row - top, column - left
            if 0 <= y < height and 0 <= x < width:
                continue
            there[row, column] = 1
            rim_y, rim_x = min(max(y, 0), height - 1), min(max(x, 0), width - 1)
            back_y = min(max(2 * rim_y - y, 0), height - 1)
            back_x = min(max(2 * rim_x - x, 0), width - 1)
            kind = label[rim_y, rim_x]
            wall = _closing_plane(abc, closing, x + 0.5, y + 0.5)
            if kind == NONE:
                if label[back_y, back_x] == NONE:
                    out[row, column] = nearness[back_y, back_x]
                    source[row, column] = back_y * width + back_x
                    continue
                kind = label[back_y, back_x]
            value = abc[kind, 0] * (x + 0.5) + abc[kind, 1] * (y + 0.5) + abc[kind, 2]
            if wall >= 0:
                ahead = abc[wall, 0] * (x + 0.5) + abc[wall, 1] * (y + 0.5) + abc[wall, 2]
                if ahead > value or closing[kind]:
                    value, kind = ahead, wall
            out[row, column] = value
            out_label[row, column] = kind


def fill(rgb: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Colour everywhere from where `known`: averaged down a pyramid, then smoothly up again."""
    levels = [(rgb * known[..., None], known.astype(np.float32))]
    while min(levels[-1][1].shape) > 1:
        levels.append(_shrink(*levels[-1]))
    colour = levels[-1][0] / np.maximum(levels[-1][1], 1e-6)[..., None]
    for sums, weight in reversed(levels[:-1]):
        colour = _grow(colour, sums, weight)
    return colour


@kernel
def _shrink(sums, weight):
    height, width = (weight.shape[0] + 1) // 2, (weight.shape[1] + 1) // 2
    out = np.zeros((height, width, 3), np.float32)
    total = np.zeros((height, width), np.float32)
    for y in range(weight.shape[0]):
        for x in range(weight.shape[1]):
            w = weight[y, x]
            if w > 0:
                total[y // 2, x // 2] += w
                for c in range(3):
                    out[y // 2, x // 2, c] += sums[y, x, c]
    for y in range(height):
        for x in range(width):
            w = total[y, x]
            if w > 1:
                total[y, x] = 1
                for c in range(3):
                    out[y, x, c] /= w
    return out, total


@kernel
def _grow(coarse, sums, weight):
    height, width = weight.shape
    out = np.empty((height, width, 3), np.float32)
    low, wide = coarse.shape[0], coarse.shape[1]
    for y in range(height):
        fy = min(max((y + 0.5) / 2 - 0.5, 0.0), low - 1.0)
        y0 = int(fy)
        y1 = min(y0 + 1, low - 1)
        ty = np.float32(fy - y0)
        for x in range(width):
            w = weight[y, x]
            if w >= 1:
                for c in range(3):
                    out[y, x, c] = sums[y, x, c]
                continue
            fx = min(max((x + 0.5) / 2 - 0.5, 0.0), wide - 1.0)
            x0 = int(fx)
            x1 = min(x0 + 1, wide - 1)
            tx = np.float32(fx - x0)
            for c in range(3):
                value = (1 - ty) * ((1 - tx) * coarse[y0, x0, c] + tx * coarse[y0, x1, c]) + ty * (
                    (1 - tx) * coarse[y1, x0, c] + tx * coarse[y1, x1, c])
                out[y, x, c] = sums[y, x, c] + (1 - w) * value
    return out
