"""The final prompt of a shot: what an engine with a prompt form gives its model, shown and edited before a run.

While a shot has one (a text block that holds something), it is sent as it is instead of what the engine would
compose. Clearing it goes back to automatic.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import bpy

from ....client.events import FinalPrompt
from ....client.protocol import Direction, Line
from ...app.app import app
from ...model.properties.properties import prompt_of
from ...model.shots.shot_list import find_shot
from ...stills import capture
from ...stills.borrow.borrowed import borrowing
from ...stills.camera import check_camera
from ...stills.known.facts import scene_facts

FROM_CAMERA = {capture.RENDER, capture.VIEWPORT}  # stills that show what the camera sees


def takes_form(engine_id: str) -> bool:
    """Whether this engine words the direction in a form of its own. It may, as long as the backend has not said."""
    engine = app().state.engine(engine_id)
    return engine is None or engine.prompt_form


def own_prompt(shot: Any) -> str:
    """The final prompt that the user keeps, "" where it is automatic."""
    return shot.final_prompt.as_string().strip() if shot.final_prompt else ""


def options(shot: Any, source: str, frame: int, overrides: Mapping[str, Any]) -> dict[str, Any]:
    """What a request's options say of the prompt: the final one, else what is known of the scene at this frame.

    `source` is the still's. A call that says other words than the card does not get the card's final prompt.

    Raises:
        SceneError: no_camera, panoramic_camera.
    """
    if not takes_form(overrides.get("engine", shot.engine)):
        return {}
    own = "" if {"prompt", "sound"} & set(overrides) else own_prompt(shot)
    if own:
        return {"final_prompt": own}
    facts = known(shot, source, frame)
    return {"scene": facts} if facts else {}


def known(shot: Any, source: str, frame: int) -> dict[str, Any]:
    """What is known of the picture that the shot's camera takes at this frame; {} where the user or the still's
    source says that it does not count.

    Raises:
        SceneError: no_camera, panoramic_camera.
    """
    if not shot.scene_facts or source not in FROM_CAMERA:
        return {}
    scene = shot.id_data
    camera = check_camera(scene, shot.camera)
    with borrowing(scene, {"frame_float": float(frame)}):
        return scene_facts(scene, camera)


def direction(shot: Any) -> Direction:
    """What the card says should happen. Lines of dialogue that say nothing are left out.

    Raises:
        ValueError: it is longer than a backend would accept.
    """
    lines = tuple(Line(line.speaker, line.language, line.line) for line in _spoken(shot))
    return Direction(prompt_of(shot), lines, shot.sound)


def _spoken(shot: Any) -> list[Any]:
    return [line for line in shot.lines if line.line.strip()]


def store(event: FinalPrompt) -> bool:
    """Write a composed prompt into the shot's text block, and show it in an open text editor. Whether it changed
    anything in the file."""
    app().state.composing = ""
    if event.problem is not None:
        app().state.fail(event.problem)
        return False
    shot = find_shot(event.key)
    if shot is None:
        return False
    if shot.final_prompt is None:
        shot.final_prompt = bpy.data.texts.new(f"{shot.name} final prompt")
    shot.final_prompt.from_string(event.prompt)
    shot.final_prompt_of = direction_mark(shot)
    _show(shot.final_prompt)
    return True


def _show(text: bpy.types.Text) -> None:
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "TEXT_EDITOR":
                area.spaces.active.text = text
                return


def clear(shot: Any) -> None:
    """Back to automatic. The text block stays in the file: its words may be wanted again."""
    shot.final_prompt, shot.final_prompt_of = None, ""


def is_stale(shot: Any) -> bool:
    """Whether the card has changed since the final prompt was composed from it."""
    return bool(shot.final_prompt_of) and shot.final_prompt_of != direction_mark(shot)


def direction_mark(shot: Any) -> str:
    """The same for the same words on the card."""
    lines = [{"speaker": one.speaker, "language": one.language, "line": one.line} for one in _spoken(shot)]
    words = json.dumps([shot.engine, prompt_of(shot), shot.sound, lines, shot.scene_facts])
    return hashlib.sha256(words.encode()).hexdigest()[:16]
