"""Frames of a take as the draft engine draws them, one by one, and how steady they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace

import numpy as np

from backend.engines.draft.shot import begin
from backend.engines.draft.view.drawing.renderer import Renderer
from client.protocol import CameraPath, TakeRequest

LEVELS = 16  # of 255: what differs by more jumps

Unseen = Mapping[str, Sequence[Sequence[float]]]  # by the number of a frame: rows as in Keyframe


class Drawn:
    """A take whose frames are drawn when they are asked for; those asked for in order are drawn fastest. All the path
    counts for what is got ready."""

    def __init__(self, asked: TakeRequest) -> None:
        self.film = begin(asked).film
        self._draw = Renderer(self.film.still)
        self._sets = [{part.index for part in wanted} for wanted in self.film._parts]

    def frame(self, k: int) -> np.ndarray:
        """Frame `k`, [h, w, 3]; the share of it that no view shows is in `unseen`."""
        made = self._draw.frame(self.film._sights(k, _Now()), self.film._unseen(k))
        self.unseen = made.unseen
        return made.rgb.copy()

    def changes(self) -> list[int]:
        """The frames that are drawn from another set of views than the one before."""
        return [k for k in range(1, len(self._sets)) if self._sets[k] != self._sets[k - 1]]

    def jump(self, k: int) -> float:
        """The share of pixels that jump by more than `LEVELS` from frame k - 1 to `k` with the camera held: at either
        pose, the smaller one. A view that is shown alone at its own pose does not know what the other pose uncovers."""
        return min(self._jump(k, k - 1), self._jump(k, k))

    def _jump(self, k: int, held: int) -> float:
        poses = self.film.poses
        kept = poses[k - 1], poses[k]
        poses[k - 1] = poses[k] = kept[held - (k - 1)]
        before, after = (self.frame(at).astype(int) for at in (k - 1, k))
        poses[k - 1], poses[k] = kept
        return float((np.abs(after - before).max(-1) > LEVELS).mean())


def told(asked: TakeRequest, unseen: Unseen) -> TakeRequest:
    """The take as a press asks for it: by the number of a frame, what its plan says that no view shows there."""
    assert asked.path is not None
    keys = list(asked.path.keyframes)
    for at, rows in unseen.items():
        keys[int(at)] = replace(keys[int(at)], unseen=tuple(map(tuple, rows)))
    return replace(asked, path=CameraPath(tuple(keys)))


def flicker(before: np.ndarray, here: np.ndarray, after: np.ndarray) -> float:
    """The mean second difference of three pictures [h, w, 3], in levels."""
    return float(np.abs(before.astype(float) - 2.0 * here + after).mean())


class _Now(Executor):
    """Does what it is given at once."""

    def submit(self, work, /, *given):
        done: Future = Future()
        done.set_result(work(*given))
        return done
