"""A camera that travels, so that a still tells its frame; and stills after which all is as it was."""

from __future__ import annotations

import bpy
from rooms import room, settings_of
from take_one.scene.stills import capture as still


def travelling() -> bpy.types.Scene:
    """Its camera travels 1 m a frame along x, from 5 m at frame 1 on."""
    scene = room(48, 27)
    scene.cycles.samples = 1
    slide(scene.camera, 5.0)
    scene.frame_set(1)
    return scene


def slide(item: bpy.types.Object, start: float) -> None:
    for frame in (1, 41):
        item.location.x = start + frame - 1
        item.keyframe_insert("location", index=0, frame=frame)
    straighten(item)


def straighten(item: bpy.types.ID) -> None:
    action = item.animation_data.action
    for bag in action.layers[0].strips[0].channelbags:  # of an object and its data
        for curve in bag.fcurves:
            for key in curve.keyframe_points:
                key.interpolation = "LINEAR"


def state() -> list:
    """What no still may change, of all scenes: settings, frame, camera, markers, selection, visibility."""
    return [
        (
            scene.name_full,
            settings_of(scene),
            scene.camera and scene.camera.name_full,
            [
                (marker.name, marker.frame, marker.camera and marker.camera.name_full)
                for marker in scene.timeline_markers
            ],
            [
                (item.name_full, item.select_get(view_layer=scene.view_layers[0]))
                for item in scene.view_layers[0].objects
            ],
            scene.view_layers[0].objects.active and scene.view_layers[0].objects.active.name_full,
        )
        for scene in bpy.data.scenes
    ]


def x_of(result: still.Still) -> float:
    return result.camera.matrix_world[0][3]


def shot(scene, folder, **more) -> still.Still:
    """A still, and all is as it was."""
    before = state()
    result = still.capture(bpy.context, scene, folder, **more)
    assert state() == before
    return result
