"""What may be asked of an engine: parsing and checking, the same for the service and the command line."""

from __future__ import annotations

import json
import math
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from client.protocol import (
    LANGUAGES,
    Camera,
    CameraPath,
    Direction,
    EngineInfo,
    PartOfClip,
    TakeRequest,
    Unfit,
    View,
)
from client.protocol.codec import MAX_DEPTH, from_json, nests_deeper
from client.protocol.rates import exact_rate
from client.protocol.request import DEPTH, DEPTH_OF, LAST_FRAME, MAX_REFERENCES, MAX_SIDE, STILL, reference_names

from ..engines.engine import EngineError

MAX_BINDING = 4096  # bytes of JSON
MAX_OPTIONS = 16_384

Type = TypeVar("Type")


@dataclass(frozen=True)
class FurtherView:
    """A view after the still, by the names of its files (see `client.protocol.request.view_names`)."""

    name: str
    t: float
    camera: Camera | None = None


@dataclass(frozen=True)
class Wanted:
    """A request as asked for, before its files. `size` is None where the still's own size is meant."""

    engine: str
    direction: Direction
    seconds: float
    fps: Fraction
    size: tuple[int, int] | None
    seed: int
    camera: Camera | None = None  # the still's
    path: CameraPath | None = None
    views: tuple[FurtherView, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    shots: tuple[PartOfClip, ...] = ()
    whole: bool = True  # of a path that is asked for: as if views stood all along it

    def request(self, size: tuple[int, int], files: Mapping[str, Path]) -> TakeRequest:
        """The request with its files, by their names on the wire.

        Raises:
            EngineError: `invalid_request`: a view lacks its picture, or a value is out of its range.
        """
        views = []
        if STILL in files:
            views.append(View(files[STILL], files.get(DEPTH), self.camera))
        for view in self.views:
            if view.name not in files:
                raise invalid(f"The view {view.name} has no picture: send it as the file {view.name}.", view.name)
            views.append(View(files[view.name], files.get(view.name + DEPTH_OF), view.camera, view.t))
        if LAST_FRAME in files and all(view.name != LAST_FRAME for view in self.views):
            views.append(View(files[LAST_FRAME], t=1.0))
        try:
            return TakeRequest(
                engine=self.engine,
                direction=self.direction,
                views=tuple(views),
                seconds=self.seconds,
                fps=self.fps,
                size=size,
                seed=self.seed,
                path=self.path,
                options=self.options,
                references=tuple(files[name] for name in reference_names(MAX_REFERENCES) if name in files),
                shots=self.shots,
            )
        except Unfit as error:
            raise invalid(f"{error}.", error.place) from None


PARTS = ("dialogue", "sound", "camera", "path", "views", "shots", "whole", "options", "binding")  # of extra_params


def invalid(message: str, param: str | None, fix: str = "") -> EngineError:
    return EngineError("invalid_request", message, fix, param)


def parse(fields: Mapping[str, Any], default_engine: str) -> Wanted:
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
    if not 0 <= seed < 2**32 or seed != int(seed):
        raise invalid(f"The seed must be a whole number from 0 to {2**32 - 1}.", "seed")
    extra = _extra_params(fields.get("extra_params"))
    words = {"prompt": _text(fields.get("prompt"), "prompt"), "dialogue": _dialogue(extra.get("dialogue", []))}
    direction = _read(Direction, {**words, "sound": extra.get("sound", "")}, "extra_params")
    return Wanted(
        engine=_text(fields.get("model"), "model")[:100] or default_engine,
        direction=direction,
        seconds=seconds,
        fps=fps,
        size=_size(fields),
        seed=int(seed),
        camera=_read(Camera, extra["camera"], "extra_params.camera") if "camera" in extra else None,
        path=_read(CameraPath, extra["path"], "extra_params.path") if "path" in extra else None,
        views=_read(_Views, {"views": extra.get("views", [])}, "extra_params").views,
        options=_bounded(extra.get("options", {}), "options", MAX_OPTIONS),
        shots=_read(_Shots, {"shots": extra.get("shots", [])}, "extra_params").shots,
        whole=_read(_Whole, {"whole": extra.get("whole", True)}, "extra_params").whole,
    )


def parse_binding(fields: Mapping[str, Any]) -> Any:
    """The client's own JSON object, which comes back with the job as it is; None where there was none.

    Raises:
        EngineError: `invalid_request`.
    """
    extra = _extra_params(fields.get("extra_params"))
    return _bounded(extra["binding"], "binding", MAX_BINDING) if "binding" in extra else None


def check(request: TakeRequest, engine: EngineInfo) -> tuple[str, ...]:
    """Checks a request against what its engine can do here. Gives notes on what will be ignored.

    Raises:
        EngineError: what does not fit, and what to do.
    """
    if not engine.available:
        message = f"{engine.label} can't run here. {engine.reason}".strip()
        raise EngineError("engine_unavailable", message, engine.fix, "model")
    if engine.needs_still and request.still is None:
        raise invalid(f"{engine.label} needs a still: send it as the file {STILL}.", STILL, "pick_camera")
    check_bounds(request, engine)
    return _ignored(request, engine)


def check_bounds(request: TakeRequest, engine: EngineInfo) -> None:
    """Checks what is asked for against what the engine can do anywhere, without its pictures.

    Raises:
        EngineError: `invalid_request`: what does not fit, and what to do.
    """
    seconds = request.seconds
    if request.shots:  # theirs: the clip's are made up of whole frames
        seconds = round(math.fsum(shot.seconds for shot in request.shots), 6)
    if engine.max_seconds and seconds > engine.max_seconds:
        most = f"at most {engine.max_seconds:g} seconds, not {seconds:g}"
        raise invalid(f"{engine.label} makes clips of {most}.", "seconds", "shorter")
    width, height = request.size
    if engine.max_pixels and width * height > engine.max_pixels:
        most = f"it makes at most {engine.max_pixels} pixels"
        raise invalid(f"{width}x{height} is too large for {engine.label}: {most}.", "size", "smaller_size")
    if len(request.shots) > engine.shots_asked:
        most = "one shot" if engine.shots_asked < 2 else f"at most {engine.shots_asked} shots"
        raise invalid(f"{engine.label} makes {most} in one clip.", "extra_params.shots")
    for option in engine.options:
        if option.name in request.options and (why := option.refusal(request.options[option.name])) is not None:
            name = f"extra_params.options.{option.name}"
            raise invalid(f"The option {option.label or option.name} of {engine.label} does not fit: {why}.", name)
    if engine.references and len(request.references) > engine.references:
        most = f"takes {engine.references} reference pictures, not {len(request.references)}"
        raise invalid(f"{engine.label} {most}.", "references")
    spoken = {line.language for line in request.direction.dialogue}
    unknown = sorted(spoken - set(engine.languages)) if engine.dialogue and engine.languages else []
    if unknown:
        raise invalid(f"{engine.label} does not speak {', '.join(unknown)}.", "extra_params.dialogue")


def _ignored(request: TakeRequest, engine: EngineInfo) -> tuple[str, ...]:
    between = [view for view in request.views if 0 < view.t < 1]
    shows_more = engine.shot_stills if request.shots else engine.views > 1
    end = request.last_frame
    drawn = end is not None and end.depth is not None and engine.views > 1  # it is a view like the others
    has_depth = any(view.depth is not None for view in request.views)
    ignored = [
        (bool(request.direction.dialogue) and not engine.dialogue, "the dialogue"),
        (bool(request.direction.sound) and not engine.sound, "the sound"),
        (has_depth and not engine.depth, "the depth"),
        (end is not None and not engine.last_frame and not drawn, "the last frame"),
        (bool(between) and not shows_more, "the further views"),
        (request.path is not None and not engine.camera_path, "the camera path"),
        (bool(request.references) and not engine.references, "the reference pictures"),
    ]
    return tuple(f"{engine.label} does not use {what}." for dropped, what in ignored if dropped)


def parse_fps(value: Any) -> Fraction:
    """A frame rate from "24", "24000/1001" or a decimal: 23.976, 29.97 and the like mean n * 1000/1001."""
    text = str(value).strip()
    if len(text) > 40 or not re.fullmatch(r"\d+(\.\d+)?(/\d+(\.\d+)?)?", text):
        raise invalid(f"{text[:40]!r} is not a frame rate. Write 24, 23.976 or 24000/1001.", "fps")
    above, _, below = text.partition("/")
    if below and Fraction(below) == 0:
        raise invalid("A frame rate can't be divided by 0.", "fps")
    fps = exact_rate(Fraction(above) / Fraction(below or 1))
    if not 1 <= fps <= 240:
        raise invalid(f"A frame rate must be between 1 and 240, not {float(fps):g}.", "fps")
    return fps


def parse_json(text: str | bytes, param: str) -> Any:
    """JSON without NaN or infinity, of text that UTF-8 can hold, nested at most 64 levels deep.

    Raises:
        EngineError: `invalid_request`.
    """
    try:
        value = json.loads(text)
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise invalid(f"{param} is not valid JSON: {str(error)[:200]}.", param) from None
    if nests_deeper(value):
        raise invalid(f"{param} is nested more than {MAX_DEPTH} levels deep.", param)
    return value


@dataclass(frozen=True)
class _Views:
    views: tuple[FurtherView, ...]


@dataclass(frozen=True)
class _Whole:
    whole: bool


@dataclass(frozen=True)
class _Shots:
    shots: tuple[PartOfClip, ...]


def _read(kind: type[Type], data: Any, place: str) -> Type:
    try:
        return from_json(kind, data)
    except Unfit as error:
        param = ".".join(filter(None, (place, error.place)))
        if kind is Direction and error.place.startswith("prompt"):
            param = "prompt"
        raise invalid(f"{param}: {error.what}.", param) from None


def _extra_params(value: Any) -> dict[str, Any]:
    if value is None or value == "":
        return {}
    data = parse_json(value, "extra_params") if isinstance(value, str | bytes) else value
    if not isinstance(data, dict):
        raise invalid("extra_params must be a JSON object.", "extra_params")
    return {name: part for name, part in data.items() if part is not None}


def _dialogue(lines: Any) -> Any:
    """Lines as the types want them: trimmed, and a language by its proper name in whatever case it was written."""
    if not isinstance(lines, list):
        return lines
    names = {language.casefold(): language for language in LANGUAGES}

    def tidy(line: Any) -> Any:
        if not isinstance(line, dict):
            return line
        tidied = {name: part.strip() if isinstance(part, str) else part for name, part in line.items()}
        language = tidied.get("language")
        return {**tidied, "language": names.get(language.casefold(), language)} if isinstance(language, str) else tidied

    return [tidy(line) for line in lines]


def _bounded(value: Any, name: str, most: int) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise invalid(f"extra_params.{name} must be a JSON object.", f"extra_params.{name}")
    if len(json.dumps(value)) > most:
        raise invalid(f"extra_params.{name} is larger than {most} bytes.", f"extra_params.{name}")
    return value


def _text(value: Any, param: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise invalid(f"{param} must be text.", param)
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
