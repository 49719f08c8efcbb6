"""Which views a camera's path needs: those that show most of what the others don't, one after the other.

Points are what rays through the path's moments meet. A moment is drawn from the views near it in time, and they cover a
point that one of them sees sharply enough. Whether it does is asked of the geometry only for the views that matter: the
gain of the others is bounded by the points that their pictures could hold.
"""

from __future__ import annotations

import bisect
import itertools
from dataclasses import dataclass

import numpy as np

from .margin import NONE, Margin, beyond, fitted, widened, widest
from .rays import Trees
from .steps import Steps
from .surfaces import Surfaces
from .track import Pose, Track, in_picture, rays

ENOUGH = 0.98  # of all that the path shows is to be covered, on average,
WORST = 0.95  # and of each moment at least this
LOW = 0.90  # a moment below this is said
MOST_VIEWS = 32
SWITCH = 0.15  # of the time between two views, in which the others begin or cease to count
NEAR_VIEW = 0.07
AROUND = 2  # views before a moment that it is drawn from, and as many after it
MOMENTS, CANDIDATES = 48, 72  # of the path: what is looked at, and where views may stand
GRID = (28, 16)  # rays of a moment
SAMPLE = 640  # points by which a candidate is judged
MAGNIFIED = 2.0  # a surface may be drawn this much larger than its view shows it
LEAST_GAIN = 0.002  # of all points: a view that shows less is not worth its render
EDGE = 0.002
FAR = 1e3  # times the scene's size: where the sky is


@dataclass(frozen=True)
class Plan:
    """`views` are indices of the track's poses, rising, the still's 0 first. `moments` are those that were looked at,
    and `covered` [0..1] how much of each the views show. `mark` is the surfaces' (see Surfaces). `margin` is what the
    still shows beyond its frame, which adds `more` (a share) to its pixels."""

    views: tuple[int, ...]
    moments: tuple[int, ...]
    covered: tuple[float, ...]
    mark: str
    margin: Margin = NONE
    more: float = 0.0

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


@dataclass
class _Points:
    """What the moments' rays meet: `place` [n, 3], its `normal`, of which `moment`, `fine` the pixels a unit there,
    and `sky` where it is nothing."""

    place: np.ndarray
    normal: np.ndarray
    moment: np.ndarray
    fine: np.ndarray
    sky: np.ndarray

    def only(self, which: np.ndarray) -> _Points:
        return _Points(*(getattr(self, name)[which] for name in ("place", "normal", "moment", "fine", "sky")))


@dataclass
class _Chosen:
    """The views that are chosen, by their pose: which points each of them `sees` and sees `well` [n]. Of a view that
    is not near a moment nothing is known. The still has a `margin`."""

    sees: dict[int, np.ndarray]
    well: dict[int, np.ndarray]
    margin: Margin = NONE

    def covered(self, moments: list[int], points: _Points) -> np.ndarray:
        """Which points are sharp in a view that their moment is drawn from."""
        views = sorted(self.sees)
        found = np.zeros(len(points.sky), bool)
        for at in views:
            near = np.array([at in used(views, moment) for moment in moments])
            found |= self.well[at] & near[points.moment]
        return found

    def shown(self, times: np.ndarray, moments: list[int], points: _Points) -> np.ndarray:
        """How much of each point is shown, 0..1, by the views that its moment is drawn from; `times` are the poses'.
        Views that begin or cease to count show a point alone, but for the last one's guess where that has its say."""
        views, last = sorted(self.sees), max(self.sees)
        says = np.array([weights(times[views], float(times[moment])) for moment in moments])
        found = np.zeros(len(points.sky))
        for number, at in enumerate(views):
            found = np.maximum(found, self.sees[at] * says[points.moment, number])
        late = np.array(moments)[points.moment] > views[-2 if len(views) > 1 else -1]
        guessed = late & ~self.sees[last] & (last < len(times) - 1)
        guess = (1 - found) * says[points.moment, -1]
        return np.where(guessed, found / np.maximum(found + guess, 1e-9), found > 0)


