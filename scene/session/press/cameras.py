"""A shot for each selected camera."""

from __future__ import annotations

from typing import Any

import bpy

from ...model.shots import shot_list, shown


def shots_of_selected(context: bpy.types.Context) -> list[tuple[str, str]]:
    """The uid of a shot, and of its scene, for each selected camera: one that is seen by it, the shown one first,
    else a new one with the shown direction, named after the camera."""
    return [_shot_of(context, camera) for camera in shown.selected_cameras(context)]


def cards_of_selected(context: bpy.types.Context) -> list[Any]:
    """The shots of `shots_of_selected`, with the shown one in place of those that would be made."""
    cameras = shown.selected_cameras(context)
    return [_seen_by(context, camera) or shown.shot_of(context) for camera in cameras]


def _scene_of(context: bpy.types.Context, camera: bpy.types.Object) -> bpy.types.Scene:
    scene = shown.shot_scene(context)
    return scene if any(one == camera for one in scene.objects) else context.scene  # where it was selected


def _seen_by(context: bpy.types.Context, camera: bpy.types.Object) -> Any | None:
    shots = (shown.shot_of(context), *_scene_of(context, camera).take_one.shots)
    return next((one for one in shots if one.uid and one.camera == camera), None)


def _shot_of(context: bpy.types.Context, camera: bpy.types.Object) -> tuple[str, str]:
    model, scene, shot = shown.shot_of(context), _scene_of(context, camera), _seen_by(context, camera)
    if shot is None:
        uid, home = model.uid, model.id_data  # the list may be laid out anew
        active = scene.take_one.active_shot
        shot = shot_list.add_shot(scene, camera)
        source = shot_list.find_shot(uid, home.take_one.uid) if uid else None
        shot_list.copy_direction(source or home.take_one.blank, shot)
        shot.lines.clear()  # what is said belongs to its own shot
        shot.name = shot_list.free_name(camera.name, shot.uid)
        if uid:
            scene.take_one.active_shot = active  # the others start from the shown direction too
    return shot.uid, shot.id_data.take_one.uid
