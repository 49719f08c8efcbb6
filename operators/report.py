"""How operators report what went wrong: on the status bar now, and in the panel until it is dealt with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ..scene.app.app import app
from ..scene.app.errors import SceneError
from ..scene.edit.cut import transitions
from ..scene.model.shots.paths import disk_fix

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
    """Run `action`; what it raises of SceneError or OSError is reported. The operator's answer."""
    try:
        action()
    except SceneError as error:
        return fail(operator, error)
    except OSError as error:
        text = rpt_("A file could not be read or written: {error}.").format(error=error)
        return fail(operator, SceneError("disk", text, disk_fix(error)))
    return {"FINISHED"}


@contextmanager
def saying_torn(operator: bpy.types.Operator) -> Iterator[None]:
    """What is done meanwhile may part shots between which the user has laid a transition by hand: that stays, and is
    reported."""
    before = _torn()
    yield
    names = sorted(name for edit, name in _torn() - before)
    if names:
        message = rpt_("The strips of {names} do not meet any more. Remove it, or bring them together again.")
        operator.report({"WARNING"}, message.format(names=", ".join(f"'{name}'" for name in names)))


def _torn() -> set[tuple[str, str]]:
    edits = [scene for scene in bpy.data.scenes if scene.library is None and scene.sequence_editor is not None]
    return {(edit.name, name) for edit in edits for name in transitions.torn(edit)}
