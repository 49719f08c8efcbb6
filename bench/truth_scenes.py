"""Two furnished scenes and their true renders along camera paths. Runs in a Python that has bpy.

    python bench/truth_scenes.py JOB.json

JOB.json: {"scene": "room"|"street", "out": folder, "size": [w, h], "samples": n,
           "frames": [{"name": str, "matrix": 4x4 relative to the start pose, "zoom": f}]}
Writes still.png, layers.exr (its Z pass), camera.json and NAME.png for each frame, all with the same settings.
"""

from __future__ import annotations

import json
import math
import random
import sys
from pathlib import Path

import bpy
from mathutils import Matrix, Vector


def material(name, colour, roughness=0.8):
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    shader = made.node_tree.nodes["Principled BSDF"]
    shader.inputs["Base Color"].default_value = (*colour, 1)
    shader.inputs["Roughness"].default_value = roughness
    shader.inputs["Specular IOR Level"].default_value = 0.0
    return made


def patterned(name, kind, first, second, scale, **settings):
    """A material with a brick, checker, noise or wave texture in object coordinates (metres)."""
    made = material(name, first)
    nodes, links = made.node_tree.nodes, made.node_tree.links
    place = nodes.new("ShaderNodeTexCoord")
    mapping = nodes.new("ShaderNodeMapping")
    mapping.inputs["Rotation"].default_value = settings.pop("rotation", (0, 0, 0))
    links.new(place.outputs["Object"], mapping.inputs["Vector"])
    shader = nodes["Principled BSDF"].inputs["Base Color"]
    texture = nodes.new(
        {
            "brick": "ShaderNodeTexBrick",
            "checker": "ShaderNodeTexChecker",
            "noise": "ShaderNodeTexNoise",
            "wave": "ShaderNodeTexWave",
        }[kind]
    )
    texture.inputs["Scale"].default_value = scale
    links.new(mapping.outputs["Vector"], texture.inputs["Vector"])
    for key, value in settings.items():
        texture.inputs[key].default_value = value
    if kind in ("brick", "checker"):
        texture.inputs["Color1"].default_value = (*first, 1)
        texture.inputs["Color2"].default_value = (*second, 1)
        links.new(texture.outputs["Color"], shader)
    else:
        mix = nodes.new("ShaderNodeMix")
        mix.data_type = "RGBA"
        mix.inputs["A"].default_value = (*first, 1)
        mix.inputs["B"].default_value = (*second, 1)
        links.new(texture.outputs["Fac" if "Fac" in texture.outputs else "Factor"], mix.inputs["Factor"])
        links.new(mix.outputs["Result"], shader)
    return made


def add(mesh_maker, made, at, stretch=(1, 1, 1), turn=(0, 0, 0), smooth=False, **settings):
    mesh_maker(location=at, rotation=turn, **settings)
    thing = bpy.context.object
    thing.scale = stretch
    bpy.ops.object.transform_apply(location=False, rotation=False, scale=True)
    thing.data.materials.append(made)
    if smooth:
        bpy.ops.object.shade_smooth()
    return thing


def box(made, at, size, turn=(0, 0, 0), bevel=0.0):
    thing = add(bpy.ops.mesh.primitive_cube_add, made, at, size, turn, size=1)
    if bevel:
        edge = thing.modifiers.new("bevel", "BEVEL")
        edge.width, edge.segments = bevel, 3
    return thing


def pole(made, at, radius, height, turn=(0, 0, 0)):
    return add(
        bpy.ops.mesh.primitive_cylinder_add, made, at, (1, 1, 1), turn, True, radius=radius, depth=height, vertices=24
    )


def ball(made, at, radius, size=(1, 1, 1)):
    return add(
        bpy.ops.mesh.primitive_uv_sphere_add, made, at, size, (0, 0, 0), True, radius=radius, segments=32, ring_count=16
    )


