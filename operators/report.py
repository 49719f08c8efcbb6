"""How operators report what went wrong: on the status bar now, and in the panel until it is dealt with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ..scene.app.app import app
from ..scene.app.errors import SceneError

TAB = "Take One"


class Verb:
    """What an operator is made of, before it is one."""

    if TYPE_CHECKING:
        properties: Any
        report: Callable[[set[str], str], None]
        options: Any


def fail(operator: bpy.types.Operator, error: SceneError, key: str = "") -> set[str]:
    """Keep the error for the panel, report it, and give the operator's answer.

    Scripts get an exception. In the UI Blender would open a popup over the very panel that says it: only where no
    such panel is open.
    """
    app().state.fail(error, key)
    in_panel = operator.options.is_invoke and panel_open(bpy.context)
    operator.report({"WARNING" if in_panel else "ERROR"}, rpt_(error.message))
    return {"CANCELLED"}


def panel_open(context: bpy.types.Context) -> bool:
    """Whether a sidebar shows our panels."""
    for window in context.window_manager.windows:
        for area in window.screen.areas:
            if area.type not in {"VIEW_3D", "SEQUENCE_EDITOR"} or not area.spaces.active.show_region_ui:
                continue
            if any(region.type == "UI" and region.active_panel_category == TAB for region in area.regions):
                return True
    return False


def waits(operator: bpy.types.Operator) -> bool:
    """Whether an operator waits for what it begins: as scripts expect it, and where no timer runs."""
    return bpy.app.background or not operator.options.is_invoke


def attempt(operator: bpy.types.Operator, action: Callable[[], object]) -> set[str]:
    """Run `action`; what it raises of SceneError is reported. The operator's answer."""
    try:
        action()
    except SceneError as error:
        return fail(operator, error)
    return {"FINISHED"}
