"""A take to be made: all that an engine may use."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from .camera import CameraPath
from .direction import Direction
from .job import Binding
from .problem import Unfit
from .several import MAX_SECONDS, MAX_SEED, MAX_SHOTS, PartOfClip, cuts
from .view import View

MAX_SIDE = 8192
MAX_VIEWS = 64
MAX_REFERENCES = 10


@dataclass(frozen=True)
class TakeRequest:
    """`views` are in the order of their time: the still first, further ones along the path, a frame to end on last.

    `path` None leaves the move to the words. `size` is width and height in pixels. `options` are the engine's own
    settings by name (see Option). `binding` says where in which file the take belongs. `references` are pictures of who
    and what is seen, in the order in which the words name them; they belong to no moment of the clip. `shots` are those
    of a clip that has several (see several.py): each has its own direction, and the view at the time of its cut is its
    still.
    """

    engine: str
    direction: Direction
    views: tuple[View, ...]
    seconds: float
    fps: Fraction
    size: tuple[int, int]
    seed: int
    path: CameraPath | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    binding: Binding | None = None
    references: tuple[Path, ...] = ()
    shots: tuple[PartOfClip, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.seconds <= MAX_SECONDS:
            raise Unfit("seconds", f"must be above 0 and at most {MAX_SECONDS:g}")
        if not 1 <= self.fps <= 240:
            raise Unfit("fps", f"must be between 1 and 240, not {float(self.fps):g}")
        if not all(16 <= side <= MAX_SIDE for side in self.size):
            raise Unfit("size", f"must have 16 to {MAX_SIDE} pixels a side, not {self.width}x{self.height}")
        if not 0 <= self.seed <= MAX_SEED:
            raise Unfit("seed", f"must be a whole number from 0 to {MAX_SEED}")
        if len(self.views) > MAX_VIEWS:
            raise Unfit("views", f"must be at most {MAX_VIEWS}")
        if len(self.references) > MAX_REFERENCES:
            raise Unfit("references", f"must be at most {MAX_REFERENCES}")
        if any(later.t <= earlier.t for earlier, later in itertools.pairwise(self.views)):
            raise Unfit("views", "must have a t that rises from one to the next")
        if self.shots and not 2 <= len(self.shots) <= MAX_SHOTS:
            raise Unfit("shots", f"must be 2 to {MAX_SHOTS}")
        if self.shots and cuts(self.shots, self.fps)[-1] != self.frame_count:
            raise Unfit("shots", "must be as long together as the clip")

    @property
    def width(self) -> int:
        return self.size[0]

    @property
    def height(self) -> int:
        return self.size[1]

    @property
    def frame_count(self) -> int:
        """Frames of the finished clip, at the request's frame rate."""
        return max(1, round(self.seconds * self.fps))

    @property
    def shot_frames(self) -> tuple[int, int]:
        """The frames that the shot shows: the first one, and the one after the last. The others are its handles."""
        binding = self.binding
        if binding is None or not 0 <= binding.head < self.frame_count - binding.tail <= self.frame_count:
            return 0, self.frame_count
        return binding.head, self.frame_count - binding.tail

    @property
    def still(self) -> View | None:
        """The view that the clip begins with."""
        return self.views[0] if self.views and self.views[0].t == 0 else None

    @property
    def last_frame(self) -> View | None:
        """The view that the clip ends with."""
        return self.views[-1] if self.views and self.views[-1].t == 1 else None

    def files(self) -> dict[str, Path]:
        """Every file by its name on the wire and in a folder: see `view_names` and `reference_names`."""
        found = dict(zip(reference_names(len(self.references)), self.references, strict=True))
        for view, (image, depth) in zip(self.views, view_names(self.views), strict=True):
            found[image] = view.image
            if view.depth is not None:
                found[depth] = view.depth
        return found

    def with_files(self, files: Mapping[str, Path]) -> TakeRequest:
        """The same request with other paths for its files, by the names of `files()`."""
        views = tuple(
            replace(view, image=files[image], depth=files[depth] if view.depth is not None else None)
            for view, (image, depth) in zip(self.views, view_names(self.views), strict=True)
        )
        return replace(
            self, views=views, references=tuple(files[name] for name in reference_names(len(self.references)))
        )


def view_names(views: tuple[View, ...]) -> Iterator[tuple[str, str]]:
    """The names of each view's image and depth: input_reference and depth of the still, last_frame of the view at
    1, view_1, view_2 ... of those between. With `reference_names` the one place that names the files of a request."""
    between = itertools.count(1)
    for view in views:
        if view.t == 0:
            yield STILL, DEPTH
        elif view.t == 1:
            yield LAST_FRAME, LAST_FRAME + DEPTH_OF
        else:
            name = f"{VIEW}{next(between)}"
            yield name, name + DEPTH_OF


def reference_names(count: int) -> list[str]:
    """The names of so many reference pictures: reference_1, reference_2 ..."""
    return [f"{REFERENCE}{number}" for number in range(1, count + 1)]


STILL, DEPTH, LAST_FRAME, VIEW, DEPTH_OF = "input_reference", "depth", "last_frame", "view_", "_depth"
REFERENCE = "reference_"
