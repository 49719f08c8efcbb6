"""The still as the draft works on it: at the clip's size, with its depth and the camera's lens."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from client.protocol import Camera, TakeRequest, View

from ....kernels import kernel
from ....media.stills import SKY, check_frame, read_depths, read_still
from ...engine import EngineError
from ..camera.scene_depth import OUT_OF_SIGHT, SceneDepth
from .memory import LARGE

FINER = 1.3  # a picture with so many pixels to one of the frame's, each way, is drawn from finer than that
FINEST = 1.5  # and so fine at most
ONE_SURFACE = 0.04  # neighbouring pixels whose nearness differs by less than this share are one surface
GUESSED_DISTANCE = 4.0  # metres, for a still without depth
GUESSED_LENS = 50.0 / 36.0  # focal length in picture widths, for a still without a camera (a 50 mm lens)


@dataclass(frozen=True)
class Lens:
    """Focal lengths and principal point in pixels, y down; of an orthographic camera `fx, fy` are pixels a metre."""

    fx: float
    fy: float
    cx: float
    cy: float


@dataclass(frozen=True)
class Picture:
    """`rgb` is uint8 [height, width, 3]. `nearness` is float32 [height, width] and affine over any plane:

    perspective: 1 / metres (0 where there is no surface); orthographic: minus metres. Larger is nearer.
    `fx, fy, cx, cy` are in pixels, y down; for an orthographic camera fx and fy are pixels a metre.
    `surface` is False where nothing was hit (sky). What is nearer than `front` its camera does not show. `twice` is the
    same at twice the resolution, uint8 [2 height, 2 width, 3], where that is known. `fine` is how many of its pixels
    are one of the frame's, each way. `mirrored` is the nearness of what a plane mirror shows there, as far behind it
    as it stands before it; -inf where there is none.
    """

    rgb: np.ndarray
    nearness: np.ndarray
    surface: np.ndarray
    has_depth: bool
    orthographic: bool
    fx: float
    fy: float
    cx: float
    cy: float
    front: float = math.inf
    mirrored: np.ndarray | None = None
    twice: np.ndarray | None = None
    fine: float = 1.0

    @property
    def height(self) -> int:
        return self.rgb.shape[0]

    @property
    def width(self) -> int:
        return self.rgb.shape[1]

    @property
    def lens(self) -> Lens:
        return Lens(self.fx, self.fy, self.cx, self.cy)

    @cached_property
    def span(self) -> float:
        """From the least nearness to the greatest."""
        return float(np.ptp(self.nearness))

    def metres(self) -> np.ndarray:
        """Distance along the camera's axis, float32 [height, width], inf where there is no surface."""
        with np.errstate(divide="ignore"):
            far = -self.nearness if self.orthographic else 1.0 / self.nearness
        return np.where(self.surface, far, np.inf)


def load(request: TakeRequest) -> tuple[Picture, tuple[str, ...]]:
    """The still of `request`, scaled and cropped (from its middle) to the clip's size, and notes for the user.

    Raises:
        EngineError: no still, or a still or depth that cannot be used.
    """
    if request.still is None:
        raise EngineError("still_missing", "The draft engine needs a still to move through.", param="input_reference")
    return read(request.still, request.size)


def read(view: View, size: tuple[int, int], finest: float = 1.0) -> tuple[Picture, tuple[str, ...]]:
    """A view, scaled and cropped (from its middle) to `size`, and notes for the user. A picture that is finer than that
    has more pixels of the same, `finest` as many each way at most.

    Raises:
        EngineError: a picture or depth that cannot be used.
    """
    rgb = np.asarray(read_still(view.image))
    height, width = rgb.shape[:2]
    notes: list[str] = []
    depth, mirrored = (None, None) if view.depth is None else read_depths(view.depth)
    if depth is not None and depth.shape != (height, width):
        check_frame(depth.shape, (height, width))
    if depth is None:
        notes.append(
            "There is no depth with this still, so it moves as a flat picture: "
            "render from a camera for a real move through the scene."
        )
    camera = view.camera
    if camera is None:
        if depth is not None:
            notes.append("There is no camera with this still: a 50 mm lens was assumed.")
        focal = GUESSED_LENS * width
        camera = Camera("perspective", width, height, width / 2, height / 2, focal, focal)
    lens = _lens(camera, width, height)
    metres = np.full((height, width), GUESSED_DISTANCE, np.float32) if depth is None else depth
    fine = _fine(size, (width, height), finest)
    size = round(size[0] * fine), round(size[1] * fine)
    scale = max(size[0] / width, size[1] / height)
    box = Box((width - size[0] / scale) / 2, (height - size[1] / scale) / 2, scale)
    made = _fit(rgb, metres, mirrored, lens, camera.projection, size, box, depth is not None, fine == 1)
    return replace(made, front=_front(camera), fine=fine), tuple(notes)


