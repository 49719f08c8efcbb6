"""Which surface each pixel of a frame shows: the blocks of the layers seen from a pose.

A block is a piece of a plane, so the view's pixels (u, v, 1) and the frame's (x, y, 1) are tied by a 3x3
homography, M = A + T n with n = (a, b, c) the block's plane, and A, T the same for all blocks of the frame:
perspective: A = K' R^T K^-1, T = -K' R^T t; orthographic: the parallel projection of the same point.
The nearness seen from the new pose is affine in the frame's pixels: (k_A + k_T n) M^-1 (x, y, 1).
"""

from __future__ import annotations

import numpy as np

from ...camera.paths import Pose
from ..kernels import kernel
from ..layers import BACK, DEEP, FOOT, FRONT, HALO, RIM
from ..picture import Lens, Picture

STRETCHED = 1.5  # how fast a sample loses weight as the pixel of its view is stretched
OVERLAP = 0.12  # pixels that blocks reach over their edge, so that no crack opens between them
SAME = 0.04  # fringes closer together than this share of the nearness are one surface's
TILE = 16  # pixels to a side of what a view can be asked for
OPAQUE, FIRST, SECOND = 0, 1, 2  # what is kept of each pixel: the nearest hit, and two fringes before it


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
def draw(
    boxes: np.ndarray,
    planes: np.ndarray,
    layer: np.ndarray,
    start: np.ndarray,
    change: np.ndarray,
    key_start: np.ndarray,
    key_change: float,
    same: float,
    wanted: np.ndarray,
    back: np.ndarray,
    key: np.ndarray,
    block: np.ndarray,
) -> None:
    """Fills `key` (nearness) and `block` [3, h, w] (see OPAQUE, FIRST, SECOND), and `back` [n, 10]: for each block its
    homography from the frame to the view, and how sharp it is (0..1). Blocks off the tiles `wanted` are left out."""
    height, width = key.shape[1], key.shape[2]
    m = np.empty((3, 3))
    for i in range(boxes.shape[0]):
        for r in range(3):
            for c in range(3):
                m[r, c] = start[r, c] + change[r] * planes[i, c]
        u0, v0 = boxes[i, 0] - OVERLAP, boxes[i, 1] - OVERLAP
        u1, v1 = boxes[i, 2] + OVERLAP, boxes[i, 3] + OVERLAP
        left, right, top, bottom = 1e30, -1e30, 1e30, -1e30
        ahead = 0
        for k in range(4):
            u = u0 if k % 2 == 0 else u1
            v = v0 if k < 2 else v1
            w = m[2, 0] * u + m[2, 1] * v + m[2, 2]
            if w < 1e-3:
                continue
            ahead += 1
            x = (m[0, 0] * u + m[0, 1] * v + m[0, 2]) / w
            y = (m[1, 0] * u + m[1, 1] * v + m[1, 2]) / w
            left, right = min(left, x), max(right, x)
            top, bottom = min(top, y), max(bottom, y)
        if ahead == 0:
            continue
        if ahead < 4:
            left, right, top, bottom = 0.0, width, 0.0, height
        if right < 0 or left > width or bottom < 0 or top > height:
            continue
        x0, x1 = max(0, int(np.ceil(left - 0.5))), min(width - 1, int(np.floor(right - 0.5)))
        y0, y1 = max(0, int(np.ceil(top - 0.5))), min(height - 1, int(np.floor(bottom - 0.5)))
        if x1 < x0 or y1 < y0:
            continue
        asked = False
        for y in range(y0 // TILE, y1 // TILE + 1):
            for x in range(x0 // TILE, x1 // TILE + 1):
                asked |= wanted[y, x] != 0
        if not asked:
            continue
        # The inverse, by cofactors. A determinant that is not positive: seen from behind, or edge-on.
        i00 = m[1, 1] * m[2, 2] - m[1, 2] * m[2, 1]
        i01 = m[0, 2] * m[2, 1] - m[0, 1] * m[2, 2]
        i02 = m[0, 1] * m[1, 2] - m[0, 2] * m[1, 1]
        i10 = m[1, 2] * m[2, 0] - m[1, 0] * m[2, 2]
        i11 = m[0, 0] * m[2, 2] - m[0, 2] * m[2, 0]
        i12 = m[0, 2] * m[1, 0] - m[0, 0] * m[1, 2]
        i20 = m[1, 0] * m[2, 1] - m[1, 1] * m[2, 0]
        i21 = m[0, 1] * m[2, 0] - m[0, 0] * m[2, 1]
        i22 = m[0, 0] * m[1, 1] - m[0, 1] * m[1, 0]
        determinant = m[0, 0] * i00 + m[0, 1] * i10 + m[0, 2] * i20
        if determinant < 1e-6:
            continue
        scale = 1.0 / determinant
        i00, i01, i02 = i00 * scale, i01 * scale, i02 * scale
        i10, i11, i12 = i10 * scale, i11 * scale, i12 * scale
        i20, i21, i22 = i20 * scale, i21 * scale, i22 * scale
        back[i, 0], back[i, 1], back[i, 2] = i00, i01, i02
        back[i, 3], back[i, 4], back[i, 5] = i10, i11, i12
        back[i, 6], back[i, 7], back[i, 8] = i20, i21, i22
        n0 = key_start[0] + key_change * planes[i, 0]
        n1 = key_start[1] + key_change * planes[i, 1]
        n2 = key_start[2] + key_change * planes[i, 2]
        kx = n0 * i00 + n1 * i10 + n2 * i20
        ky = n0 * i01 + n1 * i11 + n2 * i21
        k0 = n0 * i02 + n1 * i12 + n2 * i22
        u, v = (u0 + u1) / 2, (v0 + v1) / 2
        w = m[2, 0] * u + m[2, 1] * v + m[2, 2]
        stretched = determinant / (w * w * w) if w > 1e-3 else 1e9
        back[i, 9] = 1.0 / max(1.0, stretched) ** STRETCHED
        kind = layer[i]
        for y in range(y0, y1 + 1):
            fy = y + 0.5
            qx, qy, qw = i01 * fy + i02, i11 * fy + i12, i21 * fy + i22
            depth = ky * fy + k0
            for x in range(x0, x1 + 1):
                fx = x + 0.5
                w = qw + i20 * fx
                u = qx + i00 * fx
                v = qy + i10 * fx
                if u < u0 * w or u > u1 * w or v < v0 * w or v > v1 * w or w <= 0:
                    continue
                near = np.float32(depth + kx * fx)
                if kind in (FRONT, FOOT, BACK, DEEP):
                    if near > key[OPAQUE, y, x]:
                        key[OPAQUE, y, x] = near
                        block[OPAQUE, y, x] = i
                    continue
                first = key[FIRST, y, x]
                other = block[FIRST, y, x]
                band = same if same > 0 else np.float32(SAME) * abs(near)
                if other >= 0 and abs(near - first) < band:
                    # One surface: its halo gives way to the surface itself.
                    if layer[other] == HALO if kind == RIM else (layer[other] == HALO and near > first):
                        key[FIRST, y, x] = near
                        block[FIRST, y, x] = i
                elif near > first:
                    key[SECOND, y, x] = first
                    block[SECOND, y, x] = other
                    key[FIRST, y, x] = near
                    block[FIRST, y, x] = i
                elif near > key[SECOND, y, x]:
                    key[SECOND, y, x] = near
                    block[SECOND, y, x] = i
