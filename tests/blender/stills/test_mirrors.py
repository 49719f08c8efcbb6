"""What plane mirrors show: how far it is, in which pixels, and of which materials; and the scene as it was after it."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from depth_stage import made_of, plane
from mathutils import Matrix, Vector
from rooms import settings_of
from take_one.scene.stills import capture as still
from take_one.scene.stills import files
from take_one.scene.stills.borrow import mirrors, see_through
from take_one.scene.stills.coverage.margin import Margin
from take_one.scene.stills.formats import exr

TURN = np.radians(30)  # of the mirror, which stands MIRROR before the camera, to the left, where it shows a wall
WORKBENCH = "There is no 3D View to draw in: the still was rendered with Workbench."
MIRROR, SIDE, SECOND, TOP = 5.0, -7.0, -6.0, 1.0


def silver(kind: str = "Principled", **values: float) -> bpy.types.Material:
    """A smooth mirror, but for these values."""
    material = bpy.data.materials.new("Silver")
    material.use_nodes = True
    tree, output = material.node_tree, material.node_tree.get_output_node("CYCLES")
    shader = tree.nodes.new("ShaderNodeBsdf" + kind)
    for name, value in {"Roughness": 0.05, **({"Metallic": 1.0} if kind == "Principled" else {}), **values}.items():
        shader.inputs[name.replace("_", " ")].default_value = value
    tree.links.new(shader.outputs[0], output.inputs["Surface"])
    return material


@pytest.fixture
def hall(stage) -> bpy.types.Scene:
    """The ball and the wall, and a mirror before them that shows a wall to the left, up to TOP, on it a second mirror,
    and before it a pane of clear glass and a lamp."""
    bpy.data.objects["Ball"].location.x = 3.5
    mirror = plane("Mirror", MIRROR, 4, silver())
    mirror.rotation_euler.z = -TURN
    made = {"Side": (SIDE, 20, made_of("clay")), "Second": (SECOND, 1.5, silver()), "Pane": (-3.0, 3, made_of("glass"))}
    for name, (x, size, material) in made.items():
        item = plane(name, 0, size, material)
        item.location, item.rotation_euler.z = (x, 2.0, TOP - 10 if name == "Side" else -1.2), np.pi / 2
    lamp = bpy.data.objects.new("Lamp", bpy.data.lights.new("Lamp", "AREA"))
    lamp.data.size, lamp.rotation_euler, lamp.location = 1.5, (0, -np.pi / 2, 0), (-4.0, 2.7, 0.5)
    stage.collection.objects.link(lamp)
    bpy.context.view_layer.update()
    return stage


def expected(scene: bpy.types.Scene) -> tuple[np.ndarray, np.ndarray]:
    """Depth of the mirror, and of what it shows: inf beside it."""
    eye, render = scene.camera, scene.render
    wide, high = render.resolution_x, render.resolution_y
    ortho, unit = eye.data.type == "ORTHO", wide * eye.data.lens / eye.data.sensor_width
    out = np.full((2, high, wide), np.inf)
    normal = Vector((-np.sin(TURN), -np.cos(TURN), 0))
    flat = Matrix.Rotation(-TURN, 3, "Z") @ Vector((1, 0, 0))
    for y, x in np.ndindex(high, wide):
        side = Vector((x + 0.5 - wide / 2, 0, high / 2 - y - 0.5))
        scale = eye.data.ortho_scale / wide
        start, ray = (side * scale, Vector((0, 1, 0))) if ortho else (Vector(), side / unit + Vector((0, 1, 0)))
        way = normal.dot(Vector((0, MIRROR, 0)) - start) / normal.dot(ray)
        at = start + way * ray
        if not abs((at - Vector((0, MIRROR, 0))).dot(flat)) < 2 or abs(at.z) >= 2:
            continue
        on = ray - 2 * ray.dot(normal) * normal
        far = []
        for to, low, top in ((SECOND, -1.95, -0.45), (SIDE, -99, TOP)):
            further = (to - at.x) / on.x
            seen = at + further * on
            if low <= seen.z <= top and (to != SECOND or abs(seen.y - 2) <= 0.75):
                far.append(further)
        out[:, y, x] = way, way + min(far, default=1e10)
    return out[0], out[1]


def captured(scene, folder, monkeypatch, *notes, **asked) -> dict:
    """The depth files of a still: metres, and what is mirrored."""
    written = {}
    own = exr.write_depth

    def write(path, metres, mirrored=None):
        written[path.name] = metres, mirrored
        own(path, metres, *() if mirrored is None else (mirrored,))

    monkeypatch.setattr(exr, "write_depth", write)
    assert still.capture(bpy.context, scene, folder, **asked).notes == notes
    return written


def check(found: tuple[np.ndarray, np.ndarray], wanted: tuple[np.ndarray, np.ndarray], unit: float = 1.0) -> None:
    depth, mirrored = found
    surface, shown = wanted
    inside, sky = np.isfinite(surface), shown > 1e9
    assert ((mirrored > 0) != inside).mean() < 0.03  # its edge, where a neighbour is none of it
    both = inside & (mirrored > 0)
    np.testing.assert_allclose(depth[both], unit * surface[both], rtol=1e-5)
    near = np.abs(mirrored / unit - shown) <= 1e-4 * shown
    assert (near | (sky & (mirrored == exr.BACKGROUND)))[both].mean() > 0.99  # all but what an edge in it cuts
    assert sky[both].mean() > 0.05 and (shown[both] < 0.95 * np.median(shown[both])).mean() > 0.05


@pytest.mark.parametrize("kind", ["PERSP", "ORTHO"])
def test_what_a_mirror_shows_is_as_far_as_the_way_of_the_light(hall, tmp_path, monkeypatch, kind):
    hall.camera.data.type, hall.camera.data.ortho_scale = kind, 5.0
    hall.unit_settings.scale_length = 0.5
    before, lamp, number = settings_of(hall), bpy.data.lights["Lamp"], bpy.data.materials["Silver"].pass_index
    check(captured(hall, tmp_path, monkeypatch)["depth.exr"], expected(hall), 0.5)
    assert settings_of(hall) == before and lamp.cycles.use_multiple_importance_sampling
    assert bpy.data.materials["Silver"].pass_index == number and mirrors.NUMBERED not in bpy.data.materials["Silver"]


def test_the_still_in_a_wider_one_has_its_part_of_it(hall, tmp_path, monkeypatch):
    written = captured(hall, tmp_path, monkeypatch, margin=Margin(3, 2, 5, 1))
    (_, around), (_, inner) = written["around_depth.exr"], written["depth.exr"]
    assert np.array_equal(inner, around[2:-1, 3:-5]) and (inner > 0).any()


def test_other_engines_and_scenes_without_mirrors_have_none(hall, stage, tmp_path, monkeypatch):
    assert mirrors.has_mirror(hall)
    written = captured(hall, tmp_path, monkeypatch, WORKBENCH, source="VIEWPORT")
    assert written["depth.exr"][1] is None
    for item in hall.objects:
        if item.type == "MESH" and item.name != "Wall":
            item.hide_render = item.name != "Mirror"
    for name in ("Silver", "Silver.001"):
        bpy.data.materials[name].node_tree.nodes["Principled BSDF.001"].inputs["Roughness"].default_value = 0.4
    bpy.data.objects.remove(bpy.data.objects["Pane"])
    assert not mirrors.has_mirror(hall)


def test_a_file_that_was_saved_meanwhile_is_put_right(hall, tmp_path):
    material = bpy.data.materials["Silver"]
    material.pass_index = 7
    see_through.clear_away(hall)
    mirrors.make_plain(hall)
    assert material.pass_index == mirrors.NUMBER
    assert not bpy.data.lights["Lamp"].cycles.use_multiple_importance_sampling
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "between.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "between.blend"))
    material = bpy.data.materials["Silver"]
    assert material.pass_index == 7 and bpy.data.lights["Lamp"].cycles.use_multiple_importance_sampling
    assert see_through.OUTPUT not in material.node_tree.nodes


@pytest.mark.parametrize(
    ("kind", "values", "counts"),
    [
        ("Principled", {}, True),
        ("Principled", {"Roughness": 0.15, "Metallic": 0.9}, True),
        ("Principled", {"Roughness": 0.16}, False),
        ("Principled", {"Metallic": 0.89}, False),
        ("Principled", {"Emission_Strength": 0.1}, False),
        ("Principled", {"Alpha": 0.9}, False),
        ("Anisotropic", {}, True),
        ("Anisotropic", {"Roughness": 0.3}, False),
        ("Diffuse", {}, False),
    ],
)
def test_what_counts_as_a_mirror(kind, values, counts):
    assert mirrors._is_mirror(silver(kind, **values)) == counts


def test_a_mirror_in_a_mix_counts_by_its_share_and_what_varies_does_not():
    material = silver()
    tree = material.node_tree
    shader, output = tree.nodes["Principled BSDF.001"], tree.get_output_node("CYCLES")
    mix, diffuse = tree.nodes.new("ShaderNodeMixShader"), tree.nodes.new("ShaderNodeBsdfDiffuse")
    tree.links.new(diffuse.outputs[0], mix.inputs[1])
    tree.links.new(shader.outputs[0], mix.inputs[2])
    tree.links.new(mix.outputs[0], output.inputs["Surface"])
    for share, counts in ((0.95, True), (0.85, False)):
        mix.inputs[0].default_value = share
        assert mirrors._is_mirror(material) == counts
    mix.inputs[0].default_value = 0.95
    link = tree.links.new(tree.nodes.new("ShaderNodeBump").outputs[0], shader.inputs["Normal"])
    assert not mirrors._is_mirror(material)
    tree.links.remove(link)
    assert mirrors._is_mirror(material)
    tree.links.new(tree.nodes.new("ShaderNodeTexNoise").outputs[0], shader.inputs["Roughness"])
    assert not mirrors._is_mirror(material)


@pytest.mark.parametrize(("size", "worth"), [(0.11, True), (0.09, False)])
def test_only_a_large_face_is_worth_a_render(stage, size, worth):
    plane("Small", 3, 1, silver()).scale = (size, size, size)
    bpy.context.view_layer.update()
    assert mirrors.has_mirror(stage) == worth


def test_a_curved_mirror_has_only_its_surface():
    normal = np.zeros((3, 4, 5), np.float32)
    normal[0] = np.arange(5) * 0.01  # turns from column to column
    normal[:, :, 3] = normal[:, :, 2]
    one = np.full((4, 5), 3, np.float32)
    number = np.where(np.arange(4)[:, None] < 3, mirrors.NUMBER, 5) + np.zeros((4, 5), np.float32)
    passes = exr.Passes(one, one * 4, number, normal)
    wanted = np.zeros((4, 5))
    wanted[:3, 2:4] = 6.5
    assert mirrors.mirrored([passes], 2.0, 0.5).tolist() == wanted.tolist()
    nearer = exr.Passes(one * np.array([1, 1, 0.5, 2, 1], np.float32), one, number * 0, normal)
    wanted[:3, 2] = 0
    assert mirrors.mirrored([passes, nearer], 2.0, 0.5).tolist() == wanted.tolist()
    assert files.exr is exr
