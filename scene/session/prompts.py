"""The final prompt of a shot: what an engine with a prompt form gives its model, shown and edited before a run.

While a shot has one (a text block that holds something), it is sent as it is instead of what the engine would
compose. Clearing it goes back to automatic.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

import bpy

from ...client.events import FinalPrompt
from ...client.request import Line
from ..model.errors import SceneError
from ..model.properties import find_shot, prompt_of
from ..model.state import STATE
from ..stills import capture
from ..stills.camera import check_camera
from ..stills.facts import scene_facts

FROM_CAMERA = {capture.RENDER, capture.VIEWPORT}  # stills that show what the camera sees now


def takes_form(engine_id: str) -> bool:
    """Whether this engine words the direction in a form of its own. Before the backend has told: all but the
    draft may."""
    engine = STATE.engine(engine_id)
    return engine_id != "draft" if engine is None else bool(engine.get("prompt_form"))


def own_prompt(shot: Any) -> str:
    """The final prompt that the user keeps, "" where it is automatic."""
    return shot.final_prompt.as_string().strip() if shot.final_prompt else ""


def options(shot: Any, source: str, overrides: dict[str, Any]) -> dict[str, Any]:
    """What a request's options say of the prompt: the final one, else what is known of the scene.

    `source` is the still's. A call that says other words than the card does not get the card's final prompt.

    Raises:
        SceneError: no_camera, panoramic_camera.
    """
    if not takes_form(overrides.get("engine", shot.engine)):
        return {}
    own = "" if {"prompt", "sound"} & set(overrides) else own_prompt(shot)
    if own:
        return {"final_prompt": own}
    facts = known(shot, source)
    return {"scene": facts} if facts else {}


def known(shot: Any, source: str) -> dict[str, Any]:
    """What is known of the picture that the shot's camera takes now; {} where the user or the still's source
    says that it does not count.

    Raises:
        SceneError: no_camera, panoramic_camera.
    """
    if not shot.scene_facts or source not in FROM_CAMERA:
        return {}
    return scene_facts(shot.id_data, check_camera(shot.id_data, shot.camera))


def spoken(shot: Any) -> tuple[Line, ...]:
    """The shot's lines of dialogue that say something."""
    return tuple(Line(line.speaker, line.language, line.line) for line in shot.lines if line.line.strip())


def store(event: FinalPrompt) -> None:
    """Write a composed prompt into the shot's text block, and show it in an open text editor."""
    STATE.wording = ""
    if event.error:
        error = event.error
        STATE.fail(SceneError(error.get("code", ""), error.get("message", ""), error.get("fix") or ""))
        return
    shot = find_shot(event.key)
    if shot is None:
        return
    if shot.final_prompt is None:
        shot.final_prompt = bpy.data.texts.new(f"{shot.name} final prompt")
    shot.final_prompt.from_string(event.prompt)
    shot.final_prompt_of = direction_mark(shot)
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "TEXT_EDITOR":
                area.spaces.active.text = shot.final_prompt
                return


def clear(shot: Any) -> None:
    """Back to automatic. The text block stays in the file: its words may be wanted again."""
    shot.final_prompt, shot.final_prompt_of = None, ""


def is_stale(shot: Any) -> bool:
    """Whether the card has changed since the final prompt was composed from it."""
    return bool(shot.final_prompt_of) and shot.final_prompt_of != direction_mark(shot)


def direction_mark(shot: Any) -> str:
    """The same for the same words on the card."""
    lines = [asdict(line) for line in spoken(shot)]
    words = json.dumps([shot.engine, prompt_of(shot), shot.sound, lines, shot.scene_facts])
    return hashlib.sha256(words.encode()).hexdigest()[:16]
