"""Asking the backend how an engine words a shot's direction."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

from bpy.app.translations import pgettext_rpt as rpt_

from ...client.events import FinalPrompt
from ..model.errors import SceneError
from ..model.properties import prompt_of
from ..model.state import STATE
from . import prompts, pump


def ask(shot: Any) -> None:
    """Have the shot's final prompt composed anew. Never waits: it is written when the answer comes (`store`).

    Raises:
        SceneError: no_prompt_form; no_camera, panoramic_camera.
    """
    if not prompts.takes_form(shot.engine):
        raise SceneError(
            "no_prompt_form", rpt_("The engine '{engine}' uses the direction as it is.").format(engine=shot.engine)
        )
    lines = [asdict(line) for line in prompts.spoken(shot)]
    facts = prompts.known(shot, shot.still_source)
    extra = {"dialogue": lines, "sound": shot.sound, "options": {"scene": facts}}
    pump.session().word(shot.uid, shot.engine, prompt_of(shot), extra)
    STATE.wording = shot.uid
    STATE.changed()


def wait(timeout: float = 60.0) -> None:
    """Handle events until what was asked for has come. For scripts and background mode.

    Raises:
        SceneError: why it did not.
    """
    ends = time.monotonic() + timeout
    waiting = pump.take_waiting()
    while STATE.wording:
        if time.monotonic() > ends:
            STATE.wording = ""
            raise SceneError(
                "timeout", rpt_("No prompt after {timeout:.0f} seconds.").format(timeout=timeout), "open_log"
            )
        event = waiting.pop(0) if waiting else pump.session().next_event(0.2)
        if event is None:
            continue
        pump.handle(event)
        if isinstance(event, FinalPrompt) and event.error:
            raise SceneError(event.error["code"], event.error["message"], event.error.get("fix") or "")
