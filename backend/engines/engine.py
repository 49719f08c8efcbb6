"""What every engine is: one request in, one clip out. Engines know nothing of HTTP, jobs or files to write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from client.protocol import CameraPath, EngineInfo, Price, ProblemError, TakeRequest, WordsPath

if TYPE_CHECKING:  # the service reads this module, and computes nothing
    import numpy as np


@dataclass(frozen=True)
class Sound:
    """`samples` is float32, [channels, samples], -1..1."""

    samples: np.ndarray
    rate: int


@dataclass
class Clip:
    """What an engine gives back. `frames` yields uint8 RGB [height, width, 3] as they are ready.

    `fps` may be the engine's own: the media package conforms it to the request's frame rate.
    `file` is a finished movie instead of frames, and says itself what it holds. It is removed when the take is written.
    `notes` are remarks for the user (at most a sentence each); `path` is the camera path that was taken; `facts` joins
    the sidecar (model, settings, versions). Notes and facts may grow until the last frame. `window` is the part of a
    file's picture that counts: left, top, width and height as fractions. `cost` is what it cost.
    """

    width: int = 0
    height: int = 0
    fps: Fraction = Fraction(0)
    frame_count: int = 0
    frames: Iterator[np.ndarray] = field(default_factory=lambda: iter(()))
    sound: Sound | None = None
    notes: tuple[str, ...] = ()
    path: CameraPath | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    file: Path | None = None
    window: tuple[float, float, float, float] | None = None
    cost: Price | None = None


# A stage that only a first take has, such as compiling: how long it is says nothing of how long the rest will be.
FIRST_TIME = "Getting ready for the first time"


class EngineError(ProblemError):
    """A failure a user can read. `code` is stable, `fix` names what would help."""


class Cancelled(Exception):
    """Raised by an engine that noticed `cancelled()`."""


class Progress(Protocol):
    """What engines report to as they work: fraction 0..1 of the whole, a short stage name, at times a preview
    (uint8 RGB, any size)."""

    def __call__(self, fraction: float, stage: str, preview: np.ndarray | None = None) -> None: ...


class Commit(Protocol):
    """Puts `state` (JSON, at most 16 KiB) on the disk in place of the last one; it is there when this returns.

    Raises:
        Cancelled: the job is not wanted any more. Nothing may be sent or paid for it then.
    """

    def __call__(self, state: dict[str, Any]) -> None: ...


class Engine(Protocol):
    """`capabilities` must be quick (no model is loaded); `generate` may raise EngineError or Cancelled, also
    from the frames' iterator."""

    def capabilities(self) -> EngineInfo: ...

    def generate(self, request: TakeRequest, progress: Progress, cancelled: Callable[[], bool]) -> Clip: ...


@runtime_checkable
class Resumable(Protocol):
    """An engine whose work goes on elsewhere, such as at a hosted model, and so outlives this process.

    Its `generate` commits a state before it sends what is paid or made only once (with a key of its own by which it
    will know the answer), and again when it knows more. Once there is a state, the job is never generated anew: after
    whatever happened it goes on with `resume`, which finds out from the state how far things are.

    Two entries of a state are the queue's business too: `cost` (a Price as JSON) is what has been spent with it, and
    `again` is true where the user has said that an order whose answer was lost may be sent once more.
    """

    def capabilities(self) -> EngineInfo: ...

    def generate(
        self, request: TakeRequest, progress: Progress, cancelled: Callable[[], bool], commit: Commit
    ) -> Clip: ...

    def resume(
        self,
        state: dict[str, Any],
        request: TakeRequest,
        progress: Progress,
        cancelled: Callable[[], bool],
        commit: Commit,
    ) -> Clip: ...


@runtime_checkable
class Unloadable(Protocol):
    """An engine that can give back the memory of what it loaded: another engine is to work in its process."""

    def unload(self) -> None: ...


class PromptForm(Protocol):
    """What an engine with a `prompt_form` also has. It takes the options `final_prompt` (used as it is) and `scene`
    (what is known of the 3D scene)."""

    def final_prompt(self, request: TakeRequest) -> str:
        """The prompt that its model would be given. Quick: nothing is loaded, also not torch."""
        ...


@runtime_checkable
class Priced(Protocol):
    """What an engine that is `priced` also has."""

    def estimate(self, request: TakeRequest) -> Price | None:
        """What a take of this request would cost, None where it can't be known. At most the price is asked for:
        nothing of the request is sent, and nothing loaded."""
        ...


class PathOfWords(Protocol):
    """What an engine with a `words_path` also has."""

    def words_path(self, request: TakeRequest, whole: bool = True) -> WordsPath:
        """The camera path that it would make of this request's words: the `whole` of it, as if views stood all along
        it, or what it goes for with the one still. By the still's camera alone: no picture is read. Quick, and the
        same for the same request."""
        ...
