"""When the steps of a move run, and how they start and end."""

from __future__ import annotations

import math

import numpy as np

from ..direction.steps import Step

IDLE = 1e-3  # the weight of a rest that takes no more time than what others leave
_EASES = {"smooth": (0.32, 0.32), "linear": (0.04, 0.04), "in": (0.9, 0.05), "out": (0.05, 0.9)}


def grouped(steps: tuple[Step, ...]) -> list[list[Step]]:
    """Steps that run at the same time, in order. Handheld is no step in time: it lies over the whole shot."""
    found: list[list[Step]] = []
    for step in steps:
        if step.kind == "handheld":
            continue
        if step.delay:
            found.append([Step("hold", 1, seconds=step.delay)])
        if step.together and found and not step.delay:
            found[-1].append(step)
        else:
            found.append([step])
    return found


def spans(groups: list[list[Step]], seconds: float) -> list[tuple[float, float]]:
    """Start and end (0..1 of the shot) of each group. A slow move fills what is there; a fast one is short,
    and the camera rests after it."""
    lengths: list[float] = []
    weights: list[float] = []
    for group in groups:
        asked = [step.seconds or (step.share or 0.0) * seconds for step in group if step.seconds or step.share]
        speed = max(step.speed for step in group)
        if asked:
            lengths.append(max(0.1, max(asked)))
            weights.append(0.0)
        elif speed >= 1.5:
            turned = all(step.kind in ("pan", "tilt") for step in group)  # a head turns sooner than a camera travels
            lengths.append(max(0.35, (2.0 if turned and speed >= 2.5 else 3.5) / speed))
            weights.append(0.0)
        else:
            lengths.append(0.0)
            idle = group[0].kind == "hold" and group[0].late
            weights.append(IDLE if idle else (0.6 if group[0].kind == "hold" else 1.0) / max(speed, 0.5) ** 0.5)
    fixed = sum(lengths)
    least = 0.25 * seconds if any(weight > IDLE for weight in weights) else 0.0
    if fixed > seconds - least:
        lengths = [length * (seconds - least) / fixed for length in lengths]
        fixed = seconds - least
    slack = seconds - fixed
    total = sum(weights)
    rest = 0.0 if total else slack / max(len(groups), 1)
    found: list[tuple[float, float]] = []
    late = rest > 0 and groups != [] and any(step.late for step in groups[-1])
    if late:
        rest = 0.0
    at = 0.15 * rest if len(groups) == 1 else 0.0
    for index, (length, weight) in enumerate(zip(lengths, weights, strict=True)):
        if late and index + 1 == len(groups):
            at += slack
        span = length + (slack * weight / total if total else 0.0)
        found.append((at / seconds, min(1.0, (at + span) / seconds)))
        at += span + rest
    return found


def ease(u: np.ndarray, rise: float, fall: float) -> np.ndarray:
    """Progress 0..1 at times `u` 0..1, for a speed that rises over the first part `rise`, is constant, and
    falls over the last part `fall` (raised cosines: no jerk; rise + fall <= 1)."""
    u = np.clip(u, 0.0, 1.0)
    top = 1.0 / (1.0 - 0.5 * rise - 0.5 * fall)

    def ramp(x: np.ndarray, width: float) -> np.ndarray:
        x = np.clip(x, 0.0, width)
        return 0.5 * (x - width / math.pi * np.sin(math.pi * x / width))

    middle = np.clip(u - rise, 0.0, 1.0 - rise - fall)
    tail = 0.5 * fall - ramp(np.clip(1.0 - u, 0.0, fall), fall)
    return top * (ramp(u, rise) + middle + np.where(u > 1.0 - fall, tail, 0.0))


def ramps(step: Step) -> tuple[float, float]:
    """Parts of the time over which a step gathers speed, and loses it: see `ease`."""
    return (0.42, 0.42) if step.speed >= 2.5 and step.ease == "smooth" else _EASES[step.ease]
