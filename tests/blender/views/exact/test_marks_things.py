"""What is painted on things, lights them and hides them changes the mark of a picture, and each back gives it back."""

from __future__ import annotations

import bpy
import flats
import numpy as np
import pytest
from rooms import box
from take_one.client.protocol.camera import IDENTITY
from take_one.scene.stills.coverage import marks, surfaces
from take_one.scene.stills.track import Lens, Pose, Track


def mark(scene) -> str:
    bpy.context.view_layer.update()
    found = flats.done(surfaces.read(scene, np.zeros((1, 3))))
    return found.mark + flats.done(marks.look_mark(scene, 1.0, found.used))


def cube():
    return bpy.data.objects["cube"]


def mesh():
    return cube().data


def layer():
    return bpy.context.scene.view_layers[0]


def shelf():
    return layer().layer_collection.children["Shelf"]


def colours(value):
    for one in mesh().color_attributes["Paint"].data:
        one.color = value


def other_paint(paints):
    paints.render_color_index = 1 - paints.render_color_index


def stripes():
    return bpy.data.materials["Clay"].node_tree.nodes["Stripes"]


def leaf(scene):
    bpy.data.images["Tiles"].tiles.new(1002)


def hair():
    return cube().particle_systems[0]


def strand():
    return bpy.data.hair_curves["Strand"]


THINGS = {
    "face's material": lambda s: setattr(mesh().polygons[3], "material_index", 1),
    "smooth": lambda s: setattr(mesh().polygons[2], "use_smooth", True),
    "uv": lambda s: setattr(mesh().uv_layers[0].uv[5], "vector", (0.3, 0.4)),
    "paint": lambda s: colours((0.1, 0.2, 0.3, 1)),
    "which paint": lambda s: other_paint(mesh().color_attributes),
    "number of a face": lambda s: setattr(mesh().attributes["worn"].data[4], "value", 0.7),
    "normals": lambda s: mesh().normals_split_custom_set([(0.6, 0.0, 0.8)] * len(mesh().loops)),
    "object's colour": lambda s: setattr(cube(), "color", (0.2, 0.3, 0.4, 1)),
    "object's property": lambda s: cube().__setitem__("tint", 0.75),
    "data's property": lambda s: mesh().__setitem__("tint", 0.5),
    "shadow": lambda s: setattr(cube(), "visible_shadow", False),
    "holdout": lambda s: setattr(cube(), "is_holdout", True),
    "catcher": lambda s: setattr(cube(), "is_shadow_catcher", True),
    "finer": lambda s: setattr(cube().modifiers["Finer"], "render_levels", 3),
    "linked light": lambda s: setattr(cube().light_linking, "receiver_collection", bpy.data.collections["Shelf"]),
    "hair": lambda s: setattr(hair().settings, "hair_length", 2.5),
    "hair's seed": lambda s: setattr(hair(), "seed", 7),
    "strand's colour": lambda s: setattr(strand().attributes["dye"].data[2], "color", (0, 0, 1, 1)),
    "strand's material": lambda s: setattr(bpy.data.objects["Strand"].material_slots[0], "material", None),
    "lamp's light": lambda s: setattr(bpy.data.objects["Lamp"], "visible_diffuse", False),
    "lamp's bounces": lambda s: setattr(bpy.data.lights["Lamp"].cycles, "max_bounces", 3),
    "mapped from": lambda s: setattr(bpy.data.objects["Empty"], "location", (1, 2, 3)),
    "material": lambda s: setattr(bpy.data.materials["Clay"], "pass_index", 4),
    "frame of a film": lambda s: setattr(stripes().image_user, "frame_offset", 3),
    "tiles": leaf,
    "world's rays": lambda s: setattr(s.world.cycles_visibility, "diffuse", False),
    "collection's holdout": lambda s: setattr(shelf(), "holdout", True),
    "collection's rays": lambda s: setattr(shelf(), "indirect_only", True),
    "layer's sky": lambda s: setattr(layer(), "use_sky", False),
    "layer's material": lambda s: setattr(layer(), "material_override", bpy.data.materials["Other"]),
    "that material": lambda s: setattr(bpy.data.materials["Other"], "roughness", 0.875),
    "layer's world": lambda s: setattr(layer(), "world_override", bpy.data.worlds["Night"]),
    "that world": lambda s: setattr(bpy.data.worlds["Night"], "color", (0.5, 0, 0)),
    "lines": lambda s: setattr(layer().freestyle_settings.linesets[0], "edge_type_negation", "EXCLUSIVE"),
    "line's colour": lambda s: setattr(bpy.data.linestyles["Ink"], "color", (1, 0, 0)),
    "white": lambda s: setattr(s.view_settings, "use_white_balance", True),
    "how white": lambda s: setattr(s.view_settings, "white_balance_temperature", 3000),
    "bent colours": lambda s: setattr(s.view_settings.curve_mapping.curves[3].points[1], "location", (1, 0.75)),
    "black": lambda s: setattr(s.view_settings.curve_mapping, "black_level", (0.25, 0.25, 0.25)),
    "plain shading": lambda s: setattr(s.display.shading, "light", "FLAT"),
    "traced rays": lambda s: setattr(s.eevee.ray_tracing_options, "screen_trace_quality", 0.75),
}


