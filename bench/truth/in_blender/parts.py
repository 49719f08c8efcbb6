"""What the scenes of the benchmarks are built of, and their render settings. Runs in a Python that has bpy."""

from __future__ import annotations

import tempfile
from pathlib import Path

import bpy
from mathutils import Vector


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


def world(strength, colour):
    made = bpy.data.worlds.new("world")
    made.use_nodes = True
    sky = made.node_tree.nodes["Background"]
    sky.inputs["Color"].default_value = (*colour, 1)
    sky.inputs["Strength"].default_value = strength
    bpy.context.scene.world = made


def settings(width, height, samples, device, threads):
    """Cycles' settings for all that is compared; `device` is CPU or a kind of GPU as Cycles names it."""
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU" if device == "CPU" else "GPU"
    if device != "CPU":
        cycles = bpy.context.preferences.addons["cycles"].preferences
        cycles.compute_device_type = device
        cycles.get_devices_for_type(device)
        for one in cycles.devices:
            one.use = one.type == device
        scene.cycles.denoising_use_gpu = True
    scene.render.threads_mode, scene.render.threads = "FIXED", threads
    scene.cycles.samples = samples
    scene.cycles.use_denoising = True  # as stills are made; noise would hide what the moves get wrong
    scene.cycles.use_adaptive_sampling = False
    scene.cycles.max_bounces = 2
    scene.cycles.transparent_max_bounces = 256
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


def render_depth(path):
    """The depth as a still has it, through the middle of each pixel, with what mirrors show beside it."""
    from take_one.scene.stills import files
    from take_one.scene.stills import render as still

    scene = bpy.context.scene
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        task = still.task_of(scene, scene.camera, Path(folder), still.RENDER, None)
        task.left = [still.DEPTH]
        still.begin(task, scene, scene.camera)
        bpy.ops.render.render()
        still.save(task, scene, scene.camera)
        still.end(scene)
        still.write_depth(task)
        (Path(folder) / files.DEPTH).rename(path)
