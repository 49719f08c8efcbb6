"""Whether a still may be rendered wider than its frame, or finer: each reason by itself, on both of its sides; and the
camera of what is inside."""

from __future__ import annotations

import bpy
import pytest
from rooms import EEVEE, NEW, compositor, room
from take_one.client.protocol import Camera
from take_one.scene.stills.coverage.margin import NONE, Margin
from take_one.scene.stills.coverage.wider import inside, may_be_wider
from take_one.scene.stills.finer import may_be_finer


@pytest.fixture
def scene() -> bpy.types.Scene:
    return room(16, 9)


def fits(scene) -> bool:
    return may_be_wider(scene, scene.camera)


def test_which_engines_and_settings_go_by_the_frame(scene):
    render = scene.render
    scene.eevee.use_raytracing = False
    for engine in ("CYCLES", EEVEE, "BLENDER_WORKBENCH"):
        render.engine = engine
        assert fits(scene), engine
        for name in ("use_motion_blur", "use_freestyle"):
            setattr(render, name, True)
            assert not fits(scene), name
            setattr(render, name, False)
    scene.eevee.use_raytracing, scene.cycles.time_limit = True, 1.0
    scene.cycles.use_camera_cull = render.use_simplify = True
    assert fits(scene)  # Workbench has none of these
    render.engine = EEVEE
    assert not fits(scene)
    scene.eevee.use_raytracing = False
    assert fits(scene)  # of Cycles' own nothing counts here
    render.engine, scene.eevee.use_raytracing = "CYCLES", True
    assert not fits(scene)
    scene.cycles.time_limit = 0
    assert not fits(scene)
    render.use_simplify = False
    assert fits(scene)
    render.use_simplify, scene.cycles.use_camera_cull = True, False
    assert fits(scene)


def test_an_engine_that_nobody_knows(scene):
    class Other(bpy.types.RenderEngine):
        bl_idname = "TAKEONE_TEST_OTHER"
        bl_label = "Other"

    bpy.utils.register_class(Other)
    try:
        scene.render.engine = Other.bl_idname
        assert not fits(scene)
    finally:
        scene.render.engine = "CYCLES"
        bpy.utils.unregister_class(Other)


def test_a_compositor_that_counts(scene, tmp_path):
    compositor(scene, tmp_path)
    assert not fits(scene)
    scene.render.use_compositing = False
    assert fits(scene)
    scene.render.use_compositing = True
    if not NEW:
        scene.use_nodes = False
        assert fits(scene)


def test_a_lens_whose_focus_may_be_animated(scene):
    lens = scene.camera.data
    lens.keyframe_insert("lens", frame=1)
    assert fits(scene)
    lens.dof.use_dof = True
    assert not fits(scene)
    lens.animation_data_clear()
    assert fits(scene)


@pytest.mark.parametrize("owner", ["world", "material", "light", "group"])
def test_what_is_mapped_onto_the_frame(owner, scene):
    if owner == "group":
        tree = bpy.data.node_groups.new("Group", "ShaderNodeTree")
    else:
        block = {"world": scene.world, "material": bpy.data.materials["Colour 1"], "light": bpy.data.lights[0]}[owner]
        block.use_nodes = True
        tree = block.node_tree
    place = tree.nodes.new("ShaderNodeTexCoord")
    noise = tree.nodes.new("ShaderNodeTexNoise")
    tree.links.new(place.outputs["Generated"], noise.inputs["Vector"])
    assert fits(scene)
    tree.links.new(place.outputs["Window"], noise.inputs["Vector"])
    assert not fits(scene)


@pytest.mark.parametrize(
    ("path", "expression", "wide"),
    [
        ("render.resolution_x", "var", False),
        ("render.fps", "var * 2", True),
        ("camera.location.x", "var", False),
        ("frame_current", "var", True),
        ("frame_current", "bpy.context.scene.render.resolution_y", False),
        ("frame_current", "scene.camera.location.x", False),
        ("frame_current", "scene.camer", True),
        ("eevee.camera.x", "1", True),
    ],
)
def test_what_is_driven_by_the_frame(path, expression, wide, scene):
    driver = bpy.data.objects["Cube"].driver_add("location", 0).driver
    for one in ("frame_start", path):
        variable = driver.variables.new()
        variable.targets[0].id_type, variable.targets[0].id = "SCENE", scene
        variable.targets[0].data_path = one
    driver.expression = expression
    assert fits(scene) is wide
    bpy.data.objects["Cube"].animation_data_clear()
    tree = bpy.data.materials["Colour 1"].node_tree
    driver = tree.driver_add('nodes["Principled BSDF"].inputs["Roughness"].default_value').driver
    driver.expression = "frame + resolution_x"
    assert not fits(scene)


def test_the_camera_of_what_is_inside():
    wide = Camera("perspective", 120, 70, 66.0, 33.0, 50.0, 40.0, near=0.25)
    assert inside(wide, Margin(10, 3, 14, 5)) == Camera("perspective", 96, 62, 56.0, 30.0, 50.0, 40.0, near=0.25)
    assert inside(wide, NONE) == wide


def test_what_goes_by_pixels_is_rendered_no_finer(scene, tmp_path):
    render = scene.render
    for engine in ("CYCLES", EEVEE):
        render.engine = engine
        render.use_motion_blur = scene.eevee.use_raytracing = True
        assert may_be_finer(scene, 3)
        render.use_freestyle = True
        assert not may_be_finer(scene, 3)
        render.use_freestyle = False
        scene.cycles.time_limit = 1.0
        assert may_be_finer(scene, 3) is (engine == EEVEE)
        scene.cycles.time_limit = 0.0
    render.engine = "BLENDER_WORKBENCH"
    assert not may_be_finer(scene, 3)
    render.engine = "CYCLES"
    # 1400 x 1400 pixels, of which 20 are sent with their depth; and frames that the engine has no room for.
    for width, height, count, fine in (
        (1000, 1000, 20, True),
        (1000, 1000, 21, False),
        (2000, 1999, 1, True),
        (2000, 2000, 1, False),
    ):
        render.resolution_x, render.resolution_y = width, height
        assert may_be_finer(scene, count) is fine, (width, height, count)
    render.resolution_x = render.resolution_y = 100
    curve = scene.world.driver_add("color", 0)
    curve.driver.expression = "resolution_x / 2000"
    assert not may_be_finer(scene, 3)
    curve.driver.expression = "frame / 2000"
    assert may_be_finer(scene, 3)
    compositor(scene, tmp_path)
    assert not may_be_finer(scene, 3)
    render.use_compositing = False
    assert may_be_finer(scene, 3)
