"""Several shots in one clip: requests joined to one, and taken apart again."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from .camera import CameraPath
from .direction import MAX_TEXT, Direction
from .problem import Unfit

if TYPE_CHECKING:
    from fractions import Fraction

    from .request import TakeRequest
    from .view import View

MAX_SHOTS = 12  # in one clip
MAX_SECONDS = 3600.0
MAX_SEED = 2**32 - 1
FLOAT_NOISE = 1e-6  # frames: how far from its cut a still may be by rounding alone
OF_ONE = ("final_prompt", "scene")  # options that say something of a single shot


@dataclass(frozen=True)
class PartOfClip:
    """One of the shots of a clip that has several. `path` None leaves its move to the words."""

    direction: Direction
    seconds: float
    seed: int = 0
    path: CameraPath | None = None

    def __post_init__(self) -> None:
        if not 0 < self.seconds <= MAX_SECONDS:
            raise Unfit("seconds", f"must be above 0 and at most {MAX_SECONDS:g}")
        if not 0 <= self.seed <= MAX_SEED:
            raise Unfit("seed", f"must be a whole number from 0 to {MAX_SEED}")


class Lasting(Protocol):
    """What takes some seconds."""

    @property
    def seconds(self) -> float: ...


def cuts(shots: Sequence[Lasting], fps: Fraction) -> tuple[int, ...]:
    """The frame of the clip with which each shot begins, and the one after the last."""
    lengths = [max(1, round(shot.seconds * fps)) for shot in shots]
    return tuple(itertools.accumulate(lengths, initial=0))


def join(requests: Sequence[TakeRequest], each_still: bool) -> TakeRequest:
    """One request for a clip that has the shots of these requests, one after the other, with the engine, options and
    size of the first. `each_still`: every shot brings its views; else the first shot's still is all that is shown.
    The binding is the first one's.

    Raises:
        Unfit: they have different sizes or rates, or are together more than a request may be.
    """
    first = requests[0]
    for one in requests:
        if (one.size, one.fps) != (first.size, first.fps):
            raise Unfit("shots", "must all have one size and one frame rate")
    shots = tuple(PartOfClip(one.direction, one.seconds, one.seed, one.path) for one in requests)
    at = cuts(shots, first.fps)
    views: list[View] = []
    for one, start, after in zip(requests, at[:-1], at[1:], strict=True):
        views += [replace(view, t=(start + view.t * (after - start)) / at[-1]) for view in one.views if view.t < 1]
    prompt = " ".join(one.direction.prompt for one in requests)
    return replace(
        first,
        direction=Direction(
            prompt if len(prompt) <= MAX_TEXT else first.direction.prompt,
            tuple(line for one in requests for line in one.direction.dialogue),
            first.direction.sound,
        ),
        views=tuple(views) if each_still else first.views[:1],
        seconds=float(at[-1] / first.fps),
        path=None,
        options={name: value for name, value in first.options.items() if name not in OF_ONE},
        shots=shots,
    )


def split(request: TakeRequest) -> tuple[TakeRequest, ...]:
    """The shots of a clip as requests of their own, in their order; a request for one shot as it is. A shot without a
    still of its own has no views. Its handles are those that the binding says."""
    if not request.shots:
        return (request,)
    at = cuts(request.shots, request.fps)
    bound = request.binding.parts if request.binding is not None else ()
    found = []
    for index, (shot, start, after) in enumerate(zip(request.shots, at[:-1], at[1:], strict=True)):
        binding = request.binding
        if binding is not None:
            part = bound[index] if len(bound) == len(request.shots) else None
            head, tail = (part.head, part.tail) if part is not None else (0, 0)
            binding = replace(binding, parts=(), head=head, tail=tail)
        found.append(
            replace(
                request,
                direction=shot.direction,
                views=_between(request.views, at[-1], start, after),
                seconds=shot.seconds,
                seed=shot.seed,
                path=shot.path,
                shots=(),
                binding=binding,
            )
        )
    return tuple(found)


def _between(views: Sequence[View], frames: int, start: int, after: int) -> tuple[View, ...]:
    """The views from the frame `start` to before `after`, by the time of that part."""
    found = []
    for view in views:
        at = view.t * frames
        if start - FLOAT_NOISE <= at and (at < after - FLOAT_NOISE or after == frames):
            found.append(replace(view, t=max(0.0, round((at - start) / (after - start), 9))))
    return tuple(found)
