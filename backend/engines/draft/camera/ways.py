"""The way that a push takes to, past, through or over a thing, and what else a thing's place and size say of a move.
Lengths in metres, in the start camera's axes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ..direction.marks import FRAMES
from ..direction.steps import Step
from ..direction.where.target import which_of
from .limits import Sizes
from .rig import RigPose, angles_to, level_part, levelled, rotation, turn_to, wrapped
from .scene_depth import OUT_OF_SIGHT, SceneDepth
from .sight import distance_to
from .targets import Target, find_target

FILLS = 0.7  # of the frame, that a thing takes when the camera has come to it
LEAST_NEAR = 0.4  # metres
ROOM_FOR_PEOPLE = 0.6  # metres, of a way to somebody that ends behind what it passes
FACE_TO_FACE = 1.5  # metres to somebody, below which the face is looked at
BESIDE = 0.5  # metres between the camera and a thing that it passes
NARROW = 0.15  # metres between a way and a thing, with less of which it goes around it
BEYOND = 1.0  # metres that it goes on behind what it passes through
SINK = 0.35  # of the height between the camera and a thing, that a way to it takes
ROOM = 1.8  # metres each way, of the least thing that a camera can be in
CLIMBS = {"up": 1.0, "down": -1.0}  # what a way up or down stairs does
STEEP = 0.6  # metres that stairs which are not in view rise in a metre
FALL = 0.85  # the same, where the words have the camera sink or rise towards it

Change = Callable[[RigPose, float], RigPose]


@dataclass(frozen=True)
class Stage:
    """What courses are made from: the scene, what moves measure themselves by, the world's up in the start camera's
    axes, how many views there are."""

    scene: SceneDepth
    size: Sizes
    up: np.ndarray
    views: int
    among: float = 0.0  # which of things that a name fits alike is meant: see `targets.find_target`

    def thing(self, name: str, said: str = "") -> Target | None:
        """The thing of this name, if there is one in view: of several that which is `said`."""
        return find_target(name, self.scene, self.among, which_of(said, name))


def pivot_of(base: RigPose, stage: Stage, to: Target | None) -> np.ndarray:
    """What the camera turns about, or keeps as large: the thing that is named, else what the lens focuses on, else the
    nearest large thing, as far as it is still before the camera."""
    if to is not None:
        return to.centre
    ahead = -rotation(base, stage.up)[:, 2]
    lens = stage.scene.lens
    if lens is not None:
        there = np.array(lens) - base.position
        if float(there @ ahead) > 0.1:
            return np.array(lens)
    far = distance_to(stage.scene)
    return base.position + ahead * max(far + float(base.position[2]), 0.3 * far)


def framed(to: Target, stage: Stage, share: float) -> float:
    """Metres from the near side of a thing at which it takes `share` of the frame."""
    scene = stage.scene
    if scene.orthographic:
        return 0.0
    return max(float(to.size[0]) * scene.fx / scene.width, float(to.size[1]) * scene.fy / scene.height) / share


def share_of(step: Step, to: Target) -> float:
    """The share of the frame that the thing of a step takes in the end."""
    if not step.frames:
        return FILLS
    person, thing, _ = FRAMES[step.frames]
    return min(person, 1.0) if to.person else thing  # of a person, what the frame shows is the thing: `shown_of`


def above(base: RigPose, stage: Stage, to: Target | None) -> float:
    """Metres up until the camera is above a thing, or above all that is seen."""
    if to is None:
        top = stage.scene.up if stage.scene.up < OUT_OF_SIGHT else stage.scene.frame_height
        return max(1.15 * top - float(base.position @ stage.up), 0.3 * stage.scene.frame_height)
    top = float((to.centre - base.position) @ stage.up) + 0.5 * float(np.abs(stage.up) @ to.size)
    return max(top + max(0.15 * float(np.abs(stage.up) @ to.size), 0.5), 0.3)


@dataclass(frozen=True)
class Way:
    """A push to, past, through or over a thing: straight on along `ahead` for `length` metres, with a bend by `aside`
    that is complete after the part `bent` of it, and a turn."""

    ahead: np.ndarray
    length: float
    aside: np.ndarray
    bent: float = 0.7
    yaw: float = 0.0
    pitch: float = 0.0
    around: np.ndarray | None = None  # a bow to one side, widest after the part `widest` of it, around what is passed
    widest: float = 0.5
    goal: np.ndarray | None = None  # from where it begins to what it leads to, and looks at in the end
    points: tuple[np.ndarray, ...] = ()  # the corners of a way that has some, from where it begins to its end


def way_of(step: Step, base: RigPose, stage: Stage, to: Target | None, level: bool) -> Way | None:
    """`level`: something else raises or lowers the camera on the way."""
    up = stage.up
    turned = rotation(base, up)
    onward = levelled(-turned[:, 2], up)
    none = np.zeros(3)
    if to is None:
        if step.relation == "through" and step.target and stage.scene.deepest is not None:
            there = np.array(stage.scene.deepest) - base.position
            flat = level_part(there, up)
            length = float(np.linalg.norm(flat))
            if length > 0.1 and float(flat @ onward) > 0:
                return Way(flat / length, 0.9 * length, none, yaw=turn_to(base, flat, up)[0])
        if step.relation == "over" and step.target:
            return Way(onward, 2.5 * stage.size.usual["push"], none)
        if step.relation in CLIMBS:
            length = stage.size.usual["push"]
            return Way(onward, length, up * (CLIMBS[step.relation] * STEEP * length), 1.0)
        return None
    there = to.centre - base.position
    flat = level_part(there, up)
    far = float(np.linalg.norm(flat))
    if far < 0.05:
        return None
    straight = flat / far
    if step.relation == "through":
        along = float(np.abs(straight) @ to.size)
        drop = _into_the_opening(float(there @ up), float(np.abs(up) @ to.size))
        return Way(straight, far + 0.4 * along + BEYOND, up * drop, yaw=turn_to(base, flat, up)[0])
    if step.relation in CLIMBS:  # to its far end, and as much higher or lower as it is high
        high, deep = (float(np.abs(axis) @ to.size) for axis in (up, straight))
        rise = CLIMBS[step.relation] * high
        return Way(straight, far + 0.5 * deep, up * rise, 1.0, yaw=turn_to(base, flat, up)[0])
    if step.relation == "past":
        right = np.cross(straight, up)
        side = float(there @ np.cross(onward, up))
        half = 0.5 * float(np.abs(right) @ to.size)
        ahead = float(flat @ onward)
        if ahead <= 0.05:
            return None
        lacking = max(half + BESIDE - abs(side), 0.0)
        aside = np.cross(onward, up) * (-lacking if side > 0 else lacking)
        return Way(onward, ahead + 0.5 * float(np.abs(onward) @ to.size) + BESIDE, aside)
    if step.relation == "over":
        rise = above(base, stage, to)
        return Way(straight, far + 0.5 * float(np.abs(straight) @ to.size), up * max(rise, 0.0), 0.6)
    if step.relation in ("with", "along", "from"):
        return None
    if "into" in step.said.split() and float(to.size.min()) >= ROOM:  # "walk into the kitchen" ends in its middle
        return Way(straight, far, none, yaw=turn_to(base, flat, up)[0])
    near = 0.5 * float(np.abs(straight) @ to.size) + framed(to, stage, share_of(step, to)) * base.zoom
    stop = min(max(near, LEAST_NEAR, 0.0 if step.frames else 0.12 * far), 0.75 * far)
    if step.gap is not None:
        stop = min(0.5 * float(np.abs(straight) @ to.size) + step.gap, far)
    length = far - stop
    passed = stage.thing(step.via)
    passed = passed or (_in_the_way(base, straight, length, to, stage) if stage.views > 1 else None)
    around, by = _around(passed, base, straight, up, step.beside) if passed else (None, 0.0)
    if step.gap is None and 0.0 < by < far - LEAST_NEAR and passed is not None:
        beside = ROOM_FOR_PEOPLE if to.person else 0.5 * float(np.abs(straight) @ to.size) + LEAST_NEAR
        nearest = far - beside
        length = max(length, min(by + 0.5 * float(np.abs(straight) @ passed.size) + BESIDE, nearest))
    height = float(there @ up)
    yaw, pitch = turn_to(base, there - straight * length - (FALL if level else SINK) * height * up, up)
    sunk = none if level else SINK * height * up
    goal = None if level else there
    if goal is not None and to.person and far - length < FACE_TO_FACE:
        goal = goal + up * (0.35 * float(np.abs(up) @ to.size))
    if around is None or not 0.0 < by < length:
        return Way(straight, length, sunk, 1.0, yaw, pitch, goal=goal)
    return Way(straight, length, sunk, 1.0, yaw, pitch, around, by / length, goal)


def _around(
    passed: Target, base: RigPose, straight: np.ndarray, up: np.ndarray, beside: int = 0
) -> tuple[np.ndarray | None, float]:
    """How far to one side a straight way has to bow to clear a thing, and after how many metres it passes it.
    `beside`: on which side of it, 1 for its right."""
    there = passed.centre - base.position
    right = np.cross(straight, up)
    side, half = float(there @ right), 0.5 * float(np.abs(right) @ passed.size)
    on = beside or (-1 if side > 0 else 1)
    clear = side + on * (half + BESIDE)
    lacking = max(clear, 0.0) if on > 0 else min(clear, 0.0)
    return (right * lacking if lacking else None), float(there @ straight)


def _in_the_way(base: RigPose, straight: np.ndarray, length: float, to: Target, stage: Stage) -> Target | None:
    """The first thing that a straight way of so many metres goes through, save for what it leads to."""
    right, up = np.cross(straight, stage.up), stage.up
    met: list[tuple[float, Target]] = []
    for thing in stage.scene.things:
        centre, size = np.array(thing.centre, np.float64), np.array(thing.size, np.float64)
        there = centre - base.position
        along, aside, above = (float(there @ axis) for axis in (straight, right, up))
        deep, half, high = (0.5 * float(np.abs(axis) @ size) for axis in (straight, right, up))
        is_goal = bool(np.all(np.abs(centre - to.centre) <= 0.5 * np.maximum(size, to.size)))
        meets = abs(aside) < half + NARROW and abs(above) < high + NARROW
        if meets and not is_goal and along - deep > LEAST_NEAR and along + deep < length:
            met.append((along, Target(centre, size, True, thing.person)))
    return min(met, key=lambda one: one[0])[1] if met else None


def _into_the_opening(middle: float, high: float) -> float:
    """Metres up (or down) to be well inside an opening whose middle is `middle` above the camera."""
    room = max(0.5 * high - 0.3, 0.0)
    return middle - room if middle > room else middle + room if middle < -room else 0.0


def smooth(u: float) -> float:
    u = min(max(u, 0.0), 1.0)
    return u * u * (3.0 - 2.0 * u)


def along(way: Way, extent: float, base: RigPose, up: np.ndarray) -> Change:
    """What the first `extent` metres of a way from `base` do to a pose."""
    if way.points:
        return _by_corners(way, extent)
    part = min(abs(extent) / way.length, 1.0) if way.length > 1e-6 else 1.0
    pitch = way.pitch * part
    if (
        way.goal is not None and abs(extent) < float(way.goal @ way.ahead) - 0.1
    ):  # "push in 1 m on the lamp" ends with the lamp in the middle
        end = way.ahead * extent + way.aside * smooth(part / way.bent)
        pitch = turn_to(base, way.goal - end, up)[1]

    def change(pose: RigPose, u: float) -> RigPose:
        place = pose.position + way.ahead * (extent * u) + way.aside * smooth(part * u / way.bent)
        if way.around is not None:
            gone = part * u
            bow = gone / way.widest if gone < way.widest else (1.0 - gone) / (1.0 - way.widest)
            place = place + way.around * smooth(bow)
        return replace(
            pose,
            position=place,
            yaw=pose.yaw + way.yaw * smooth(u),  # from anywhere on the way it lies in the same direction
            pitch=pose.pitch + pitch * smooth(u),
        )

    return change


ROUNDED = 0.8  # metres before and behind a corner, in which a way turns


def _by_corners(way: Way, extent: float) -> Change:
    """The same for a way with corners, which are rounded: each place is the mean of the way around it."""
    corners = np.array(way.points)
    ends = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(corners, axis=0), axis=1))])

    def change(pose: RigPose, u: float) -> RigPose:
        gone = min(max(extent * u, 0.0), float(ends[-1]))
        around = min(ROUNDED, gone, float(ends[-1]) - gone) * np.linspace(-1.0, 1.0, 17)
        place = [float(np.interp(gone + around, ends, corners[:, axis]).mean()) for axis in range(3)]
        part = smooth(gone / max(float(ends[-1]), 1e-6))
        return replace(
            pose,
            position=pose.position + np.array(place) - corners[0],
            yaw=pose.yaw + way.yaw * part,
            pitch=pose.pitch + way.pitch * part,
        )

    return change


TURNED = 0.3  # of a way, after which what is looked at all along it is in the middle


def watching(base: RigPose, to: Target, up: np.ndarray) -> Change:
    """A look at a thing from wherever the camera is on its way from `base`: it comes to the middle first, and stays."""
    yaw, pitch = turn_to(base, to.centre - base.position, up)

    def change(pose: RigPose, u: float) -> RigPose:
        lacking = 1.0 - smooth(u / TURNED)
        to_yaw, to_pitch = angles_to(to.centre - pose.position, up)
        turn = wrapped(to_yaw - base.yaw - yaw * lacking)
        return replace(pose, yaw=base.yaw + turn, pitch=to_pitch - pitch * lacking)

    return change
