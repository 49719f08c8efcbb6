"""Edge pixels mix two surfaces. Here they are unmixed: two colours and how much of the nearer one."""

from __future__ import annotations

import numpy as np

from ....kernels import kernel

WINDOW = 4  # pixels around an edge pixel that its two pure colours come from


def unmix(
    rgb: np.ndarray,
    nearness: np.ndarray,
    near: np.ndarray,
    far: np.ndarray,
    across: np.ndarray,
    down: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """For every pixel at a break: alpha of the nearer surface, the two colours, and the nearer one's nearness.

    `rgb` is uint8 [h, w, 3]. Gives alpha float32 [h, w] (1 off the edges on the nearer side,
    0 elsewhere), front and back float32 [h, w, 3], and bared uint8 [h, w]: 1 where back is known though a nearer
    surface hides it. alpha * front + (1 - alpha) * back is the still's pixel. Also the halo: int32 [h, w], for a
    pixel just beyond a nearer surface the index of that surface's pixel beside it, else -1.
    """
    shape = nearness.shape
    # By NumPy, which asks for large pages: much of the time would go into small ones.
    alpha, halo = np.empty(shape, np.float32), np.empty(shape, np.int32)
    front, back, bared = rgb.astype(np.float32), rgb.astype(np.float32), np.zeros(shape, np.uint8)
    _unmix(rgb, nearness, near, far, across, down, alpha, front, back, bared, halo)
    return alpha, front, back, bared, halo


@kernel
def _unmix(
    rgb: np.ndarray,
    nearness: np.ndarray,
    near: np.ndarray,
    far: np.ndarray,
    across: np.ndarray,
    down: np.ndarray,
    alpha: np.ndarray,
    front: np.ndarray,
    back: np.ndarray,
    bared: np.ndarray,
    halo: np.ndarray,
) -> None:
    """See `unmix`."""
    height, width = nearness.shape
    pure = np.empty((2, 3), np.float32)
    side = 2 * WINDOW + 1
    weights, mixed = np.zeros((side, side)), np.empty((height, width), np.bool_)
    for v in range(side):
        for u in range(side):
            apart = (u - WINDOW) * (u - WINDOW) + (v - WINDOW) * (v - WINDOW)
            weights[v, u] = 1 / max(apart, 1)
    for y in range(height):
        for x in range(width):
            mixed[y, x] = (near[y, x] == 1) | (far[y, x] == 1)
    for y in range(height):
        for x in range(width):
            alpha[y, x] = np.float32((near[y, x] > 1) & (far[y, x] != 1))
            halo[y, x] = -1
            if not mixed[y, x]:
                continue
            here = nearness[y, x]
            other = here
            own_is_near = far[y, x] != 1  # between a nearer surface and a farther one it is the nearer one's edge
            for k in range(4):
                if k == 0 and x > 0 and across[y, x - 1]:
                    beside = y * width + x - 1
                elif k == 1 and x + 1 < width and across[y, x]:
                    beside = y * width + x + 1
                elif k == 2 and y > 0 and down[y - 1, x]:
                    beside = (y - 1) * width + x
                elif k == 3 and y + 1 < height and down[y, x]:
                    beside = (y + 1) * width + x
                else:
                    continue
                there = nearness[beside // width, beside % width]
                if own_is_near and there < other:
                    other = there
                elif not own_is_near and there > other:
                    other = there
                    halo[y, x] = beside
            nearer, farther = max(here, other), min(here, other)
            middle, gap = (nearer + farther) / 2, nearer - farther
            alpha[y, x] = 1 if own_is_near else 0
            weight_near = np.float32(0)
            weight_far = np.float32(0)
            for c in range(3):
                pure[0, c] = pure[1, c] = 0
            for v in range(max(0, y - WINDOW), min(height, y + WINDOW + 1)):
                for u in range(max(0, x - WINDOW), min(width, x + WINDOW + 1)):
                    if mixed[v, u]:
                        continue
                    there, weight = nearness[v, u], weights[v - y + WINDOW, u - x + WINDOW]
                    if there > middle:
                        if there < nearer + gap / 2:
                            weight_near += weight
                            for c in range(3):
                                pure[0, c] += weight * rgb[v, u, c]
                    elif there > farther - gap / 2:
                        weight_far += weight
                        for c in range(3):
                            pure[1, c] += weight * rgb[v, u, c]
            if weight_near == 0 or weight_far == 0:
                if not own_is_near and weight_near > 0:
                    for c in range(3):
                        front[y, x, c] = pure[0, c] / weight_near
                continue
            length = np.float32(0)
            along = np.float32(0)
            for c in range(3):
                pure[0, c] /= weight_near
                pure[1, c] /= weight_far
                length += (pure[0, c] - pure[1, c]) ** 2
                along += (rgb[y, x, c] - pure[1, c]) * (pure[0, c] - pure[1, c])
            if not own_is_near:
                for c in range(3):
                    front[y, x, c] = pure[0, c]
            else:
                bared[y, x] = 1
                for c in range(3):
                    back[y, x, c] = pure[1, c]
            if length < 144:
                continue
            share = along / length
            off = np.float32(0)
            for c in range(3):
                off += (rgb[y, x, c] - share * pure[0, c] - (1 - share) * pure[1, c]) ** 2
            if off > 0.1 * length + 60 or share < -0.3 or share > 1.3:
                continue
            share = min(np.float32(1), max(np.float32(0), share))
            alpha[y, x] = share
            for c in range(3):
                value = np.float32(rgb[y, x, c])
                front[y, x, c], back[y, x, c] = pure[0, c], pure[1, c]
                if share > 0.5:
                    own = (value - (1 - share) * pure[1, c]) / share
                    front[y, x, c] = min(np.float32(255), max(np.float32(0), own))
                else:
                    own = (value - share * pure[0, c]) / (1 - share)
                    back[y, x, c] = min(np.float32(255), max(np.float32(0), own))


def widen(
    nearness: np.ndarray,
    slope_x: np.ndarray,
    slope_y: np.ndarray,
    alpha: np.ndarray,
    halo: np.ndarray,
    near: np.ndarray,
    far: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The halo's surface: nearness and slopes float32 [h, w] carried on from the surface beside it, and a second
    ring of it where the first is not clear, so that alpha can fall to nothing. `halo` is changed."""
    shape = nearness.copy(), slope_x.copy(), slope_y.copy()
    _widen(nearness, slope_x, slope_y, alpha, halo, near, far, *shape)
    return shape


@kernel
def _widen(
    nearness: np.ndarray,
    slope_x: np.ndarray,
    slope_y: np.ndarray,
    alpha: np.ndarray,
    halo: np.ndarray,
    near: np.ndarray,
    far: np.ndarray,
    out: np.ndarray,
    out_x: np.ndarray,
    out_y: np.ndarray,
) -> None:
    """See `widen`."""
    height, width = nearness.shape
    where, beside = np.empty(halo.size, np.int32), np.empty(halo.size, np.int32)
    count = 0
    for y in range(height):
        for x in range(width):
            if far[y, x] != 2 or 0 < near[y, x] < 4:
                continue
            found = -1
            for k in range(4):
                v = y + (1 if k == 0 else -1 if k == 1 else 0)
                u = x + (1 if k == 2 else -1 if k == 3 else 0)
                if 0 <= v < height and 0 <= u < width and halo[v, u] >= 0 and alpha[v, u] > 0.03:
                    found = halo[v, u]
            if found >= 0:
                where[count], beside[count] = y * width + x, found
                count += 1
    for k in range(count):
        halo[where[k] // width, where[k] % width] = beside[k]
    for y in range(height):
        for x in range(width):
            if halo[y, x] >= 0:
                v, u = halo[y, x] // width, halo[y, x] % width
                here = nearness[v, u]
                change = slope_x[v, u] * (x - u) + slope_y[v, u] * (y - v)
                out[y, x], out_x[y, x], out_y[y, x] = here, 0, 0
                if abs(change) < (here - nearness[y, x]) / 4:
                    out[y, x], out_x[y, x], out_y[y, x] = here + change, slope_x[v, u], slope_y[v, u]


@kernel
def bleed(colour: np.ndarray, known: np.ndarray, rings: int) -> None:
    """Grows `colour` float32 [h, w, 3] by `rings` pixels from where `known` (uint8) is not 0."""
    height, width = known.shape
    left = np.empty(known.size, np.int32)
    count = 0
    for y in range(height):
        for x in range(width):
            if known[y, x] == 0:
                left[count] = y * width + x
                count += 1
    for ring in range(rings):
        last, count = count, 0
        for i in left[:last]:
            y, x = i // width, i % width
            number = 0
            red = green = blue = np.float32(0)
            for v in range(max(0, y - 1), min(height, y + 2)):
                for u in range(max(0, x - 1), min(width, x + 2)):
                    if known[v, u] != 0 and known[v, u] <= ring + 1:
                        number += 1
                        red += colour[v, u, 0]
                        green += colour[v, u, 1]
                        blue += colour[v, u, 2]
            if number:
                colour[y, x, 0] = red / number
                colour[y, x, 1] = green / number
                colour[y, x, 2] = blue / number
                known[y, x] = ring + 2
            else:
                left[count] = i
                count += 1
