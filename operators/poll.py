"""What operators need before they can be pressed, and what they say if it is not there."""

from __future__ import annotations

from typing import Any

import bpy

from ..scene.app.app import app
from ..scene.app.state import WAITING_FILE
from ..scene.edit.edit_scene import find_edit_scene
from ..scene.model.shots import takes
from ..scene.model.shots.shown import shot_of, shot_scene, take_of

Operator = type[Any]


def poll_shot(cls: Operator, context: bpy.types.Context) -> bool:
    """Poll of operators that need a shot."""
    if shot_of(context).uid:
        return True
    cls.poll_message_set("There is no shot yet: animate a frame, or add a shot")
    return False


def poll_edit(cls: Operator, context: bpy.types.Context) -> bool:
    """Poll of operators that need an edit."""
    if find_edit_scene(context, shot_scene(context)) is not None:
        return True
    cls.poll_message_set("There is no edit yet: animate a frame first")
    return False


def poll_take(cls: Operator, context: bpy.types.Context) -> bool:
    """Poll of operators that act on a take."""
    if take_of(context):
        return True
    cls.poll_message_set("The shot has no take yet: animate it first")
    return False


def poll_ready(cls: Operator, context: bpy.types.Context) -> bool:
    """Poll of operators that need a take's clip."""
    take = take_of(context)
    if take is None:
        return poll_take(cls, context)
    if take.status != "READY":
        cls.poll_message_set("This take has no clip")
        return False
    if takes.clip_missing(take):
        cls.poll_message_set("The take's file is gone: make it again")
        return False
    return True


def poll_jobs(cls: Operator) -> bool:
    """Poll of operators that stop takes."""
    if any(job.status != WAITING_FILE for job in app().state.jobs.values()):
        return True
    cls.poll_message_set("No take is being made")
    return False
