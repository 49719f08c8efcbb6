"""The frames of a clip in order, drawn from views that are read when their time comes and given up after it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from ..camera.paths import Pose
from . import layers, margins, picture
from .drawing.renderer import Frame, Renderer, Sight
from .layers import Layers
from .picture import Picture
from .views import Part, Place, parts, seen_from

AROUND = 1  # views beyond the two that a moment lies between, on either side: see views.parts


@dataclass(frozen=True, eq=False)
class Prepared:
    """A view that can be drawn from."""

    picture: Picture
    layers: Layers


@dataclass
class Film:
    """A clip from `places` along `poses`. `unseen` gets the share of each frame that no view shows as it is drawn."""

    still: Picture
    places: Sequence[Place]
    poses: Sequence[Pose]
    seed: int
    unseen: list[float] = field(default_factory=list)

    def frames(self, workers: int, first: Prepared) -> Iterator[np.ndarray]:
        """uint8 RGB [height, width, 3] of each pose; a few are drawn ahead, one to a worker. `first` is the still's."""
        free = deque(Renderer(self.still) for _ in range(workers))
        waiting: deque[tuple[Future[Frame], Renderer]] = deque()
        ready: dict[int, Future[Prepared]] = {0: Future()}
        ready[0].set_result(first)
        del first
        ahead = iter(range(len(self.poses)))
        with ThreadPoolExecutor(workers) as pool, ThreadPoolExecutor(1) as beside:
            try:
                for _ in self.poses:
                    while free and (index := next(ahead, None)) is not None:
                        sights = self._sights(index, ready, beside)
                        renderer = free.popleft()
                        waiting.append((pool.submit(renderer.frame, sights), renderer))
                    future, renderer = waiting.popleft()
                    frame = future.result()
                    free.append(renderer)
                    self.unseen.append(frame.unseen)
                    yield frame.rgb
            finally:
                beside.shutdown(cancel_futures=True)

    def _sights(self, index: int, ready: dict[int, Future[Prepared]], beside: ThreadPoolExecutor) -> list[Sight]:
        """What frame `index` is drawn from. Views that are over are given up, the next one is got ready `beside`."""
        wanted = self._parts(index)
        here = wanted[0].index
        for over in [k for k in ready if k < here - AROUND]:
            del ready[over]
        for k in range(here, min(here + 1 + AROUND, len(self.places) - 1) + 1):
            if k not in ready:
                ready[k] = beside.submit(self.prepare, k)
        sights = []
        for part in wanted:
            view = ready[part.index].result()
            pose = seen_from(self.places[part.index].pose, self.poses[index])
            sights.append(Sight(view.picture, view.layers, pose, part.share, part.says))
        return sights

    def _parts(self, index: int) -> list[Part]:
        times = [place.view.t for place in self.places]
        return parts(times, [place.passed for place in self.places], self._time(index))

    def _time(self, index: int) -> float:
        return index / (len(self.poses) - 1) if len(self.poses) > 1 else 0.0

    def prepare(self, k: int) -> Prepared:
        """The layers of view `k`, for as much of the path as it is used on.

        What a view does not show another one does; only what comes after the last one has to be guessed.
        """
        guess = k == len(self.places) - 1 and self.places[k].view.t < 1
        place = self.places[k]
        shown = self.still if k == 0 else picture.read(place.view, (self.still.width, self.still.height))[0]
        path = [
            seen_from(place.pose, pose)
            for index, pose in enumerate(self.poses)
            if any(part.index == k for part in self._parts(index))
        ] or [seen_from(place.pose, self.poses[0])]
        made = layers.build(shown, margins.parallax(shown, path), margins.margins(shown, path), self.seed, guess)
        return Prepared(shown, made)
