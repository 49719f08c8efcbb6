"""Which views a camera's path needs: those that show most of what the others don't, one after the other.

Points are what rays through the path's moments meet. A moment is drawn from the views near it in time, and they cover a
point that one of them sees sharply enough. Whether it does is asked of the geometry only for the views that matter: the
gain of the others is bounded by the points that their pictures could hold.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from ....client.protocol.camera import Rows
from ..track import Track, in_picture
from .chosen import Chosen, shares_of, used
from .forecast import forecast
from .margin import NONE, Margin, beyond, fitted, widest
from .points import EDGE, GRID, MAGNIFIED, Points, beside, fineness, met, open_to, scattered, seen_by
from .rays import Trees
from .steps import Steps
from .surfaces import Surfaces

ENOUGH = 0.98  # of all that the path shows is to be covered, on average,
WORST = 0.95  # and of each moment at least this
LOW = 0.90  # a moment below this is said
FEW = 3  # views: where these are enough, the path is also seen from close beside, as far as
CLOSELY = 0.9  # of what it shows, on average
MOST_VIEWS = 32
MOMENTS, CANDIDATES = 48, 72  # of the path: what is looked at, and where views may stand
SAMPLE = 640  # points by which a candidate is judged
LEAST_GAIN = 0.002  # of all points: a view that shows less is not worth its render


@dataclass(frozen=True)
class Plan:
    """`views` are indices of the track's poses, rising, the still's 0 first. `moments` are those that were looked at,
    and `covered` [0..1] how much of each the views show. `mark` is the surfaces' (see Surfaces). `margin` is what the
    still shows beyond its frame, which adds `more` (a share) to its pixels. `unseen` is what stands in each moment that
    the views do not show (see Foreseen)."""

    views: tuple[int, ...]
    moments: tuple[int, ...]
    covered: tuple[float, ...]
    mark: str
    margin: Margin = NONE
    more: float = 0.0
    unseen: tuple[Rows, ...] = ()

    @property
    def mean(self) -> float:
        """How much is covered on average."""
        if len(self.moments) < 2:
            return float(self.covered[0]) if self.covered else 1.0
        spans, shares = np.diff(self.moments), np.array(self.covered)
        return float((spans * (shares[1:] + shares[:-1]) / 2).sum() / spans.sum())

    def low_from(self) -> int | None:
        """The pose from which on less than 90 % is covered for the first time, or None."""
        low = [at for at, share in zip(self.moments, self.covered, strict=True) if share < LOW]
        return low[0] if low else None


def plan(track: Track, surfaces: Surfaces, count: int | None = None, wider: bool = False) -> Steps[Plan]:
    """Choose the views: as many as are needed, or `count` of them (fewer where more would show nothing new). Where the
    still may be `wider` than its frame it is, if that shows enough: in place of a further view, or beside the last."""
    trees = Trees(surfaces)
    yield from _part(trees.build(), 0.0, 0.3)
    moments = spread(len(track.poses), MOMENTS)
    points = yield from _part(met(track, moments, scattered(track, moments), trees, surfaces.size), 0.3, 0.5)
    candidates = spread(len(track.poses), CANDIDATES)
    bounds = {}
    for one in candidates:
        bounds[one] = in_picture(track, track.poses[one], points.place, EDGE)
        yield 0.5
    most = MOST_VIEWS if count is None else count
    chosen = Chosen({}, {})
    at: int | None = 0
    while at is not None:
        yield from _choose(chosen, at, track, trees, moments, points)
        covered = chosen.covered(moments, points)
        shares = shares_of(covered, points.moment, len(moments))
        if len(chosen.sees) >= most or (count is None and _enough(shares)):
            break
        if wider and count is None:
            yield from _widen(chosen, track, trees, moments, points)
            if _enough(shares_of(chosen.covered(moments, points), points.moment, len(moments))):
                break
            yield from _narrow(chosen, track, trees, moments, points)
        left = [one for one in candidates if one not in chosen.sees]
        views = sorted(chosen.sees)
        at = yield from _best(track, left, trees, points, ~covered, shares, bounds, (views, moments))
        yield 0.5 + 0.5 * min(1.0, len(views) / max(2, min(most, 8)))
    if count is None and not chosen.margin:
        yield from _closer(chosen, track, trees, moments, points, candidates, bounds)
    even = Chosen({}, {}, chosen.margin)
    for at in spread(len(track.poses), len(chosen.sees)):
        yield from _choose(even, at, track, trees, moments, points)
    if _worth(even, moments, points) > _worth(chosen, moments, points):
        chosen = even
    shares = shares_of(chosen.covered(moments, points), points.moment, len(moments))
    if wider and not chosen.margin and not _enough(shares):
        yield from _widen(chosen, track, trees, moments, points)
    plan = yield from _described(chosen, track, trees, moments, points, surfaces, GRID)
    return plan


def coverage(track: Track, surfaces: Surfaces, views: tuple[int, ...], grid: tuple[int, int] = GRID) -> Steps[Plan]:
    """How much given views cover of the path."""
    trees = Trees(surfaces)
    yield from trees.build()
    moments = spread(len(track.poses), MOMENTS)
    points = yield from met(track, moments, scattered(track, moments, grid), trees, surfaces.size)
    chosen = Chosen({}, {})
    for at in views:
        yield from _choose(chosen, at, track, trees, moments, points)
    plan = yield from _described(chosen, track, trees, moments, points, surfaces, grid)
    return plan


def _worth(chosen: Chosen, moments: list[int], points: Points) -> float:
    """How good a choice of views is: by the mean and by the worst moment."""
    shares = shares_of(chosen.covered(moments, points), points.moment, len(moments))
    return float(shares.mean() + shares.min())


def _described(
    chosen: Chosen,
    track: Track,
    trees: Trees,
    moments: list[int],
    points: Points,
    surfaces: Surfaces,
    grid: tuple[int, int],
) -> Steps[Plan]:
    found = yield from forecast(chosen, track, trees, moments, points, surfaces.size, grid)
    rising, pixels = tuple(sorted(found)), chosen.margin.more(track.width, track.height)
    shares, unseen = tuple(found[at].share for at in rising), tuple(found[at].unseen for at in rising)
    return Plan(tuple(sorted(chosen.sees)), rising, shares, surfaces.mark, chosen.margin, pixels, unseen)


def _choose(chosen: Chosen, at: int, track: Track, trees: Trees, moments: list[int], points: Points) -> Steps[None]:
    """Find out what a view sees of the moments that it is near to, and take it in. Later ones only come between."""
    views = sorted([*chosen.sees, at])
    near = np.array([at in used(views, moment) for moment in moments])
    margin = chosen.margin if at == 0 else NONE
    sees, well = yield from seen_by(track, at, trees, points, near[points.moment], margin)
    chosen.sees[at], chosen.well[at] = sees, well


def _widen(chosen: Chosen, track: Track, trees: Trees, moments: list[int], points: Points) -> Steps[None]:
    """Give the still the margin that is worth its pixels, for what the views do not show so far."""
    lacking = ~chosen.covered(moments, points)
    views = sorted(chosen.sees)
    near = np.array([0 in used(views, moment) for moment in moments])
    _, well = yield from seen_by(track, 0, trees, points, lacking & near[points.moment], widest(track))
    chosen.margin = fitted(track, beyond(track, points.place[well]), len(points.sky))
    yield from _choose(chosen, 0, track, trees, moments, points)


def _narrow(chosen: Chosen, track: Track, trees: Trees, moments: list[int], points: Points) -> Steps[None]:
    """The still without its margin."""
    if chosen.margin:
        chosen.margin = NONE
        yield from _choose(chosen, 0, track, trees, moments, points)


def _closer(
    chosen: Chosen,
    track: Track,
    trees: Trees,
    moments: list[int],
    points: Points,
    candidates: list[int],
    bounds: dict[int, np.ndarray],
) -> Steps[None]:
    """Take in views until the path is seen from close beside, or there are a FEW: what a view shows is drawn the less
    truly the farther it is moved."""
    aside = {at: bounds[at] & beside(track, at, moments, points) for at in {*candidates, *chosen.sees}}
    while len(chosen.sees) < FEW:
        near = chosen.near(moments, points, aside)
        shares = shares_of(near, points.moment, len(moments))
        if shares.mean() >= CLOSELY:
            break
        left = [one for one in candidates if one not in chosen.sees]
        at = yield from _best(track, left, trees, points, ~near, shares, aside, (sorted(chosen.sees), moments))
        if at is None:
            break
        yield from _choose(chosen, at, track, trees, moments, points)


def _enough(shares: np.ndarray) -> bool:
    return bool(shares.mean() >= ENOUGH and shares.min() >= WORST)


def _part(steps: Steps, low: float, high: float) -> Steps:
    """The same steps as a part of a whole."""
    while True:
        try:
            share = next(steps)
        except StopIteration as end:
            return end.value
        yield low + (high - low) * share


def spread(count: int, most: int) -> list[int]:
    """At most `most` of `count` indices, evenly, the first and the last among them."""
    return sorted({round(index) for index in np.linspace(0, count - 1, min(count, most))})


def _best(
    track: Track,
    candidates: list[int],
    trees: Trees,
    points: Points,
    lacking: np.ndarray,
    shares: np.ndarray,
    bounds: dict[int, np.ndarray],
    known: tuple[list[int], list[int]],
) -> Steps[int | None]:
    """The candidate that shows most of what is `lacking`, moments that lack most counting most; None where none shows
    enough. What its picture could hold bounds what it can gain, so most are never asked for. `known` are the views
    chosen so far and the moments."""
    worth = (1 - shares + 0.02)[points.moment]
    left = np.flatnonzero(lacking)
    if not len(left):
        return None
    chance = random.Random(len(left))
    asked = left[sorted(chance.sample(range(len(left)), min(len(left), SAMPLE)))]
    scale = len(left) / len(asked)
    some, views, moments = points.only(asked), *known
    reach = {}
    for at in candidates:
        between = sorted([*views, at])
        near = np.array([at in used(between, moment) for moment in moments])
        reach[at] = bounds[at][asked] & near[some.moment]
        yield 0.0
    promise = {at: float(worth[asked][reach[at]].sum()) for at in candidates}
    best, gain, count = None, 0.0, 0.0
    for at in sorted(candidates, key=lambda one: -promise[one]):
        if promise[at] <= gain:
            break
        held = np.flatnonzero(reach[at])
        pose = track.poses[at]
        part = some.only(held)
        fine = part.sky | (fineness(pose, part.place, part.normal) * MAGNIFIED >= part.fine)
        if worth[asked][held[fine]].sum() <= gain:
            continue
        open_ = yield from open_to(trees, pose, part.place[fine])
        found = held[fine][open_]
        value = float(worth[asked][found].sum())
        if value > gain:
            best, gain, count = at, value, len(found) * scale
    return best if count >= LEAST_GAIN * len(points.sky) else None
