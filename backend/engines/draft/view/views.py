"""Where the views of a request stand, and which of them a moment of the clip is drawn from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from client.protocol import Camera, TakeRequest, View

from ..camera.paths import FLIP, Pose

SWITCH = 0.25  # share of the time between two views in which a view that ends, or comes in, loses or gains its say
BOTH = 0.25  # of two that share a picture, what each is of an average at least where its say does not end by itself
FAINT = 0.01  # how much of an average a view is that only helps out
SILENT = 1e-6  # less say than that is none
BEGINNING = 0.001  # of the shot: till then a view is of the still's moment
HERE = 1e-3  # metres, tangents: what is no further away is the same place, or the same side of a picture
AT = 0.002  # a path passes through a view if it comes this close, in view distances and radians


@dataclass(frozen=True)
class Place:
    """A view and its pose relative to the still's camera. `passed`: the path goes through it at its time."""

    view: View
    pose: Pose
    passed: bool = True


@dataclass(frozen=True)
class Part:
    """What view `index` is to a moment: see Sight."""

    index: int
    share: float
    says: float


def around(request: TakeRequest) -> View | None:
    """A view from the still's own place, at its moment, that shows what the still does and more around it."""
    still = request.still
    if still is None or still.depth is None or still.camera is None:
        return None
    return next((view for view in request.views[1:] if view.t <= BEGINNING and _holds(view, still)), None)


def _holds(view: View, still: View) -> bool:
    one, other = view.camera, still.camera
    if view.depth is None or one is None or other is None or one.projection != other.projection:
        return False
    place = between(other, one)
    if np.abs(place.rotation - np.eye(3)).max() > HERE or np.abs(place.position).max() > HERE:
        return False
    more = np.array(_reach(one)) - _reach(other)
    return bool(more.min() > -HERE and more.max() > HERE)


def _reach(camera: Camera) -> tuple[float, float, float, float]:
    """How far the picture reaches to the left, right, top and bottom: tangents of angles, or metres."""
    across, down = (camera.fx, camera.fy) if camera.projection == "perspective" else (1 / camera.scale,) * 2
    return (
        camera.cx / across,
        (camera.width - camera.cx) / across,
        camera.cy / down,
        (camera.height - camera.cy) / down,
    )


def placed(request: TakeRequest, poses: Sequence[Pose], distance: float) -> tuple[list[Place], tuple[str, ...]]:
    """The views that can be drawn from, the still first, and notes on those that can't. A view `around` the still
    stands in its stead.

    A further view needs a depth and a camera of the still's kind, and so does the still. `distance` is what is looked
    at in metres.
    """
    still, wide = request.still, around(request)
    further = [view for view in request.views if view.t > 0 and view is not wide]
    assert still is not None
    places = [Place(wide or still, Pose(np.eye(3), np.zeros(3), 1.0))]
    if still.depth is not None and still.camera is not None:
        for view in further:
            if view.depth is None or view.camera is None or view.camera.projection != still.camera.projection:
                continue
            pose = between(still.camera, view.camera)
            places.append(Place(view, pose, _passed(pose, poses[round(view.t * (len(poses) - 1))], distance)))
    left_out = sum(view.t < 1 or view.depth is not None for view in further) - (len(places) - 1)
    if not left_out:
        return places, ()
    which = "A further view was" if left_out == 1 else f"{left_out} further views were"
    return places, (f"{which} left out: a view needs its depth and its camera, of the same kind as the still's.",)


def between(start: Camera, other: Camera) -> Pose:
    """The pose of `other` in the axes of `start` (those of pictures); what scale their matrices have is left out."""
    first, second = _rigid(start.matrix_world), _rigid(other.matrix_world)
    moved = np.linalg.inv(first) @ second
    return Pose(FLIP @ moved[:3, :3] @ FLIP, FLIP @ moved[:3, 3], 1.0)


def in_world(start: Camera | None, pose: Pose) -> np.ndarray:
    """`pose` (in the axes of the still's camera `start`) as 4x4, camera to world, in Blender's axes; without a camera
    the world is that of the still's."""
    moved = np.eye(4)
    moved[:3, :3], moved[:3, 3] = FLIP @ pose.rotation @ FLIP, FLIP @ pose.position
    return moved if start is None else _rigid(start.matrix_world) @ moved


def seen_from(place: Pose, pose: Pose) -> Pose:
    """`pose` (in the still's axes) in the axes of the view at `place`."""
    turn = place.rotation.T
    return Pose(turn @ pose.rotation, turn @ (pose.position - place.position), pose.zoom)


def parts(times: Sequence[float], passed: Sequence[bool], t: float) -> list[Part]:
    """What each view is to the moment `t`: the one before and the one after it share the picture, and come first, both
    of them if any other does; one more on either side helps where neither sees. All change continuously in `t`: at the
    time of a view that the path passes through there is no other; at that of one beside the path the others only help,
    as they do till then and from then on.
    """
    here = max(0, bisect_right(times, t) - 1)
    after = here + 1
    if after == len(times):
        gap = max(times[here] - times[here - 1] if here else 1.0, 1e-9)
        u = 0.0
        lead, trail = (t - times[here]) / gap, 1.0
    else:
        gap = max(times[after] - times[here], 1e-9)
        u = (t - times[here]) / gap
        lead, trail = u, 1 - u
    begin = BOTH if passed[here] else 0.0
    end = 1 - BOTH if after < len(times) and passed[after] else 1.0
    blend = begin + (end - begin) * u * u * (3 - 2 * u)
    rise, fall = _ramp(lead), _ramp(trail)
    further = after < len(times)
    ends = further and passed[after]
    both = (rise if passed[here] else 1.0) * (fall if ends else 1.0)
    helping = [(here - 1, both * (fall if further else 1.0)), (after + 1, both * rise)]
    if further and not ends and fall < 1:
        helping.append((here, both))
    if not passed[here] and rise < 1:
        helping.append((after, both))
    helps = [Part(k, FAINT, says) for k, says in helping if 0 <= k < len(times) and says > SILENT]
    made = [Part(here, max(1 - blend, FAINT), fall if further else 1.0)]
    if further:
        made.append(Part(after, max(blend, FAINT), rise))
    elif helps:
        made.append(Part(here - 1, FAINT, 0.0))
    return [part for part in made if helps or part.says > SILENT] + helps


def _ramp(u: float) -> float:
    u = min(max(u / SWITCH, 0.0), 1.0)
    return u * u * (3 - 2 * u)


def _passed(place: Pose, pose: Pose, distance: float) -> bool:
    apart = float(np.linalg.norm(place.position - pose.position)) / max(distance, 1e-9)
    turned = float(np.abs(place.rotation - pose.rotation).max())
    return apart < AT and turned < AT


def _rigid(matrix: Sequence[Sequence[float]]) -> np.ndarray:
    made = np.array(matrix, float)
    u, _, v = np.linalg.svd(made[:3, :3])
    made[:3, :3] = u @ v
    return made
