"""What every engine is: one request in, one clip out. Engines know nothing of HTTP, jobs or files to write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol

import numpy as np

from client.protocol import CameraPath, EngineInfo, ProblemError, TakeRequest


@dataclass(frozen=True)
class Sound:
    """`samples` is float32, [channels, samples], -1..1."""

    samples: np.ndarray
    rate: int


@dataclass
class Clip:
    """What an engine gives back. `frames` yields uint8 RGB [height, width, 3] as they are ready.

    `fps` may be the engine's own: the media package conforms it to the request's frame rate.
    `notes` are remarks for the user (at most a sentence each); `path` is the camera path that was taken; `facts` joins
    the sidecar (model, settings, versions).
    """

    width: int
    height: int
    fps: Fraction
    frame_count: int
    frames: Iterator[np.ndarray]
    sound: Sound | None = None
    notes: tuple[str, ...] = ()
    path: CameraPath | None = None
    facts: dict[str, Any] = field(default_factory=dict)


class EngineError(ProblemError):
    """A failure a user can read. `code` is stable, `fix` names what would help."""


class Cancelled(Exception):
    """Raised by an engine that noticed `cancelled()`."""


class Progress(Protocol):
    """Told by engines as they work: fraction 0..1 of the whole, a short stage name, at times a preview
    (uint8 RGB, any size)."""

    def __call__(self, fraction: float, stage: str, preview: np.ndarray | None = None) -> None: ...


class WordsPrompt(Protocol):
    """What an engine with a `prompt_form` also has. It takes the options `final_prompt` (used as it is) and `scene`
    (what is known of the 3D scene)."""

    def final_prompt(self, request: TakeRequest) -> str:
        """The prompt that its model would be given. Quick: nothing is loaded, also not torch."""
        ...


class Engine(Protocol):
    """`capabilities` must be quick (no model is loaded); `generate` may raise EngineError or Cancelled, also
    from the frames' iterator."""

    def capabilities(self) -> EngineInfo: ...

    def generate(self, request: TakeRequest, progress: Progress, cancelled: Callable[[], bool]) -> Clip: ...
