"""Where the camera of a take by words will go, asked before its still is rendered: so that the still can show what the
move uncovers beside it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

import bpy
import numpy as np
from bpy.app.translations import pgettext_rpt as rpt_

from ....client.api.errors import ApiError
from ....client.events import READY
from ....client.protocol import CameraPath
from ...app.app import app
from ...stills.borrow.borrowed import borrowing
from ...stills.camera import camera_of, metres_per_unit
from ...stills.known.things import with_sight, with_things
from ...stills.track import Pose, Track
from ..press.order import Order
from ..server import connection

PATIENCE = 4.0  # seconds for the backend's answer: without one the still is as wide as its frame
LOOK = 0.002  # seconds between two looks for it, where nothing else is done meanwhile
MOST = 4  # takes of one press whose moves are asked for
LATE = "Where the words lead was not known before the still was rendered: it shows nothing around its frame."
STANDS = 1e-4  # of a pose's numbers


@dataclass(frozen=True)
class Wait:
    """Nothing can be done for so many `seconds`: an answer is still to come."""

    seconds: float = LOOK


Way = tuple["Track | None", tuple[str, ...]]  # the poses, and what to say of them


def track(order: Order, scene: bpy.types.Scene, camera: bpy.types.Object) -> Generator[Wait, None, Way]:
    """The poses that the order's first takes (up to `MOST`) will have by its words, the still's first, and remarks;
    None where nobody says so in time, or the camera holds. Scene and camera are read before the first wait alone: an
    undo step may come in between.

    Raises:
        SceneError: camera_unusable, as `camera_of`.
    """
    if app().state.backend.state != READY:
        return None, (rpt_(LATE),)
    with borrowing(scene, {"camera": camera, "frame_float": float(order.frame)}):
        seen = with_sight(scene, with_things(scene, camera_of(scene, camera)))
    unit = metres_per_unit(scene)
    assert order.start is not None  # of a move by words it is known since the press
    ask = connection.session().path_ahead
    asked = [ask(order.engine.id, order.direction, seen, order.seconds, take.seed) for take in order.takes[:MOST]]
    ends = time.monotonic() + PATIENCE
    while not all(one.done() for one in asked) and time.monotonic() < ends:
        yield Wait()
    paths, known = [], 0
    for one in asked:
        if one.done():
            with contextlib.suppress(ApiError):
                found = one.result()
                known += 1
                paths += [found.path] if found is not None else []
    return _along(Track((order.start,), *order.picture), paths, unit), () if known else (rpt_(LATE),)


def _along(start: Track, paths: Sequence[CameraPath], unit: float) -> Track | None:
    """The poses of all paths, one after the other."""
    first, keys = start.poses[0], [key for path in paths for key in path.keyframes]
    still = all(abs(key.zoom - 1) < STANDS and np.allclose(key.matrix, np.eye(4), atol=STANDS) for key in keys)
    if still:
        return None
    poses: list[Pose] = [replace(first, t=0.0)]
    for number, key in enumerate(keys, 1):
        moved = np.array(key.matrix)
        moved[:3, 3] /= unit
        matrix = tuple(map(tuple, (np.array(first.matrix) @ moved).tolist()))
        poses.append(
            replace(first, t=number / len(keys), matrix=matrix, fx=first.fx * key.zoom, fy=first.fy * key.zoom)
        )
    return replace(start, poses=tuple(poses))
