"""Which surface each pixel of a frame shows: the blocks of the layers seen from a pose.

A block is a piece of a plane, its face, so the view's pixels (u, v, 1) and the frame's (x, y, 1) are tied by a 3x3
homography, M = A + T n with n = (a, b, c) the plane, and A, T the same for all faces of the frame:
perspective: A = K' R^T K^-1, T = -K' R^T t; orthographic: the parallel projection of the same point.
The nearness seen from the new pose is affine in the frame's pixels: (k_A + k_T n) M^-1 (x, y, 1).

Most blocks are a pixel or two wide, so what is done to each counts: homographies are turned round once for each face
(`turn`), where blocks fall is found for all of them at once (`place`). They are drawn band by band of the frame
(`bands`, `draw`), so that what is worked on stays in the processor's cache.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .....kernels import helper, kernel
from ...camera.paths import Pose
from ..layers import BACK, DEEP, FOOT, FRONT, HALO, RIM
from ..picture import Lens, Picture

OVERLAP = 0.12  # pixels that blocks reach over their edge, so that no crack opens between them
SAME = 0.04  # fringes closer together than this share of the nearness are one surface's
TILE = 16  # pixels to a side of what a view can be asked for
BAND = 32  # rows of a frame that are drawn at a time, whole tiles
AHEAD = 1e-3  # a corner must be so far before the camera, in its units
FEW = 4  # pixels across up to which a row of a block is tested one by one
FIRST, SECOND = 0, 1  # the two nearest fringes of a pixel
FLAT_ON = 1e-6  # a determinant that is smaller: seen from behind, or edge-on
STRETCH, NEAR, TURNED = 9, 10, 13  # what is where in what `turn` gives, and how much that is


def projection(picture: Picture, pose: Pose, lens: Lens) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """A [3, 3], T [3], k_A [3] and k_T of the module's text, for a frame from `pose` (in the axes of the picture's
    camera) with `lens` times the pose's zoom."""
    fx, fy, cx, cy = picture.fx, picture.fy, picture.cx, picture.cy
    turn, place = pose.rotation.T, pose.position
    onto = np.array([[lens.fx * pose.zoom, 0, lens.cx], [0, lens.fy * pose.zoom, lens.cy], [0, 0, 1]])
    if not picture.orthographic:
        ray = np.array([[1 / fx, 0, -cx / fx], [0, 1 / fy, -cy / fy], [0, 0, 1]])
        return onto @ turn @ ray, -(onto @ turn @ place), np.zeros(3), 1.0
    # The point is (x, y, -nearness); what the lens keeps of it is x and y.
    point = np.array([[1 / fx, 0, -cx / fx], [0, 1 / fy, -cy / fy], [0, 0, 0]])
    moved = turn @ point
    moved[:, 2] -= turn @ place
    flat = onto @ np.array([moved[0], moved[1], [0, 0, 1]])
    change = -(onto @ np.array([turn[0, 2], turn[1, 2], 0.0]))
    return flat, change, -moved[2], float(turn[2, 2])


@kernel
def turn(
    planes: np.ndarray,
    start: np.ndarray,
    change: np.ndarray,
    key_start: np.ndarray,
    key_change: float,
    back: np.ndarray,
) -> None:
    """What a frame shows of each face, `back` float32 [faces, 13]: its homography from the frame to the view, how much
    larger the view has it where the last row of that gives 1, and its nearness over the frame. All of it is 0 for a
    face that is seen from behind, or edge-on."""
    for i in range(planes.shape[1]):
        a, b, c = planes[0, i], planes[1, i], planes[2, i]
        m00, m01, m02 = start[0, 0] + change[0] * a, start[0, 1] + change[0] * b, start[0, 2] + change[0] * c
        m10, m11, m12 = start[1, 0] + change[1] * a, start[1, 1] + change[1] * b, start[1, 2] + change[1] * c
        m20, m21, m22 = start[2, 0] + change[2] * a, start[2, 1] + change[2] * b, start[2, 2] + change[2] * c
        # The inverse, by cofactors.
        i00, i01, i02 = m11 * m22 - m12 * m21, m02 * m21 - m01 * m22, m01 * m12 - m02 * m11
        i10, i11, i12 = m12 * m20 - m10 * m22, m00 * m22 - m02 * m20, m02 * m10 - m00 * m12
        i20, i21, i22 = m10 * m21 - m11 * m20, m01 * m20 - m00 * m21, m00 * m11 - m01 * m10
        determinant = m00 * i00 + m01 * i10 + m02 * i20
        scale = 1.0 / determinant if determinant >= FLAT_ON else 0.0
        i00, i01, i02 = i00 * scale, i01 * scale, i02 * scale
        i10, i11, i12 = i10 * scale, i11 * scale, i12 * scale
        i20, i21, i22 = i20 * scale, i21 * scale, i22 * scale
        n0, n1, n2 = key_start[0] + key_change * a, key_start[1] + key_change * b, key_start[2] + key_change * c
        back[i, 0], back[i, 1], back[i, 2] = i00, i01, i02
        back[i, 3], back[i, 4], back[i, 5] = i10, i11, i12
        back[i, 6], back[i, 7], back[i, 8] = i20, i21, i22
        back[i, STRETCH] = determinant if determinant >= FLAT_ON else 0.0
        back[i, NEAR] = n0 * i00 + n1 * i10 + n2 * i20
        back[i, NEAR + 1] = n0 * i01 + n1 * i11 + n2 * i21
        back[i, NEAR + 2] = n0 * i02 + n1 * i12 + n2 * i22


