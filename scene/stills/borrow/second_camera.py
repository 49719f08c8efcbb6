"""A camera of our own for a further view: the user's, elsewhere on its path.

It is in no collection, and is seen through only while a render borrows it. What an autosave or a crash leaves of it
goes when the file is opened.
"""

from __future__ import annotations

import bpy
from mathutils import Matrix

from ..track import Pose

MARK = "take_one_view"
NAME = "Take One View"


def make(camera: bpy.types.Object, pose: Pose) -> bpy.types.Object:
    """A camera like this one, at this pose and with its lens."""
    data = camera.data.copy()
    if data.library is not None or data.override_library is not None:
        data.make_local()
    data.animation_data_clear()
    data.name = NAME
    data.sensor_fit = pose.lens.sensor_fit
    for name in ("lens", "ortho_scale", "sensor_width", "sensor_height", "shift_x", "shift_y"):
        setattr(data, name, getattr(pose.lens, name))
    data.dof.focus_distance = pose.lens.focus
    made = bpy.data.objects.new(NAME, data)
    made[MARK] = data[MARK] = True
    made.use_fake_user = True  # else a file that is saved meanwhile has no camera
    made.matrix_basis = Matrix(pose.matrix)
    return made


def is_ours(camera: bpy.types.Object) -> bool:
    """Whether it was made here."""
    return MARK in camera and camera.library is None and not camera.users_collection


def keep_all(kept: bool) -> None:
    """Whether those that were made go into a file that is saved now."""
    for item in bpy.data.objects:
        if item.type == "CAMERA" and is_ours(item):
            item.use_fake_user = kept
            if item.data is not None:
                item.data.is_runtime_data = not kept


def remove_all() -> None:
    """Remove all that were made, wherever they came from."""
    for item in [one for one in bpy.data.objects if one.type == "CAMERA" and is_ours(one)]:
        bpy.data.objects.remove(item)
    for data in [one for one in bpy.data.cameras if MARK in one and one.library is None and one.users == 0]:
        bpy.data.cameras.remove(data)  # a save without the object (`keep_all`) still has it
