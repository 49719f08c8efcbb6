"""Having the backend compose the prompt that an engine gives its model."""

from __future__ import annotations

import time
from typing import Any

from bpy.app.translations import pgettext_rpt as rpt_

from ...client.events import FinalPrompt, WordsFound
from ..app.app import app
from ..app.errors import SceneError
from ..model.shots.shot_list import frame_of
from . import pump
from .server import connection
from .words import prompts


def compose_prompt(shot: Any) -> None:
    """Have the shot's final prompt composed anew. Never waits: it is written when the answer comes (`store`).

    Raises:
        SceneError: no_prompt_form; no_camera, panoramic_camera; bad_request.
    """
    state = app().state
    if not prompts.takes_form(shot.engine):
        raise SceneError(
            "no_prompt_form", rpt_("The engine '{engine}' uses the direction as it is.").format(engine=shot.engine)
        )
    try:
        direction = prompts.direction(shot)
    except ValueError as error:
        raise SceneError("bad_request", str(error)) from error
    facts = prompts.known(shot, shot.still_source, frame_of(shot))
    connection.session().compose_prompt(shot.uid, shot.engine, direction, {"scene": facts})
    state.composing = shot.uid
    state.changed()


def wait(timeout: float = 60.0) -> None:
    """Handle events until what was asked for has come. For scripts and background mode.

    Raises:
        SceneError: why it did not.
    """
    state = app().state
    ends = time.monotonic() + timeout
    waiting = pump.take_waiting()
    while state.composing:
        if time.monotonic() > ends:
            state.composing = ""
            raise SceneError(
                "timeout", rpt_("No prompt after {timeout:.0f} seconds.").format(timeout=timeout), "open_log"
            )
        event = waiting.pop(0) if waiting else connection.session().next_event(0.2)
        if event is None:
            continue
        pump.handle(event)
        if isinstance(event, FinalPrompt | WordsFound) and event.problem is not None:
            raise SceneError.of(event.problem)
