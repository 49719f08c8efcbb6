"""The views that are chosen, and what the moments of a path are drawn from."""

from __future__ import annotations

import bisect
from dataclasses import dataclass

import numpy as np

from .margin import NONE, Margin
from .points import Points

SWITCH = 0.25  # of the time between two views, in which the others begin or cease to count
AROUND = 2  # views before a moment that it is drawn from, and as many after it


@dataclass
class Chosen:
    """The views that are chosen, by their pose: which points each of them `sees` and sees `well` [n]. Of a view that
    is not near a moment nothing is known. The still has a `margin`."""

    sees: dict[int, np.ndarray]
    well: dict[int, np.ndarray]
    margin: Margin = NONE

    def covered(self, moments: list[int], points: Points) -> np.ndarray:
        """Which points are sharp in a view that their moment is drawn from."""
        return self._sharp(moments, points, self.well)

    def near(self, moments: list[int], points: Points, close: dict[int, np.ndarray]) -> np.ndarray:
        """Which points are sharp in a view that their moment is drawn from and that is `close` to it for them."""
        return self._sharp(moments, points, {at: well & close[at] for at, well in self.well.items()})

    def _sharp(self, moments: list[int], points: Points, well: dict[int, np.ndarray]) -> np.ndarray:
        views = sorted(self.sees)
        found = np.zeros(len(points.sky), bool)
        for at in views:
            near = np.array([at in used(views, moment) for moment in moments])
            found |= well[at] & near[points.moment]
        return found

    def shown(self, times: np.ndarray, moments: list[int], points: Points) -> np.ndarray:
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


def shares_of(covered: np.ndarray, moment: np.ndarray, count: int) -> np.ndarray:
    return np.bincount(moment, covered, count) / np.maximum(1, np.bincount(moment, minlength=count))