@pytest.fixture
def dressed() -> bpy.types.Scene:
    """A cube with all that may be on one, a strand of hair, a lamp."""
    scene = bpy.context.scene
    scene.world, night = bpy.data.worlds.new("World"), bpy.data.worlds.new("Night")
    night.use_fake_user = True
    box("cube")
    shelf = bpy.data.collections.new("Shelf")
    scene.collection.children.link(shelf)
    clay, other = bpy.data.materials.new("Clay"), bpy.data.materials.new("Other")
    clay.use_nodes = True
    for one in (clay, other):
        mesh().materials.append(one)
    empty = bpy.data.objects.new("Empty", None)
    scene.collection.objects.link(empty)
    nodes = clay.node_tree.nodes
    nodes.new("ShaderNodeTexCoord").object = empty
    for name in ("Stripes", "Tiles"):
        node = nodes.new("ShaderNodeTexImage")
        node.name, node.image = name, bpy.data.images.new(name, 4, 4, tiled=name == "Tiles")
        node.image.pack()
    mesh().color_attributes.new("Paint", "FLOAT_COLOR", "CORNER")
    mesh().color_attributes.new("Second", "BYTE_COLOR", "POINT")
    mesh().attributes.new("worn", "FLOAT", "FACE")
    cube().modifiers.new("Finer", "SUBSURF").levels = 0
    cube().modifiers.new("Hair", "PARTICLE_SYSTEM")
    hair().settings.type, hair().settings.count = "HAIR", 5
    data = bpy.data.hair_curves.new("Strand")
    data.add_curves([3])
    data.attributes.new("dye", "FLOAT_COLOR", "POINT")
    data.materials.append(other)
    for name, one in (("Strand", data), ("Lamp", bpy.data.lights.new("Lamp", "POINT"))):
        scene.collection.objects.link(bpy.data.objects.new(name, one))
    scene.render.use_freestyle, scene.view_settings.use_curve_mapping = True, True
    layer().freestyle_settings.linesets.new("Edges").linestyle = bpy.data.linestyles.new("Ink")
    return scene


def test_each_look_of_a_thing_changes_the_mark(dressed):
    before = mark(dressed)
    seen = {before}
    for name, change in THINGS.items():
        assert mark(dressed) == before, name
        change(dressed)
        before = mark(dressed)
        assert before not in seen, name
        seen.add(before)


def test_what_throws_shadows_alone_changes_the_mark_and_stands_in_no_rays_way(dressed):
    cube().visible_camera = False
    first = mark(dressed)
    assert len(flats.done(surfaces.read(dressed, np.zeros((1, 3)))).triangles) == 0
    cube().location.x = 1.5
    moved = mark(dressed)
    cube().location.x = 0.0
    assert moved != first and mark(dressed) == first


def test_a_lamp_that_only_the_render_shows_changes_the_mark(dressed):
    bpy.data.objects["Lamp"].hide_viewport = True
    first = mark(dressed)
    bpy.data.lights["Lamp"].energy = 77
    brighter = mark(dressed)
    bpy.data.objects["Lamp"].hide_render = True
    assert len({first, brighter, mark(dressed)}) == 3


def test_combed_hair_is_taken_for_changed(dressed):
    cube().vertex_groups.new(name="Bald")
    assert mark(dressed) == mark(dressed)
    hair().vertex_group_density = "Bald"
    assert mark(dressed) != mark(dressed)


def test_what_no_picture_shows_changes_no_mark(dressed):
    first = mark(dressed)
    cube().select_set(False)
    mesh().polygons[1].select = False
    cube().hide_select, cube()["take_one_note"] = True, 3
    bpy.data.materials["Clay"].preview_render_type = "CUBE"
    layer().active_aov_index = 0
    assert mark(dressed) == first
    cube().modifiers.new("Sparks", "PARTICLE_SYSTEM")
    sparks = mark(dressed)
    cube().particle_systems[-1].settings.mass = 7
    assert mark(dressed) == sparks  # an emitter's are not looked at


def test_the_mark_of_a_lens_is_of_what_it_blurs_and_cuts_off():
    data = bpy.data.cameras.new("Eye")
    eye, aim = bpy.data.objects.new("Eye", data), bpy.data.objects.new("Aim", None)

    def of(*focus: float) -> str:
        lenses = [Lens("PERSP", 50, 6, "AUTO", 36, 24, 0, 0, one) for one in focus]
        numbers = {"fx": 40.0, "fy": 40.0, "cx": 16.0, "cy": 9.0}
        poses = [Pose(index / 2, IDENTITY, lens, **numbers, near=0.1) for index, lens in enumerate(lenses)]
        return marks.lens_mark(eye, Track(tuple(poses), 32, 18))

    found = [of(3.0, 4.0)]
    assert of(3.0, 5.0) == found[0]  # nothing is out of focus
    for name, value in (("use_dof", True), ("aperture_fstop", 1.2), ("aperture_blades", 5), ("focus_object", aim)):
        setattr(data.dof, name, value)
        found.append(of(3.0, 4.0))
    data.clip_end = 12.5
    found += [of(3.0, 4.0), of(3.0, 5.0)]
    assert len(set(found)) == 7 and of(4.0, 3.0) == found[5]
