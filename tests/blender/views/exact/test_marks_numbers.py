"""What the mark of a picture changes with, and with what not."""

from __future__ import annotations

import bpy
import flats
import pytest
from leafy import THERE, image, material
from rooms import NEW
from take_one.scene.stills.coverage import marks


def used_mark(scene, frame=3.0, used=(("materials", "clay"), ("lights", "Lamp"))):
    return flats.done(marks.look_mark(scene, frame, used))


@pytest.fixture
def looked():
    scene = bpy.context.scene
    scene.world = bpy.data.worlds.new("World")
    material("clay", image=image(THERE))
    tree = bpy.data.materials["clay"].node_tree
    ramp = tree.nodes.new("ShaderNodeValToRGB")
    curves = tree.nodes.new("ShaderNodeRGBCurve")
    group = tree.nodes.new("ShaderNodeGroup")
    group.node_tree = bpy.data.node_groups.new("Group", "ShaderNodeTree")
    group.node_tree.nodes.new("ShaderNodeValue").name = "V"
    ramp.name, curves.name = "Ramp", "Curves"
    bpy.data.lights.new("Lamp", "AREA")
    bpy.data.images["Leaf"].pack()
    return scene


def node(name):
    return bpy.data.materials["clay"].node_tree.nodes[name]


CHANGES = {
    "unit": lambda s: setattr(s.unit_settings, "scale_length", 0.5),
    "engine": lambda s: setattr(s.render, "engine", "BLENDER_WORKBENCH"),
    "size": lambda s: setattr(s.render, "resolution_y", 99),
    "filter": lambda s: setattr(s.render, "filter_size", 2.5),
    "exposure": lambda s: setattr(s.view_settings, "exposure", 0.5),
    "device": lambda s: setattr(s.display_settings, "display_device", "Display P3"),
    "samples": lambda s: setattr(s.cycles, "samples", 7),
    "eevee": lambda s: setattr(s.eevee, "taa_render_samples", 7),
    "world": lambda s: setattr(s.world, "color", (0.1, 0.2, 0.3)),
    "another world": lambda s: setattr(s, "world", bpy.data.worlds.new("Other")),
    "no world": lambda s: setattr(s, "world", None),
    "material": lambda s: setattr(bpy.data.materials["clay"], "roughness", 0.123),
    "light": lambda s: setattr(bpy.data.lights["Lamp"], "energy", 123),
    "light's size": lambda s: setattr(bpy.data.lights["Lamp"], "size_y", 0.77),
    "input": lambda s: setattr(node("Principled BSDF").inputs["Metallic"], "default_value", 0.3),
    "output": lambda s: setattr(bpy.data.node_groups["Group"].nodes["V"].outputs[0], "default_value", 0.3),
    "muted": lambda s: setattr(node("Ramp"), "mute", True),
    "ramp": lambda s: setattr(node("Ramp").color_ramp.elements[1], "position", 0.6),
    "ramp's colour": lambda s: setattr(node("Ramp").color_ramp.elements[1], "color", (1, 0, 0, 1)),
    "ramp's kind": lambda s: setattr(node("Ramp").color_ramp, "interpolation", "CONSTANT"),
    "curve": lambda s: setattr(node("Curves").mapping.curves[2].points[1], "location", (0.9, 0.8)),
    "link": lambda s: node("Ramp").id_data.links.new(node("Ramp").outputs[0], node("Principled BSDF").inputs[0]),
    "image's alpha": lambda s: setattr(bpy.data.images["Leaf"], "alpha_mode", "NONE"),
    "image's space": lambda s: setattr(bpy.data.images["Leaf"].colorspace_settings, "name", "Non-Color"),
    "image": lambda s: setattr(node("Image Texture"), "image", None),
    "texture": lambda s: setattr(node("Image Texture"), "extension", "CLIP"),
    "compositor": lambda s: graded(s),
}
SETTINGS = {  # of the render, the colours, a material, a lamp
    "use_motion_blur": True, "motion_blur_shutter": 0.3, "film_transparent": True, "use_simplify": True,
    "simplify_subdivision_render": 2, "use_freestyle": True, "dither_intensity": 0.4, "use_compositing": False,
    "pixel_aspect_x": 1.5, "resolution_percentage": 60, "gamma": 1.3, "view_transform": "Standard",
    "use_curve_mapping": True, "metallic": 0.2, "diffuse_color": (0.1, 0.2, 0.3, 1), "use_backface_culling": True,
    "color": (1, 0, 0), "use_shadow": False, "shape": "DISK", "diffuse_factor": 0.3, "spread": 1.1,
}  # fmt: skip


def graded(scene) -> None:
    if NEW:
        scene.compositing_node_group = bpy.data.node_groups.new("Comp", "CompositorNodeTree")
        scene.compositing_node_group.nodes.new("CompositorNodeBlur")
    else:
        scene.use_nodes = True


def test_each_setting_that_a_picture_depends_on_changes_its_mark(looked):
    owners = (looked.render, looked.view_settings, bpy.data.materials["clay"], bpy.data.lights["Lamp"])
    before = used_mark(looked)
    for name, value in SETTINGS.items():
        owner = next(one for one in owners if hasattr(one, name))
        setattr(owner, name, value)
        after = used_mark(looked)
        assert after != before, name
        before = after


def test_each_thing_that_a_picture_depends_on_changes_its_mark(looked):
    before = used_mark(looked)
    for name, change in CHANGES.items():
        assert used_mark(looked) == before
        change(looked)
        after = used_mark(looked)
        assert after != before, name
        before = after


def test_what_a_picture_does_not_depend_on_changes_no_mark(looked):
    before = used_mark(looked)
    assert used_mark(looked, 3.5) != before and used_mark(looked, used=(("materials", "clay"),)) != before
    looked.render.filepath, looked.frame_end = "//elsewhere", 77
    bpy.data.materials.new("unused")
    node("Ramp").location, node("Ramp").select = (400, 300), True
    looked.view_settings.exposure = 1e-8
    gone = used_mark(looked, used=(*(("materials", "clay"), ("lights", "Lamp")), ("materials", "gone")))
    assert used_mark(looked) == gone == before


def test_a_picture_that_was_painted_or_written_anew_is_another(looked, tmp_path):
    leaf = bpy.data.images["Leaf"]
    leaf.unpack(method="REMOVE")
    leaf.filepath_raw, leaf.file_format = str(tmp_path / "leaf.png"), "PNG"
    leaf.pixels[0] = 0.5
    assert leaf.is_dirty and used_mark(looked) != used_mark(looked)  # nobody knows when it was painted last
    leaf.save()
    before = used_mark(looked)
    assert used_mark(looked) == before
    (tmp_path / "leaf.png").write_bytes((tmp_path / "leaf.png").read_bytes() + b"\0")
    after = used_mark(looked)
    (tmp_path / "leaf.png").unlink()
    assert len({before, after, used_mark(looked)}) == 3 and used_mark(looked) == used_mark(looked)