@kernel
def place(
    boxes: np.ndarray,
    planes: np.ndarray,
    start: np.ndarray,
    change: np.ndarray,
    key_start: np.ndarray,
    key_change: float,
    height: int,
    width: int,
    bounds: np.ndarray,
    reach: np.ndarray,
) -> None:
    """Where blocks can be seen: `bounds` int32 [4, n], their first and last column and row (the last before the first:
    nowhere); `reach` float32 [n], the greatest nearness in each."""
    a00, a01, a02 = start[0, 0], start[0, 1], start[0, 2]
    a10, a11, a12 = start[1, 0], start[1, 1], start[1, 2]
    a20, a21, a22 = start[2, 0], start[2, 1], start[2, 2]
    t0, t1, t2 = change[0], change[1], change[2]
    k0, k1, k2, kt = key_start[0], key_start[1], key_start[2], key_change
    right_end, low_end = float(width), float(height)
    for i in range(boxes.shape[1]):
        a, b, c = planes[0, i], planes[1, i], planes[2, i]
        u0, v0 = boxes[0, i] - OVERLAP, boxes[1, i] - OVERLAP
        u1, v1 = boxes[2, i] + OVERLAP, boxes[3, i] + OVERLAP
        m, n, o = a20 + t2 * a, a21 + t2 * b, a22 + t2 * c
        p, q, r, s = m * u0, m * u1, n * v0 + o, n * v1 + o
        w0, w1, w2, w3 = p + r, q + r, p + s, q + s
        least, most = min(min(w0, w1), min(w2, w3)), max(max(w0, w1), max(w2, w3))
        w0, w1, w2, w3 = 1 / max(w0, AHEAD), 1 / max(w1, AHEAD), 1 / max(w2, AHEAD), 1 / max(w3, AHEAD)
        m, n, o = a00 + t0 * a, a01 + t0 * b, a02 + t0 * c
        p, q, r, s = m * u0, m * u1, n * v0 + o, n * v1 + o
        x0, x1, x2, x3 = (p + r) * w0, (q + r) * w1, (p + s) * w2, (q + s) * w3
        left, right = min(min(x0, x1), min(x2, x3)), max(max(x0, x1), max(x2, x3))
        m, n, o = a10 + t1 * a, a11 + t1 * b, a12 + t1 * c
        p, q, r, s = m * u0, m * u1, n * v0 + o, n * v1 + o
        x0, x1, x2, x3 = (p + r) * w0, (q + r) * w1, (p + s) * w2, (q + s) * w3
        top, bottom = min(min(x0, x1), min(x2, x3)), max(max(x0, x1), max(x2, x3))
        m, n, o = k0 + kt * a, k1 + kt * b, k2 + kt * c
        p, q, r, s = m * u0, m * u1, n * v0 + o, n * v1 + o
        x0, x1, x2, x3 = (p + r) * w0, (q + r) * w1, (p + s) * w2, (q + s) * w3
        near = max(max(x0, x1), max(x2, x3))
        whole = least >= AHEAD
        left, right = left if whole else 0.0, right if whole else right_end
        top, bottom = top if whole else 0.0, bottom if whole else low_end
        right = right if most >= AHEAD else -1.0
        bounds[0, i] = np.int32(min(max(left, 0.0), right_end) + (0.5 - 1e-6))
        bounds[1, i] = np.int32(min(max(right, -0.5), right_end) + 0.5) - 1
        bounds[2, i] = np.int32(min(max(top, 0.0), low_end) + (0.5 - 1e-6))
        bounds[3, i] = np.int32(min(max(bottom, -0.5), low_end) + 0.5) - 1
        reach[i] = np.float32(near if whole else np.inf)


