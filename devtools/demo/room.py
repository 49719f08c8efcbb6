"""A small furnished room, built from boxes, cylinders and a few curves: what the demo films. Runs inside
Blender."""

import math
import random

import bpy
from mathutils import Vector

WIDTH, DEPTH, HEIGHT = 6.0, 5.0, 2.8  # metres; x from -3 to 3, y from 0 (back) towards the camera at -5


def build_room() -> bpy.types.Object:
    """Fill the (empty) scene. Returns its camera."""
    materials = _materials()
    _shell(materials)
    _window(materials)
    _sofa(materials, (-1.35, -0.75))
    _table(materials, (-0.75, -2.0))
    _shelf(materials, (1.95, -0.2))
    _lamp(materials, (0.65, -0.55))
    _plant(materials, (-2.55, -0.55))
    _picture(materials, (-1.35, -0.02, 1.62), (1.15, 0.72), "blue")
    _picture(materials, (0.05, -0.02, 1.72), (0.48, 0.62), "mustard")
    _armchair(materials, (1.55, -2.15))
    _light()
    return _camera()


def add_study() -> list[bpy.types.Object]:
    """A second room behind a doorway in the left wall of the built one. Returns a camera in each, in the order of a
    walk."""
    m = {material.name: material for material in bpy.data.materials}
    bpy.data.objects.remove(bpy.data.objects["left wall"])
    bpy.data.objects.remove(bpy.data.objects["skirting left"])
    x, front, back, door, wide, tall = -WIDTH / 2 - 0.05, -DEPTH - 1, 1.0, -2.9, 1.0, 2.1
    for name, start, end in (("left wall back", door + wide / 2, back), ("left wall front", front, door - wide / 2)):
        _box(name, (x, (start + end) / 2, HEIGHT / 2), (0.1, end - start, HEIGHT), m["wall"])
    _box("lintel", (x, door, (tall + HEIGHT) / 2), (0.1, wide, HEIGHT - tall), m["wall"])
    for side in (-1, 1):
        _box("door post", (x, door + side * (wide / 2 + 0.03), tall / 2), (0.16, 0.06, tall), m["trim"])
    left, middle = x - 3.6, x - 1.8
    _box("study floor", (middle, -2.5, -0.05), (3.6, 4.0, 0.1), m["floor"])
    _box("study ceiling", (middle, -2.5, HEIGHT + 0.05), (3.6, 4.0, 0.1), m["ceiling"])
    _box("study wall", (left, -2.5, HEIGHT / 2), (0.1, 4.0, HEIGHT), m["cream"])
    for y in (-4.5, -0.5):
        _box("study side", (middle, y, HEIGHT / 2), (3.6, 0.1, HEIGHT), m["wall"])
    _box("desk", (left + 0.5, -1.6, 0.72), (0.7, 1.5, 0.05), m["oak"], 0.01)
    for y in (-2.2, -1.0):
        _box("desk leg", (left + 0.5, y, 0.35), (0.6, 0.05, 0.7), m["dark"])
    _box("desk book", (left + 0.45, -1.4, 0.78), (0.2, 0.28, 0.06), m["mustard"], 0.004, 0.2)
    _shelf(m, (middle + 0.6, -0.75))
    _box("rug", (middle, -2.7, 0.012), (1.8, 1.4, 0.02), m["blue"], 0.008)
    bpy.ops.object.light_add(type="POINT", location=(middle, -2.6, 2.3))
    bpy.context.object.data.energy, bpy.context.object.data.shadow_soft_size = 60.0, 0.2
    places = (
        ("Eye Room", (1.9, -4.6, 1.5), (-1.5, -1.2, 1.1)),
        ("Eye Study", (middle + 0.5, -3.3, 1.5), (left, -1.2, 0.9)),
    )
    return [_eye(*place) for place in places]


def _eye(
    name: str, place: tuple[float, float, float], at: tuple[float, float, float], lens: float = 20.0
) -> bpy.types.Object:
    """A camera that looks at a place."""
    way = Vector(at) - Vector(place)
    bpy.ops.object.camera_add(location=place, rotation=way.to_track_quat("-Z", "Y").to_euler())
    camera = bpy.context.object
    camera.name, camera.data.lens = name, lens
    return camera


