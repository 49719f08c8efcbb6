"""Ways with corners: along a thing, under it, over or between others to a goal, and around what can't be gone through.
Lengths in metres, in the start camera's axes."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from ..direction.lists import one_of
from ..direction.steps import Step
from . import ways
from .rig import RigPose, level_part, levelled, rotation, turn_to
from .scene_depth import OUT_OF_SIGHT
from .targets import Target
from .ways import BESIDE, BEYOND, Stage, Way, above

ASIDE = 0.9  # metres between the camera and what it goes along
HEADROOM = 0.4  # of the height of a thing, above its foot, at which the camera goes under it
LEAST_HEADROOM = 0.25  # metres, of the same
LEAST_FLOOR = 0.15  # metres that it keeps above the ground there
RUNS_AWAY = 1.5  # times deeper than wide, of what leads away from the camera
_SOLID = one_of(
    """
        table, desk, sofa, couch, chair, armchair, stool, bed, lamp, car, van, bus, tree, bush, statue, column, pillar,
        piano, shelf, bookshelf, cupboard, wardrobe, cabinet, counter, bar, island, fridge, stove, oven, bench, plant,
        vase, television, tv, barrel, crate, box, rock, boulder, fountain, bathtub, fireplace, post, mailbox, bin
    """
)


def is_solid(name: str, to: Target) -> bool:
    """Whether nothing goes through a thing of that name: a piece of furniture, a body."""
    noun = name.split()[-1]
    return " and " not in name and (to.person or noun in _SOLID)


def runs_away(to: Target, up: np.ndarray, base: RigPose) -> bool:
    """Whether a thing leads away from the camera at `base`, as a fence at the side of a road does."""
    ahead = levelled(-rotation(base, up)[:, 2], up)
    deep, wide = (float(np.abs(axis) @ to.size) for axis in (ahead, np.cross(ahead, up)))
    return deep > RUNS_AWAY * wide


def way_of(step: Step, base: RigPose, stage: Stage, to: Target | None, level: bool) -> Way | None:
    """The way of a push, as `ways.way_of` has it, and those with corners."""
    if to is not None and step.relation == "along":
        near, far = _beside(base, stage, to)
        return _led([base.position, near, far], base, stage, far - near)
    if to is not None and step.relation == "under":
        before, behind = _beneath(base, stage, to)
        straight = levelled(behind - before, stage.up)
        return _led([base.position, before, behind, behind + straight * BEYOND], base, stage, straight)
    if to is not None and step.relation == "through" and is_solid(step.target, to):
        return _around(base, stage, to)
    by = stage.thing(step.via) if step.passing != "past" else None
    way = ways.way_of(step if step.passing == "past" else replace(step, via=""), base, stage, to, level)
    if by is None or way is None or to is None or step.relation != "to":
        return way
    met = {"along": _beside, "under": _beneath, "over": _above, "through": _between}[step.passing](base, stage, by)
    return _by_way_of(way, met, base, stage, to)


def _by_way_of(way: Way, met: list[np.ndarray], base: RigPose, stage: Stage, to: Target) -> Way:
    """A way to a thing by the places that are `met` on it, as far as they lie before the thing; it ends behind them."""
    nearest = float((to.centre - base.position) @ way.ahead) - 0.5 * float(np.abs(way.ahead) @ to.size) - BESIDE
    reach = max(float((one - base.position) @ way.ahead) for one in met) + BESIDE
    length = max(way.length, min(reach, nearest))
    met = [one for one in met if float((one - base.position) @ way.ahead) < length]
    if not met:
        return way
    end = base.position + way.ahead * length + way.aside
    points = [base.position, *met, end]
    yaw, pitch = turn_to(base, to.centre - end, stage.up)
    return replace(way, points=tuple(points), length=_length(points), yaw=yaw, pitch=pitch, around=None)


def _led(points: list[np.ndarray], base: RigPose, stage: Stage, looks: np.ndarray) -> Way:
    """A way by `points`, on which the camera turns to look along `looks`."""
    whole = points[-1] - points[0]
    yaw = turn_to(base, looks, stage.up)[0]
    ahead = whole / max(float(np.linalg.norm(whole)), 1e-6)
    return Way(ahead, _length(points), np.zeros(3), yaw=yaw, points=tuple(points))


def _length(points: list[np.ndarray]) -> float:
    return sum(float(np.linalg.norm(b - a)) for a, b in pairwise(points))


def _beside(base: RigPose, stage: Stage, to: Target) -> list[np.ndarray]:
    """Beside the near end of a long thing, and beside its far end."""
    up = stage.up
    ahead = levelled(-rotation(base, up)[:, 2], up)
    across = np.cross(ahead, up)
    there = to.centre - base.position
    deep, wide = (0.5 * float(np.abs(axis) @ to.size) for axis in (ahead, across))
    far, side = float(there @ ahead), float(there @ across)
    if deep >= wide:
        on = side - (wide + ASIDE if side > 0 else -wide - ASIDE)
        ends = ((on, max(far - deep, 0.0)), (on, far + deep))
    else:  # it runs across: its ends are to the left and right, the nearer first
        first = -1.0 if side > 0 else 1.0
        before = max(far - deep - ASIDE, 0.0)
        ends = ((side + first * wide, before), (side - first * wide, before))
    return [base.position + across * x + ahead * z for x, z in ends]


def _straight(base: RigPose, stage: Stage, to: Target) -> tuple[np.ndarray, float]:
    """The level direction to a thing, and half of its depth along it."""
    there = to.centre - base.position
    flat = level_part(there, stage.up)
    length = float(np.linalg.norm(flat))
    straight = flat / length if length > 1e-6 else levelled(-rotation(base, stage.up)[:, 2], stage.up)
    return straight, 0.5 * float(np.abs(straight) @ to.size)


def _through_at(base: RigPose, stage: Stage, to: Target, height: float, margin: float) -> list[np.ndarray]:
    """Where a way crosses a thing, `height` metres above where it begins: from before it to behind it."""
    straight, half = _straight(base, stage, to)
    middle = to.centre + stage.up * (height - float((to.centre - base.position) @ stage.up))
    return [middle - straight * (half + margin), middle + straight * (half + margin)]


def _beneath(base: RigPose, stage: Stage, to: Target) -> list[np.ndarray]:
    """Before and behind a thing, as high as the camera fits under it."""
    high = float(np.abs(stage.up) @ to.size)
    foot = float((to.centre - base.position) @ stage.up) - 0.5 * high
    height = min(foot + max(HEADROOM * high, LEAST_HEADROOM), 0.0)
    if stage.scene.down < OUT_OF_SIGHT:
        height = max(height, LEAST_FLOOR - stage.scene.down - float(base.position @ stage.up))
    return _through_at(base, stage, to, height, BESIDE)


def _above(base: RigPose, stage: Stage, by: Target) -> list[np.ndarray]:
    return _through_at(base, stage, by, above(base, stage, by), 0.0)


def _between(base: RigPose, stage: Stage, by: Target) -> list[np.ndarray]:
    """In the middle of a pair or an opening, no higher than where the way begins."""
    return [by.centre - stage.up * float((by.centre - base.position) @ stage.up)]


def _around(base: RigPose, stage: Stage, to: Target) -> Way:
    """Past a thing on its nearer side, and on behind it."""
    straight, _ = _straight(base, stage, to)
    aside = 0.5 * float(np.abs(np.cross(straight, stage.up)) @ to.size) + BESIDE
    near, far = _through_at(base, stage, to, 0.0, 0.0)
    beside = np.cross(straight, stage.up) * aside
    return _led([base.position, near + beside, far + beside, far + straight * BEYOND], base, stage, straight)
