"""How much of each moment the chosen views will show, as clips are drawn from them: from more rays than the choice."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from ....client.protocol.camera import Rows
from ..track import Track, in_picture
from .chosen import AROUND, Chosen, used, weights
from .margin import NONE, widened
from .points import EDGE, GRID, Points, met, open_to, scattered, seen_by
from .rays import Trees
from .steps import Steps

LOOKED_AT = 120  # moments, evenly, beside those near a view
MOST_LOOKED_AT = 150  # moments: above that none is added
JUMP = 0.02  # of a picture: where two moments differ by more, one between them is looked at too
NEAR_VIEW = 0.12  # of the time between two views: there the others begin to count
FINER = 2  # times as many rays each way where what is shown begins or ends
PIXELS = 0.5  # that a view shows of what is behind an edge: its own pixels there hold both
THICK = 0.03  # of the distance: a surface that a ray beside its point meets so much sooner is its own
NONE_UNSEEN: Rows = ((0.0,),)


@dataclass(frozen=True)
class Foreseen:
    """A moment as the views will show it. `share` 0..1 is how much of it they do; `unseen` are rows from the top of
    distances along its axis, in Blender units, to what they do not, 0 where they do."""

    share: float
    unseen: Rows = NONE_UNSEEN


@dataclass
class _Looked:
    """Moments, what rays meet there, and which of it each view is known to see."""

    moments: list[int]
    points: Points
    sees: dict[int, np.ndarray]


def forecast(
    chosen: Chosen,
    track: Track,
    trees: Trees,
    moments: list[int],
    points: Points,
    size: float,
    grid: tuple[int, int] = GRID,
) -> Steps[dict[int, Foreseen]]:
    """How each moment will be shown: `moments`, whose scattered rays meet `points`, more between them, and those near a
    view, where the others count little. A surface that is shown, if not sharply, is no hole."""
    times, views = np.array([pose.t for pose in track.poses]), sorted(chosen.sees)
    found = yield from _foreseen(chosen, track, trees, times, _Looked(moments, points, dict(chosen.sees)), size, grid)
    even = {round(at) for at in np.linspace(0, len(times) - 1, min(len(times), LOOKED_AT))}
    more = sorted((_near_views(times, views) | even) - set(moments))
    while more:
        there = yield from met(track, more, scattered(track, more, grid), trees, size)
        others = yield from _foreseen(chosen, track, trees, times, _Looked(more, there, {}), size, grid)
        found |= others
        more = _between(found) if len(found) < MOST_LOOKED_AT else []
    return found


def _foreseen(
    chosen: Chosen,
    track: Track,
    trees: Trees,
    times: np.ndarray,
    looked: _Looked,
    size: float,
    grid: tuple[int, int],
) -> Steps[dict[int, Foreseen]]:
    """How each moment will be shown: where that begins or ends, by finer rays."""
    shown = yield from _shown(chosen, track, trees, times, looked)
    cells = shown.reshape(len(looked.moments), grid[1], grid[0])
    far = _unseen(track, looked.moments, looked.points, shown).reshape(cells.shape)
    finer = yield from met(track, looked.moments, _split(track, cells), trees, size)
    again = yield from _shown(chosen, track, trees, times, _Looked(looked.moments, finer, {}))
    split = _at_an_edge(cells)
    further = _unseen(track, looked.moments, finer, again).reshape(-1, FINER**2).min(1)
    far[split] = np.minimum(far[split], further)
    cells[split] = (cells[split] + again.reshape(-1, FINER**2).sum(1)) / (1 + FINER**2)
    hidden = np.where((cells < 0.5) & np.isfinite(far), far, 0.0)
    shares = cells.mean((1, 2)).tolist()
    return {
        at: Foreseen(share, tuple(map(tuple, rows.tolist())) if rows.any() else NONE_UNSEEN)
        for at, share, rows in zip(looked.moments, shares, hidden, strict=True)
    }


def _unseen(track: Track, moments: list[int], points: Points, shown: np.ndarray) -> np.ndarray:
    """How far along its moment's axis each point is that is not `shown`, in Blender units; infinity for the others."""
    poses = [track.poses[at] for at in moments]
    axes = np.array([np.array(pose.matrix)[:3, 2] for pose in poses])[points.moment]
    far = ((np.array([pose.place for pose in poses])[points.moment] - points.place) * axes).sum(1)
    return np.where((shown < 0.5) & ~points.sky, far, np.inf)