def leaves(made, at, radius, count, leaf, rng):
    """A crown of many small flat leaves as one mesh."""
    points, faces = [], []
    for _ in range(count):
        middle = Vector([rng.gauss(0, 1) for _ in range(3)]).normalized() * radius * rng.uniform(0.5, 1)
        side = Vector([rng.gauss(0, 1) for _ in range(3)]).normalized()
        up = side.cross(Vector([rng.gauss(0, 1) for _ in range(3)])).normalized()
        start = len(points)
        points += [middle + leaf * (a * side + b * up) for a, b in ((-1, -0.5), (1, -0.5), (1, 0.5), (-1, 0.5))]
        faces.append((start, start + 1, start + 2, start + 3))
    mesh = bpy.data.meshes.new("leaves")
    mesh.from_pydata(points, [], faces)
    mesh.materials.append(made)
    thing = bpy.data.objects.new("leaves", mesh)
    thing.location = at
    bpy.context.collection.objects.link(thing)


def light(kind, at, energy, turn=(0, 0, 0), size=1.0, colour=(1, 1, 1)):
    made = bpy.data.lights.new("light", kind)
    made.energy, made.color = energy, colour
    if kind == "SUN":
        made.angle = 0.05
    elif kind == "AREA":
        made.size = size
    thing = bpy.data.objects.new("light", made)
    thing.location, thing.rotation_euler = at, turn
    bpy.context.collection.objects.link(thing)


def camera(at, look_at, lens):
    made = bpy.data.cameras.new("camera")
    made.lens = lens
    thing = bpy.data.objects.new("camera", made)
    thing.location = at
    thing.rotation_euler = (Vector(look_at) - Vector(at)).to_track_quat("-Z", "Y").to_euler()
    bpy.context.collection.objects.link(thing)
    bpy.context.scene.camera = thing


