"""What a seed changes: only what the words leave open. Seed 0 is the neutral one."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from ..direction.read import Step
from .timing import ramps

LEAST, MOST = 0.7, 1.5  # factors on an amount that no figure gives
HEIGHT = 0.05  # of the distance to what the camera looks at: a rise or fall beside a move that names none
GOLDEN = 0.6180339887498949
SIDED = ("orbit", "truck", "pan", "roll")
LIFTED = ("push", "truck", "orbit")


@dataclass(frozen=True)
class Manner:
    """How a step is made: the parts of its time in which it gathers speed and loses it (see `timing.ease`), and metres
    that it rises on the way, in distances to what the camera looks at."""

    rise: float
    fall: float
    lift: float = 0.0


def varied(step: Step, index: int, seed: int) -> tuple[Step, Manner]:
    """The step as this seed has it, and its manner. `index` counts the steps of a direction."""
    rise, fall = ramps(step)
    if seed == 0 or step.kind in ("hold", "handheld"):
        return step, Manner(rise, fall)
    random = np.random.default_rng([seed & 0xFFFFFFFF, index, 0x7A])
    side, early, late, lift = (float(value) for value in random.uniform(size=4))
    amount = (0.5 + (seed & 0xFFFFFFFF) * GOLDEN + 0.37 * index) % 1.0  # seeds in a row are far apart
    factor = math.exp(math.log(LEAST) + amount * (math.log(MOST) - math.log(LEAST)))
    changed = replace(step, amount=step.amount * factor) if not is_exact(step) else step
    if step.open_side and step.kind in SIDED and side < 0.5:
        changed = replace(changed, sign=-step.sign)
    if step.ease == "smooth" and step.speed < 2.5:
        rise, fall = 0.15 + 0.35 * early, 0.15 + 0.35 * late
    exact = is_exact(step) or step.kind not in LIFTED
    return changed, Manner(rise, fall, 0.0 if exact else HEIGHT * (2.0 * lift - 1.0))


def is_exact(step: Step) -> bool:
    """Whether a figure says how far the step goes."""
    if step.kind in ("pan", "tilt", "roll", "orbit"):
        return step.degrees is not None
    return step.factor is not None if step.kind == "zoom" else step.metres is not None
