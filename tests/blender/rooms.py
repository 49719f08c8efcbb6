"""Small scenes and clips to test with."""

from __future__ import annotations

import wave
from collections import deque
from pathlib import Path

import bpy
import numpy as np

NEW = bpy.app.version >= (5, 0, 0)
EEVEE = "BLENDER_EEVEE" if NEW else "BLENDER_EEVEE_NEXT"


def room(width: int = 96, height: int = 54, engine: str = "CYCLES") -> bpy.types.Scene:
    """A floor, three coloured boxes, a light and a camera; quick to render."""
    scene = bpy.context.scene
    render = scene.render
    render.resolution_x, render.resolution_y, render.resolution_percentage = width, height, 100
    render.fps, render.fps_base = 24, 1.0
    render.engine = engine
    scene.cycles.samples = 4
    scene.cycles.use_denoising = False
    scene.eevee.taa_render_samples = 1
    scene.world = bpy.data.worlds.new("World")
    scene.world.probe_resolution = "128"  # its light is one colour, and EEVEE bakes it for each render
    bpy.ops.mesh.primitive_plane_add(size=20)
    for index, (place, colour) in enumerate(
        (((0, 0, 1), (0.8, 0.1, 0.1)), ((2, 2, 1), (0.1, 0.7, 0.1)), ((-3, 4, 1), (0.1, 0.2, 0.9)))
    ):
        bpy.ops.mesh.primitive_cube_add(size=2, location=place)
        material = bpy.data.materials.new(f"Colour {index}")
        material.use_nodes = True
        material.node_tree.nodes["Principled BSDF"].inputs["Base Color"].default_value = (*colour, 1)
        bpy.context.object.data.materials.append(material)
    light = bpy.data.objects.new("Sun", bpy.data.lights.new("Sun", "SUN"))
    light.data.energy = 3
    light.rotation_euler = (0.6, 0.3, 0)
    scene.collection.objects.link(light)
    scene.camera = camera(scene)
    bpy.context.view_layer.update()
    return scene


def camera(scene: bpy.types.Scene, name: str = "Camera", place=(5.0, -8.0, 4.0)) -> bpy.types.Object:
    """A camera that looks at the boxes."""
    item = bpy.data.objects.new(name, bpy.data.cameras.new(name))
    item.location = place
    item.rotation_euler = (1.2, 0.0, 0.55)
    scene.collection.objects.link(item)
    return item


def picture(path: Path) -> np.ndarray:
    """An image file as float RGB, [height, width, 3], top row first, as stored."""
    image = bpy.data.images.load(str(path), check_existing=False)
    try:
        image.colorspace_settings.name = "Non-Color"
        pixels = np.empty(image.size[0] * image.size[1] * image.channels, np.float32)
        image.pixels.foreach_get(pixels)
        return pixels.reshape(image.size[1], image.size[0], image.channels)[::-1, :, :3]
    finally:
        bpy.data.images.remove(image)


def psnr(one: np.ndarray, two: np.ndarray) -> float:
    """Decibels for values of 0..1."""
    return float(10 * np.log10(1 / max(1e-12, float(np.mean((one - two) ** 2)))))