def room():
    rng = random.Random(4)
    floor = patterned("floor", "brick", (0.42, 0.26, 0.14), (0.33, 0.19, 0.10), 2.2, Mortar=(0.12, 0.07, 0.04, 1))
    wall, side = material("wall", (0.72, 0.70, 0.64)), material("side", (0.45, 0.56, 0.58))
    white, wood = material("white", (0.8, 0.8, 0.8)), material("wood", (0.35, 0.2, 0.1))
    dark = material("dark", (0.05, 0.05, 0.06))
    cloth = patterned("cloth", "noise", (0.16, 0.24, 0.36), (0.24, 0.34, 0.48), 12)
    box(floor, (0, 0, -0.05), (7, 9, 0.1))
    box(white, (0, 0, 2.85), (7, 9, 0.1))
    box(wall, (0, 3.05, 1.4), (7, 0.1, 2.8))
    box(side, (-3.05, 0, 1.4), (0.1, 9, 2.8))
    box(wall, (3.05, 0, 1.4), (0.1, 9, 2.8))
    box(white, (0, 2.98, 0.06), (6, 0.04, 0.12))
    box(white, (-2.98, 0, 0.06), (0.04, 9, 0.12))
    box(white, (2.98, 0, 0.06), (0.04, 9, 0.12))
    rug = patterned("rug", "checker", (0.5, 0.12, 0.1), (0.66, 0.5, 0.36), 3)
    box(rug, (0.1, 0.9, 0.01), (2.8, 2.2, 0.02))
    # sofa against the back wall
    box(cloth, (0, 2.35, 0.28), (2.4, 0.95, 0.4), bevel=0.08)
    box(cloth, (0, 2.72, 0.65), (2.4, 0.25, 0.6), bevel=0.08)
    for x in (-1.15, 1.15):
        box(cloth, (x, 2.3, 0.42), (0.25, 0.9, 0.6), bevel=0.07)
    for x, made in ((-0.7, (0.75, 0.45, 0.1)), (0.65, (0.6, 0.6, 0.55))):
        box(material("cushion", made), (x, 2.5, 0.68), (0.45, 0.16, 0.42), (-0.3, 0.1, 0.2 * x), bevel=0.07)
    # coffee table, with things on it
    box(wood, (0.1, 0.9, 0.42), (1.2, 0.65, 0.05), bevel=0.01)
    for x in (-0.42, 0.62):
        for y in (0.65, 1.15):
            pole(dark, (x, y, 0.2), 0.02, 0.4)
    ball(material("bowl", (0.8, 0.8, 0.75)), (0.3, 0.95, 0.52), 0.1, (1, 1, 0.7))
    for step, made in enumerate(((0.6, 0.1, 0.1), (0.1, 0.3, 0.5), (0.75, 0.7, 0.55))):
        box(material("book", made), (-0.2, 0.88, 0.46 + 0.03 * step), (0.3, 0.22, 0.028), (0, 0, 0.3 * step))
    # bookshelf on the right wall
    for z in (0.05, 0.5, 0.95, 1.4, 1.85):
        box(wood, (2.78, 1.4, z), (0.4, 1.6, 0.04))
    for y in (0.6, 2.2):
        box(wood, (2.78, y, 0.95), (0.4, 0.04, 1.84))
    for z in (0.07, 0.52, 0.97, 1.42):
        y = 0.68
        while y < 2.1:
            thick, high = rng.uniform(0.025, 0.06), rng.uniform(0.24, 0.38)
            made = material("spine", [rng.uniform(0.05, 0.7) for _ in range(3)])
            box(made, (2.76, y, z + high / 2), (0.26, thick, high))
            y += thick + (0.004 if rng.random() < 0.9 else 0.2)
    # floor lamp, plant, chair near the camera, pictures, window
    pole(dark, (-1.75, 2.3, 0.02), 0.16, 0.04)
    pole(dark, (-1.75, 2.3, 0.8), 0.018, 1.6)
    add(
        bpy.ops.mesh.primitive_cone_add,
        material("shade", (0.85, 0.78, 0.6)),
        (-1.75, 2.3, 1.65),
        (1, 1, 1),
        (0, 0, 0),
        True,
        radius1=0.26,
        radius2=0.15,
        depth=0.36,
        vertices=32,
    )
    pole(material("pot", (0.5, 0.25, 0.15)), (-2.45, 1.2, 0.2), 0.2, 0.4)
    leaves(patterned("leaf", "noise", (0.05, 0.2, 0.04), (0.15, 0.4, 0.1), 4), (-2.45, 1.2, 0.85), 0.45, 260, 0.07, rng)
    chair = material("chair", (0.62, 0.32, 0.12))
    box(chair, (1.35, -0.55, 0.45), (0.5, 0.5, 0.05), (0, 0, 0.5), bevel=0.015)
    box(chair, (1.49, -0.80, 0.78), (0.5, 0.04, 0.55), (0.12, 0, 0.5), bevel=0.015)
    for x, y in ((-0.2, -0.2), (0.2, -0.2), (0.2, 0.2), (-0.2, 0.2)):
        turned = Matrix.Rotation(0.5, 3, "Z") @ Vector((x, y, 0))
        pole(dark, (1.35 + turned.x, -0.55 + turned.y, 0.22), 0.018, 0.44)
    for x, z, wide, high, seed in ((-0.6, 1.75, 0.7, 0.5, 1), (0.35, 1.8, 0.9, 0.65, 2), (1.45, 1.7, 0.5, 0.7, 3)):
        box(dark, (x, 2.97, z), (wide + 0.08, 0.05, high + 0.08))
        ink = random.Random(seed)
        art = patterned(
            "art", "noise", [ink.uniform(0, 0.8) for _ in range(3)], [ink.uniform(0, 0.8) for _ in range(3)], 3 + seed
        )
        box(art, (x, 2.95, z), (wide, 0.04, high))
    outside = bpy.data.materials.new("outside")
    outside.use_nodes = True
    outside.node_tree.nodes.remove(outside.node_tree.nodes["Principled BSDF"])
    glow = outside.node_tree.nodes.new("ShaderNodeEmission")
    glow.inputs["Color"].default_value = (0.75, 0.87, 1, 1)
    glow.inputs["Strength"].default_value = 1.1
    outside.node_tree.links.new(glow.outputs[0], outside.node_tree.nodes["Material Output"].inputs[0])
    box(outside, (-2.99, 0.6, 1.5), (0.03, 1.5, 1.3))
    for y in (-0.15, 0.6, 1.35):
        box(white, (-2.96, y, 1.5), (0.06, 0.06, 1.36))
    for z in (0.85, 1.5, 2.15):
        box(white, (-2.96, 0.6, z), (0.06, 1.56, 0.06))
    light("AREA", (0.2, 0.3, 2.75), 130, size=3.5)
    light("AREA", (-2.7, 0.6, 1.5), 60, (0, -math.pi / 2, 0), 1.4, (0.8, 0.9, 1))
    light("AREA", (0.5, -3, 2.5), 40, (0.6, 0, 0), 2)
    world(0.35, (0.9, 0.95, 1))
    camera((0.35, -3.1, 1.5), (0, 1.2, 0.95), 30)


