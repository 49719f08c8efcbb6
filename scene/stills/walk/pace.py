"""When a walk is where, and where it looks: an even pace, eased only at both ends; looks without swings."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from mathutils import Euler, Matrix, Quaternion

EASE = 1.0  # seconds to set off and to stop
STEEP = math.radians(80)  # beyond that a look has no heading worth the name
TURN = math.radians(20)  # a key for each such turn of the look
MOST_TURN = math.radians(60)  # a second, on average between two looks: half as fast again at most
MOST_SECONDS, LEAST_SECONDS = 180.0, 1.0


@dataclass(frozen=True)
class Pace:
    """`seconds` in all; `ease` of them to set off, and as many to stop, at `speed` units a second between."""

    seconds: float
    ease: float
    speed: float

    def time_at(self, along: float, length: float) -> float:
        """When a walk of this length is so far along."""
        eased = self.speed * self.ease / 2
        if self.ease > 0 and along < eased:
            return math.sqrt(2 * along * self.ease / self.speed)
        if self.ease > 0 and length - along < eased:
            return self.seconds - math.sqrt(2 * max(0.0, length - along) * self.ease / self.speed)
        return self.ease / 2 + along / self.speed if self.speed > 0 else 0.0


def pace_by_speed(length: float, speed: float) -> Pace:
    """A walk of `length` at `speed` units a second; faster where it would last longer than a take may."""
    ease = min(EASE, length / speed / 2)
    seconds = length / speed + ease
    if seconds > MOST_SECONDS or seconds < LEAST_SECONDS:
        return pace_by_length(length, min(max(seconds, LEAST_SECONDS), MOST_SECONDS))
    return Pace(seconds, ease, speed)


def pace_by_length(length: float, seconds: float) -> Pace:
    """A walk of `length` that takes so long."""
    ease = min(EASE, seconds / 4)
    return Pace(seconds, ease, length / (seconds - ease))


def turning(one: Quaternion, two: Quaternion) -> float:
    """Seconds that a look takes at least to turn into another."""
    angle = one.rotation_difference(two).angle
    return min(angle, math.tau - angle) / MOST_TURN


def unhurried(stops: list[Quaternion], times: list[float]) -> list[float]:
    """`times` of looks, so far apart that none has to turn faster than MOST_TURN: where the way between two is too
    short for their turn, it begins earlier and ends later. The first and last stay; where all is too short, all turn
    as fast as it takes."""
    needs = [turning(one, two) for one, two in itertools.pairwise(stops)]
    room = times[-1] - times[0]
    slow = all(b - a >= need for (a, b), need in zip(itertools.pairwise(times), needs, strict=True))
    if room <= 0 or slow:
        return times
    share = min(1.0, room / sum(needs))
    needs = [need * share for need in needs]
    late = _spread(times, needs)
    early = [-at for at in reversed(_spread([-at for at in reversed(times)], needs[::-1]))]
    return [times[0], *(0.5 * (a + b) for a, b in zip(late[1:-1], early[1:-1], strict=True)), times[-1]]


def _spread(times: list[float], needs: list[float]) -> list[float]:
    """The times put off as far as the needs before each ask for, and no further than those after it leave."""
    made = [times[0]]
    for at, need in zip(times[1:], needs, strict=True):
        made.append(max(at, made[-1] + need))
    made[-1] = times[-1]
    for index in range(len(made) - 2, 0, -1):
        made[index] = min(made[index], made[index + 1] - needs[index])
    return made


def looks(stops: list[Quaternion], times: list[float]) -> list[tuple[float, Quaternion]]:
    """Keys of the look between stops: by heading, pitch and roll, each the shortest way and never beyond its stops;
    where a stop looks straight up or down, the shortest turn."""
    angles = [_angles(stop) for stop in stops]
    if any(abs(pitch) > STEEP for _, pitch, _ in angles):
        return _turned(stops, times)
    headings = np.unwrap([heading for heading, _, _ in angles])
    rolls = np.unwrap([roll for _, _, roll in angles])
    tracks = [
        (np.array(values), _slopes(np.array(values), times)) for values in (headings, [a[1] for a in angles], rolls)
    ]
    keys, before = [], None
    for index in range(len(stops)):
        if index:
            keys += _between(tracks, times, index - 1, stops)
        turn = stops[index].copy()
        keys.append((times[index], turn))
    aligned = []
    for at, turn in keys:
        if before is not None:
            turn.make_compatible(before)
        aligned.append((at, turn))
        before = turn
    return aligned


def _between(
    tracks: list[tuple[np.ndarray, np.ndarray]], times: list[float], index: int, stops: list[Quaternion]
) -> list[tuple[float, Quaternion]]:
    angle = stops[index].rotation_difference(stops[index + 1]).angle
    count = math.ceil(min(angle, math.tau - angle) / TURN)
    made = []
    for number in range(1, count):
        share = number / count
        at = times[index] + share * (times[index + 1] - times[index])
        heading, pitch, roll = (_cubic(values, slopes, times, index, share) for values, slopes in tracks)
        made.append((at, _look(heading, pitch, roll)))
    return made


def _turned(stops: list[Quaternion], times: list[float]) -> list[tuple[float, Quaternion]]:
    keys = [(times[0], stops[0].copy())]
    for index in range(1, len(stops)):
        one, two = keys[-1][1], stops[index].copy()
        two.make_compatible(one)
        count = max(1, math.ceil(one.rotation_difference(two).angle / TURN))
        for number in range(1, count + 1):
            share = number / count
            at = times[index - 1] + share * (times[index] - times[index - 1])
            turn = one.slerp(two, share)
            turn.make_compatible(keys[-1][1])
            keys.append((at, turn))
    return keys


def _angles(look: Quaternion) -> tuple[float, float, float]:
    """Heading about the vertical, pitch above the horizon and roll of a camera."""
    forward = look @ _vector((0, 0, -1))
    heading = math.atan2(forward.y, forward.x)
    pitch = math.asin(max(-1.0, min(1.0, forward.z)))
    level = _look(heading, pitch, 0.0)
    rest = (level.inverted() @ look).to_euler("XYZ")
    return heading, pitch, rest.z


def _look(heading: float, pitch: float, roll: float) -> Quaternion:
    level = Euler((math.pi / 2 + pitch, 0.0, heading - math.pi / 2), "XYZ").to_quaternion()
    return level @ Euler((0.0, 0.0, roll), "XYZ").to_quaternion()


def _vector(values: tuple[float, float, float]):  # type: ignore[no-untyped-def]
    return Matrix.Translation(values).to_translation()


def _slopes(values: np.ndarray, times: list[float]) -> np.ndarray:
    """Of a monotone cubic through the values (Fritsch and Carlson 1980): 0 at both ends and where they turn."""
    slopes = np.zeros(len(values))
    steps = np.diff(values) / np.maximum(np.diff(times), 1e-9)
    for index in range(1, len(values) - 1):
        one, two = steps[index - 1], steps[index]
        if one * two > 0:
            slopes[index] = 2 * one * two / (one + two)
    return slopes


def _cubic(values: np.ndarray, slopes: np.ndarray, times: list[float], index: int, share: float) -> float:
    span, s = times[index + 1] - times[index], share
    return float(
        (2 * s**3 - 3 * s**2 + 1) * values[index]
        + (s**3 - 2 * s**2 + s) * span * slopes[index]
        + (3 * s**2 - 2 * s**3) * values[index + 1]
        + (s**3 - s**2) * span * slopes[index + 1]
    )