def used(views: list[int], moment: int) -> list[int]:
    """Of `views` (rising) those that a moment is drawn from."""
    after = bisect.bisect_right(views, moment)
    return views[max(0, after - AROUND) : after + AROUND]


def weights(times: np.ndarray, t: float) -> np.ndarray:
    """How far each view, taken at rising `times`, counts in a picture of the moment `t`, 0..1: at the time of a view
    that one alone, and between two views both and one more on either side. As such clips are drawn."""
    here = max(0, int(np.searchsorted(times, t, side="right")) - 1)
    after, last = here + 1, len(times) - 1
    if after > last:
        gap = times[here] - times[here - 1] if here else 1.0
        rise, fall = _ramp((t - times[here]) / max(gap, 1e-9)), 1.0
    else:
        gap = max(times[after] - times[here], 1e-9)
        rise, fall = _ramp((t - times[here]) / gap), _ramp((times[after] - t) / gap)
    found = np.zeros(len(times))
    found[here] = fall
    if after <= last:
        found[after] = rise
    if here > 0:
        found[here - 1] = rise * fall
    if after < last:
        found[after + 1] = rise * fall
    return found


def _ramp(share: float) -> float:
    share = min(max(share / SWITCH, 0.0), 1.0)
    return share * share * (3 - 2 * share)


def plan(track: Track, surfaces: Surfaces, count: int | None = None, wider: bool = False) -> Steps[Plan]:
    """Choose the views: as many as it takes, or `count` of them (fewer where more would show nothing new). Where the
    still may be `wider` than its frame it is, if that shows enough: in place of a further view, or beside the last."""
    trees = Trees(surfaces)
    yield from _part(trees.build(), 0.0, 0.3)
    moments = _spread(len(track.poses), MOMENTS)
    points = yield from _part(_points(track, moments, trees, surfaces.size), 0.3, 0.5)
    candidates = _spread(len(track.poses), CANDIDATES)
    bounds = {}
    for one in candidates:
        bounds[one] = in_picture(track, track.poses[one], points.place, EDGE)
        yield 0.5
    most = MOST_VIEWS if count is None else count
    chosen = _Chosen({}, {})
    at: int | None = 0
    while at is not None:
        yield from _choose(chosen, at, track, trees, moments, points)
        covered = chosen.covered(moments, points)
        shares = _shares(covered, points.moment, len(moments))
        if len(chosen.sees) >= most or (count is None and _enough(shares)):
            break
        if wider and count is None:
            yield from _widen(chosen, track, trees, moments, points)
            if _enough(_shares(chosen.covered(moments, points), points.moment, len(moments))):
                break
            yield from _narrow(chosen, track, trees, moments, points)
        left = [one for one in candidates if one not in chosen.sees]
        views = sorted(chosen.sees)
        at = yield from _best(track, left, trees, points, ~covered, shares, bounds, (views, moments))
        yield 0.5 + 0.5 * min(1.0, len(views) / max(2, min(most, 8)))
    even = _Chosen({}, {}, chosen.margin)
    for at in _spread(len(track.poses), len(chosen.sees)):
        yield from _choose(even, at, track, trees, moments, points)
    if _worth(even, moments, points) > _worth(chosen, moments, points):
        chosen = even
    shares = _shares(chosen.covered(moments, points), points.moment, len(moments))
    if wider and not chosen.margin and not _enough(shares):
        yield from _widen(chosen, track, trees, moments, points)
    plan = yield from _described(chosen, track, trees, moments, points, surfaces)
    return plan


def coverage(track: Track, surfaces: Surfaces, views: tuple[int, ...], grid: tuple[int, int] = GRID) -> Steps[Plan]:
    """How much given views cover of the path."""
    trees = Trees(surfaces)
    yield from trees.build()
    moments = _spread(len(track.poses), MOMENTS)
    points = yield from _points(track, moments, trees, surfaces.size, grid)
    chosen = _Chosen({}, {})
    for at in views:
        yield from _choose(chosen, at, track, trees, moments, points)
    plan = yield from _described(chosen, track, trees, moments, points, surfaces)
    return plan