def street():
    rng = random.Random(11)
    road = patterned("road", "noise", (0.11, 0.11, 0.12), (0.17, 0.17, 0.17), 3)
    stone = patterned("pavement", "brick", (0.40, 0.38, 0.35), (0.34, 0.33, 0.31), 1.4, Mortar=(0.2, 0.2, 0.2, 1))
    line, dark = material("line", (0.75, 0.75, 0.7)), material("dark", (0.04, 0.04, 0.05))
    glass = material("glass", (0.10, 0.15, 0.2))
    box(road, (0, 30, -0.05), (8, 100, 0.1))
    for x in (-5.5, 5.5):
        box(stone, (x, 30, 0.02), (3, 100, 0.2))
    for y in range(-10, 70, 4):
        box(line, (0, y, 0.004), (0.15, 1.8, 0.008))
    for side in (-1, 1):
        y = -14.0
        while y < 62:
            wide, high = rng.uniform(7, 12), rng.choice((9, 12, 15))
            tint = rng.choice(
                ((0.5, 0.28, 0.2), (0.62, 0.52, 0.38), (0.45, 0.45, 0.47), (0.66, 0.62, 0.52), (0.36, 0.24, 0.2))
            )
            wall = patterned(
                "facade",
                "brick",
                tint,
                [c * 0.85 for c in tint],
                1.1,
                rotation=(0, math.pi / 2, 0),
                Mortar=(*[c * 0.7 for c in tint], 1),
            )
            box(wall, (side * 10, y + wide / 2, high / 2), (6, wide - 0.02, high))
            frame = material("frame", rng.choice(((0.7, 0.7, 0.68), (0.2, 0.25, 0.2), (0.5, 0.4, 0.3))))
            count = int(wide / 2.2)
            for floor_number in range(int(high / 3)):
                for column in range(count):
                    at = y + (column + 0.5) * wide / count
                    z = floor_number * 3 + 1.6
                    if floor_number == 0 and column == count // 2:
                        box(frame, (side * 7, at, 1.25), (0.12, 1.2, 2.3))
                        continue
                    box(frame, (side * 7, at, z), (0.14, 1.2, 1.6))
                    box(glass, (side * 6.96, at, z), (0.14, 1.0, 1.4))
            box(frame, (side * 6.95, y + wide / 2, high - 0.2), (0.5, wide, 0.3))
            y += wide
    box(material("end", (0.5, 0.47, 0.42)), (0, 72, 8), (40, 2, 16))

    def car(x, y, tint, turn):
        paint = material("paint", tint)
        box(paint, (x, y, 0.62), (1.75, 4.2, 0.62), (0, 0, turn), bevel=0.15)
        box(glass, (x, y - 0.15, 1.12), (1.5, 2.2, 0.55), (0, 0, turn), bevel=0.2)
        box(paint, (x, y - 0.15, 1.4), (1.35, 1.7, 0.06), (0, 0, turn), bevel=0.02)
        for dx in (-0.8, 0.8):
            for dy in (-1.3, 1.3):
                pole(dark, (x + dx, y + dy, 0.33), 0.33, 0.22, (0, math.pi / 2, 0))

    for x, y, tint in (
        (3.0, 6.5, (0.5, 0.06, 0.05)),
        (3.0, 12.5, (0.08, 0.2, 0.4)),
        (3.05, 24, (0.6, 0.6, 0.58)),
        (-3.0, 9, (0.06, 0.22, 0.12)),
        (-3.0, 17, (0.7, 0.55, 0.1)),
        (-3.0, 30, (0.2, 0.2, 0.22)),
    ):
        car(x, y, tint, 0)
    leaf = patterned("leaf", "noise", (0.06, 0.18, 0.03), (0.2, 0.38, 0.08), 2)
    bark = material("bark", (0.18, 0.11, 0.07))
    for x, y in ((-4.6, 5.5), (4.6, 15), (-4.6, 22), (4.6, 31), (-4.6, 40)):
        pole(bark, (x, y, 1.5), 0.14, 3)
        leaves(leaf, (x, y, 4), 1.5, 900, 0.16, rng)
    for x, y in ((4.4, 3.6), (-4.4, 13), (4.4, 21), (-4.4, 33)):
        pole(dark, (x, y, 2.2), 0.06, 4.4)
        ball(line, (x, y, 4.5), 0.2)
    box(material("bin", (0.1, 0.3, 0.15)), (-4.3, 2.8, 0.62), (0.5, 0.5, 1), bevel=0.04)
    light("SUN", (0, 0, 20), 2.6, (0.55, -0.35, 0.3), colour=(1, 0.95, 0.85))
    world(0.9, (0.55, 0.72, 1))
    camera((0.8, -5.5, 1.75), (0.1, 12, 2.1), 28)


