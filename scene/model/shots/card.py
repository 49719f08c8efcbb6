"""The card of a shot, filled in from what a take was asked for."""

from __future__ import annotations

from typing import Any

from ...app.errors import SceneError
from ..properties import options
from ..properties.properties import MAX_SEED
from . import trust
from .kept import read
from .paths import stored_path


def copy_settings(shot: Any, take: Any) -> None:
    """Put a take's direction, engine, length and seed on the card. Raises SceneError unless they are known."""
    asked = read(take).request
    if asked is None:
        raise SceneError("no_settings", "This take did not keep its settings")
    shot.prompt_text = None
    shot.prompt, shot.sound = asked.direction.prompt, asked.direction.sound
    first, after = asked.shot_frames
    shot.seconds = asked.seconds * (after - first) / asked.frame_count
    shot.engine = asked.engine
    shot.seed, shot.seed_lock = min(asked.seed, MAX_SEED), True
    options.replace(shot, asked.options)
    shot.motion = "CAMERA" if asked.path else "WORDS"
    shot.lines.clear()
    for line in asked.direction.dialogue:
        new = shot.lines.add()
        new.speaker, new.language, new.line = line.speaker, line.language, line.line
    shot.references.clear()
    for path in trust.present(asked.references):
        shot.references.add().path = stored_path(path)
        trust.allow(path)
