"""What the views of a request show along its camera's path, frame by frame."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from client.protocol import TakeRequest

from ..engines.draft.camera.paths import Pose
from ..engines.draft.shot import Shot, begin, workers
from ..engines.draft.view.drawing.renderer import Renderer, Sight
from ..engines.draft.view.unseen import Boxes
from ..engines.draft.view.views import in_world
from .span import span


@dataclass(frozen=True, eq=False)
class GuideFrame:
    """What is seen from one pose. Where no view saw, `hole` is True and the rest 0.

    `warp` is uint8 RGB [height, width, 3], `hole` bool [height, width]. `inverse_depth` is float32 [height, width], 1 /
    metres along the camera's axis, 0 where there is nothing (sky). `camera_to_world` is 4x4 in Blender's axes and in
    metres, `intrinsics` 3x3 in pixels, y down; of an orthographic camera its focal lengths are pixels a metre.
    """

    warp: np.ndarray
    hole: np.ndarray
    inverse_depth: np.ndarray
    camera_to_world: np.ndarray
    intrinsics: np.ndarray


@dataclass(frozen=True, eq=False)
class Guide:
    """`frames` yields `frame_count` of them, once. `near` and `far` are metres: between them lie the surfaces of all
    frames (a little may lie nearer, where the camera passes by it). `notes` are remarks for the user."""

    width: int
    height: int
    fps: Fraction
    frame_count: int
    orthographic: bool
    near: float
    far: float
    notes: tuple[str, ...]
    frames: Generator[GuideFrame, None, None]


def guide(request: TakeRequest) -> Guide:
    """The guide of `request`: of its engine, options, sound and dialogue nothing counts.

    As many frames are in memory as draw at a time, and the views near in time. Closing `frames` ends the drawing.

    Raises:
        EngineError: a still, depth, camera or path that cannot be used; from `frames` also for a further view.
    """
    shot = begin(request, guess=False)
    near, far = span(shot.film)
    return Guide(
        width=request.width,
        height=request.height,
        fps=request.fps,
        frame_count=request.frame_count,
        orthographic=shot.still.orthographic,
        near=near,
        far=far,
        notes=(*shot.notes, *shot.left_out),
        frames=_frames(request, shot, far),
    )


def _frames(request: TakeRequest, shot: Shot, far: float) -> Generator[GuideFrame, None, None]:
    start = request.still.camera if request.still else None
    still = shot.still

    def draw(renderer: Renderer, sights: Sequence[Sight], unseen: Boxes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        frame = renderer.frame(sights, unseen)
        hole = np.isneginf(frame.nearness)
        frame.rgb[hole] = 0
        return frame.rgb, hole, _inverse(frame.nearness, hole, still.orthographic, far)

    drawn = shot.film.drawn(workers(), draw)
    try:
        for pose, (warp, hole, inverse_depth) in zip(shot.film.poses, drawn, strict=True):
            yield GuideFrame(warp, hole, inverse_depth, in_world(start, pose), _intrinsics(shot, pose))
    finally:
        drawn.close()


def _inverse(nearness: np.ndarray, hole: np.ndarray, orthographic: bool, far: float) -> np.ndarray:
    """1 / metres, 0 for holes and sky. An orthographic camera's sky is drawn as a plane behind everything."""
    if not orthographic:
        return np.where(hole, np.float32(0), np.maximum(nearness, np.float32(0)))
    metres = -np.where(hole, np.float32(-1), nearness)
    surface = ~hole & (metres > 0) & (metres <= far)
    return np.where(surface, 1 / np.where(surface, metres, np.float32(1)), np.float32(0))


def _intrinsics(shot: Shot, pose: Pose) -> np.ndarray:
    lens = shot.still.lens
    return np.array([[lens.fx * pose.zoom, 0, lens.cx], [0, lens.fy * pose.zoom, lens.cy], [0, 0, 1]])