def _materials() -> dict[str, bpy.types.Material]:
    colours = {
        "wall": ((0.78, 0.74, 0.67), 0.9),
        "ceiling": ((0.86, 0.85, 0.82), 0.95),
        "trim": ((0.9, 0.89, 0.86), 0.4),
        "sofa": ((0.10, 0.22, 0.25), 0.95),
        "cushion": ((0.78, 0.42, 0.12), 0.9),
        "cream": ((0.82, 0.76, 0.64), 0.9),
        "oak": ((0.42, 0.24, 0.11), 0.45),
        "dark": ((0.05, 0.045, 0.04), 0.4),
        "rug": ((0.55, 0.16, 0.12), 1.0),
        "blue": ((0.07, 0.16, 0.42), 0.6),
        "mustard": ((0.72, 0.47, 0.06), 0.6),
        "leaf": ((0.07, 0.26, 0.06), 0.55),
        "clay": ((0.55, 0.26, 0.15), 0.8),
        "brass": ((0.75, 0.55, 0.22), 0.25),
        "chair": ((0.50, 0.30, 0.22), 0.9),
    }
    made = {name: _material(name, colour, rough) for name, (colour, rough) in colours.items()}
    made["brass"].node_tree.nodes["Principled BSDF"].inputs["Metallic"].default_value = 1.0
    made["floor"] = _planks()
    made["shade"] = _material("shade", (0.95, 0.82, 0.6), 0.9)
    shade = made["shade"].node_tree.nodes["Principled BSDF"]
    shade.inputs["Emission Color"].default_value = (1.0, 0.72, 0.38, 1.0)
    shade.inputs["Emission Strength"].default_value = 4.0
    return made


def _material(name: str, colour: tuple[float, float, float], roughness: float) -> bpy.types.Material:
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    shader = material.node_tree.nodes["Principled BSDF"]
    shader.inputs["Base Color"].default_value = (*colour, 1.0)
    shader.inputs["Roughness"].default_value = roughness
    return material


def _planks() -> bpy.types.Material:
    """Oak boards: a brick pattern for the boards, stretched noise for the grain."""
    material = _material("floor", (0.4, 0.24, 0.12), 0.35)
    nodes, links = material.node_tree.nodes, material.node_tree.links
    place = nodes.new("ShaderNodeTexCoord")
    boards = nodes.new("ShaderNodeTexBrick")
    boards.inputs["Color1"].default_value = (0.36, 0.20, 0.09, 1)
    boards.inputs["Color2"].default_value = (0.50, 0.31, 0.16, 1)
    boards.inputs["Mortar"].default_value = (0.12, 0.06, 0.03, 1)
    for name, value in {"Scale": 1.0, "Mortar Size": 0.004, "Brick Width": 1.6, "Row Height": 0.14}.items():
        boards.inputs[name].default_value = value
    links.new(place.outputs["Object"], boards.inputs["Vector"])
    links.new(boards.outputs["Color"], nodes["Principled BSDF"].inputs["Base Color"])
    return material


def _box(
    name: str,
    centre: tuple[float, float, float],
    size: tuple[float, float, float],
    material: bpy.types.Material,
    bevel: float = 0.0,
    turn: float = 0.0,
) -> bpy.types.Object:
    """A box of `size` metres around `centre`, turned about the vertical by `turn` radians."""
    bpy.ops.mesh.primitive_cube_add(size=1.0, location=centre, rotation=(0, 0, turn))
    box = bpy.context.object
    box.name = name
    box.scale = size
    bpy.ops.object.transform_apply(location=False, rotation=False, scale=True)
    box.data.materials.append(material)
    if bevel:
        modifier = box.modifiers.new("Bevel", "BEVEL")
        modifier.width, modifier.segments = bevel, 3
        bpy.ops.object.shade_smooth()
    return box


def _round(
    name: str,
    centre: tuple[float, float, float],
    radius: float,
    height: float,
    material: bpy.types.Material,
    top: float | None = None,
    sides: int = 48,
) -> bpy.types.Object:
    """An upright cylinder, or a cone's stump where the radius at the `top` differs."""
    bpy.ops.mesh.primitive_cone_add(
        vertices=sides, radius1=radius, radius2=radius if top is None else top, depth=height, location=centre
    )
    made = bpy.context.object
    made.name = name
    made.data.materials.append(material)
    return made


