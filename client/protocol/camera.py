"""Cameras and camera paths, in metres, pixels with y down, and Blender's axes (-Z forward, +Y up)."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

from .direction import check_text
from .problem import Unfit

Matrix = tuple[tuple[float, ...], ...]
IDENTITY: Matrix = ((1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0))
PROJECTIONS = ("perspective", "orthographic")
MAX_PIXELS = 65_536  # a side
MAX_NUMBER = 1e12
MAX_KEYFRAMES = 4096
MAX_ZOOM = 1000.0
MAX_THINGS = 64
MAX_NAME = 64  # characters
MAX_SIGHT = 32  # rows, and distances in a row
MAX_UNSEEN = 256  # keyframes of a path that say what no view shows

Vector = tuple[float, float, float]
Rows = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Focus:
    """What the lens focuses on: metres along the camera's axis, and where an object is set its name and its place in
    the camera's axes."""

    distance: float
    name: str = ""
    position: Vector | None = None

    def __post_init__(self) -> None:
        if not 0 < self.distance <= MAX_NUMBER:
            raise Unfit("distance", "must be above 0")
        check_text(self.name, "name", MAX_NAME)
        if self.position is not None:
            _check_vector(self.position, "position")


@dataclass(frozen=True)
class Thing:
    """A named thing in view: the middle and the size of its box, metres in the camera's axes. `person` for a
    character."""

    name: str
    centre: Vector
    size: Vector
    person: bool = False

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise Unfit("name", "must not be empty")
        check_text(self.name, "name", MAX_NAME)
        _check_vector(self.centre, "centre")
        _check_vector(self.size, "size")
        if min(self.size) < 0:
            raise Unfit("size", "must not be below 0")


@dataclass(frozen=True)
class Camera:
    """The camera of a view (camera.json).

    `fx, fy` (pixels) are a perspective camera's, `scale` (metres a pixel) an orthographic one's. `matrix_world` is
    4x4, row-major, camera to world.

    What follows is left out where it is not known: `near`, metres from its plane up to which it shows nothing; `focus`;
    `things`, at most 64 named things in view, the largest
    first; `sight`, rows from the top of at most 32 x 32 distances, metres along the axis from the frame's cells, 0
    where nothing is hit.
    """

    projection: str
    width: int
    height: int
    cx: float
    cy: float
    fx: float = 0.0
    fy: float = 0.0
    scale: float = 0.0
    matrix_world: Matrix = IDENTITY
    focus: Focus | None = None
    things: tuple[Thing, ...] = ()
    sight: Rows = ()
    near: float = 0.0

    def __post_init__(self) -> None:
        if self.projection not in PROJECTIONS:
            raise Unfit("projection", f"must be one of {', '.join(PROJECTIONS)}")
        if not (1 <= self.width <= MAX_PIXELS and 1 <= self.height <= MAX_PIXELS):
            raise Unfit("width", f"and height must be 1 to {MAX_PIXELS} pixels")
        for name in ("cx", "cy", "fx", "fy", "scale"):
            if not _finite(getattr(self, name)):
                raise Unfit(name, "must be a finite number")
        if self.projection == "perspective" and not (self.fx > 0 and self.fy > 0):
            raise Unfit("fx", "and fy must be above 0 for a perspective camera")
        if self.projection == "orthographic" and not self.scale > 0:
            raise Unfit("scale", "must be above 0 for an orthographic camera")
        check_matrix(self.matrix_world, "matrix_world")
        if len(self.things) > MAX_THINGS:
            raise Unfit("things", f"must be at most {MAX_THINGS}")
        _check_rows(self.sight, "sight")
        if not 0 <= self.near <= MAX_NUMBER:
            raise Unfit("near", "must be a finite number of at least 0")


@dataclass(frozen=True)
class Keyframe:
    """A pose relative to the start pose. `t` is 0..1 over the shot, `zoom` a factor of the focal length.

    `unseen` tells what stands here that no view of the request shows: rows from the top of at most 32 x 32 distances,
    metres along the axis to the surface in each of the frame's cells, 0 where a view shows it or nothing is hit. It is
    empty where that is not known.
    """

    t: float
    matrix: Matrix
    zoom: float = 1.0
    unseen: Rows = ()

    def __post_init__(self) -> None:
        if not 0 <= self.t <= 1:
            raise Unfit("t", "must lie between 0 and 1")
        if not 0 < self.zoom <= MAX_ZOOM:
            raise Unfit("zoom", f"must be above 0 and at most {MAX_ZOOM:g}")
        check_matrix(self.matrix, "matrix")
        _check_rows(self.unseen, "unseen")


@dataclass(frozen=True)
class CameraPath:
    """What the camera does over the shot (path.json): 1 to 4096 keyframes whose `t` rises. At most 256 of them tell
    what is `unseen`."""

    keyframes: tuple[Keyframe, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.keyframes) <= MAX_KEYFRAMES:
            raise Unfit("keyframes", f"must be 1 to {MAX_KEYFRAMES}")
        if any(later.t <= earlier.t for earlier, later in itertools.pairwise(self.keyframes)):
            raise Unfit("keyframes", "must have a t that rises from one to the next")
        if sum(bool(key.unseen) for key in self.keyframes) > MAX_UNSEEN:
            raise Unfit("keyframes", f"must have something unseen in at most {MAX_UNSEEN} of them")


@dataclass(frozen=True)
class WordsPath:
    """The whole move that a direction's words mean, before anything is made. `notes` are remarks for the user."""

    path: CameraPath
    notes: tuple[str, ...] = ()


def check_matrix(matrix: Matrix, field: str) -> None:
    """Raises Unfit for what is no 4x4 matrix of finite numbers."""
    if len(matrix) != 4 or any(len(row) != 4 for row in matrix):
        raise Unfit(field, "must have 4 rows of 4 numbers")
    if not all(_finite(value) for row in matrix for value in row):
        raise Unfit(field, "must hold finite numbers")


def _check_rows(rows: Rows, field: str) -> None:
    """Raises Unfit for what are no distances in the cells of a frame."""
    if len(rows) > MAX_SIGHT or any(not 1 <= len(row) <= MAX_SIGHT for row in rows):
        raise Unfit(field, f"must have at most {MAX_SIGHT} rows of 1 to {MAX_SIGHT} distances")
    if any(len(row) != len(rows[0]) for row in rows):
        raise Unfit(field, "must have rows of one length")
    if any(not all(map(math.isfinite, row)) or min(row) < 0 or max(row) > MAX_NUMBER for row in rows):
        raise Unfit(field, "must hold finite distances of at least 0")


def _check_vector(vector: Vector, field: str) -> None:
    if len(vector) != 3 or not all(_finite(value) for value in vector):
        raise Unfit(field, "must be three finite numbers")


def _finite(value: float) -> bool:
    return math.isfinite(value) and abs(value) <= MAX_NUMBER