def clip(path: Path, frames: int = 24, colour=(0.8, 0.2, 0.1), size=(64, 36), fps: int = 24) -> Path:
    """An mp4 of one colour with a tone, written by Blender itself."""
    tone = path.with_suffix(".wav")
    count = round(48000 * frames / fps)
    samples = (8000 * 2**16 * np.sin(np.arange(count) * 0.05)).astype("<i4")
    with wave.open(str(tone), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(4)  # of two bytes FFmpeg tries whether they are another codec's, for each frame anew
        file.setframerate(48000)
        file.writeframes(np.repeat(samples, 2).tobytes())
    scene = bpy.data.scenes.new("clip")
    scene.view_settings.view_transform = "Standard"
    render = scene.render
    render.resolution_x, render.resolution_y = size
    render.fps = fps
    scene.frame_start, scene.frame_end = 1, frames
    strips = scene.sequence_editor_create().strips
    ending = {"length": frames} if NEW else {"frame_end": frames + 1}
    strips.new_effect(name="colour", type="COLOR", channel=1, frame_start=1, **ending).color = colour
    strips.new_sound("tone", str(tone), 2, 1)
    movie_output(scene, path)
    bpy.ops.render.render(animation=True, scene=scene.name)
    bpy.data.scenes.remove(scene)
    tone.unlink()
    return path


def brighter(path: Path, frames: int) -> Path:
    """An mp4 of grey frames that grow brighter, by 1/40 a frame from black on."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.data.scenes.new("ramp")
    scene.view_settings.view_transform = "Standard"
    scene.render.resolution_x, scene.render.resolution_y, scene.render.fps = 64, 36, 24
    scene.frame_start, scene.frame_end = 1, frames
    strips = scene.sequence_editor_create().strips
    for index in range(frames):
        ending = {"length": 1} if NEW else {"frame_end": 2 + index}
        strips.new_effect(name=f"{index}", type="COLOR", channel=1, frame_start=1 + index, **ending)
        strips[-1].color = [index / 40] * 3
    movie_output(scene, path)
    bpy.ops.render.render(animation=True, scene=scene.name)
    bpy.data.scenes.remove(scene)
    return path


def movie_output(scene: bpy.types.Scene, path: Path) -> None:
    """Render to an mp4 of H.264 and AAC."""
    settings = scene.render.image_settings
    if NEW:
        settings.media_type = "VIDEO"
    settings.file_format = "FFMPEG"
    ffmpeg = scene.render.ffmpeg
    ffmpeg.format, ffmpeg.codec, ffmpeg.audio_codec = "MPEG4", "H264", "AAC"
    ffmpeg.constant_rate_factor = "PERC_LOSSLESS"
    scene.render.filepath = str(path)


def picture_output(scene: bpy.types.Scene, path: Path) -> None:
    """Render to PNGs, whatever the scene's output was."""
    if NEW:
        scene.render.image_settings.media_type = "IMAGE"
    scene.render.image_settings.file_format = "PNG"
    scene.render.filepath = str(path)


UNREAD = frozenset({"rna_type", "bl_rna", "session_uid", "is_evaluated", "depsgraph"})


def everything(item, but: tuple[str, ...] = ()) -> dict:
    """Every readable RNA value below `item` (not into other data-blocks, nor its properties `but`), by its path: to
    compare before and after.

    Nodes lead to links, and links to nodes: what was read on a shorter path is named and not read again.
    """
    values: dict = {}
    read = {}
    waiting = deque([("", item, 0)])

    def go_on(path: str, value, depth: int) -> None:
        key = value.as_pointer(), value.bl_rna.identifier
        if key in read:
            values[path] = f"as {read[key]}"
        elif depth < 6:
            read[key] = path
            waiting.append((f"{path}.", value, depth + 1))

    while waiting:
        path, item, depth = waiting.popleft()
        for prop in item.bl_rna.properties:
            name = path + prop.identifier
            if prop.identifier in UNREAD or name in but:
                continue
            try:
                value = getattr(item, prop.identifier)
            except (AttributeError, RuntimeError, ValueError):
                continue
            if prop.type == "POINTER":
                if value is None or isinstance(value, bpy.types.ID):
                    values[name] = getattr(value, "name_full", None)
                else:
                    go_on(name, value, depth)
            elif prop.type == "COLLECTION":
                for index, element in enumerate(value):
                    if isinstance(element, bpy.types.ID):
                        values[f"{name}[{index}]"] = element.name_full
                    else:
                        go_on(f"{name}[{index}]", element, depth)
            elif getattr(prop, "is_array", False):
                values[name] = tuple(tuple(row) if hasattr(row, "__len__") else row for row in value)
            else:
                values[name] = value
    return values


def settings_of(scene: bpy.types.Scene) -> dict:
    """All that a still might disturb."""
    values = {f"scene.{key}": value for key, value in everything(scene.render).items()}
    if not scene.render.image_settings.has_linear_colorspace:
        # No choice of the user's: Blender sets it anew whenever a linear format is chosen.
        del values["scene.image_settings.linear_colorspace_settings.name"]
    for name in (
        "cycles",
        "eevee",
        "display",
        "view_settings",
        "display_settings",
        "sequencer_colorspace_settings",
    ):
        if hasattr(scene, name):
            values |= {f"{name}.{key}": value for key, value in everything(getattr(scene, name)).items()}
    for index, layer in enumerate(scene.view_layers):
        skip = ("depsgraph", "objects", "layer_collection", "active_layer_collection")
        values |= {f"layer{index}.{key}": value for key, value in everything(layer, skip).items()}
    tree = getattr(scene, "compositing_node_group", None) or getattr(scene, "node_tree", None)
    if tree:
        values |= {f"nodes.{key}": value for key, value in everything(tree).items()}
    values["camera"] = scene.camera.name if scene.camera else None
    values["frame"] = scene.frame_current, scene.frame_subframe
    values["markers"] = [(m.name, m.frame, m.camera and m.camera.name) for m in scene.timeline_markers]
    # Blender 4.5 lists what add-ons register once it was looked at, as its panels and we do.
    values["keys"] = sorted({*scene.keys()} - {"take_one", "cycles_curves"})
    values["data"] = sorted(
        f"{kind}/{item.name}"
        for kind in ("scenes", "node_groups", "images", "worlds", "objects", "texts")
        for item in getattr(bpy.data, kind)
        if item.name != "Render Result"
    )
    return values


def compositor(scene: bpy.types.Scene, folder) -> None:
    """A tree that turns the picture to one colour's negative and writes a file as well."""
    if bpy.app.version >= (5, 0):
        tree = bpy.data.node_groups.new("Grade", "CompositorNodeTree")
        tree.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
        scene.compositing_node_group = tree
        out = tree.nodes.new("NodeGroupOutput")
    else:
        scene.use_nodes = True
        tree = scene.node_tree
        tree.nodes.clear()
        out = tree.nodes.new("CompositorNodeComposite")
    layers = tree.nodes.new("CompositorNodeRLayers")
    invert = tree.nodes.new("CompositorNodeInvert")
    tree.links.new(layers.outputs["Image"], invert.inputs["Color"])
    tree.links.new(invert.outputs[0], out.inputs[0])
    file = tree.nodes.new("CompositorNodeOutputFile")
    if bpy.app.version >= (5, 0):
        file.directory = str(folder)
        file.file_output_items.new("RGBA", "Image")
    else:
        file.base_path = str(folder)
    tree.links.new(layers.outputs["Image"], file.inputs[0])


def depth_of(path: Path) -> np.ndarray:
    """Depth of an EXR as Blender's own reader sees it, [height, width], top row first."""
    return picture(path)[:, :, 0]


def a_take(shot, uid, number, status="READY", **more):
    """A take of the shot, with these properties."""
    take = shot.takes.add()
    take.uid, take.number, take.status = uid, number, status
    for name, value in more.items():
        setattr(take, name, value)
    return take


def box(name: str, place=(0, 0, 0), size=(1, 1, 1)) -> bpy.types.Object:
    """A box around a place, so many units large."""
    bpy.ops.mesh.primitive_cube_add(size=1, location=place)
    item = bpy.context.object
    item.name, item.scale = name, size
    return item
