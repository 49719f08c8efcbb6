"""How operators tell what went wrong: on the status bar now, and in the panel until it is dealt with."""

from __future__ import annotations

from collections.abc import Callable

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ..scene.errors import SceneError
from ..scene.state import STATE


def fail(operator: bpy.types.Operator, error: SceneError, key: str = "") -> set[str]:
    """Keep the error for the panel, report it, and give the operator's answer."""
    STATE.fail(error, key)
    operator.report({"ERROR"}, rpt_(error.message))
    return {"CANCELLED"}


def attempt(operator: bpy.types.Operator, action: Callable[[], object]) -> set[str]:
    """Run `action`; what it raises of SceneError is reported. The operator's answer."""
    try:
        action()
    except SceneError as error:
        return fail(operator, error)
    return {"FINISHED"}