def _shell(m: dict[str, bpy.types.Material]) -> None:
    _box("floor", (0, -DEPTH / 2, -0.05), (WIDTH, DEPTH + 2, 0.1), m["floor"])
    _box("ceiling", (0, -DEPTH / 2, HEIGHT + 0.05), (WIDTH, DEPTH + 2, 0.1), m["ceiling"])
    _box("back wall", (0, 0.05, HEIGHT / 2), (WIDTH, 0.1, HEIGHT), m["wall"])
    _box("left wall", (-WIDTH / 2 - 0.05, -DEPTH / 2, HEIGHT / 2), (0.1, DEPTH + 2, HEIGHT), m["wall"])
    _box("skirting", (0, -0.012, 0.06), (WIDTH, 0.025, 0.12), m["trim"])
    _box("skirting left", (-WIDTH / 2 + 0.012, -DEPTH / 2, 0.06), (0.025, DEPTH, 0.12), m["trim"])
    _box("rug", (-0.75, -2.0, 0.012), (2.6, 1.8, 0.02), m["rug"], 0.008)
    _box("rug border", (-0.75, -2.0, 0.008), (2.8, 2.0, 0.012), m["cream"], 0.004)


def _window(m: dict[str, bpy.types.Material]) -> None:
    """The right wall is four pieces around an opening; a frame with a cross in it."""
    x, y, low, high, half = WIDTH / 2 + 0.05, -1.7, 0.85, 2.35, 0.95
    length = DEPTH + 2
    _box("right wall low", (x, -DEPTH / 2, low / 2), (0.1, length, low), m["wall"])
    _box("right wall high", (x, -DEPTH / 2, (high + HEIGHT) / 2), (0.1, length, HEIGHT - high), m["wall"])
    back, front = -DEPTH / 2 + length / 2, -DEPTH / 2 - length / 2
    for name, start, end in (("back", y + half, back), ("front", front, y - half)):
        _box(
            f"right wall {name}",
            (x, (start + end) / 2, (low + high) / 2),
            (0.1, end - start, high - low),
            m["wall"],
        )
    for offset in (-half, 0.0, half):
        _box("window post", (x - 0.02, y + offset, (low + high) / 2), (0.08, 0.06, high - low), m["trim"])
    for level in (low, (low + high) / 2 + 0.25, high):
        _box("window bar", (x - 0.02, y, level), (0.08, 2 * half + 0.06, 0.06), m["trim"])
    _box("sill", (x - 0.12, y, low - 0.02), (0.28, 2 * half + 0.2, 0.04), m["trim"], 0.01)
    for side in (-1, 1):
        for fold in range(5):
            _box(
                "curtain",
                (x - 0.14 + 0.03 * (fold % 2), y + side * (half + 0.05 + 0.075 * fold), 1.35),
                (0.05, 0.08, 2.45),
                m["cream"],
                0.024,
            )
    _round("curtain rod", (x - 0.13, y, 2.6), 0.015, 2.9, m["brass"]).rotation_euler = (math.pi / 2, 0, 0)


def _sofa(m: dict[str, bpy.types.Material], at: tuple[float, float]) -> None:
    x, y = at
    _box("sofa base", (x, y, 0.25), (2.1, 0.85, 0.28), m["sofa"], 0.06)
    _box("sofa back", (x, y + 0.36, 0.58), (2.1, 0.22, 0.55), m["sofa"], 0.08)
    for side in (-1, 1):
        _box("sofa arm", (x + side * 1.0, y - 0.02, 0.42), (0.22, 0.85, 0.5), m["sofa"], 0.07)
        _box("sofa seat", (x + side * 0.45, y - 0.06, 0.44), (0.87, 0.68, 0.16), m["sofa"], 0.06)
        for end in (-1, 1):
            _round("sofa foot", (x + side * 0.95, y + end * 0.33, 0.055), 0.03, 0.11, m["oak"], sides=16)
    cushion = _box("cushion", (x - 0.62, y + 0.17, 0.68), (0.46, 0.16, 0.42), m["cushion"], 0.08, 0.15)
    cushion.rotation_euler.x = -0.3
    cushion = _box("cushion", (x + 0.62, y + 0.17, 0.67), (0.42, 0.15, 0.4), m["cream"], 0.07, -0.2)
    cushion.rotation_euler.x = -0.3


