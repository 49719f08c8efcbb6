"""What each step of a direction does to the camera: how far it goes where nothing holds it back, and the way there."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..direction.lists import one_of
from ..direction.marks import FRAMES
from ..direction.steps import Step
from .overhead import length_of, rising_above
from .rig import RigPose, about, angles_to, levelled, rotation, turn_to, wrapped
from .routes import way_of
from .scene_depth import OUT_OF_SIGHT
from .sight import distance_to
from .staging import staged
from .targets import BODY, Target, shown_of
from .variation import Manner, is_exact
from .ways import BESIDE, FALL, Change, Stage, above, along, framed, pivot_of, share_of, smooth, watching

LOOKS = ("pan", "tilt")
TURNS = ("pan", "tilt", "roll", "orbit")
TURN_SPEED = math.radians(400)  # the fastest turn, radians a second
TRAVEL_SPEED = 1.5  # the fastest travel, focus distances a second
FREE_TRAVEL_SPEED = 6.0  # the same with several views
GROUND = one_of("floor, ground, street, pavement, lawn, grass")
EYES = 0.93  # of a person's height, that the eyes are up
LOW = 0.2  # metres above the ground, of a camera that goes down to it
_END_OF = re.compile(r"\b(top|crown|tip|bottom|foot|base) of\b")
_UPRIGHT = re.compile(r"\b(?:straight|directly|vertically) (?:up|down)\b")
STEEPEST = math.radians(85)  # of a look straight up or down
_LOOKING = one_of("look, looks, gaze, gazes, glance, glances")
WHIP = math.radians(90)
FRAME_WIDTH = 36.0  # millimetres, of the frame that focal lengths are said for
MOST_FRAMED = 30.0  # times, of a zoom to a size of framing
MOST_CLOSER = 3.0  # times, that a zoom to a thing makes it larger where no size is said


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


def course_of(
    step: Step,
    manner: Manner,
    base: RigPose,
    stage: Stage,
    duration: float,
    beside: Sequence[Step] = (),
    arrived: RigPose | None = None,
) -> Course:
    """The course of `step` from the pose `base`, over `duration` seconds. `beside`: steps at the same time, which lead
    to the pose `arrived`."""
    step = staged(step, base, stage)
    to = _found(step, stage)
    if step.kind in ("pedestal", "crane") and to is None and GROUND.isdisjoint(step.said.split()):
        to = next((found for one in beside if (found := _found(one, stage))), None)
        shared = to is not None
    else:
        shared = False
    level = any(one.kind in ("pedestal", "crane") for one in beside)
    begins = arrived if arrived is not None and step.kind in LOOKS and step.relation == "at" else base
    meant, large = _meant(step, begins, stage, to, duration, shared, level)
    if step.watches:
        meant = meant if to is not None else 0.0
        change = watching(base, to, stage.up) if to is not None else _unchanged
        return Course(step, meant, meant, change, manner, to, True)
    extent = math.copysign(min(abs(meant), _most(step, base, stage, to, duration)), meant)
    change = _change(step, extent, base, stage, to, level)
    if manner.lift or manner.aside:
        change = _leaning(change, manner, step, base, stage, to)
    return Course(step, extent, meant, change, manner, to if not shared else None, large)


def _unchanged(pose: RigPose, u: float) -> RigPose:
    return pose


def _found(step: Step, stage: Stage) -> Target | None:
    found = stage.thing(step.target, step.said)
    end = _END_OF.search(step.said) if not step.top else None
    if found and step.kind in LOOKS and (step.top or end):  # "up at the top of the tree"
        up = float(found.size[1]) * (0.45 if end is None or end[1] in ("top", "crown", "tip") else -0.45)
        return replace(found, centre=found.centre + np.array([0.0, up, 0.0]))
    return shown_of(found, FRAMES[step.frames][0]) if found and found.person and step.frames else found


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
    if step.kind == "zoom" and step.lens and not stage.scene.orthographic:
        have = FRAME_WIDTH * stage.scene.fx / stage.scene.width * base.zoom
        return math.log(step.lens / have), True
    figure = asked(step)
    if figure is not None:
        return step.sign * figure, True
    if step.height is not None and (rise := to_height(step, base, stage)) is not None:
        return rise, True
    if step.frames and to is None:  # "zoom in to a close-up": so much larger is what it looks at
        step = replace(step, factor=FRAMES[step.frames][2])
    if step.kind == "zoom" and step.factor:
        return step.sign * math.log(step.factor), True
    if step.kind == "push" and step.factor:  # "10 % closer": so much larger, or smaller, is what it looks at
        far = float(np.linalg.norm(pivot_of(base, stage, to) - base.position))
        return step.sign * far * (1.0 - 1.0 / step.factor if step.sign > 0 else step.factor - 1.0), True
    aimed = _by_target(step, base, stage, to, shared, level)
    if aimed is not None:
        return aimed, True
    if step.kind == "pan" and step.speed >= 2.5:
        return step.sign * WHIP * min(step.amount, 1.5), True
    manner = step.speed**0.5 if step.speed < 1 else min(step.speed, 2.0) ** 0.3
    long = min(max(duration / 5.0, 0.1), 2.0) ** 0.35
    extent = stage.size.usual[step.kind] * step.amount * manner * (long if step.speed < 2.5 else 1.0)
    return step.sign * extent, False


def to_height(step: Step, base: RigPose, stage: Stage) -> float | None:
    """Metres up to the height above the ground that a step ends at, 0 where it would have to go the other way than its
    words say; None where no ground is seen."""
    if step.height is None or stage.scene.down >= OUT_OF_SIGHT:
        return None
    rise = step.height - stage.scene.down - float(base.position @ stage.up)
    return rise if step.relation == "height" or rise * step.sign > 0.0 else 0.0


def _by_target(step: Step, base: RigPose, stage: Stage, to: Target | None, shared: bool, level: bool) -> float | None:
    """How far the thing that is named has the step go; None where it says nothing about that."""
    kind = step.kind
    wish = min(max(step.amount, 0.25), 2.0)
    if step.relation == "whole" and kind in ("push", "crane", "pedestal"):
        return step.sign * wish * _to_see_whole(base, stage, to)
    if kind == "push" and step.sign > 0:
        way = way_of(step, base, stage, to, level)
        return None if way is None else way.length * (wish if step.relation == "over" else wish**0.25)
    if kind == "truck" and step.relation in ("past", "to") and to is not None:
        aside = float((to.centre - base.position) @ rotation(base, stage.up)[:, 0])
        if aside * step.sign > 0:
            return aside if step.relation == "to" else step.sign * (abs(aside) + 0.5 * float(to.size[0]) + BESIDE)
    if kind == "truck" and step.relation == "along":
        if to is None:
            return step.sign * wish * 1.5 * stage.size.usual["truck"]
        return step.sign * wish * min(max(float(max(to.size)), 1.0), 3.0 * stage.size.usual["truck"])
    if kind in ("crane", "pedestal") and step.relation == "top" and to is not None:
        return length_of(base, stage, to)
    if kind in ("crane", "pedestal") and step.relation == "over" and step.sign > 0:
        return wish**0.25 * above(base, stage, to)
    if kind in ("crane", "pedestal") and step.sign < 0 and to is None and GROUND.intersection(step.said.split()):
        return -max(stage.scene.down - LOW, 0.1) if stage.scene.down < OUT_OF_SIGHT else None
    if kind in ("crane", "pedestal") and step.relation == "level" and to is not None and not shared:
        high = float((to.centre - base.position) @ stage.up) + (step.gap or 0.0)
        high += (EYES - 0.5 if to.person else 0.5) * float(np.abs(stage.up) @ to.size)
        return high if high * step.sign > 0.0 else 0.0
    if kind in ("crane", "pedestal") and step.relation == "to" and to is not None and not shared:
        rise = float((to.centre - base.position) @ stage.up)
        return FALL * rise if rise * step.sign > 0.1 else None
    if kind in ("crane", "pedestal") and shared and to is not None and step.sign < 0:
        fall = float((base.position - to.centre) @ stage.up)
        return -FALL * fall if fall > 0.1 else None
    if kind in ("pan", "tilt") and step.relation == "at" and to is not None:
        yaw, pitch = angles_to(to.centre - base.position, stage.up)
        return wrapped(base.yaw - yaw) if kind == "pan" else pitch - base.pitch
    if kind == "tilt" and to is None and stage.views > 1 and _UPRIGHT.search(step.said):
        return step.sign * STEEPEST - base.pitch
    if kind == "pan" and step.relation == "around" and stage.views > 1:
        return step.sign * math.radians(120) * wish
    if kind == "zoom" and to is not None and step.sign > 0 and stage.views > 1 and not stage.scene.orthographic:
        far = max(float(np.linalg.norm(to.centre - base.position)), 1e-3)
        wanted = framed(to, stage, share_of(step, to)) / base.zoom  # as far as it would have to be
        if step.frames:
            return math.log(min(max(far / max(wanted, 1e-3), 1.02), MOST_FRAMED))
        most = MOST_CLOSER * (2.0 if step.target.split()[-1] in BODY else 1.0)
        closer = math.log(min(far / max(wanted, 1e-3), most))
        return wish**0.5 * closer if closer > 1.5 * stage.size.usual["zoom"] else None
    if kind == "zoom" and step.relation == "whole":
        return step.sign * math.log(2.0) * wish
    return None


def _most(step: Step, base: RigPose, stage: Stage, to: Target | None, duration: float) -> float:
    """How far the step can go, in the time that it has and with what is in its way."""
    speed = TRAVEL_SPEED if stage.views == 1 else FREE_TRAVEL_SPEED
    travel = duration * speed * stage.size.focus / 2.0
    fastest = duration * TURN_SPEED / 2.0 if step.kind in TURNS else travel
    if step.kind == "orbit":
        radius = float(np.linalg.norm(pivot_of(base, stage, to) - base.position))
        fastest = min(fastest, travel / max(radius, 1e-3))
    if step.kind == "zoom":
        fastest = math.inf
    most = stage.size.most[step.kind]
    if stage.views > 1:
        if step.kind in ("push", "dolly zoom") and (
            step.sign < 0 or (step.kind == "push" and (to is not None or step.relation in ("through", "over")))
        ):
            most = math.inf  # behind it, and at the thing that was named, the way is as free as the words say
        elif step.kind in ("pedestal", "crane") and step.sign < 0 and stage.scene.down < OUT_OF_SIGHT:
            most = max(stage.scene.down + float(base.position @ stage.up) - LOW, 0.1)
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
    need = float(to.size[2]) / 2 + framed(to, stage, 1.0)
    return max(need - float(np.linalg.norm(to.centre - base.position)), 0.25 * far)


# --- what it does to a pose -----------------------------------------------------------------------------------


def _leaning(change: Change, manner: Manner, step: Step, base: RigPose, stage: Stage, to: Target | None) -> Change:
    """`change` with a little to the side and up on the way. What the move is about stays where it is in the frame."""
    about_it = pivot_of(base, stage, to)
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
        way = way_of(step, base, stage, to, level) if step.sign > 0 else None
        if way is not None:
            return along(way, extent, base, up)
        if step.relation == "from" and to is not None:
            away = levelled(to.centre - base.position, up)
            return lambda pose, u: replace(pose, position=pose.position + away * (extent * u))
        return lambda pose, u: replace(pose, position=pose.position + ahead * (extent * u))
    if kind == "truck":
        return lambda pose, u: replace(pose, position=pose.position + turned[:, 0] * (extent * u))
    if kind in ("crane", "pedestal") and step.relation == "top" and to is not None:
        return rising_above(base, stage, to, extent)
    if kind in ("crane", "pedestal") and step.relation == "to" and to is not None and step.metres is not None:
        step = replace(step, relation="at")  # "down 2 m onto the car": so far, and with it in sight
    if kind == "pedestal" and step.relation not in ("over", "at"):
        return lambda pose, u: replace(pose, position=pose.position + up * (extent * u))
    if kind in ("crane", "pedestal"):
        return _craned(step, extent, base, stage, to)
    if kind == "orbit":
        pivot = pivot_of(base, stage, to)
        return lambda pose, u: replace(
            pose,
            position=pivot + about(up, extent * u) @ (pose.position - pivot),
            yaw=pose.yaw + extent * u,
        )
    if kind == "dolly zoom":
        distance = max(float((pivot_of(base, stage, to) - base.position) @ ahead), 0.05)
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
    if kind == "tilt" and step.relation == "at" and to is not None and _LOOKING.intersection(step.said.split()):
        aside = turn_to(base, to.centre - base.position, up)[0]  # "look up at the tree", wherever it stands
        return lambda pose, u: replace(pose, pitch=pose.pitch + extent * u, yaw=pose.yaw + aside * u)
    if kind == "tilt":
        return lambda pose, u: replace(pose, pitch=pose.pitch + extent * u)
    return lambda pose, u: replace(pose, roll=pose.roll - extent * u)


def _craned(step: Step, extent: float, base: RigPose, stage: Stage, to: Target | None) -> Change:
    """Up or down, with what the camera looks at kept in sight; "over" a thing also on and above it."""
    up = stage.up
    far = distance_to(stage.scene)
    level = levelled(-rotation(base, up)[:, 2], up)
    on = np.zeros(3)
    if step.relation == "over":
        on = level * (far if to is None else max(float((to.centre - base.position) @ level), 0.0))

    def change(pose: RigPose, u: float) -> RigPose:
        if step.relation == "at" and to is not None:  # what it has in sight stays in the middle
            place = pose.position + up * (extent * u)
            yaw, pitch = angles_to(to.centre - place, up)
            turned = smooth(u)
            return replace(
                pose,
                position=place,
                yaw=pose.yaw + wrapped(yaw - pose.yaw) * turned,
                pitch=pose.pitch + (pitch - pose.pitch) * turned,
            )
        if step.relation != "over":
            look = 0.85 * math.atan2(extent * u, stage.size.focus) if step.kind == "crane" else 0.0
            return replace(pose, position=pose.position + up * (extent * u), pitch=pose.pitch - look)
        raised = pose.position + up * (extent * smooth(u / 0.8)) + on * smooth((u - 0.3) / 0.7)
        look = math.radians(30) * smooth((u - 0.2) / 0.8) if step.kind == "crane" else 0.0
        return replace(pose, position=raised, pitch=pose.pitch - look)

    return change
