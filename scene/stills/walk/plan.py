"""A walk through places: the ways between them, its pace and its looks, in numbers."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from mathutils import Quaternion

from ..coverage.rays import Trees
from ..coverage.steps import Steps
from . import pace, way
from .line import Line, line

HOLD = 2.0  # seconds at a place that no way leads to or from
MARGIN = 1e-6


@dataclass(frozen=True)
class Stop:
    """A camera to walk through: its name, place in units, look, and lens in millimetres."""

    name: str
    place: np.ndarray
    look: Quaternion
    lens: float


@dataclass(frozen=True)
class Stretch:
    """A part of the walk without a cut. `line` None stands still. `begins`, `ends` are seconds; `offsets` are
    (seconds, share of the line, speed in shares a second); `looks` and `lenses` are keys over seconds. `hurry`: how
    many times too fast the look has to turn where the stretch is too short for its looks; 1 where it is not."""

    stops: tuple[Stop, ...]
    line: Line | None
    begins: float
    ends: float
    offsets: tuple[tuple[float, float, float], ...]
    looks: tuple[tuple[float, Quaternion], ...]
    lenses: tuple[tuple[float, float], ...]
    hurry: float = 1.0


@dataclass(frozen=True)
class Walk:
    """`stretches` one after the other, a cut between two; `cuts` name the cameras before and after each. `speed` is in
    units a second. `wanted`: the seconds that were asked for, which looks around may not leave room for."""

    stretches: tuple[Stretch, ...]
    seconds: float
    speed: float
    cuts: tuple[tuple[str, str], ...]
    wanted: float | None = None


def plan(
    stops: Sequence[Stop], trees: Trees, metre: float, *, speed: float | None, seconds: float | None
) -> Steps[Walk]:
    """A walk through the stops in their order: by a `speed` in units a second, or in so many `seconds` in all.

    Looks and heights go from stop to stop without swings. Where there is no free way it is cut. What stands still takes
    the time of its looks; where nothing moves, all of `seconds`.
    """
    groups: list[tuple[list[Stop], list[np.ndarray], list[int]]] = [([stops[0]], [stops[0].place], [0])]
    cuts = []
    for one, two in itertools.pairwise(stops):
        found = yield from way.find(trees, one.place, two.place, metre)
        if found is None:
            cuts.append((one.name, two.name))
            groups.append(([two], [two.place], [0]))
            continue
        named, places, at = groups[-1]
        named.append(two)
        places += found[1:]
        at.append(len(places) - 1)
    lines = []
    for _, places, _ in groups:
        lines.append(line(places, trees, metre) if len(places) > 1 else None)
        yield 0.0
    lines = [one if one is not None and one.length > MARGIN else None for one in lines]
    length = sum(one.length for one in lines if one is not None)
    held = [0.0 if one is not None else _held(named) for (named, _, _), one in zip(groups, lines, strict=True)]
    going = _pace(length, sum(held), speed, seconds)
    if going is None:
        share = (seconds or min(sum(held), pace.MOST_SECONDS)) / sum(held)
        held = [share * one for one in held]
    stretches: list[Stretch] = []
    begins, passed = 0.0, 0.0
    for (named, _, at), path, stands in zip(groups, lines, held, strict=True):
        if path is None or going is None:
            stretch = _standing(tuple(named), begins, begins + stands)
        else:
            stretch = _stretch(tuple(named), path, at, begins, passed, length, going)
        stretches.append(stretch)
        begins = stretch.ends
        passed += path.length if path is not None else 0.0
    return Walk(tuple(stretches), begins, going.speed if going else 0.0, tuple(cuts), seconds)


def _held(stops: Sequence[Stop]) -> float:
    """Seconds that a walk stands still where these cameras are: so long as it takes to look from one to the next."""
    return max(HOLD, _turning(stops))


def _turning(stops: Sequence[Stop]) -> float:
    """Seconds that it takes to look from each to the next."""
    return sum(pace.turning(one.look, two.look) for one, two in itertools.pairwise(stops))


def _pace(length: float, held: float, speed: float | None, seconds: float | None) -> pace.Pace | None:
    if length <= 0:
        return None
    if seconds is not None:
        return pace.pace_by_length(length, max(pace.LEAST_SECONDS, seconds - held))
    made = pace.pace_by_speed(length, speed or 1.0)
    if made.seconds + held > pace.MOST_SECONDS:
        return pace.pace_by_length(length, max(pace.LEAST_SECONDS, pace.MOST_SECONDS - held))
    return made


def _standing(stops: tuple[Stop, ...], begins: float, ends: float) -> Stretch:
    """Cameras at one place: it looks from each to the next."""
    turned = [stop.look for stop in stops]
    times = pace.unhurried(turned, [float(at) for at in np.linspace(begins, ends, len(stops))])
    lenses = [(moment, stop.lens) for moment, stop in zip(times, stops, strict=True)]
    looks = tuple(pace.looks(turned, times))
    return Stretch(stops, None, begins, ends, (), looks, tuple(lenses), _hurry(stops, ends - begins))


def _hurry(stops: Sequence[Stop], seconds: float) -> float:
    return max(1.0, _turning(stops) / max(seconds, 1e-6))


def _stretch(
    stops: tuple[Stop, ...],
    one: Line,
    at: list[int],
    begins: float,
    passed: float,
    length: float,
    going: pace.Pace,
) -> Stretch:
    """`passed` is how much of all ways lies before this stretch: it is eased only where all begins and ends."""

    def when(along: float) -> float:
        return begins + going.time_at(passed + along, length) - going.time_at(passed, length)

    eased = going.speed * going.ease / 2
    share = going.speed / one.length
    first, last = passed <= MARGIN, passed + one.length >= length - MARGIN
    offsets = [(begins, 0.0, 0.0 if first else share)]
    if first and eased < one.length:
        offsets.append((when(eased), eased / one.length, share))
    if last and eased < one.length:
        offsets.append((when(one.length - eased), 1 - eased / one.length, share))
    offsets.append((when(one.length), 1.0, 0.0 if last else share))
    times = [when(float(one.along[index])) for index in at]
    turned = [stop.look for stop in stops]
    looks = pace.looks(turned, pace.unhurried(turned, times))
    lenses = [(moment, stop.lens) for moment, stop in zip(times, stops, strict=True)]
    ends = when(one.length)
    hurry = _hurry(stops, ends - begins)
    return Stretch(stops, one, begins, ends, tuple(offsets), tuple(looks), tuple(lenses), hurry)