@kernel
def bands(bounds: np.ndarray, blocks: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    """The first so many `blocks` in each band of a frame, in order, one band after the other: int32 [n], and where each
    band begins among them, int64 [bands + 1]."""
    first = np.zeros((height + BAND - 1) // BAND + 2, np.int64)
    for i in range(blocks):
        if bounds[1, i] >= bounds[0, i] and bounds[3, i] >= bounds[2, i]:
            for band in range(bounds[2, i] // BAND, bounds[3, i] // BAND + 1):
                first[band + 2] += 1
    for band in range(2, first.size):
        first[band] += first[band - 1]
    order = np.empty(first[-1], np.int32)
    for i in range(blocks):
        if bounds[1, i] >= bounds[0, i] and bounds[3, i] >= bounds[2, i]:
            for band in range(bounds[2, i] // BAND, bounds[3, i] // BAND + 1):
                order[first[band + 1]] = i
                first[band + 1] += 1
    return order, first[:-1]


@helper
def _hidden(key: np.ndarray, x0: int, x1: int, y0: int, y1: int, near: float) -> bool:
    """Whether all pixels from (x0, y0) to (x1, y1) show something nearer."""
    for y in range(y0, y1 + 1):
        for x in range(x0, x1 + 1):
            if key[y, x] < near:
                return False
    return True


@helper
def stretches(tiles: np.ndarray, width: int, most: int, ends: np.ndarray) -> int:
    """Where tiles that are wanted lie side by side, at most so many pixels (whole tiles) of them: into `ends` int32
    [n, 2] the first pixel of each such stretch and the one after its last. How many there are."""
    count = 0
    for tile in range(tiles.shape[0]):
        if tiles[tile] == 0:
            continue
        begin = tile * TILE
        if count == 0 or ends[count - 1, 1] != begin or begin - ends[count - 1, 0] >= most:
            ends[count, 0] = begin
            count += 1
        ends[count - 1, 1] = min(width, begin + TILE)
    return count


@helper
def _asked(wanted: np.ndarray, x0: int, x1: int, y0: int, y1: int) -> bool:
    for y in range(y0 // TILE, y1 // TILE + 1):
        for x in range(x0 // TILE, x1 // TILE + 1):
            if wanted[y, x] != 0:
                return True
    return False


@helper
def _softer(
    edge: int, i: int, near: float, band: float, rim: bool, layer: np.ndarray, keys: np.ndarray, fringes: np.ndarray
) -> None:
    """Puts the face `i` of a fringe among the two nearest of a pixel."""
    first, other = keys[FIRST, edge], fringes[FIRST, edge]
    if other >= 0 and abs(near - first) < band:
        # One surface: its halo gives way to the surface itself.
        if layer[other] == HALO and (rim or near > first):
            keys[FIRST, edge], fringes[FIRST, edge] = near, i
    elif near > first:
        keys[SECOND, edge], fringes[SECOND, edge] = first, other
        keys[FIRST, edge], fringes[FIRST, edge] = near, i
    elif near > keys[SECOND, edge]:
        keys[SECOND, edge], fringes[SECOND, edge] = near, i


@helper
def _within(at_nothing: float, slope: float, turned: float, first: float, last: float) -> tuple[Any, Any]:
    """The part of first..last in which `at_nothing` + `slope` x is not below 0; `turned` is 1 / `slope`."""
    if slope > 0:
        return max(first, -at_nothing * turned), last
    if slope < 0:
        return first, min(last, -at_nothing * turned)
    return first, last if at_nothing >= 0 else first - np.float32(1)


@kernel
def draw(
    order: np.ndarray,
    top: int,
    boxes: np.ndarray,
    face: np.ndarray,
    layer: np.ndarray,
    bounds: np.ndarray,
    reach: np.ndarray,
    back: np.ndarray,
    same: float,
    wanted: np.ndarray,
    every: bool,
    key: np.ndarray,
    shown: np.ndarray,
    edge: np.ndarray,
    edges: np.ndarray,
    keys: np.ndarray,
    fringes: np.ndarray,
) -> int:
    """Draws the blocks `order` in the band of the frame that begins in row `top`: `key` float32 [h, w] gets the
    nearness of the nearest surface of each pixel (-inf: none), `shown` int32 its face (-1). Fringes are kept for the
    pixels that have any: `edge` int32 [h, w] is 0, else 1 + their place in `edges` (the pixel), `keys` and `fringes`
    [2, ...] (FIRST, SECOND). Gives how many those are.

    Off the tiles `wanted` all of it may be anything, unless `every` tile is."""
    height, width = key.shape
    count = 0
    none, zero, half = np.float32(-np.inf), np.float32(0), np.float32(0.5)
    ends, asked = np.empty((wanted.shape[0], wanted.shape[1], 2), np.int32), np.empty(wanted.shape[0], np.int32)
    for row in range(wanted.shape[0]):
        asked[row] = stretches(wanted[row], width, width, ends[row])
        for y in range(row * TILE, min(row * TILE + TILE, height)):
            for k in range(asked[row]):
                first_pixel, beyond = ends[row, k, 0], ends[row, k, 1]
                key[y, first_pixel:beyond] = none
                shown[y, first_pixel:beyond] = -1
                edge[y, first_pixel:beyond] = 0
    for i in order:
        x0, x1 = bounds[0, i], bounds[1, i]
        y0, y1 = max(bounds[2, i] - top, 0), min(bounds[3, i] - top, height - 1)
        if not every and not _asked(wanted, x0, x1, y0, y1):
            continue
        if _hidden(key, x0, x1, y0, y1, reach[i]):
            continue
        number = face[i]
        if back[number, STRETCH] == 0:
            continue
        kind = layer[number]
        solid = kind in (FRONT, FOOT, BACK, DEEP)
        i00, i01, i02 = back[number, 0], back[number, 1], back[number, 2]
        i10, i11, i12 = back[number, 3], back[number, 4], back[number, 5]
        i20, i21, i22 = back[number, 6], back[number, 7], back[number, 8]
        kx, ky, k0 = back[number, NEAR], back[number, NEAR + 1], back[number, NEAR + 2]
        u0, v0 = boxes[0, i] - np.float32(OVERLAP), boxes[1, i] - np.float32(OVERLAP)
        u1, v1 = boxes[2, i] + np.float32(OVERLAP), boxes[3, i] + np.float32(OVERLAP)
        if x1 - x0 < FEW or not solid:
            for y in range(y0, y1 + 1):
                fy = np.float32(y + top) + half
                u, v, w, depth = i01 * fy + i02, i11 * fy + i12, i21 * fy + i22, ky * fy + k0
                for x in range(x0, x1 + 1):
                    fx = np.float32(x) + half
                    u_here, v_here, w_here, near = u + i00 * fx, v + i10 * fx, w + i20 * fx, depth + kx * fx
                    old = key[y, x]
                    within = (u_here >= u0 * w_here) & (u_here <= u1 * w_here) & (w_here > zero)
                    within &= (v_here >= v0 * w_here) & (v_here <= v1 * w_here)
                    if solid:
                        ahead_of = within & (near > old)
                        key[y, x] = near if ahead_of else old
                        shown[y, x] = number if ahead_of else shown[y, x]
                        continue
                    if not within or near < old or not (every or wanted[y // TILE, x // TILE] != 0):
                        continue
                    at = edge[y, x] - 1
                    if at < 0:
                        at = count
                        count += 1
                        edge[y, x] = count
                        edges[at] = y * width + x
                        keys[FIRST, at] = keys[SECOND, at] = none
                        fringes[FIRST, at] = fringes[SECOND, at] = -1
                    band = same if same > 0 else np.float32(SAME) * abs(near)
                    _softer(at, number, near, band, kind == RIM, layer, keys, fringes)
            continue
        # The sides of the block, each a half of the frame: >= 0 within it.
        la, lb, lc = i00 - u0 * i20, i01 - u0 * i21, i02 - u0 * i22
        ra, rb, rc = u1 * i20 - i00, u1 * i21 - i01, u1 * i22 - i02
        ta, tb, tc = i10 - v0 * i20, i11 - v0 * i21, i12 - v0 * i22
        ba, bb, bc = v1 * i20 - i10, v1 * i21 - i11, v1 * i22 - i12
        one = np.float32(1)
        left_turn, right_turn, top_turn, bottom_turn = one / la, one / ra, one / ta, one / ba
        for y in range(y0, y1 + 1):
            fy = np.float32(y + top) + half
            first, last = np.float32(x0) + half, np.float32(x1) + half
            first, last = _within(lb * fy + lc, la, left_turn, first, last)
            first, last = _within(rb * fy + rc, ra, right_turn, first, last)
            first, last = _within(tb * fy + tc, ta, top_turn, first, last)
            first, last = _within(bb * fy + bc, ba, bottom_turn, first, last)
            if not reach[i] < np.inf:
                first, last = _within(i21 * fy + i22, i20, one / i20, first, last)
            if last < first:
                continue
            left_end, right_end = int(np.ceil(first - half)), int(np.floor(last - half)) + 1
            for k in range(asked[y // TILE]):
                begin, end = max(left_end, ends[y // TILE, k, 0]), min(right_end, ends[y // TILE, k, 1])
                if begin >= end:
                    continue
                keys_row, shown_row = key[y, begin:end], shown[y, begin:end]
                near0 = ky * fy + k0 + kx * (np.float32(begin) + half)
                for x in range(np.uint64(end - begin)):  # unsigned: no test for counting from the end
                    near = near0 + kx * np.float32(np.int32(x))
                    ahead_of = near > keys_row[x]
                    keys_row[x] = near if ahead_of else keys_row[x]
                    shown_row[x] = number if ahead_of else shown_row[x]
    return count
