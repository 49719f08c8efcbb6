"""What every engine is: one request in, one clip out. Engines know nothing of HTTP, jobs or files to write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import numpy as np

LANGUAGES = ("English", "Mandarin", "Cantonese", "Japanese", "Korean", "German", "French")


@dataclass(frozen=True)
class Line:
    """One line of dialogue. `language` is one of LANGUAGES."""

    speaker: str
    language: str
    text: str


@dataclass(frozen=True)
class Camera:
    """The still's camera (camera.json).

    Pixels have y down. `scale` (metres a pixel) is for orthographic cameras, `fx, fy` (pixels) for
    perspective ones. `matrix_world` is 4x4, row-major, camera to world, Blender's axes (-Z forward, +Y up).
    """

    projection: str  # "perspective" | "orthographic"
    width: int
    height: int
    cx: float
    cy: float
    fx: float = 0.0
    fy: float = 0.0
    scale: float = 0.0
    matrix_world: tuple[tuple[float, ...], ...] = ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1))


@dataclass(frozen=True)
class Keyframe:
    """A camera pose relative to the start pose. `t` in 0..1 over the shot, `zoom` a focal length factor."""

    t: float
    matrix: tuple[tuple[float, ...], ...]
    zoom: float = 1.0


@dataclass(frozen=True)
class Request:
    """All that an engine may use. Paths are readable files whose content has been checked."""

    prompt: str
    seconds: float
    fps: Fraction
    width: int
    height: int
    seed: int
    still: Path | None = None
    depth: Path | None = None  # EXR, channel V or Z or R: metres from the camera plane
    last_frame: Path | None = None
    camera: Camera | None = None
    path: tuple[Keyframe, ...] | None = None  # None: the words choose the move
    dialogue: tuple[Line, ...] = ()
    sound: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)  # an engine's own settings, checked by the engine

    @property
    def frame_count(self) -> int:
        """Frames of the finished clip, at the request's frame rate."""
        return max(1, round(self.seconds * self.fps))


@dataclass(frozen=True)
class Sound:
    """`samples` is float32, [channels, samples], -1..1."""

    samples: np.ndarray
    rate: int


@dataclass
class Clip:
    """What an engine gives back. `frames` yields uint8 RGB [height, width, 3] as they are ready.

    `fps` may be the engine's own: the media package conforms it to the request's frame rate.
    `notes` are remarks for the user (at most a sentence each); `path` is the camera path that was taken, in
    path.json's shape; `facts` joins the sidecar (model, settings, versions).
    """

    width: int
    height: int
    fps: Fraction
    frame_count: int
    frames: Iterator[np.ndarray]
    sound: Sound | None = None
    notes: tuple[str, ...] = ()
    path: dict[str, Any] | None = None
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Capabilities:
    """What an engine can do here. When `available` is false, `reason` says why and `fix` what would help."""

    id: str
    name: str
    description: str
    max_seconds: float
    max_pixels: int
    sizes: tuple[tuple[int, int], ...] = ()  # empty: any size up to max_pixels
    fps: Fraction | None = None  # None: any; else the engine's own rate, conformed afterwards
    languages: tuple[str, ...] = ()
    sound: bool = False
    depth: bool = False
    camera_path: bool = False
    last_frame: bool = False
    dialogue: bool = False
    needs_still: bool = True
    prompt_form: bool = False  # it words the direction in a form of its own: see WordsPrompt
    available: bool = True
    reason: str = ""
    fix: str = ""


class EngineError(Exception):
    """A failure a user can read. `code` is stable, `fix` names what would help."""

    def __init__(self, code: str, message: str, fix: str = "", param: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fix = fix
        self.param = param


class Cancelled(Exception):
    """Raised by an engine that noticed `cancelled()`."""


class Progress(Protocol):
    """Told by engines as they work: fraction 0..1 of the whole, a short stage name, at times a preview
    (uint8 RGB, any size)."""

    def __call__(self, fraction: float, stage: str, preview: np.ndarray | None = None) -> None: ...


class WordsPrompt(Protocol):
    """What an engine with a `prompt_form` also has. It takes the options `final_prompt` (used as it is) and `scene`
    (what is known of the 3D scene)."""

    def final_prompt(self, request: Request) -> str:
        """The prompt that its model would be given. Quick: nothing is loaded, also not torch."""
        ...


class Engine(Protocol):
    """`capabilities` must be quick (no model is loaded); `generate` may raise EngineError or Cancelled, also
    from the frames' iterator."""

    def capabilities(self) -> Capabilities: ...

    def generate(self, request: Request, progress: Progress, cancelled: Callable[[], bool]) -> Clip: ...