def read_around(view: View, still: Picture) -> Picture:
    """A `view` with depth from the still's place that shows more around it, as fine as the `still` and on the same
    grid of pixels, whole ones only.

    Raises:
        EngineError: a picture or depth that cannot be used.
    """
    assert view.camera is not None and view.depth is not None
    rgb, (depth, mirrored) = np.asarray(read_still(view.image)), read_depths(view.depth)
    height, width = rgb.shape[:2]
    if depth.shape != (height, width):
        check_frame(depth.shape, (height, width))
    lens = _lens(view.camera, width, height)
    scale = still.fx / lens[0]
    left, top = round(still.cx - lens[2] * scale, 3), round(still.cy - lens[3] * scale, 3)  # in the still's pixels
    first, above = math.ceil(left), math.ceil(top)
    size = math.floor(left + width * scale + 1e-3) - first, math.floor(top + height * scale + 1e-3) - above
    box = Box((first - left) / scale, (above - top) / scale, scale)
    return _fit(rgb, depth, mirrored, lens, view.camera.projection, size, box, True, True)


def _fine(size: tuple[int, int], sides: tuple[int, int], finest: float) -> float:
    """How many pixels a picture with so long `sides` has to one of `size`, each way: 1 if they are hardly more."""
    fine = min(finest, sides[0] / size[0], sides[1] / size[1])
    return fine if fine >= FINER and size[0] * size[1] < LARGE else 1.0


class Box(NamedTuple):
    """What is used of a picture: from `left` and `top` on, in its pixels, `scale` times as large."""

    left: float
    top: float
    scale: float


def _front(camera: Camera) -> float:
    """The nearness at which a camera begins to show things."""
    if not camera.near:
        return math.inf
    return -camera.near if camera.projection == "orthographic" else 1 / camera.near


def _lens(camera: Camera, width: int, height: int) -> tuple[float, float, float, float]:
    """fx, fy, cx, cy in pixels of a picture of `width` x `height` that shows the camera's whole frame."""
    across, down = width / camera.width, height / camera.height
    if camera.projection == "orthographic":
        return across / camera.scale, down / camera.scale, camera.cx * across, camera.cy * down
    return camera.fx * across, camera.fy * down, camera.cx * across, camera.cy * down


def _fit(
    rgb: np.ndarray,
    depth: np.ndarray,
    mirrored: np.ndarray | None,
    lens: tuple[float, float, float, float],
    projection: str,
    size: tuple[int, int],
    box: Box,
    has_depth: bool,
    doubled: bool,
) -> Picture:
    """What lies in `box`, `size` pixels of it, and twice as many where they are known and wanted (`doubled`); depth
    keeps its values (nearest pixel)."""
    from PIL import Image

    wide, high = size
    height, width = rgb.shape[:2]
    left, top, scale = box
    twice = None
    if (width, height) != (wide, high):
        used = (left, top, min(width, left + wide / scale), min(height, top + high / scale))
        fine = doubled and scale * FINER <= 1 and wide * high < LARGE
        sides = (2 * wide, 2 * high) if fine else (wide, high)
        shown = Image.fromarray(rgb).resize(sides, Image.Resampling.LANCZOS, used)
        rgb, twice = (np.asarray(shown.reduce(2)), np.asarray(shown)) if fine else (np.asarray(shown), None)
    rows = ((np.arange(high) + 0.5) / scale + top) * depth.shape[0] / height
    columns = ((np.arange(wide) + 0.5) / scale + left) * depth.shape[1] / width
    surface = (depth < SKY) & (depth > 0)
    orthographic = projection == "orthographic"
    if orthographic:
        back = float(depth[surface].max()) if surface.any() else 1.0
        nearness = np.where(surface, -depth, -1.5 * back)
    else:
        nearness = np.where(surface, 1.0 / np.where(surface, depth, 1.0), 0.0)
    behind = None
    if mirrored is not None:
        mirror, seen = surface & (mirrored > depth), mirrored < SKY
        behind = -mirrored if orthographic else 1.0 / np.where(mirror, mirrored, 1.0)
        behind = np.where(mirror, np.where(seen, behind, float(nearness.min()) if orthographic else 0.0), -np.inf)
        behind = _resample(behind.astype(np.float32), mirror, rows, columns)[0]
    nearness, surface = _resample(nearness.astype(np.float32), surface, rows, columns)
    fx, fy, cx, cy = lens
    return Picture(
        np.ascontiguousarray(rgb),
        nearness,
        surface,
        has_depth,
        orthographic,
        fx * scale,
        fy * scale,
        (cx - left) * scale,
        (cy - top) * scale,
        mirrored=behind,
        twice=twice,
    )


