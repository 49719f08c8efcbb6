"""One frame: the blocks of the layers seen from a pose.

A block is a piece of a plane, so the still's pixels (u, v, 1) and the frame's (x, y, 1) are tied by a 3x3
homography, M = A + T n with n = (a, b, c) the block's plane, and A, T the same for all blocks of the frame:
perspective: A = K' R^T K^-1, T = -K' R^T t; orthographic: the parallel projection of the same point.
The nearness seen from the new pose is affine in the frame's pixels: (k_A + k_T n) M^-1 (x, y, 1).
"""

from __future__ import annotations

import numpy as np

from ..camera.paths import Pose
from .kernels import kernel
from .layers import BACK, DEEP, FRONT, HALO, RIM, Layers
from .picture import Picture

OVERLAP = 0.12  # pixels that blocks reach over their edge, so that no crack opens between them
SAME = 0.04  # fringes closer together than this share of the nearness are one surface's
OPAQUE, FIRST, SECOND = 0, 1, 2  # what is kept of each pixel: the nearest hit, and two fringes before it


class Renderer:
    """Draws frames of one clip. One renderer to a thread: it keeps its buffers."""

    def __init__(self, picture: Picture, layers: Layers) -> None:
        self.picture = picture
        self.layers = layers
        shape = (picture.height, picture.width)
        self.key = np.empty((3, *shape), np.float32)
        self.block = np.empty((3, *shape), np.int32)
        self.back = np.empty((len(layers.boxes), 9), np.float32)
        self.blank = picture.rgb.mean((0, 1)).round().astype(np.uint8)  # of a frame that shows nothing of the still

    def frame(self, pose: Pose) -> np.ndarray:
        """uint8 [height, width, 3] as seen from `pose`."""
        layers = self.layers
        start, change, key_start, key_change = projection(self.picture, pose)
        self.key.fill(-np.inf)
        self.block.fill(-1)
        same = SAME * float(np.ptp(self.picture.nearness)) if self.picture.orthographic else 0.0
        _draw(
            layers.boxes,
            layers.planes,
            layers.layer,
            start,
            change,
            key_start,
            key_change,
            np.float32(same),
            self.back,
            self.key,
            self.block,
        )
        out = np.empty((*self.key.shape[1:], 3), np.uint8)
        holes = _shade(self.key, self.block, self.back, layers.layer, layers.texels, layers.places, layers.origins, out)
        if holes:
            _close(self.block[OPAQUE], self.key[OPAQUE], out, self.blank)
        return out


def projection(picture: Picture, pose: Pose) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """A [3, 3], T [3], k_A [3] and k_T of the module's text, for `pose`."""
    fx, fy, cx, cy = picture.fx, picture.fy, picture.cx, picture.cy
    turn, place = pose.rotation.T, pose.position
    lens = np.array([[fx * pose.zoom, 0, cx], [0, fy * pose.zoom, cy], [0, 0, 1]])
    if not picture.orthographic:
        ray = np.array([[1 / fx, 0, -cx / fx], [0, 1 / fy, -cy / fy], [0, 0, 1]])
        return lens @ turn @ ray, -(lens @ turn @ place), np.zeros(3), 1.0
    # The point is (x, y, -nearness); what the lens keeps of it is x and y.
    point = np.array([[1 / fx, 0, -cx / fx], [0, 1 / fy, -cy / fy], [0, 0, 0]])
    moved = turn @ point
    moved[:, 2] -= turn @ place
    flat = lens @ np.array([moved[0], moved[1], [0, 0, 1]])
    change = -(lens @ np.array([turn[0, 2], turn[1, 2], 0.0]))
    return flat, change, -moved[2], float(turn[2, 2])


@kernel
def _draw(
    boxes: np.ndarray,
    planes: np.ndarray,
    layer: np.ndarray,
    start: np.ndarray,
    change: np.ndarray,
    key_start: np.ndarray,
    key_change: float,
    same: float,
    back: np.ndarray,
    key: np.ndarray,
    block: np.ndarray,
) -> None:
    """Fills `key` (nearness) and `block` [3, h, w]: see OPAQUE, FIRST, SECOND."""
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
                if kind in (FRONT, BACK, DEEP):
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


