"""Surfaces with holes: leaves and fences whose picture says where they are."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np

MOST = 256  # pixels a side that are kept of a picture: rays are coarser


@dataclass(frozen=True)
class Leaf:
    """`there` [height, width] is where the surface is, row 0 at v = 0."""

    name: str
    there: np.ndarray

    def holds(self, u: float, v: float) -> bool:
        """Whether the surface is there at this place of its picture, which repeats."""
        height, width = self.there.shape
        return bool(self.there[int(v % 1.0 * height) % height, int(u % 1.0 * width) % width])


def leaf_of(material: bpy.types.Material) -> Leaf | float | None:
    """The picture that decides where the material is, or its plain alpha; None where that can't be told."""
    tree = material.node_tree
    if tree is None:
        return None
    for node in tree.nodes:
        if node.type == "BSDF_PRINCIPLED":
            socket = node.inputs["Alpha"]
        elif node.type == "MIX_SHADER" and _mixes_with_nothing(node):
            socket = node.inputs[0]
        else:
            continue
        if not socket.is_linked:
            if node.type == "BSDF_PRINCIPLED" and socket.default_value < 1:
                return float(socket.default_value)
            continue
        image, channel = _image_behind(socket)
        if image is None:
            return None
        there = _there(image, channel)
        if there is None:
            return None
        turned = node.type == "MIX_SHADER" and not _is_transparent(node.inputs[1])
        return Leaf(material.name_full, ~there if turned else there)
    return None


def _mixes_with_nothing(node: bpy.types.Node) -> bool:
    return _is_transparent(node.inputs[1]) != _is_transparent(node.inputs[2])


def _is_transparent(socket: bpy.types.NodeSocket) -> bool:
    return bool(socket.is_linked and socket.links[0].from_node.type == "BSDF_TRANSPARENT")


def _image_behind(socket: bpy.types.NodeSocket) -> tuple[bpy.types.Image | None, int]:
    """The image whose alpha (3) or colour (0) decides."""
    link = socket.links[0]
    node, channel = link.from_node, 3 if link.from_socket.name == "Alpha" else 0
    for _ in range(4):  # through a threshold or an inversion-free number
        if node.type == "TEX_IMAGE":
            return node.image, channel
        linked = [one.links[0] for one in node.inputs if one.is_linked]
        if node.type not in {"MATH", "REROUTE", "VALTORGB"} or not linked:
            return None, 0
        node, channel = linked[0].from_node, 3 if linked[0].from_socket.name == "Alpha" else 0
    return None, 0


def _there(image: bpy.types.Image, channel: int) -> np.ndarray | None:
    width, height = image.size
    if not width or not height:
        return None
    pixels = np.empty(width * height * image.channels, np.float32)
    image.pixels.foreach_get(pixels)
    values = pixels.reshape(height, width, image.channels)
    if channel >= image.channels:
        return None
    step = max(1, -(-max(width, height) // MOST))
    return values[::step, ::step, channel] > 0.5
