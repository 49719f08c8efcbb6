"""What a take keeps in the .blend of how it was made, so that it can be made again: one writer, one reader."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from ....client.protocol import Price, TakeRequest, codec


@dataclass(frozen=True)
class Kept:
    """`request` is what was asked for, None if that is not known; `still_notes` are remarks on its still.

    `fps` and `sound_seconds` are the clip's, None until it is there; `cost` is what was paid for it; `head` and `tail`
    are its handles in frames, and `beyond` is how many frames after the tail are other shots'; `made` is when it
    landed, ISO 8601.
    """

    request: TakeRequest | None = None
    still_notes: tuple[str, ...] = ()
    fps: Fraction | None = None
    sound_seconds: float | None = None
    cost: Price | None = None
    head: int = 0
    tail: int = 0
    beyond: int = 0
    made: str = ""


def read(take: Any) -> Kept:
    """What the take keeps. Of what can't be read nothing is known: a .blend holds what a stranger wrote."""
    return _parsed(take.request)


@lru_cache(maxsize=256)
def _parsed(text: str) -> Kept:
    try:
        data = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return Kept()
    if not isinstance(data, Mapping):
        return Kept()
    if isinstance(data.get("kept"), Mapping):
        data = {**data, "request": _from_0_1(data["kept"])}
    return _fitting(data) or _fitting({**data, "request": None}) or Kept()


def cost_of(take: Any) -> Price | None:
    """What the take cost, as `read` knows it. Cheap enough for draw(), also for takes that cost nothing."""
    return _cost(take.request) if '"cost": {' in take.request else None


@lru_cache(maxsize=1024)
def _cost(request: str) -> Price | None:
    return _parsed(request).cost


def write(take: Any, kept: Kept) -> None:
    """Keep this with the take."""
    take.request = json.dumps(codec.to_json(kept))


def _fitting(data: Mapping[str, Any]) -> Kept | None:
    try:
        return codec.from_json(Kept, data)
    except ValueError:
        return None


def _from_0_1(old: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON of a TakeRequest from that of version 0.1, which had one still and named its files."""
    views = [{"image": old.get("still"), "depth": old.get("depth"), "camera": old.get("camera"), "t": 0.0}]
    if old.get("last_frame"):
        views.append({"image": old["last_frame"], "t": 1.0})
    direction = {"prompt": old.get("prompt"), "dialogue": old.get("lines"), "sound": old.get("sound")}
    size = [old.get("width"), old.get("height")]
    return {**old, "direction": direction, "views": views, "size": size}
