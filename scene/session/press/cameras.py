"""A shot for each selected camera."""

from __future__ import annotations

import bpy

from ...model.shots import shot_list, shown


def shots_of_selected(context: bpy.types.Context) -> list[tuple[str, str]]:
    """The uid of a shot, and of its scene, for each selected camera: one that is seen by it, the shown one first,
    else a new one with the shown direction, named after the camera."""
    return [_shot_of(context, camera) for camera in shown.selected_cameras(context)]


def _shot_of(context: bpy.types.Context, camera: bpy.types.Object) -> tuple[str, str]:
    model = shown.shot_of(context)
    scene = shown.shot_scene(context)
    if not any(one == camera for one in scene.objects):
        scene = context.scene  # where it was selected
    shot = next((one for one in (model, *scene.take_one.shots) if one.uid and one.camera == camera), None)
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
