"""What may be asked of an engine: parsing and checking, the same for the service and the command line."""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
import re
import secrets
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from ..engines.engine import LANGUAGES, Camera, Capabilities, EngineError, Keyframe, Line, Request

MAX_TEXT = 5000  # characters of a prompt or a sound description
MAX_BINDING = 4096  # bytes of JSON
MAX_OPTIONS = 16_384
MAX_SIDE = 8192
MAX_SEED = 2**32 - 1

Finite = Annotated[float, Field(allow_inf_nan=False, ge=-1e12, le=1e12)]
Pixels = Annotated[int, Field(ge=1, le=65_536)]
Row = Annotated[tuple[Finite, ...], Field(min_length=4, max_length=4)]
Matrix = Annotated[tuple[Row, ...], Field(min_length=4, max_length=4)]
Text = Annotated[str, StringConstraints(max_length=MAX_TEXT)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Line(_Part):
    speaker: Annotated[str, StringConstraints(max_length=100, strip_whitespace=True)] = ""
    language: str = "English"
    line: Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True)]

    @field_validator("language")
    @classmethod
    def _known(cls, value: str) -> str:
        for language in LANGUAGES:
            if language.casefold() == value.strip().casefold():
                return language
        raise ValueError(f"the language must be one of {', '.join(LANGUAGES)}")


class _Camera(_Part):
    projection: Literal["perspective", "orthographic"]
    width: Pixels
    height: Pixels
    cx: Finite
    cy: Finite
    fx: Finite = 0.0
    fy: Finite = 0.0
    scale: Finite = 0.0
    matrix_world: Matrix = ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1))

    def model_post_init(self, _: Any) -> None:
        if self.projection == "perspective" and not (self.fx > 0 and self.fy > 0):
            raise ValueError("a perspective camera needs fx and fy above 0")
        if self.projection == "orthographic" and not self.scale > 0:
            raise ValueError("an orthographic camera needs a scale above 0")


class _Keyframe(_Part):
    t: Annotated[float, Field(ge=0, le=1)]
    matrix: Matrix
    zoom: Annotated[float, Field(gt=0, le=1000)] = 1.0


class _Path(_Part):
    keyframes: Annotated[tuple[_Keyframe, ...], Field(min_length=1, max_length=4096)]

    @field_validator("keyframes")
    @classmethod
    def _in_order(cls, value: tuple[_Keyframe, ...]) -> tuple[_Keyframe, ...]:
        if any(later.t <= earlier.t for earlier, later in itertools.pairwise(value)):
            raise ValueError("the keyframes' t must rise from one to the next")
        return value


class _Direction(_Part):
    """What extra_params may hold."""

    dialogue: Annotated[tuple[_Line, ...], Field(max_length=64)] = ()
    sound: Text = ""
    camera: _Camera | None = None
    path: _Path | None = None
    binding: dict[str, Any] | None = None
    options: dict[str, Any] = {}


def invalid(message: str, param: str | None, fix: str = "") -> EngineError:
    return EngineError("invalid_request", message, fix, param)


@dataclasses.dataclass(frozen=True)
class Wanted:
    """A request as asked for, before its files. `size` is None where the still's own size is meant."""

    model: str
    prompt: str
    seconds: float
    fps: Fraction
    size: tuple[int, int] | None
    seed: int
    direction: _Direction

    def request(self, size: tuple[int, int], files: Mapping[str, Path]) -> Request:
        """The engine's request. `files` names the still, depth and last_frame that came with it."""
        camera, path = self.direction.camera, self.direction.path
        return Request(
            prompt=self.prompt,
            seconds=self.seconds,
            fps=self.fps,
            width=size[0],
            height=size[1],
            seed=self.seed,
            still=files.get("still"),
            depth=files.get("depth"),
            last_frame=files.get("last_frame"),
            camera=Camera(**camera.model_dump()) if camera else None,
            path=tuple(Keyframe(k.t, k.matrix, k.zoom) for k in path.keyframes) if path else None,
            dialogue=tuple(Line(line.speaker, line.language, line.line) for line in self.direction.dialogue),
            sound=self.direction.sound,
            options=self.direction.options,
        )


def parse(fields: Mapping[str, Any], default_model: str) -> Wanted:
    """Reads the fields of a submission; those it does not know are ignored.

    Raises:
        EngineError: `invalid_request`, with the field's name as `param`.
    """
    fps = parse_fps(fields.get("fps") or "24")
    seconds = _number(fields.get("seconds"), "seconds")
    if seconds is None:
        frames = _number(fields.get("num_frames"), "num_frames")
        seconds = 5.0 if frames is None else float(Fraction(round(frames)) / fps)
    if not 0 < seconds <= 3600:
        raise invalid("A clip's length must be above 0 seconds.", "seconds")
    seed = _number(fields.get("seed"), "seed")
    if seed is None or seed == -1:
        seed = secrets.randbelow(2**31)
    if not 0 <= seed <= MAX_SEED or seed != int(seed):
        raise invalid(f"The seed must be a whole number from 0 to {MAX_SEED}.", "seed")
    return Wanted(
        model=_text(fields.get("model"), "model", 100) or default_model,
        prompt=_text(fields.get("prompt"), "prompt", MAX_TEXT),
        seconds=seconds,
        fps=fps,
        size=_size(fields),
        seed=int(seed),
        direction=_direction(fields.get("extra_params")),
    )


