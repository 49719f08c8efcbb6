"""One request for a take, as plain data: all that is sent to a backend, and nothing of Blender."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Line:
    """One line of dialogue. `language` is a name that the engine lists, e.g. "English"."""

    speaker: str
    language: str
    line: str


@dataclass(frozen=True)
class JobRequest:
    """A take to be made.

    `key` is unique to this take (a uuid's hex) and is the Idempotency-Key: the same key never makes two jobs.
    The still, depth and last frame are files that must exist when the request is submitted; the client keeps
    copies of its own. `camera` and `path` have the shapes of camera.json and path.json. `binding` is echoed
    back with the job, at most 4 KiB of JSON. `options` are the engine's own settings.
    """

    key: str
    engine: str
    prompt: str
    lines: tuple[Line, ...]
    sound: str
    seconds: float
    fps: Fraction
    width: int
    height: int
    seed: int
    still: Path
    depth: Path | None = None
    last_frame: Path | None = None
    camera: dict[str, Any] | None = None
    path: dict[str, Any] | None = None
    binding: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def uploads(self) -> dict[str, Path]:
        """The files to send, by their form field."""
        files = {"input_reference": self.still, "depth": self.depth, "last_frame": self.last_frame}
        return {name: path for name, path in files.items() if path is not None}

    def extra_params(self) -> dict[str, Any]:
        """What only Take One knows: the JSON of the form field `extra_params`."""
        extra: dict[str, Any] = {
            "dialogue": [asdict(line) for line in self.lines],
            "sound": self.sound,
            "binding": self.binding,
            "options": self.options,
        }
        if self.camera is not None:
            extra["camera"] = self.camera
        if self.path is not None:
            extra["path"] = self.path
        return extra

    def form(self) -> dict[str, str]:
        """The form fields of `POST /v1/videos`, less `extra_params` and the files."""
        return {
            "prompt": self.prompt,
            "model": self.engine,
            "seconds": f"{self.seconds:.10g}",
            "size": f"{self.width}x{self.height}",
            "fps": str(self.fps),
            "seed": str(self.seed),
        }

    def to_json(self) -> dict[str, Any]:
        """This request as JSON, for the journal."""
        data = asdict(self)
        data["fps"] = str(self.fps)
        for name in ("still", "depth", "last_frame"):
            data[name] = None if data[name] is None else str(data[name])
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> JobRequest:
        """The request that `to_json` wrote. Raises KeyError, TypeError or ValueError where it is damaged."""
        return cls(
            **{
                **data,
                "lines": tuple(Line(**line) for line in data["lines"]),
                "fps": Fraction(data["fps"]),
                "still": Path(data["still"]),
                "depth": Path(data["depth"]) if data["depth"] else None,
                "last_frame": Path(data["last_frame"]) if data["last_frame"] else None,
            }
        )