def _table(m: dict[str, bpy.types.Material], at: tuple[float, float]) -> None:
    x, y = at
    _round("table top", (x, y, 0.40), 0.5, 0.04, m["oak"], sides=64)
    for corner in range(3):
        angle = corner * math.tau / 3 + 0.4
        leg = _round(
            "table leg",
            (x + 0.3 * math.cos(angle), y + 0.3 * math.sin(angle), 0.19),
            0.02,
            0.4,
            m["dark"],
            0.028,
            16,
        )
        leg.rotation_euler = (-0.25 * math.sin(angle), 0.25 * math.cos(angle), 0)
    _box("book", (x - 0.16, y - 0.12, 0.437), (0.26, 0.19, 0.035), m["blue"], 0.004, 0.3)
    _box("book", (x - 0.15, y - 0.11, 0.467), (0.22, 0.16, 0.025), m["mustard"], 0.004, 0.1)
    _round("cup", (x + 0.2, y - 0.15, 0.465), 0.036, 0.09, m["trim"], 0.045, 32)
    _round("bowl", (x + 0.12, y + 0.2, 0.455), 0.06, 0.07, m["clay"], 0.13, 48)
    for offset in ((0.0, 0.0), (0.06, 0.03), (-0.05, 0.04)):
        bpy.ops.mesh.primitive_uv_sphere_add(
            radius=0.048,
            location=(x + 0.12 + offset[0], y + 0.2 + offset[1], 0.51),
            segments=24,
            ring_count=16,
        )
        bpy.ops.object.shade_smooth()
        bpy.context.object.data.materials.append(m["cushion"])


def _shelf(m: dict[str, bpy.types.Material], at: tuple[float, float]) -> None:
    """Four boards with books of random heights, always the same ones."""
    x, y = at
    chance = random.Random(4)
    for side in (-1, 1):
        _box("shelf side", (x + side * 0.6, y, 0.95), (0.035, 0.3, 1.9), m["oak"], 0.004)
    for level in range(5):
        _box("shelf board", (x, y, 0.05 + 0.45 * level), (1.2, 0.3, 0.03), m["oak"], 0.004)
    _box("shelf back", (x, y + 0.14, 0.95), (1.2, 0.015, 1.9), m["dark"])
    tones = [m[name] for name in ("blue", "mustard", "rug", "cream", "sofa", "clay", "leaf", "trim")]
    for level in range(4):
        place = x - 0.55
        end = x + (0.55 if level % 2 == 0 else 0.1)
        while place < end:
            thick, tall = chance.uniform(0.025, 0.06), chance.uniform(0.22, 0.34)
            _box(
                "book",
                (place + thick / 2, y - 0.02, 0.065 + 0.45 * level + tall / 2),
                (thick * 0.94, 0.2, tall),
                chance.choice(tones),
                0.003,
            )
            place += thick
    _round("vase", (x + 0.32, y - 0.02, 0.065 + 0.45 + 0.13), 0.09, 0.26, m["clay"], 0.045, 48)
    _round("jar", (x + 0.34, y - 0.02, 0.065 + 1.35 + 0.1), 0.07, 0.2, m["brass"], 0.05, 48)


def _lamp(m: dict[str, bpy.types.Material], at: tuple[float, float]) -> None:
    x, y = at
    _round("lamp foot", (x, y, 0.015), 0.16, 0.03, m["brass"])
    _round("lamp pole", (x, y, 0.75), 0.012, 1.5, m["brass"], sides=16)
    _round("lamp shade", (x, y, 1.58), 0.22, 0.3, m["shade"], 0.15, 64)