def _between(found: dict[int, Foreseen]) -> list[int]:
    """The moments in the middle of two that are shown unlike."""
    pairs = itertools.pairwise(sorted(found))
    return [(one + two) // 2 for one, two in pairs if two - one > 1 and abs(found[one].share - found[two].share) > JUMP]


def _near_views(times: np.ndarray, views: list[int]) -> set[int]:
    """The poses beside each view where the others begin to count."""
    found = set()
    for one, two in itertools.pairwise([*views, len(times) - 1]):
        for share in (NEAR_VIEW, 1 - NEAR_VIEW):
            found.add(round(one + share * (two - one)))
        found |= {one, min(one + 1, len(times) - 1), max(two - 1, 0)}
    return found


def _shown(chosen: Chosen, track: Track, trees: Trees, times: np.ndarray, looked: _Looked) -> Steps[np.ndarray]:
    """How much of each point the views show, 0..1."""
    points, views, seen = looked.points, sorted(chosen.sees), Chosen(looked.sees, {})
    near = {at: np.array([at in used(views, one) for one in looked.moments], bool)[points.moment] for at in views}
    if not seen.sees:
        yield from _seen(chosen, track, trees, times, looked, near)
    lacking = seen.shown(times, looked.moments, points) == 0
    for at in views[:-1]:  # the last one's pixels beside an edge have a guess behind them
        beside = yield from _beside(chosen, track, at, trees, points, near[at] & lacking)
        seen.sees[at] = seen.sees[at] | beside
    return seen.shown(times, looked.moments, points)


def _seen(
    chosen: Chosen, track: Track, trees: Trees, times: np.ndarray, looked: _Looked, near: dict[int, np.ndarray]
) -> Steps[None]:
    """Find out which points each view sees. Those that have most say, and are nearest in time, come first: what they
    show the others are not asked for."""
    points, views = looked.points, np.array(sorted(chosen.sees))
    looked.sees.update({at: np.zeros(len(points.sky), bool) for at in views.tolist()})
    if not looked.moments:
        return
    here = times[looked.moments]
    says = np.array([weights(times[views], float(t)) for t in here])
    order = np.lexsort((np.abs(times[views] - here[:, None]), -says))
    shown = np.zeros(len(points.sky))
    for rank in range(min(2 * AROUND, len(views))):
        for number, at in enumerate(views.tolist()):
            which = (order[:, rank] == number)[points.moment] & near[at] & (shown < 1)
            if not which.any():
                continue
            sees, _ = yield from seen_by(track, at, trees, points, which, chosen.margin if at == 0 else NONE)
            looked.sees[at] |= sees
            shown = np.maximum(shown, sees * says[points.moment, number])


def _beside(
    chosen: Chosen, track: Track, at: int, trees: Trees, points: Points, which: np.ndarray
) -> Steps[np.ndarray]:
    """Of the points `which`, that a view does not see, those that it sees in a pixel beside them."""
    if at == 0 and chosen.margin:
        track = widened(track, chosen.margin)
    pose = track.poses[at]
    found, matrix = np.zeros(len(which), bool), np.array(pose.matrix)
    left = np.flatnonzero(which & in_picture(track, pose, points.place, EDGE))
    for right, up in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        place = points.place[left]
        depth = (pose.place - place) @ matrix[:3, 2]
        wide = np.full(len(left), PIXELS) if pose.is_orthographic else PIXELS * depth
        moved = place + (wide / pose.fx)[:, None] * (right * matrix[:3, 0] + up * matrix[:3, 1])
        if not pose.is_orthographic:
            moved = pose.place + (moved - pose.place) * (1 - THICK)
        seen = yield from open_to(trees, pose, moved)
        found[left[seen]] = True
        left = left[~seen]
    return found


def _at_an_edge(cells: np.ndarray) -> np.ndarray:
    """Which cells [n, h, w] have another beside them that is shown otherwise."""
    found = np.zeros(cells.shape, bool)
    down, across = np.abs(np.diff(cells, axis=1)) > 0.05, np.abs(np.diff(cells, axis=2)) > 0.05
    found[:, 1:] |= down
    found[:, :-1] |= down
    found[:, :, 1:] |= across
    found[:, :, :-1] |= across
    return found


def _split(track: Track, cells: np.ndarray) -> list[np.ndarray]:
    """Places in the picture for each moment, pixels [n, 2]: the middles of the parts of its cells at an edge."""
    high, wide = cells.shape[1:]
    size = np.array([track.width / wide, track.height / high])
    parts = (np.stack(np.meshgrid(np.arange(FINER), np.arange(FINER)), -1).reshape(-1, 2) + 0.5) / FINER
    found = []
    for some in _at_an_edge(cells):
        rows, columns = np.nonzero(some)
        corners = np.stack([columns, rows], 1)
        found.append(((corners[:, None] + parts).reshape(-1, 2)) * size)
    return found