def _resample(
    nearness: np.ndarray, surface: np.ndarray, rows: np.ndarray, columns: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Values at fractional rows and columns: between pixels of one surface in proportion, else the nearest."""
    if len(rows) == nearness.shape[0] and len(columns) == nearness.shape[1]:
        return np.ascontiguousarray(nearness), np.ascontiguousarray(surface)
    out, hit = np.empty((len(rows), len(columns)), np.float32), np.empty((len(rows), len(columns)), np.bool_)
    _look_up(np.ascontiguousarray(nearness), np.ascontiguousarray(surface), rows, columns, out, hit)
    return out, hit


@kernel
def _look_up(
    nearness: np.ndarray, surface: np.ndarray, rows: np.ndarray, columns: np.ndarray, out: np.ndarray, hit: np.ndarray
) -> None:
    height, width = nearness.shape
    for y in range(rows.size):
        row = min(max(int(rows[y]), 0), height - 1)
        over = min(max(int(np.floor(rows[y] - 0.5)), 0), height - 2)
        down = np.float32(rows[y] - 0.5 - over)
        for x in range(columns.size):
            column = min(max(int(columns[x]), 0), width - 1)
            left = min(max(int(np.floor(columns[x] - 0.5)), 0), width - 2)
            across = np.float32(columns[x] - 0.5 - left)
            a, b = nearness[over, left], nearness[over, left + 1]
            c, d = nearness[over + 1, left], nearness[over + 1, left + 1]
            low, high = min(min(a, b), min(c, d)), max(max(a, b), max(c, d))
            hit[y, x] = surface[row, column]
            if high - low < np.float32(ONE_SURFACE) * max(abs(high), abs(low)):
                upper, lower = a + across * (b - a), c + across * (d - c)
                out[y, x] = upper + down * (lower - upper)
            else:
                out[y, x] = nearness[row, column]


def measure(picture: Picture) -> SceneDepth:
    """What a move has to know about `picture`."""
    height, width = picture.height, picture.width
    metres = picture.metres()
    seen = metres[picture.surface]
    if not seen.size:
        seen = np.array([OUT_OF_SIGHT], np.float32)
    y = (np.arange(height)[:, None] + 0.5 - height / 2) / height
    x = (np.arange(width)[None, :] + 0.5 - width / 2) / width
    weight = np.exp(-((y / 0.16) ** 2) / 2) * np.exp(-((x / 0.16) ** 2) / 2) * picture.surface
    focus = _weighted_median(metres[picture.surface], weight[picture.surface])
    middle = metres[height * 2 // 5 : height - height * 2 // 5, width * 2 // 5 : width - width * 2 // 5]
    middle = middle[np.isfinite(middle)]
    # Straight on, only what lies within half a metre or so of the axis is in the way.
    forward = float(np.percentile(middle, 2)) if middle.size else float(np.percentile(seen, 95))
    left, right, up, down = _room_around(picture, metres)
    return SceneDepth(
        orthographic=picture.orthographic,
        width=width,
        height=height,
        fx=picture.fx,
        fy=picture.fy,
        focus=focus if math.isfinite(focus) else float(np.median(seen)),
        forward=forward,
        left=left,
        right=right,
        up=up,
        down=down,
    )


def _weighted_median(values: np.ndarray, weights: np.ndarray) -> float:
    """Of float32 values above 0. Their upper bits, which order them too, tell where it lies; only those are sorted."""
    if not values.size or weights.sum() <= 1e-6:
        return math.inf
    about = values.view(np.int32) >> 14
    below = np.cumsum(np.bincount(about, weights))
    at = int(np.searchsorted(below, below[-1] / 2))
    values, weights = values[about == at], weights[about == at]
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order]) + (below[at - 1] if at else 0.0)
    return float(values[order][min(np.searchsorted(total, below[-1] / 2), len(order) - 1)])


def _room_around(picture: Picture, metres: np.ndarray) -> tuple[float, float, float, float]:
    """How far the seen points reach to each side of the camera: the walls of the space it may move in."""
    step = max(1, picture.width // 160)
    z = metres[::step, ::step]
    v, u = np.mgrid[0 : picture.height : step, 0 : picture.width : step] + 0.5
    spread = 1.0 if picture.orthographic else z
    with np.errstate(invalid="ignore"):
        x = (u - picture.cx) / picture.fx * spread
        y = (v - picture.cy) / picture.fy * spread
    seen = np.isfinite(z)
    if not seen.any():
        return OUT_OF_SIGHT, OUT_OF_SIGHT, OUT_OF_SIGHT, OUT_OF_SIGHT
    x, y = x[seen], y[seen]
    left, right = max(0.0, -float(np.percentile(x, 2))), max(0.0, float(np.percentile(x, 98)))
    return left, right, max(0.0, -float(np.percentile(y, 2))), max(0.0, float(np.percentile(y, 98)))