def _worth(chosen: _Chosen, moments: list[int], points: _Points) -> float:
    """How good a choice of views is: by the mean and by the worst moment."""
    shares = _shares(chosen.covered(moments, points), points.moment, len(moments))
    return float(shares.mean() + shares.min())


def _described(
    chosen: _Chosen, track: Track, trees: Trees, moments: list[int], points: _Points, surfaces: Surfaces
) -> Steps[Plan]:
    """The plan of chosen views. Moments near a view are looked at too: there the others count little. A surface that
    is shown, if not sharply, is no hole."""
    times, views = np.array([pose.t for pose in track.poses]), sorted(chosen.sees)
    shares = dict(zip(moments, _shares(chosen.shown(times, moments, points), points.moment, len(moments)), strict=True))
    more = sorted(_near_views(times, views) - set(moments))
    if more:
        others = yield from _points(track, more, trees, surfaces.size)
        again = _Chosen({}, {})
        for at in views:
            near = np.array([at in used(views, moment) for moment in more])
            seen_from = chosen.margin if at == 0 else NONE
            seen = yield from _seen_by(track, at, trees, others, near[others.moment], seen_from)
            again.sees[at], again.well[at] = seen
        shown = again.shown(times, more, others)
        shares |= dict(zip(more, _shares(shown, others.moment, len(more)), strict=True))
    rising = sorted(shares)
    covered, pixels = tuple(float(shares[at]) for at in rising), chosen.margin.more(track.width, track.height)
    return Plan(tuple(views), tuple(rising), covered, surfaces.mark, chosen.margin, pixels)


def _near_views(times: np.ndarray, views: list[int]) -> set[int]:
    """The poses beside each view where the others begin to count."""
    found = set()
    for one, two in itertools.pairwise([*views, len(times) - 1]):
        for share in (NEAR_VIEW, 1 - NEAR_VIEW):
            found.add(round(one + share * (two - one)))
        found |= {one, min(one + 1, len(times) - 1), max(two - 1, 0)}
    return found


def _choose(chosen: _Chosen, at: int, track: Track, trees: Trees, moments: list[int], points: _Points) -> Steps[None]:
    """Find out what a view sees of the moments that it is near to, and take it in. Later ones only come between."""
    views = sorted([*chosen.sees, at])
    near = np.array([at in used(views, moment) for moment in moments])
    margin = chosen.margin if at == 0 else NONE
    sees, well = yield from _seen_by(track, at, trees, points, near[points.moment], margin)
    chosen.sees[at], chosen.well[at] = sees, well


def _widen(chosen: _Chosen, track: Track, trees: Trees, moments: list[int], points: _Points) -> Steps[None]:
    """Give the still the margin that is worth its pixels, for what the views do not show so far."""
    lacking = ~chosen.covered(moments, points)
    views = sorted(chosen.sees)
    near = np.array([0 in used(views, moment) for moment in moments])
    _, well = yield from _seen_by(track, 0, trees, points, lacking & near[points.moment], widest(track))
    chosen.margin = fitted(track, beyond(track, points.place[well]), len(points.sky))
    yield from _choose(chosen, 0, track, trees, moments, points)


def _narrow(chosen: _Chosen, track: Track, trees: Trees, moments: list[int], points: _Points) -> Steps[None]:
    """The still without its margin."""
    if chosen.margin:
        chosen.margin = NONE
        yield from _choose(chosen, 0, track, trees, moments, points)


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


def _spread(count: int, most: int) -> list[int]:
    """At most `most` of `count` indices, evenly, the first and the last among them."""
    return sorted({round(index) for index in np.linspace(0, count - 1, min(count, most))})