def _plant(m: dict[str, bpy.types.Material], at: tuple[float, float]) -> None:
    x, y = at
    chance = random.Random(11)
    _round("pot", (x, y, 0.19), 0.15, 0.38, m["clay"], 0.2, 48)
    _round("soil", (x, y, 0.385), 0.185, 0.01, m["dark"])
    for number in range(34):
        turn, lean, tall = number * 2.399, chance.uniform(0.15, 0.75), chance.uniform(0.4, 1.0)
        reach = math.sin(lean) * tall * 0.6
        bpy.ops.mesh.primitive_uv_sphere_add(
            segments=16,
            ring_count=8,
            radius=1.0,
            location=(
                x + reach * math.cos(turn),
                y + reach * math.sin(turn),
                0.45 + math.cos(lean) * tall * 0.75,
            ),
        )
        leaf = bpy.context.object
        leaf.name = "leaf"
        leaf.scale = (0.05, 0.012, 0.19)
        leaf.rotation_euler = (0, lean, turn)
        leaf.data.materials.append(m["leaf"])
        bpy.ops.object.shade_smooth()


def _picture(
    m: dict[str, bpy.types.Material], at: tuple[float, float, float], size: tuple[float, float], tone: str
) -> None:
    x, y, z = at
    _box("picture frame", (x, y, z), (size[0], 0.03, size[1]), m["dark"], 0.006)
    _box("picture mat", (x, y - 0.013, z), (size[0] - 0.06, 0.012, size[1] - 0.06), m["trim"])
    _box("picture", (x, y - 0.017, z), (size[0] - 0.24, 0.01, size[1] - 0.2), m[tone])
    _box(
        "picture field",
        (x, y - 0.02, z - size[1] * 0.14),
        (size[0] - 0.24, 0.01, size[1] * 0.25),
        m["cushion"],
    )


def _armchair(m: dict[str, bpy.types.Material], at: tuple[float, float]) -> None:
    """Turned towards the table, nearer to the camera than all else."""
    parts = []
    for name, centre, size, bevel in (
        ("chair seat", (0, 0, 0.36), (0.62, 0.62, 0.2), 0.07),
        ("chair back", (0, 0.3, 0.66), (0.62, 0.16, 0.62), 0.07),
        ("chair arm", (-0.34, 0.02, 0.48), (0.12, 0.62, 0.32), 0.05),
        ("chair arm", (0.34, 0.02, 0.48), (0.12, 0.62, 0.32), 0.05),
    ):
        parts.append(_box(name, centre, size, m["chair"], bevel))
    for end in ((-0.26, -0.24), (0.26, -0.24), (-0.26, 0.28), (0.26, 0.28)):
        parts.append(_round("chair leg", (*end, 0.13), 0.022, 0.26, m["oak"], sides=16))
    bpy.ops.object.empty_add(location=(at[0], at[1], 0))
    empty = bpy.context.object
    empty.name = "armchair"
    for part in parts:
        part.parent = empty
    empty.rotation_euler.z = -1.15


def _light() -> None:
    """Late afternoon: a low sun through the window, a soft sky, the lamp."""
    world = bpy.data.worlds.new("Sky")
    world.use_nodes = True
    world.node_tree.nodes["Background"].inputs["Color"].default_value = (0.55, 0.72, 1.0, 1.0)
    world.node_tree.nodes["Background"].inputs["Strength"].default_value = 1.6
    bpy.context.scene.world = world
    bpy.ops.object.light_add(type="SUN", rotation=(0.0, math.radians(58), math.radians(18)))
    sun = bpy.context.object.data
    sun.energy, sun.angle, sun.color = 9.0, math.radians(1.5), (1.0, 0.86, 0.68)
    bpy.ops.object.light_add(type="AREA", location=(2.85, -1.7, 1.6), rotation=(0, math.radians(90), 0))
    sky = bpy.context.object.data
    sky.shape, sky.size, sky.size_y, sky.energy, sky.color = "RECTANGLE", 1.5, 1.9, 70.0, (0.75, 0.86, 1.0)
    bpy.ops.object.light_add(type="POINT", location=(0.65, -0.55, 1.55))
    lamp = bpy.context.object.data
    lamp.energy, lamp.shadow_soft_size, lamp.color = 28.0, 0.12, (1.0, 0.7, 0.4)


def _camera() -> bpy.types.Object:
    bpy.ops.object.camera_add(location=(0.35, -5.1, 1.45), rotation=(math.radians(84), 0, math.radians(4)))
    camera = bpy.context.object
    camera.data.lens = 26
    bpy.context.scene.camera = camera
    return camera