def world(strength, colour):
    made = bpy.data.worlds.new("world")
    made.use_nodes = True
    sky = made.node_tree.nodes["Background"]
    sky.inputs["Color"].default_value = (*colour, 1)
    sky.inputs["Strength"].default_value = strength
    bpy.context.scene.world = made


def settings(width, height, samples):
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.cycles.samples = samples
    scene.cycles.use_denoising = True  # as stills are made; noise would hide what the moves get wrong
    scene.cycles.use_adaptive_sampling = False
    scene.cycles.max_bounces = 2
    scene.cycles.sample_clamp_indirect = 1
    scene.cycles.caustics_reflective = scene.cycles.caustics_refractive = False
    scene.render.use_persistent_data = True
    scene.view_layers[0].use_pass_z = True
    scene.render.resolution_x, scene.render.resolution_y = width, height
    scene.render.resolution_percentage = 100
    scene.view_settings.view_transform = "Standard"
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.color_mode = "RGB"


def render(path):
    bpy.context.scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)


def write_depth(folder):
    """layers.exr: the Z pass of the start camera in a multilayer file (the same route in 4.5 and 5.2)."""
    scene = bpy.context.scene
    scene.cycles.samples, kept = 1, scene.cycles.samples
    image = scene.render.image_settings
    if hasattr(image, "media_type"):
        image.media_type = "MULTI_LAYER_IMAGE"
    image.file_format = "OPEN_EXR_MULTILAYER"
    image.color_depth = "32"
    render(folder / "layers.exr")
    if hasattr(image, "media_type"):
        image.media_type = "IMAGE"
    image.file_format = "PNG"
    image.color_mode = "RGB"
    scene.cycles.samples = kept


def main():
    job = json.loads(Path(sys.argv[1]).read_text())
    folder = Path(job["out"])
    folder.mkdir(parents=True, exist_ok=True)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    {"room": room, "street": street}[job["scene"]]()
    width, height = job["size"]
    settings(width, height, job["samples"])
    scene = bpy.context.scene
    thing = scene.camera
    bpy.context.view_layer.update()
    start, lens = thing.matrix_world.copy(), thing.data.lens
    focal = lens / thing.data.sensor_width * width
    record = {
        "projection": "perspective",
        "width": width,
        "height": height,
        "fx": focal,
        "fy": focal,
        "cx": width / 2,
        "cy": height / 2,
        "matrix_world": [list(row) for row in start],
    }
    (folder / "camera.json").write_text(json.dumps(record))
    if not (folder / "still.png").exists():
        render(folder / "still.png")
    if not (folder / "layers.exr").exists():
        write_depth(folder)
    for frame in job["frames"]:
        path = folder / f"{frame['name']}.png"
        if path.exists():
            continue
        thing.matrix_world = start @ Matrix(frame["matrix"])
        thing.data.lens = lens * frame.get("zoom", 1)
        scene.cycles.seed = frame.get("seed", 0)
        render(path)
        print(f"rendered {path.name}", flush=True)


main()
