"""The still: picture, depth and camera are right, and the user's file is as it was."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from rooms import EEVEE, everything, picture, psnr, room
from take_one.scene import exr, still
from take_one.scene.errors import SceneError


def settings_of(scene: bpy.types.Scene) -> dict:
    """All that a still might disturb."""
    values = {f"scene.{key}": value for key, value in everything(scene.render).items()}
    if not scene.render.image_settings.has_linear_colorspace:
        # No choice of the user's: Blender sets it anew whenever a linear format is chosen.
        del values["scene.image_settings.linear_colorspace_settings.name"]
    for name in ("cycles", "eevee", "display", "view_settings", "display_settings", "sequencer_colorspace_settings"):
        if hasattr(scene, name):
            values |= {f"{name}.{key}": value for key, value in everything(getattr(scene, name)).items()}
    for index, layer in enumerate(scene.view_layers):
        skip = ("depsgraph", "objects", "layer_collection", "active_layer_collection")
        values |= {
            f"layer{index}.{key}": value for key, value in everything(layer).items() if not key.startswith(skip)
        }
    tree = getattr(scene, "compositing_node_group", None) or getattr(scene, "node_tree", None)
    if tree:
        values |= {f"nodes.{key}": value for key, value in everything(tree).items()}
    values["camera"] = scene.camera.name if scene.camera else None
    values["frame"] = scene.frame_current, scene.frame_subframe
    values["markers"] = [(m.name, m.frame, m.camera and m.camera.name) for m in scene.timeline_markers]
    values["keys"] = sorted(scene.keys())
    values["data"] = sorted(
        f"{kind}/{item.name}"
        for kind in ("scenes", "node_groups", "images", "worlds", "objects", "texts")
        for item in getattr(bpy.data, kind)
        if item.name != "Render Result"
    )
    return values


@pytest.mark.parametrize("engine", ["CYCLES", "BLENDER_WORKBENCH", EEVEE])
def test_a_render_gives_picture_depth_and_camera(engine, tmp_path):
    scene = room(engine=engine)
    before = settings_of(scene)
    assert len(before) > 400
    result = still.capture(bpy.context, scene, tmp_path)
    assert settings_of(scene) == before
    assert picture(result.image).shape == (54, 96, 3)
    depth = read_depth(result.depth)
    assert depth.shape == (54, 96)
    near = depth[depth < exr.BACKGROUND]
    assert 3 < near.min() < 12
    assert (depth >= exr.BACKGROUND).any()


def read_depth(path):
    image = bpy.data.images.load(str(path), check_existing=False)
    image.colorspace_settings.name = "Non-Color"
    pixels = np.empty(image.size[0] * image.size[1] * image.channels, np.float32)
    image.pixels.foreach_get(pixels)
    pixels = pixels.reshape(image.size[1], image.size[0], image.channels)[::-1, :, 0]
    bpy.data.images.remove(image)
    return pixels
