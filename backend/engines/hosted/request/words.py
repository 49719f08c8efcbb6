"""A direction in the words that hosted models want: one paragraph of prose.

Each of them wants the same: what is spoken stands in quotation marks, with who says it and in which language. It is the
form that their guides show (fal's and Alibaba's pages on HappyHorse, Google's on Veo).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from client.protocol import Direction, Line, TakeRequest

from ...engine import EngineError

DEFAULT = "The scene of the first frame comes to life with small, natural movements."
MOST_SHOTS = 16


@dataclass(frozen=True)
class Shot:
    """One of several shots in one clip."""

    prompt: str
    seconds: int


def compose(direction: Direction) -> str:
    """The prompt of a direction."""
    parts = [_sentence(direction.prompt) or DEFAULT, *map(_spoken, direction.dialogue)]
    sound = _plain(direction.sound).rstrip(".")
    if sound:
        parts.append(f"Sound: {sound}.")
    return " ".join(parts)


def prompt_of(request: TakeRequest, sound: bool = True) -> str:
    """The final prompt: what the user wrote as such, else the direction's, of which a silent clip gets the picture's
    part."""
    written = request.options.get("final_prompt")
    if isinstance(written, str) and written.strip():
        return written
    return compose(request.direction if sound else Direction(request.direction.prompt))


def shots_of(request: TakeRequest, most: int) -> tuple[Shot, ...]:
    """The shots that a request has, or that its `options["shots"]` asks for: [{"prompt": "...", "seconds": 3}, ...];
    none: it is one.

    Raises:
        EngineError: `invalid_request`.
    """
    if request.shots:
        if any(shot.seconds != round(shot.seconds) for shot in request.shots):
            raise _unfit("must each have whole seconds")
        return tuple(Shot(compose(shot.direction), round(shot.seconds)) for shot in request.shots)
    given = request.options.get("shots")
    if given is None:
        return ()
    if not isinstance(given, Sequence) or isinstance(given, str) or not 1 <= len(given) <= min(most, MOST_SHOTS):
        raise _unfit(f"must be a list of 1 to {min(most, MOST_SHOTS)} shots")
    return tuple(_shot(one) for one in given)


def numbered(shots: Sequence[Shot]) -> str:
    """Several shots as a numbered list, for models that read them out of the prompt."""
    lines, start = [], 0
    for number, shot in enumerate(shots, 1):
        lines.append(f"Shot {number} ({start}-{start + shot.seconds}s): {shot.prompt}")
        start += shot.seconds
    return "\n".join(lines)


def _shot(data: Any) -> Shot:
    prompt, seconds = (data.get("prompt"), data.get("seconds")) if isinstance(data, dict) else (None, None)
    if not isinstance(prompt, str) or not prompt.strip():
        raise _unfit("must each have a prompt")
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 1 <= seconds <= 60:
        raise _unfit("must each have whole seconds, 1 to 60")
    return Shot(_plain(prompt), seconds)


def _unfit(what: str) -> EngineError:
    return EngineError("invalid_request", f"The shots of one clip {what}.", param="extra_params.options.shots")


def _spoken(line: Line) -> str:
    who = _plain(line.speaker).strip(" .,:") or "The person in view"
    words = _sentence(line.line.replace('"', "'"))
    return f'{who} says in {line.language}, "{words}"'


def _plain(text: str) -> str:
    return " ".join(text.split())


def _sentence(text: str) -> str:
    text = _plain(text)
    if not text:
        return ""
    return text + ("" if text[-1] in ".!?…\"'”。！？" else ".")
