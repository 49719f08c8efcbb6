"""The frames of a clip in order, drawn from views that are read when their time comes and given up after it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

import numpy as np

from ..camera.paths import Pose
from . import layers, margins, picture
from .drawing.renderer import Renderer, Sight
from .layers import Layers
from .memory import LARGE, give_back
from .picture import Picture
from .unseen import Boxes, Unseen, boxes
from .views import Part, Place, parts, seen_from

Drawn = TypeVar("Drawn")
AROUND = 1  # views beyond the two that a moment lies between, on either side: see views.parts
SOON = 12  # frames before a view is wanted that it is got ready, so that none waits for it


@dataclass(frozen=True, eq=False)
class Prepared:
    """A view that can be drawn from."""

    picture: Picture
    layers: Layers


@dataclass
class Film:
    """A clip from `places` along `poses`, with the size and lens of `still`; `first` is what its place is drawn from.
    Without a `guess` frames show only what views show, and have their depth as well. `unseen` gets the share of each
    frame that no view shows as it is drawn. Layers are made on `threads`. `hiding` is what is known to stand along the
    path and is in no view."""

    still: Picture
    first: Picture
    places: Sequence[Place]
    poses: Sequence[Pose]
    seed: int
    guess: bool = True
    threads: int = 1
    hiding: Sequence[Unseen] = ()
    unseen: list[float] = field(default_factory=list)
    _ready: dict[int, Future[Prepared]] = field(default_factory=dict, init=False)

    def start(self) -> None:
        """Gets ready what the first frames are drawn from, side by side, which otherwise they would wait for."""
        with ThreadPoolExecutor(self.threads if self.still.nearness.size < LARGE else 1) as beside:
            self._sights(0, beside)

    def rehearse(self) -> None:
        """Draws the still for nothing. On a machine's first take what draws is compiled by it, while the stage still
        says so."""
        view = self._ready[0].result()
        Renderer(self.still).frame([Sight(view.picture, view.layers, self.places[0].pose)])

    def frames(self, workers: int) -> Iterator[np.ndarray]:
        """uint8 RGB [height, width, 3] of each pose, once; a few are drawn ahead."""
        for rgb, unseen in self.drawn(workers, _seen):
            self.unseen.append(unseen)
            yield rgb

    def drawn(
        self, workers: int, draw: Callable[[Renderer, Sequence[Sight], Boxes], Drawn]
    ) -> Generator[Drawn, None, None]:
        """What `draw` makes of what each pose is drawn from, and of what is unseen there, in order, once. One more than
        there are workers is on its way: while the first is waited for, or taken, no worker does."""
        free = deque(Renderer(self.still) for _ in range(workers + 1))
        waiting: deque[tuple[Future[Drawn], Renderer]] = deque()
        ahead = iter(range(len(self.poses)))
        pool, beside = ThreadPoolExecutor(workers), ThreadPoolExecutor(1)
        try:
            for _ in self.poses:
                while free and (index := next(ahead, None)) is not None:
                    sights = self._sights(index, beside)
                    renderer = free.popleft()
                    waiting.append((pool.submit(draw, renderer, sights, self._unseen(index)), renderer))
                future, renderer = waiting.popleft()
                made = future.result()
                free.append(renderer)
                yield made
        finally:
            # A film that is dropped ends where the collector runs. In a thread that begins, which keeps all others from
            # ending, to wait for one is to wait for ever.
            for threads in (pool, beside):
                threads.shutdown(wait=False, cancel_futures=True)

    def _sights(self, index: int, beside: ThreadPoolExecutor) -> list[Sight]:
        """What frame `index` is drawn from. Views that are over are given up, the next ones are got ready `beside`: not
        those after them, where views follow each other so quickly that these would be many."""
        wanted, ready = self._parts[index], self._ready
        here = wanted[0].index
        for over in [k for k in ready if k < here - AROUND]:
            del ready[over]
        soon = self._parts[min(index + SOON, len(self.poses) - 1)][0].index
        last = here + 1 + AROUND + int(soon == here + 1 and self.still.nearness.size < LARGE)
        for k in (*(part.index for part in wanted), *range(here, min(last, len(self.places) - 1) + 1)):
            if k not in ready:
                ready[k] = beside.submit(self.prepare, k)
        sights = []
        for part in wanted:
            view = ready[part.index].result()
            pose = seen_from(self.places[part.index].pose, self.poses[index])
            sights.append(Sight(view.picture, view.layers, pose, part.share, part.says))
        return sights

    def _unseen(self, index: int) -> Boxes:
        """What frame `index` is known to have before what its views show."""
        return boxes(self.hiding, index / max(1, len(self.poses) - 1), self.poses[index], self.still)

    @cached_property
    def _parts(self) -> list[list[Part]]:
        """What each frame is drawn from."""
        times, passed = [place.view.t for place in self.places], [place.passed for place in self.places]
        last = max(1, len(self.poses) - 1)
        return [parts(times, passed, index / last) for index in range(len(self.poses))]

    def picture(self, k: int) -> Picture:
        """View `k`, read anew but for the first."""
        if k == 0:
            return self.first
        return picture.read(self.places[k].view, (self.still.width, self.still.height), picture.FINEST)[0]

    def uses(self, k: int) -> list[Pose]:
        """The poses that view `k` is used for, in its axes."""
        place = self.places[k].pose
        uses = (any(part.index == k for part in wanted) for wanted in self._parts)
        return [seen_from(place, pose) for pose, used in zip(self.poses, uses, strict=True) if used]

    def prepare(self, k: int) -> Prepared:
        """The layers of view `k`, for as much of the path as it is used on.

        What a view does not show another one does; only what comes after the last one has to be guessed.
        """
        guess = self.guess and k == len(self.places) - 1 and self.places[k].view.t < 1
        shown = self.picture(k)
        path = self.uses(k) or [seen_from(self.places[k].pose, self.poses[0])]
        parallax = margins.parallax(shown, path)
        if not self.guess:
            parallax = max(parallax, margins.telling(shown))
        beyond = margins.margins(shown, path, self.still) if guess else (0, 0, 0, 0)
        made = layers.build(shown, parallax, beyond, self.seed, guess, self.threads)
        give_back(shown.nearness.size)
        return Prepared(replace(shown, twice=None), made)


def _seen(renderer: Renderer, sights: Sequence[Sight], unseen: Boxes) -> tuple[np.ndarray, float]:
    """A frame's colours and the share of it that no view shows, without what else it is made of."""
    frame = renderer.frame(sights, unseen)
    return frame.rgb, frame.unseen