def check(wanted: Wanted, size: tuple[int, int], files: Mapping[str, Any], engine: Capabilities) -> tuple[str, ...]:
    """Checks a request against what its engine can do here. Gives notes on what will be ignored.

    Raises:
        EngineError: what does not fit, and what to do.
    """
    if not engine.available:
        message = f"{engine.name} can't run here. {engine.reason}".strip()
        raise EngineError("engine_unavailable", message, engine.fix, "model")
    if wanted.seconds > engine.max_seconds:
        most = f"at most {engine.max_seconds:g} seconds, not {wanted.seconds:g}"
        raise invalid(f"{engine.name} makes clips of {most}.", "seconds", "shorter")
    width, height = size
    if width * height > engine.max_pixels:
        most = f"it takes at most {engine.max_pixels} pixels"
        raise invalid(f"{width}x{height} is too large for {engine.name}: {most}.", "size", "smaller_size")
    if engine.sizes and size not in engine.sizes:
        known = ", ".join(f"{w}x{h}" for w, h in engine.sizes)
        raise invalid(f"{engine.name} makes only {known}, not {width}x{height}.", "size", "smaller_size")
    if engine.needs_still and "still" not in files:
        raise invalid(
            f"{engine.name} needs a still: send it as the file input_reference.",
            "input_reference",
            "pick_camera",
        )
    direction = wanted.direction
    spoken = {line.language for line in direction.dialogue}
    unknown = sorted(spoken - set(engine.languages)) if engine.dialogue and engine.languages else []
    if unknown:
        raise invalid(f"{engine.name} does not speak {', '.join(unknown)}.", "extra_params.dialogue")
    ignored = [
        (bool(direction.dialogue) and not engine.dialogue, "the dialogue"),
        (bool(direction.sound) and not engine.sound, "the sound"),
        ("depth" in files and not engine.depth, "the depth"),
        ("last_frame" in files and not engine.last_frame, "the last frame"),
        (direction.path is not None and not engine.camera_path, "the camera path"),
    ]
    return tuple(f"{engine.name} does not use {what}." for dropped, what in ignored if dropped)


def parse_fps(value: Any) -> Fraction:
    """A frame rate from "24", "24000/1001" or a decimal: 23.976, 29.97 and the like mean n * 1000/1001."""
    text = str(value).strip()
    if len(text) > 40 or not re.fullmatch(r"\d+(\.\d+)?(/\d+(\.\d+)?)?", text):
        raise invalid(f"{text[:40]!r} is not a frame rate. Write 24, 23.976 or 24000/1001.", "fps")
    above, _, below = text.partition("/")
    if below and Fraction(below) == 0:
        raise invalid("A frame rate can't be divided by 0.", "fps")
    fps = Fraction(above) / Fraction(below or 1)
    ntsc = Fraction(math.ceil(fps) * 1000, 1001)
    if fps.denominator != 1 and abs(fps - ntsc) < Fraction(1, 200):
        fps = ntsc
    fps = fps.limit_denominator(100_000)
    if not 1 <= fps <= 240:
        raise invalid(f"A frame rate must be between 1 and 240, not {float(fps):g}.", "fps")
    return fps


def parse_json(text: str | bytes, param: str) -> Any:
    """JSON without NaN or infinity.

    Raises:
        EngineError: `invalid_request`.
    """
    try:
        value = json.loads(text)
        json.dumps(value, allow_nan=False)
    except (ValueError, RecursionError) as error:
        raise invalid(f"{param} is not valid JSON: {str(error)[:200]}", param) from None
    return value


def _direction(value: Any) -> _Direction:
    if value is None or value == "":
        return _Direction()
    data = parse_json(value, "extra_params") if isinstance(value, str | bytes) else value
    if not isinstance(data, dict):
        raise invalid("extra_params must be a JSON object.", "extra_params")
    try:
        direction = _Direction.model_validate({k: v for k, v in data.items() if v is not None})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        param = ".".join(["extra_params", *map(str, first["loc"])])
        raise invalid(f"{param}: {first['msg']}.", param) from None
    for name, most in (("binding", MAX_BINDING), ("options", MAX_OPTIONS)):
        if len(json.dumps(getattr(direction, name))) > most:
            raise invalid(f"extra_params.{name} is larger than {most} bytes.", f"extra_params.{name}")
    return direction


def _text(value: Any, param: str, most: int) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise invalid(f"{param} must be text.", param)
    if len(value) > most:
        raise invalid(f"{param} is longer than {most} characters.", param)
    if any("\ud800" <= character <= "\udfff" or character == "\0" for character in value):
        raise invalid(f"{param} holds characters that are not text.", param)
    return value


def _number(value: Any, param: str) -> float | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)) > 40:
        raise invalid(f"{param} must be a number.", param)
    try:
        number = float(value)
    except ValueError:
        raise invalid(f"{param} must be a number, not {value!r}.", param) from None
    if not math.isfinite(number):
        raise invalid(f"{param} must be a finite number.", param)
    return number


def _size(fields: Mapping[str, Any]) -> tuple[int, int] | None:
    size = fields.get("size")
    if size in (None, "", "auto"):
        sides = (_number(fields.get("width"), "width"), _number(fields.get("height"), "height"))
        if sides == (None, None):
            return None
        if None in sides or any(side != int(side or 0) for side in sides):
            raise invalid("Give both width and height, in whole pixels.", "size")
        width, height = int(sides[0] or 0), int(sides[1] or 0)
    else:
        match = re.fullmatch(r"\s*(\d{1,6})\s*[xX×*]\s*(\d{1,6})\s*", str(size))
        if match is None:
            raise invalid(f"{str(size)[:40]!r} is not a size. Write it as 1280x720.", "size")
        width, height = int(match[1]), int(match[2])
    if not (16 <= width <= MAX_SIDE and 16 <= height <= MAX_SIDE):
        raise invalid(f"A side must have 16 to {MAX_SIDE} pixels: {width}x{height} does not.", "size")
    return width, height
