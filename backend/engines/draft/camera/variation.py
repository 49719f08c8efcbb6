"""What a seed changes: only what the words leave open. Seed 0 is the neutral one.

Choices are taken from additive sequences (M. Roberts, "The unreasonable effectiveness of quasirandom sequences"), so
that seeds in a row, as variations have them, lie far apart: of any three in a row not all go to one side.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from ..direction.lists import one_of
from ..direction.steps import Reading, Step
from .timing import ramps

LEAST, MOST = 0.7, 1.5  # factors on an amount that no figure gives
LEAN = 0.12  # metres up, down or aside for each metre of a move that names none of them
GOLDEN, PLASTIC, SILVER = 0.6180339887498949, 0.5698402909980532, 0.4142135623730950
SIDED = ("orbit", "truck", "pan", "roll")
LEANING = {"push": (1.0, 1.0), "truck": (0.0, 1.0), "orbit": (0.0, 1.0)}  # aside and up
LIFE = 0.3  # of a handheld camera's unsteadiness, that one which is carried has at most
CARRIED = one_of(
    "walk, walks, walking, run, runs, running, follow, follows, following, chase, chases, chasing, wander, wanders, "
    "wandering, stroll, strolls, strolling, approach, approaches, approaching, documentary"
)
MACHINES = one_of(
    "smooth, smoothly, steady, steadily, steadicam, gimbal, tripod, dolly, slider, crane, jib, drone, aerial, fluid, "
    "fluidly, locked, track, tracking, still, motionless, fly, flies, flying, float, floats, floating, glide, glides, "
    "gliding, stable, stably, stabilised, stabilized, stabiliser, stabilizer, stabilisation, stabilization, mounted, "
    "rail, rails"
)
STRAIGHT = one_of("straight, directly, axis")
LEVEL = one_of("level, horizontal, horizontally, height, vertical, vertically")
OPEN_MOVES = ("push", "orbit", "push", "truck")  # what is made of words that name no move


@dataclass(frozen=True)
class Manner:
    """How a step is made: the parts of its time in which it gathers speed and loses it (see `timing.ease`), and metres
    to the right and up for each metre of its way."""

    rise: float
    fall: float
    aside: float = 0.0
    lift: float = 0.0


def varied(step: Step, index: int, seed: int, free: tuple[float, float] = (1.0, 1.0)) -> tuple[Step, Manner]:
    """The step as this seed has it, and its manner. `index` counts the steps of a direction; `free`: see
    `free_to_lean`."""
    rise, fall = ramps(step)
    if seed == 0 or step.kind == "hold":
        return step, Manner(rise, fall)
    random = np.random.default_rng([seed & 0xFFFFFFFF, index, 0x7A])
    early, late, right, up = (float(value) for value in random.uniform(size=4))
    factor = math.exp(math.log(LEAST) + _spread(seed, GOLDEN, index) * (math.log(MOST) - math.log(LEAST)))
    changed = replace(step, amount=step.amount * factor) if not is_exact(step) else step
    if step.kind == "handheld":
        return changed, Manner(rise, fall)
    if step.open_side and step.kind in SIDED and _spread(seed, PLASTIC, index) < 0.5:
        changed = replace(changed, sign=-step.sign)
    if step.ease == "smooth" and step.speed < 2.5:
        rise, fall = 0.15 + 0.35 * early, 0.15 + 0.35 * late
    if is_exact(step):
        return changed, Manner(rise, fall)
    aside, lift = LEANING.get(step.kind, (0.0, 0.0))
    return changed, Manner(rise, fall, aside * free[0] * LEAN * (2 * right - 1), lift * free[1] * LEAN * (2 * up - 1))


def free_to_lean(reading: Reading) -> tuple[float, float]:
    """1 where the words let a move lean aside, and up or down; 0 where they want it straight, or level."""
    if reading.words & STRAIGHT:
        return 0.0, 0.0
    level = reading.stands is not None or bool(reading.words & LEVEL or reading.forbidden & {"pedestal", "crane"})
    return 0.0 if "truck" in reading.forbidden else 1.0, 0.0 if level else 1.0


def is_exact(step: Step) -> bool:
    """Whether a figure says how far the step goes."""
    if step.kind in ("pan", "tilt", "roll", "orbit"):
        return step.degrees is not None
    return step.factor is not None if step.kind == "zoom" else step.metres is not None or step.height is not None


def open_move(seed: int) -> str:
    """The kind of move that is made where the words name none."""
    return "push" if seed == 0 else OPEN_MOVES[int(len(OPEN_MOVES) * _spread(seed, SILVER, 0))]


def among(seed: int) -> float:
    """Which of things that a name fits alike is meant, 0..1; 0: that nearest to the middle."""
    return 0.0 if seed == 0 else _spread(seed, PLASTIC, 7)


def life(reading: Reading, seed: int) -> float:
    """How much of a handheld camera's unsteadiness a camera has that somebody carries, by the words; 0 where a figure,
    a hold or a machine is named, or no shake is wanted."""
    steps = reading.steps
    if seed == 0 or "handheld" in reading.forbidden:
        return 0.0
    if any(is_exact(step) or step.kind in ("hold", "handheld") or step.delay for step in steps):
        return 0.0
    carried = any(word in CARRIED for step in steps for word in step.said.split())
    return LIFE * _spread(seed, SILVER, 3) if carried and not reading.words & MACHINES else 0.0


def _spread(seed: int, step: float, index: int) -> float:
    """A choice of 0..1, that seeds in a row spread evenly over."""
    return (0.5 + (seed & 0xFFFFFFFF) * step + 0.37 * index) % 1.0