def _points(
    track: Track, moments: list[int], trees: Trees, size: float, grid: tuple[int, int] = GRID
) -> Steps[_Points]:
    found = []
    for number, at in enumerate(moments):
        pose = track.poses[at]
        begin, directions = rays(track, pose, *grid)
        if pose.is_orthographic:
            distance, normal = np.empty(len(begin)), np.empty((len(begin), 3))
            for index, (one, direction) in enumerate(zip(begin, directions, strict=True)):
                hits = yield from trees.first_hits(one, direction[None])
                distance[index], normal[index] = hits.distance[0], hits.normal[0]
        else:
            hits = yield from trees.first_hits(begin[0], directions)
            distance, normal = hits.distance, hits.normal
        sky = ~np.isfinite(distance)
        place = begin + directions * np.where(sky, FAR * size, distance)[:, None]
        found.append(_Points(place, normal, np.full(len(sky), number), _fineness(pose, place, normal), sky))
        yield number / len(moments)
    return _Points(
        *(np.concatenate([getattr(one, n) for one in found]) for n in ("place", "normal", "moment", "fine", "sky"))
    )


def _fineness(pose: Pose, place: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """Pixels a unit of the surface, as this pose shows it: their geometric mean of both directions."""
    way = place - pose.place
    far = np.linalg.norm(way, axis=1)
    slant = np.abs(np.einsum("ij,ij->i", way, normal)) / np.maximum(far, 1e-9)
    if pose.is_orthographic:
        return pose.fx * np.sqrt(np.maximum(slant, 1e-3))
    return pose.fx / np.maximum(far, 1e-9) * np.sqrt(np.maximum(slant, 1e-3))


def _seen_by(
    track: Track, at: int, trees: Trees, points: _Points, which: np.ndarray, margin: Margin = NONE
) -> Steps[tuple[np.ndarray, np.ndarray]]:
    """Of the points `which`: those that the view at this pose sees, and those that it sees sharply. The still (`at` 0)
    may have a `margin`."""
    if margin:
        track = widened(track, margin)
    pose = track.poses[at]
    index = np.flatnonzero(which & in_picture(track, pose, points.place, EDGE))
    some = points.only(index)
    open_ = yield from _open(trees, pose, some.place)
    sharp = some.sky | (_fineness(pose, some.place, some.normal) * MAGNIFIED >= some.fine)
    sees, well = np.zeros(len(which), bool), np.zeros(len(which), bool)
    sees[index], well[index] = open_, open_ & sharp
    return sees, well


def _open(trees: Trees, pose: Pose, place: np.ndarray) -> Steps[np.ndarray]:
    """Whether nothing hides each place from the pose."""
    if not pose.is_orthographic:
        seen = yield from trees.sees(pose.place, place)
        return seen
    back = np.array(pose.matrix)[:3, 2]
    seen = np.ones(len(place), bool)
    for index, one in enumerate(place):
        begin = one + back * float((pose.place - one) @ back)
        part = yield from trees.sees(begin, one[None])
        seen[index] = part[0]
    return seen


def _shares(covered: np.ndarray, moment: np.ndarray, count: int) -> np.ndarray:
    return np.bincount(moment, covered, count) / np.maximum(1, np.bincount(moment, minlength=count))


def _best(
    track: Track,
    candidates: list[int],
    trees: Trees,
    points: _Points,
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
    chance = np.random.default_rng(len(left))
    asked = np.sort(chance.choice(left, min(len(left), SAMPLE), replace=False))
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
        fine = part.sky | (_fineness(pose, part.place, part.normal) * MAGNIFIED >= part.fine)
        if worth[asked][held[fine]].sum() <= gain:
            continue
        open_ = yield from _open(trees, pose, part.place[fine])
        found = held[fine][open_]
        value = float(worth[asked][found].sum())
        if value > gain:
            best, gain, count = at, value, len(found) * scale
    return best if count >= LEAST_GAIN * len(points.sky) else None
