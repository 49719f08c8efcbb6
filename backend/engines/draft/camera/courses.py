"""What each step of a direction does to the camera: how far it goes where nothing holds it back, and the way there."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..direction.steps import Step
from ..direction.where.target import which_of
from .limits import Sizes
from .rig import RigPose, about, angles_to, levelled, rotation, turn_to, wrapped
from .scene_depth import SceneDepth
from .sight import distance_to
from .targets import Target, find_target
from .variation import Manner, is_exact

TURNS = ("pan", "tilt", "roll", "orbit")
TURN_SPEED = math.radians(400)  # the fastest turn, radians a second
TRAVEL_SPEED = 1.5  # the fastest travel, focus distances a second
FREE_TRAVEL_SPEED = 6.0  # the same with several views
FILLS = 0.7  # of the frame, that a thing takes when the camera has come to it
LEAST_NEAR = 0.4  # metres
BESIDE = 0.5  # metres between the camera and a thing that it passes
BEYOND = 1.0  # metres that it goes on behind what it passes through
SINK = 0.35  # of the height between the camera and a thing, that a way to it takes
FALL = 0.85  # the same, where the words have the camera sink or rise towards it
WHIP = math.radians(90)

Change = Callable[[RigPose, float], RigPose]


@dataclass(frozen=True)
class Course:
    """`change` leads from a pose to another at a progress of 0..1; less of the move is a lesser progress. `extent` is
    signed: metres, radians, or the logarithm of a zoom; `meant` is what the words mean, where that is more. `to`: what
    was found by its name. `large` tells whether the words ask for more than the usual."""

    step: Step
    extent: float
    meant: float
    change: Change
    manner: Manner
    to: Target | None = None
    large: bool = False


@dataclass(frozen=True)
class Stage:
    """What courses are made from: the scene, what moves measure themselves by, the world's up in the start camera's
    axes, how many views there are."""

    scene: SceneDepth
    size: Sizes
    up: np.ndarray
    views: int
    among: float = 0.0  # which of things that a name fits alike is meant: see `targets.find_target`


def course_of(
    step: Step, manner: Manner, base: RigPose, stage: Stage, duration: float, beside: Sequence[Step] = ()
) -> Course:
    """The course of `step` from the pose `base`, over `duration` seconds. `beside`: steps at the same time."""
    step = _led_on(step, stage)
    to = _found(step, stage)
    if step.kind in ("pedestal", "crane") and to is None:
        to = next((found for one in beside if (found := _found(one, stage))), None)
        shared = to is not None
    else:
        shared = False
    level = any(one.kind in ("pedestal", "crane") for one in beside)
    meant, large = _meant(step, base, stage, to, duration, shared, level)
    extent = math.copysign(min(abs(meant), _most(step, base, stage, to, duration)), meant)
    change = _change(step, extent, base, stage, to, level)
    if manner.lift or manner.aside:
        change = _leaning(change, manner, step, base, stage, to)
    return Course(step, extent, meant, change, manner, to if not shared else None, large)


def _found(step: Step, stage: Stage) -> Target | None:
    return find_target(step.target, stage.scene, stage.among, which_of(step.said, step.target))


def _led_on(step: Step, stage: Stage) -> Step:
    """A step through something to a thing in view as one to that thing: what it goes through lies on its way."""
    goes = replace(step, relation="to", target=step.onward, onward="")
    return goes if step.onward and _found(goes, stage) is not None else step


def asked(step: Step) -> float | None:
    """The extent that the words give in figures: radians, the logarithm of a factor, or metres."""
    if step.kind in TURNS:
        return math.radians(step.degrees) if step.degrees is not None else None
    if step.kind == "zoom":
        return math.log(min(max(step.factor, 1.01), 100.0)) if step.factor else None
    return step.metres


# --- how far ------------------------------------------------------------------------------------------------


def _meant(
    step: Step, base: RigPose, stage: Stage, to: Target | None, duration: float, shared: bool, level: bool
) -> tuple[float, bool]:
    """How far the words mean the step to go, signed, and whether they mean more than the usual."""
    figure = asked(step)
    if figure is not None:
        return step.sign * figure, True
    aimed = _by_target(step, base, stage, to, shared, level)
    if aimed is not None:
        return aimed, True
    if step.kind == "pan" and step.speed >= 2.5:
        return step.sign * WHIP * min(step.amount, 1.5), True
    manner = step.speed**0.5 if step.speed < 1 else min(step.speed, 2.0) ** 0.3
    long = min(max(duration / 5.0, 0.1), 2.0) ** 0.35
    extent = stage.size.usual[step.kind] * step.amount * manner * (long if step.speed < 2.5 else 1.0)
    return step.sign * extent, False


def _by_target(step: Step, base: RigPose, stage: Stage, to: Target | None, shared: bool, level: bool) -> float | None:
    """How far the thing that is named has the step go; None where it says nothing about that."""
    kind = step.kind
    wish = min(max(step.amount, 0.25), 2.0)
    if step.relation == "whole" and kind in ("push", "crane", "pedestal"):
        return step.sign * wish * _to_see_whole(base, stage, to)
    if kind == "push" and step.sign > 0:
        way = _way(step, base, stage, to, level)
        return None if way is None else way.length * (wish if step.relation == "over" else wish**0.25)
    if kind == "truck" and step.relation == "past" and to is not None:
        aside = float((to.centre - base.position) @ rotation(base, stage.up)[:, 0])
        if aside * step.sign > 0:
            return step.sign * (abs(aside) + 0.5 * float(to.size[0]) + BESIDE)
    if kind == "truck" and step.relation == "along":
        return step.sign * wish * 3.0 * stage.size.usual["truck"]
    if kind in ("crane", "pedestal") and step.relation == "over" and step.sign > 0:
        return wish**0.25 * _above(base, stage, to)
    if kind in ("crane", "pedestal") and shared and to is not None and step.sign < 0:
        fall = float((base.position - to.centre) @ stage.up)
        return -FALL * fall if fall > 0.1 else None
    if kind in ("pan", "tilt") and step.relation == "at" and to is not None:
        yaw, pitch = angles_to(to.centre - base.position, stage.up)
        return wrapped(base.yaw - yaw) if kind == "pan" else pitch - base.pitch
    if kind == "pan" and step.relation == "around" and stage.views > 1:
        return step.sign * math.radians(120) * wish
    if kind == "zoom" and step.relation == "whole":
        return step.sign * math.log(2.0) * wish
    return None


def _most(step: Step, base: RigPose, stage: Stage, to: Target | None, duration: float) -> float:
    """How far the step can go, in the time that it has and with what is in its way."""
    speed = TRAVEL_SPEED if stage.views == 1 else FREE_TRAVEL_SPEED
    travel = duration * speed * stage.size.focus / 2.0
    fastest = duration * TURN_SPEED / 2.0 if step.kind in TURNS else travel
    if step.kind == "orbit":
        radius = float(np.linalg.norm(_pivot(base, stage, to) - base.position))
        fastest = min(fastest, travel / max(radius, 1e-3))
    if step.kind == "zoom":
        fastest = math.inf
    most = stage.size.most[step.kind]
    if stage.views > 1:
        if step.kind in ("push", "dolly zoom") and (
            step.sign < 0 or (step.kind == "push" and (to is not None or step.relation in ("through", "over")))
        ):
            most = math.inf  # behind it, and at the thing that was named, the way is as free as the words say
        elif step.kind == "push" and abs(base.yaw) < 0.35 and step.sign > 0:
            most = max(most + float(base.position[2]), 0.0)
        return min(most, fastest)
    return min(most if is_exact(step) or _is_whip(step) else 0.8 * most, fastest)


def _is_whip(step: Step) -> bool:
    return step.kind == "pan" and step.speed >= 2.5


def _to_see_whole(base: RigPose, stage: Stage, to: Target | None) -> float:
    """Metres back until the whole of a thing is in the frame; without one, the distance to what is looked at."""
    far = distance_to(stage.scene)
    if to is None:
        return max(far, stage.scene.focus)
    need = float(to.size[2]) / 2 + _framed(to, stage, 1.0)
    return max(need - float(np.linalg.norm(to.centre - base.position)), 0.25 * far)


def _framed(to: Target, stage: Stage, share: float) -> float:
    """Metres from the near side of a thing at which it takes `share` of the frame."""
    scene = stage.scene
    if scene.orthographic:
        return 0.0
    return max(float(to.size[0]) * scene.fx / scene.width, float(to.size[1]) * scene.fy / scene.height) / share


def _above(base: RigPose, stage: Stage, to: Target | None) -> float:
    """Metres up until the camera is above a thing, or above all that is seen."""
    if to is None:
        top = stage.scene.up if math.isfinite(stage.scene.up) and stage.scene.up < 1e3 else stage.scene.frame_height
        return max(1.15 * top - float(base.position @ stage.up), 0.3 * stage.scene.frame_height)
    top = float((to.centre - base.position) @ stage.up) + 0.5 * float(np.abs(stage.up) @ to.size)
    return max(top + max(0.15 * float(np.abs(stage.up) @ to.size), 0.5), 0.3)


# --- the way there ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Way:
    """A push to, past, through or over a thing: straight on along `ahead` for `length` metres, with a bend by `aside`
    that is complete after the part `bent` of it, and a turn."""

    ahead: np.ndarray
    length: float
    aside: np.ndarray
    bent: float = 0.7
    yaw: float = 0.0
    pitch: float = 0.0


def _way(step: Step, base: RigPose, stage: Stage, to: Target | None, level: bool) -> _Way | None:
    """`level`: something else raises or lowers the camera on the way."""
    up = stage.up
    turned = rotation(base, up)
    onward = levelled(-turned[:, 2], up)
    none = np.zeros(3)
    if to is None:
        if step.relation == "through" and step.target and stage.scene.deepest is not None:
            there = np.array(stage.scene.deepest) - base.position
            flat = there - up * float(there @ up)
            length = float(np.linalg.norm(flat))
            if length > 0.1 and float(flat @ onward) > 0:
                return _Way(flat / length, 0.9 * length, none, yaw=turn_to(base, flat, up)[0])
        if step.relation == "over" and step.target:
            return _Way(onward, 2.5 * stage.size.usual["push"], none)
        return None
    there = to.centre - base.position
    flat = there - up * float(there @ up)
    far = float(np.linalg.norm(flat))
    if far < 0.05:
        return None
    straight = flat / far
    if step.relation == "through":
        along = float(np.abs(straight) @ to.size)
        drop = _into_the_opening(float(there @ up), float(np.abs(up) @ to.size))
        return _Way(straight, far + 0.4 * along + BEYOND, up * drop, yaw=turn_to(base, flat, up)[0])
    if step.relation == "past":
        right = np.cross(straight, up)
        side = float(there @ np.cross(onward, up))
        half = 0.5 * float(np.abs(right) @ to.size)
        ahead = float(flat @ onward)
        if ahead <= 0.05:
            return None
        lacking = max(half + BESIDE - abs(side), 0.0)
        aside = np.cross(onward, up) * (-lacking if side > 0 else lacking)
        return _Way(onward, ahead + 0.5 * float(np.abs(onward) @ to.size) + BESIDE, aside)
    if step.relation == "over":
        rise = _above(base, stage, to)
        return _Way(straight, far + 0.5 * float(np.abs(straight) @ to.size), up * max(rise, 0.0), 0.6)
    if step.relation in ("with", "along", "from"):
        return None
    near = 0.5 * float(np.abs(straight) @ to.size) + _framed(to, stage, FILLS)
    stop = min(max(near, LEAST_NEAR, 0.12 * far), 0.75 * far)
    length = far - stop
    height = float(there @ up)
    yaw, pitch = turn_to(base, there - straight * length - (FALL if level else SINK) * height * up, up)
    return _Way(straight, length, none if level else SINK * height * up, 1.0, yaw, pitch)


def _into_the_opening(middle: float, high: float) -> float:
    """Metres up (or down) to be well inside an opening whose middle is `middle` above the camera."""
    room = max(0.5 * high - 0.3, 0.0)
    return middle - room if middle > room else middle + room if middle < -room else 0.0


def _smooth(u: float) -> float:
    u = min(max(u, 0.0), 1.0)
    return u * u * (3.0 - 2.0 * u)


def _leaning(change: Change, manner: Manner, step: Step, base: RigPose, stage: Stage, to: Target | None) -> Change:
    """`change` with a little to the side and up on the way. What the move is about stays where it is in the frame."""
    about_it = _pivot(base, stage, to)
    lean = rotation(base, stage.up)[:, 0] * manner.aside + stage.up * manner.lift
    end = change(base, 1.0).position - base.position

    def leaning(pose: RigPose, u: float) -> RigPose:
        moved = change(pose, u)
        way = float(np.linalg.norm(end)) * u
        place = moved.position + lean * way
        before, after = (angles_to(about_it - one, stage.up) for one in (moved.position, place))
        return replace(
            moved,
            position=place,
            yaw=moved.yaw + wrapped(after[0] - before[0]),
            pitch=moved.pitch + after[1] - before[1],
        )

    return leaning


def _change(step: Step, extent: float, base: RigPose, stage: Stage, to: Target | None, level: bool) -> Change:
    """What `step` does to a pose, over `extent`."""
    up, kind = stage.up, step.kind
    turned = rotation(base, up)
    ahead = -turned[:, 2]
    if kind == "push":
        way = _way(step, base, stage, to, level) if step.sign > 0 else None
        if way is not None:
            return _along(way, extent)
        if step.relation == "from" and to is not None:
            away = levelled(to.centre - base.position, up)
            return lambda pose, u: replace(pose, position=pose.position + away * (extent * u))
        return lambda pose, u: replace(pose, position=pose.position + ahead * (extent * u))
    if kind == "truck":
        return lambda pose, u: replace(pose, position=pose.position + turned[:, 0] * (extent * u))
    if kind == "pedestal" and step.relation != "over":
        return lambda pose, u: replace(pose, position=pose.position + up * (extent * u))
    if kind in ("crane", "pedestal"):
        return _craned(step, extent, base, stage, to)
    if kind == "orbit":
        pivot = _pivot(base, stage, to)
        return lambda pose, u: replace(
            pose,
            position=pivot + about(up, extent * u) @ (pose.position - pivot),
            yaw=pose.yaw + extent * u,
        )
    if kind == "dolly zoom":
        distance = max(float((_pivot(base, stage, to) - base.position) @ ahead), 0.05)
        reach = math.copysign(min(abs(extent), 0.9 * distance), extent)
        return lambda pose, u: replace(
            pose,
            position=pose.position + ahead * (reach * u),
            zoom=pose.zoom * (distance - reach * u) / distance,
        )
    if kind == "zoom":
        yaw, pitch = (0.0, 0.0) if to is None else turn_to(base, to.centre - base.position, up)
        if step.sign < 0:
            yaw = pitch = 0.0
        return lambda pose, u: replace(
            pose, zoom=pose.zoom * math.exp(extent * u), yaw=pose.yaw + yaw * u, pitch=pose.pitch + pitch * u
        )
    if kind == "pan":
        return lambda pose, u: replace(pose, yaw=pose.yaw - extent * u)
    if kind == "tilt":
        return lambda pose, u: replace(pose, pitch=pose.pitch + extent * u)
    return lambda pose, u: replace(pose, roll=pose.roll - extent * u)


def _along(way: _Way, extent: float) -> Change:
    part = min(abs(extent) / way.length, 1.0) if way.length > 1e-6 else 1.0

    def change(pose: RigPose, u: float) -> RigPose:
        return replace(
            pose,
            position=pose.position + way.ahead * (extent * u) + way.aside * _smooth(part * u / way.bent),
            yaw=pose.yaw + way.yaw * _smooth(u),  # from anywhere on the way it lies in the same direction
            pitch=pose.pitch + way.pitch * _smooth(u) * part,
        )

    return change


def _craned(step: Step, extent: float, base: RigPose, stage: Stage, to: Target | None) -> Change:
    """Up or down, with what the camera looks at kept in sight; "over" a thing also on and above it."""
    up = stage.up
    far = distance_to(stage.scene)
    level = levelled(-rotation(base, up)[:, 2], up)
    on = np.zeros(3)
    if step.relation == "over":
        on = level * (far if to is None else max(float((to.centre - base.position) @ level), 0.0))

    def change(pose: RigPose, u: float) -> RigPose:
        if step.relation != "over":
            look = 0.85 * math.atan2(extent * u, stage.size.focus) if step.kind == "crane" else 0.0
            return replace(pose, position=pose.position + up * (extent * u), pitch=pose.pitch - look)
        raised = pose.position + up * (extent * _smooth(u / 0.8)) + on * _smooth((u - 0.3) / 0.7)
        look = math.radians(30) * _smooth((u - 0.2) / 0.8) if step.kind == "crane" else 0.0
        return replace(pose, position=raised, pitch=pose.pitch - look)

    return change


def _pivot(base: RigPose, stage: Stage, to: Target | None) -> np.ndarray:
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