@kernel
def _shade(
    key: np.ndarray,
    block: np.ndarray,
    back: np.ndarray,
    layer: np.ndarray,
    texels: np.ndarray,
    places: np.ndarray,
    origins: np.ndarray,
    out: np.ndarray,
) -> int:
    """Colours every hit, soft fringes over what is behind them. Returns the number of pixels with no hit.

    Colours are bilinear in the doubled textures.
    """
    height, width = out.shape[0], out.shape[1]
    one, two, half = np.float32(1), np.float32(2), np.float32(0.5)
    holes = 0
    for y in range(height):
        fy = np.float32(y) + half
        for x in range(width):
            fx = np.float32(x) + half
            red = green = blue = np.float32(0)
            nearest = np.float32(-np.inf)
            drawn = -1
            slots = 1 if block[FIRST, y, x] < 0 else 3
            for turn in range(slots):
                slot = OPAQUE if turn == 0 else SECOND if turn == 1 else FIRST
                i = block[slot, y, x]
                if i < 0 or key[slot, y, x] < nearest:
                    continue
                kind = layer[i]
                row = places[kind, 1]
                w = two / (back[i, 6] * fx + back[i, 7] * fy + back[i, 8])
                u = (back[i, 0] * fx + back[i, 1] * fy + back[i, 2]) * w - origins[kind, 0]
                v = (back[i, 3] * fx + back[i, 4] * fy + back[i, 5]) * w - origins[kind, 1]
                u = min(max(u, np.float32(0)), origins[kind, 2])
                v = min(max(v, np.float32(0)), origins[kind, 3])
                x0, y0 = np.int32(u), np.int32(v)
                ax, ay = u - np.float32(x0), v - np.float32(y0)
                bx, by = one - ax, one - ay
                a, b, c, d = bx * by, ax * by, bx * ay, ax * ay
                k = np.uint64(places[kind, 0] + y0 * row + x0)  # unsigned: no test for counting from the end
                j = k + np.uint64(row)
                k1, j1 = k + np.uint64(1), j + np.uint64(1)
                r = (a * np.float32(texels[k, 0]) + b * np.float32(texels[k1, 0])) + (
                    c * np.float32(texels[j, 0]) + d * np.float32(texels[j1, 0])
                )
                g = (a * np.float32(texels[k, 1]) + b * np.float32(texels[k1, 1])) + (
                    c * np.float32(texels[j, 1]) + d * np.float32(texels[j1, 1])
                )
                bl = (a * np.float32(texels[k, 2]) + b * np.float32(texels[k1, 2])) + (
                    c * np.float32(texels[j, 2]) + d * np.float32(texels[j1, 2])
                )
                share = one
                if slot != OPAQUE and drawn >= 0:
                    share = (
                        (a * np.float32(texels[k, 3]) + b * np.float32(texels[k1, 3]))
                        + (c * np.float32(texels[j, 3]) + d * np.float32(texels[j1, 3]))
                    ) / np.float32(255)
                red += share * (r - red)
                green += share * (g - green)
                blue += share * (bl - blue)
                nearest = key[slot, y, x]
                drawn = i
            if drawn < 0:
                holes += 1
                continue
            block[OPAQUE, y, x] = drawn
            key[OPAQUE, y, x] = nearest
            out[y, x, 0] = np.uint8(np.int32(red + half))
            out[y, x, 1] = np.uint8(np.int32(green + half))
            out[y, x, 2] = np.uint8(np.int32(blue + half))
    return holes


@kernel
def _close(block: np.ndarray, key: np.ndarray, out: np.ndarray, blank: np.ndarray) -> None:
    """Fills pixels with no hit from the farther of the nearest hits on either side in the row. A row without any hit
    is as the one above, the first rows as the first with a hit; a frame without any has the colour `blank`."""
    height, width = block.shape
    first = height
    for y in range(height):
        x = 0
        while x < width:
            if block[y, x] >= 0:
                x += 1
                continue
            end = x
            while end < width and block[y, end] < 0:
                end += 1
            if x == 0 and end == width:
                if first < y:
                    out[y] = out[y - 1]
                x = end
                continue
            source = end if x == 0 or (end < width and key[y, end] < key[y, x - 1]) else x - 1
            for u in range(x, end):
                for c in range(3):
                    out[y, u, c] = out[y, source, c]
            x = end
        if first == height and (block[y] >= 0).any():
            first = y
    if first == height:
        out[:] = blank
    else:
        out[:first] = out[first]
